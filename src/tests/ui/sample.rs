//! Views as the services make them, with values that would break a page that does not escape.

use latchkey::domain::{CheckState, ConnectionStatus, Role, StepKind, StepReport, StepState, Timestamp};
use latchkey::dto::{
    ActivityView, Bar, CheckView, ConnectionListView, ConnectionRow, ConnectionView, ConnectorSummary, DiagnosisView, HelpView, Helper, IdentityView,
    IssueView, NeedsYou, OnboardingView, Pill, SandboxAccount, SetupView, ShellView, StatusCount, TeamName, TokenView,
};

/// Friday, 20 November 2026, 09:32 UTC.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_167_120_000);
const MINUTE: i64 = 60_000;

/// Would run if a page did not escape it.
pub const HOSTILE: &str = "Acme \"<script>alert(1)</script>' & Sons";

pub fn shell(role: Role) -> ShellView {
    let sandbox = SandboxAccount {
        connector: "ventures".into(),
        title: "Ventures: works".into(),
        values: vec![("Username".into(), "api_user".into()), ("Site".into(), "production".into())],
    };
    ShellView {
        organization: "AmPac Business Capital".into(),
        others: vec![("org_1".into(), HOSTILE.into())],
        person: "Dana Whitfield".into(),
        role,
        connections: 3,
        issues: 1,
        theme: String::new(),
        sandbox: vec![sandbox],
    }
}

pub fn pill(kind: &str, icon: &str, label: &str, loud: bool) -> Pill {
    Pill { kind: kind.into(), icon: icon.into(), label: label.into(), loud }
}

pub fn row(number: usize, name: &str, connector: &str, glyph: Option<&str>, pill: Pill) -> ConnectionRow {
    let bars = (0..48)
        .map(|place| {
            if number == 1 && place > 40 {
                Bar::Fail
            } else if place == 20 {
                Bar::Slow
            } else if place < 4 {
                Bar::None
            } else {
                Bar::Ok
            }
        })
        .collect();
    ConnectionRow {
        id: format!("con_{number:026}"),
        name: name.into(),
        connector: connector.to_lowercase(),
        connector_name: connector.into(),
        glyph: glyph.map(Into::into),
        tags: if number == 1 { vec!["eu".into(), "money & more".into()] } else { Vec::new() },
        team: (number == 1).then(|| TeamName { id: "tea_1".into(), name: HOSTILE.into() }),
        owner: (number == 2).then(|| "you".into()),
        account: format!("api_user · {}.example.com", connector.to_lowercase()),
        pill,
        bars,
        last_checked_at: Some(NOW.plus_millis(-2 * MINUTE)),
        next_check_at: Some(NOW.plus_millis(28 * MINUTE)),
        expiry: "Does not expire".into(),
    }
}

fn rows() -> Vec<ConnectionRow> {
    vec![
        row(0, "Ventures production", "Ventures", None, pill("ok", "i-circle-check", "Connected", false)),
        row(1, HOSTILE, "Stripe", Some("b-stripe"), pill("bad", "i-log-in", "Sign in again", true)),
        row(2, "Reporting database", "PostgreSQL", Some("b-postgresql"), pill("ok", "i-circle-check", "Connected", true)),
    ]
}

pub fn list() -> ConnectionListView {
    let rows = rows();
    let fix = Some(("Change the secret key".to_owned(), format!("/connections/{}", rows[1].id)));
    let needs = vec![NeedsYou { row: rows[1].clone(), sentence: "Stripe refused the secret key at 09:10. Nothing else changed.".into(), fix }];
    let count = |value: &str, title: &str, count| StatusCount { value: value.into(), title: title.into(), count };
    ConnectionListView {
        now: NOW,
        headline: "3 connections".into(),
        needs_headline: "1 needs you".into(),
        summary: "The other two work. Last check: 2 minutes ago.".into(),
        needs,
        counts: vec![count("", "All", 3), count("needs", "Need you", 1), count("working", "Working", 2), count("off", "Off", 0)],
        matching: rows.len(),
        total: rows.len(),
        disconnected: 1,
        rows,
        may_connect: true,
    }
}

pub fn empty_list() -> ConnectionListView {
    ConnectionListView {
        rows: Vec::new(),
        needs: Vec::new(),
        matching: 0,
        total: 0,
        headline: "Nothing is connected yet".into(),
        needs_headline: String::new(),
        ..list()
    }
}

pub fn first_steps() -> OnboardingView {
    OnboardingView {
        first_name: "Dana".into(),
        key_copied_at: Some(NOW.plus_millis(-4 * MINUTE)),
        connected_at: None,
        colleague_at: None,
        services: 3,
        may_tend: true,
        may_copy_key: true,
    }
}

pub fn shortcuts() -> Vec<ConnectorSummary> {
    [("ventures", "Ventures", None), ("stripe", "Stripe", Some("b-stripe")), ("postgresql", "PostgreSQL", Some("b-postgresql"))]
        .map(|(id, name, glyph): (&str, &str, Option<&str>)| ConnectorSummary {
            id: id.into(),
            name: name.into(),
            category: "finance".into(),
            category_title: "Finance".into(),
            regions: vec!["US".into()],
            summary: "Loans.".into(),
            tier: "ready".into(),
            sign_in: "Username and password".into(),
            sign_in_kinds: vec!["password".into()],
            glyph: glyph.map(Into::into),
            connected: 0,
            own: false,
        })
        .to_vec()
}

fn check() -> CheckView {
    let step = |kind, state, started_ms, took_ms, detail: &str| StepReport { kind, state, started_ms, took_ms, detail: detail.into() };
    let diagnosis = DiagnosisView {
        code: "auth_rejected".into(),
        headline: "Stripe refused the secret key".into(),
        sentence: "The address is right and the server is fine. Nothing was saved.".into(),
        cause: "Most often the key was rolled at Stripe.".into(),
        fix: "Change the secret key".into(),
        fix_steps: vec!["Open the dashboard.".into()],
        field: "secret_key".into(),
        provider_said: format!("{{\"error\":\"{HOSTILE}\"}}"),
        retry_at: None,
    };
    CheckView {
        id: "chk_x".into(),
        state: CheckState::Failed,
        steps: vec![
            step(StepKind::Resolve, StepState::Passed, 0, 12, "api.stripe.com is 203.0.113.24"),
            step(StepKind::Secure, StepState::Passed, 12, 41, "TLS 1.3, certificate valid until 9 Feb 2027"),
            step(StepKind::Reach, StepState::Passed, 53, 88, "Stripe answered"),
            step(StepKind::Authenticate, StepState::Failed, 141, 487, HOSTILE),
            step(StepKind::Authorize, StepState::NotRun, 0, 0, ""),
            step(StepKind::Sample, StepState::NotRun, 0, 0, ""),
        ],
        started_at: NOW.plus_millis(-2 * MINUTE),
        took_ms: 628,
        diagnosis: Some(diagnosis),
        identity: None,
    }
}

pub fn connection() -> ConnectionView {
    let row = rows().swap_remove(1);
    let activity = |minutes: i64, actor: &str, by_machine, what: &str| ActivityView {
        at: NOW.plus_millis(-minutes * MINUTE),
        actor: actor.into(),
        by_machine,
        id: "evt_x".into(),
        kind: "event".into(),
        outcome: "done".into(),
        took_ms: None,
        code: None,
        what: what.into(),
    };
    ConnectionView {
        now: NOW,
        status: ConnectionStatus::ReauthRequired,
        sentence: "Stripe refused the secret key. Create a new one and put it in.".into(),
        fix: None,
        version: 3,
        revision: 3,
        description: HOSTILE.into(),
        revocation: Some("Stripe deletes the key.".into()),
        frozen_at: Some(NOW.plus_millis(-MINUTE)),
        may_unfreeze: true,
        identity: Some(IdentityView { account_id: "acct_1Nv0".into(), account_name: HOSTILE.into(), facts: vec![("Country".into(), "US".into())] }),
        last_check: Some(check()),
        settings: vec![("Name".into(), row.name.clone()), ("Check every".into(), "30 minutes".into()), ("May be sent to".into(), "api.stripe.com".into())],
        connected_by: "Dana Whitfield".into(),
        connected_at: NOW.plus_millis(-90 * 24 * 60 * MINUTE),
        uses: Vec::new(),
        versions: vec![(2, NOW.plus_millis(-17 * 24 * 60 * MINUTE), true), (1, NOW.plus_millis(-90 * 24 * 60 * MINUTE), false)],
        token: Some(TokenView {
            kind: "code".into(),
            obtained_at: NOW.plus_millis(-50 * MINUTE),
            expires_at: Some(NOW.plus_millis(10 * MINUTE)),
            due_at: Some(NOW.plus_millis(MINUTE)),
            renewable_until: None,
            failure: Some("busy_503".into()),
            sentence: HOSTILE.into(),
            may_renew: true,
        }),
        issue: Some(IssueView {
            id: "iss_x".into(),
            connection: row.id.clone(),
            name: HOSTILE.into(),
            connector: "stripe".into(),
            code: "busy_503".into(),
            opened_at: NOW.plus_millis(-5 * MINUTE),
            resolved_at: None,
            resolved_how: None,
            resolved_by: None,
            told_at: Some(NOW),
        }),
        passed: (1_434, 1_440),
        typical_ms: Some((312, 1_900)),
        last_failure: Some((NOW.plus_millis(-7 * 60 * MINUTE), "Stripe refused the secret key".into())),
        consents: false,
        receipt: None,
        activity: vec![
            activity(1, "Dana Whitfield", false, "tested the connection. It failed."),
            activity(36, "Latchkey", true, "renewed the session."),
            activity(17 * 60, HOSTILE, false, "connected it."),
        ],
        older_activity: Some("1.chk_x".into()),
        may_see_details: true,
        may_test: true,
        may_preview: true,
        teams: vec![TeamName { id: "tea_1".into(), name: HOSTILE.into() }],
        may_edit: true,
        may_disconnect: true,
        may_delete: false,
        row,
    }
}

pub fn setup() -> SetupView {
    SetupView {
        public_url: "https://latchkey.example.com".into(),
        database: "SQLite".into(),
        migrations: 1,
        key_source: "a file beside the database".into(),
        key_fingerprint: "7c1f a2e0 5b93 d8c4".into(),
    }
}

pub fn help() -> HelpView {
    let helpers = vec![Helper { name: "Jonas Keller".into(), email: "jonas.keller@example.com".into(), role: "Super admin".into() }];
    HelpView { person: "Priya Nair".into(), role: "Viewer".into(), organization: HOSTILE.into(), helpers }
}
