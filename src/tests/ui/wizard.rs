//! The marketplace, the wizard and the one-page connect: each state drawn, and which step fits a draft.

use std::collections::BTreeMap;

use latchkey::domain::{CheckState, Role, StepKind, StepReport, StepState};
use latchkey::dto::{
    CheckView, ConnectorRequest, ConnectorSummary, ConnectorView, DraftView, DraftWait, FieldView, GuideStep, IdentityView, MarketplaceFilter, MarketplaceView,
    QuickView, RequestsView, SelectOption, TeamName,
};
use latchkey::ui::flash::Flash;
use latchkey::ui::page::Page;
use latchkey::ui::pages::wizard_steps::{Step, fitting};
use latchkey::ui::pages::{connector, marketplace, quick, request, wizard_details, wizard_done, wizard_sign_in, wizard_test};

use super::pages::draw;
use super::sample::{self, HOSTILE, NOW};

const TYPED_SECRET: &str = "correct-horse-battery";

fn field(id: &str, title: &str, kind: &str) -> FieldView {
    FieldView {
        id: id.into(),
        title: title.into(),
        help: format!("Help of {HOSTILE}"),
        kind: kind.into(),
        required: true,
        secret: kind.starts_with("secret"),
        default: String::new(),
        pattern: String::new(),
        example: HOSTILE.into(),
        find_url: "https://example.com/keys".into(),
        find_label: String::new(),
        options: Vec::new(),
        visible_when: None,
    }
}

pub fn view() -> ConnectorView {
    let option = |value: &str| SelectOption { value: value.into(), title: format!("Mode {value}") };
    let mode = FieldView { options: vec![option("verify-full"), option("disable")], default: "disable".into(), ..field("mode", "Encryption", "select") };
    let certificate = FieldView { visible_when: Some(("mode".into(), vec!["verify-full".into()])), ..field("certificate", "Root certificate", "multiline") };
    let [summary, ..] = <[ConnectorSummary; 3]>::try_from(sample::shortcuts()).unwrap();
    ConnectorView {
        summary,
        reads: HOSTILE.into(),
        changes: String::new(),
        never: "Move money.".into(),
        stored: "The password, sealed.".into(),
        needs: "One minute. You need the password.".into(),
        sign_in_steps: vec![GuideStep { title: HOSTILE.into(), text: "Then it is sealed.".into() }],
        find_steps: vec!["Ask for it.".into()],
        docs_url: "https://example.com/guide".into(),
        credential_noun: "password".into(),
        advice: "Use a service account.".into(),
        fields: vec![field("username", "Username", "text"), field("password", "Password", "secret"), field("server", "Server", "url"), mode, certificate],
        quick: true,
        connections: vec![(HOSTILE.into(), "con_1".into())],
    }
}

pub fn check(state: CheckState) -> CheckView {
    let sample = sample::connection().last_check.unwrap();
    let passed = |kind| StepReport { state: StepState::Passed, took_ms: 20, detail: HOSTILE.into(), ..StepReport::waiting(kind) };
    match state {
        CheckState::Failed => sample,
        CheckState::Passed => CheckView {
            state,
            steps: StepKind::ALL.map(passed).to_vec(),
            diagnosis: None,
            identity: Some(IdentityView {
                account_id: "api_user@production".into(),
                account_name: HOSTILE.into(),
                facts: vec![("Site".into(), "production".into())],
            }),
            ..sample
        },
        CheckState::Running | CheckState::Stopped => CheckView { state, steps: StepKind::ALL.map(StepReport::waiting).to_vec(), diagnosis: None, ..sample },
    }
}

pub fn draft(state: Option<CheckState>) -> DraftView {
    DraftView {
        id: "drf_1".into(),
        connector: view(),
        personal: false,
        team: None,
        teams: vec![TeamName { id: "tea_1".into(), name: HOSTILE.into() }],
        needs_team: false,
        name: HOSTILE.into(),
        values: BTreeMap::from([("username".into(), HOSTILE.into()), ("password".into(), TYPED_SECRET.into()), ("certificate".into(), HOSTILE.into())]),
        errors: BTreeMap::new(),
        check: state.map(check),
        kept_until: NOW,
        connection: None,
        duplicate: None,
        destination: "api.example.com".into(),
        oauth: None,
        waits: DraftWait::Nothing,
        receipt: None,
    }
}

fn duplicate() -> DraftView {
    DraftView { duplicate: Some(("con_7".into(), HOSTILE.into())), ..draft(Some(CheckState::Passed)) }
}

fn wrong() -> DraftView {
    DraftView { errors: BTreeMap::from([("password".into(), "Type the password.".into()), ("name".into(), HOSTILE.into())]), ..draft(None) }
}

fn one_page(state: Option<CheckState>, connection: Option<&str>) -> QuickView {
    let DraftView { connector, values, errors, check, destination, .. } = draft(state);
    QuickView {
        connector,
        connection: connection.map(Into::into),
        account: HOSTILE.into(),
        values,
        errors,
        check,
        destination,
        connected: Some((HOSTILE.into(), NOW)),
        next_check_at: Some(NOW.plus_millis(1_800_000)),
        consent: None,
        now: NOW,
        may_disconnect: true,
    }
}

fn market(connectors: Vec<ConnectorSummary>) -> MarketplaceView {
    MarketplaceView {
        connectors,
        categories: vec![(String::new(), "All".into(), 3), ("finance".into(), "Finance".into(), 2)],
        regions: vec!["US".into(), HOSTILE.into()],
        sign_ins: vec![("key".into(), "API key or token".into())],
        may_build: false,
    }
}

fn requests() -> RequestsView {
    let request = ConnectorRequest { id: "req_1".into(), service: HOSTILE.into(), purpose: HOSTILE.into(), by: HOSTILE.into(), created_at: NOW };
    RequestsView { requests: vec![request], may_remove: true, now: NOW }
}

fn drawn(build: impl FnOnce() -> Page) -> String {
    draw(Some(sample::shell(Role::OrgAdmin)), Flash::default(), build)
}

fn tested(draft: DraftView) -> String {
    drawn(move || wizard_test::page(&draft))
}

/// Name and HTML of every state of these pages.
pub fn all() -> Vec<(&'static str, String)> {
    let filter = MarketplaceFilter { q: HOSTILE.into(), category: "finance".into(), ..MarketplaceFilter::default() };
    let done = DraftView { connection: Some("con_1".into()), ..draft(Some(CheckState::Passed)) };
    vec![
        ("marketplace", drawn(move || marketplace::page(&market(sample::shortcuts()), &filter))),
        ("request", drawn(|| request::page(requests()))),
        ("connector", drawn(|| connector::page(&view(), true))),
        ("connector-developer", drawn(|| connector::page(&view(), false))),
        ("wizard-sign-in", drawn(|| wizard_sign_in::page(&draft(None)))),
        ("wizard-details", drawn(|| wizard_details::page(&draft(None)))),
        ("wizard-details-wrong", drawn(|| wizard_details::page(&wrong()))),
        ("wizard-details-refused", drawn(|| wizard_details::page(&draft(Some(CheckState::Failed))))),
        ("wizard-running", tested(draft(Some(CheckState::Running)))),
        ("wizard-failed", tested(draft(Some(CheckState::Failed)))),
        ("wizard-stopped", tested(draft(Some(CheckState::Stopped)))),
        ("wizard-duplicate", tested(duplicate())),
        ("wizard-done", drawn(move || wizard_done::page(&done, "Dana Whitfield"))),
        ("quick", drawn(|| quick::page(&one_page(None, None)))),
        ("quick-refused", drawn(|| quick::page(&one_page(Some(CheckState::Failed), None)))),
        ("quick-connected", drawn(|| quick::page(&one_page(Some(CheckState::Passed), Some("con_1"))))),
        ("quick-not-working", drawn(|| quick::page(&one_page(Some(CheckState::Failed), Some("con_1"))))),
    ]
}

fn html(name: &str) -> String {
    all().into_iter().find(|(found, _)| *found == name).unwrap().1
}

/// The first opening tag that holds `what`.
fn tag<'a>(html: &'a str, what: &str) -> &'a str {
    html.split('<').find(|tag| tag.contains(what)).unwrap().split('>').next().unwrap()
}

#[test]
fn no_page_gives_a_secret_back() {
    for (name, html) in all() {
        assert!(!html.contains(TYPED_SECRET), "{name}");
    }
}

#[test]
fn every_form_goes_to_an_action_that_exists() {
    const ACTIONS: [&str; 13] = [
        "organizations/switch",
        "marketplace/request",
        "marketplace/request/remove",
        "connect/start",
        "connect/details",
        "connect/keep",
        "connect/discard",
        "quick/connect",
        "quick/test",
        "quick/disconnect",
        "theme",
        "sign-out",
        "sign-in",
    ];
    for (name, html) in all() {
        for action in html.split("<form").skip(1).filter_map(|form| form.split(" action=\"").nth(1)).filter_map(|rest| rest.split('"').next()) {
            let known = action == "/marketplace" || action.strip_prefix("/actions/").is_some_and(|action| ACTIONS.contains(&action));
            assert!(known, "{name}: {action}");
        }
    }
}

#[test]
fn a_running_test_goes_on_without_script_and_tells_those_who_listen() {
    let html = html("wizard-running");
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"1\"></noscript>"), "{html}");
    assert!(html.contains("aria-busy=\"true\"") && html.contains("role=\"status\"") && html.contains("href=\"/connect/drf_1/test\""));
    for name in ["wizard-failed", "wizard-done", "wizard-duplicate", "wizard-stopped"] {
        let html = self::html(name);
        assert!(!html.contains("aria-busy") && !html.contains("http-equiv=\"refresh\""), "{name}");
    }
}

#[test]
fn a_failed_test_names_the_step_and_leads_back() {
    let html = html("wizard-failed");
    assert!(html.contains("Stopped at “Sign in”") && html.contains("href=\"/connect/drf_1/details#secret_key\""));
    assert!(html.contains("Nothing was saved"));
    assert!(super::wizard::html("wizard-stopped").contains("href=\"/connect/drf_1/details\""));
}

#[test]
fn a_refusal_has_the_focus_and_an_empty_secret() {
    for name in ["quick-refused", "wizard-details-refused", "wizard-details-wrong"] {
        let html = html(name);
        let message = tag(&html, "lk-flash-bad");
        assert!(message.contains("role=\"alert\"") && message.contains("tabindex=\"-1\"") && message.contains(" autofocus"), "{name}: {message}");
        let password = tag(&html, "id=\"password\"");
        assert!(password.contains("type=\"password\"") && password.contains("autocomplete=\"new-password\"") && !password.contains("value="), "{name}");
    }
    let html = html("wizard-details-wrong");
    assert!(
        html.contains("aria-describedby=\"password-error password-help\"") && html.contains("id=\"password-error\"") && html.contains("href=\"#password\"")
    );
}

#[test]
fn a_field_for_some_answers_is_never_demanded() {
    let html = html("wizard-details");
    assert!(html.contains("data-when=\"mode\" data-when-values=\"verify-full\""));
    let area = html.split("<textarea").nth(1).unwrap().split('>').next().unwrap();
    assert!(!area.contains("required"), "{area}");
}

#[test]
fn only_those_who_may_connect_get_the_button() {
    assert!(html("connector").contains("action=\"/actions/connect/start\""));
    assert!(!html("connector-developer").contains("action=\"/actions/connect/start\""));
}

#[test]
fn tiles_that_do_not_match_are_there_but_hidden() {
    let html = html("marketplace");
    assert_eq!(html.matches("data-find=").count(), 3);
    assert_eq!(html.split('<').filter(|tag| tag.contains("data-find=") && tag.contains(" hidden")).count(), 3, "{html}");
    let filter = |q: &str, category: &str| MarketplaceFilter { q: q.into(), category: category.into(), tier: "ready".into(), ..MarketplaceFilter::default() };
    assert_eq!(marketplace::marketplace_address(&filter("a b&c", "finance")), "/marketplace?q=a+b%26c&category=finance&tier=ready");
    assert_eq!(marketplace::marketplace_address(&MarketplaceFilter::default()), "/marketplace");
}

#[test]
fn every_step_leads_to_the_one_that_fits() {
    use Step::{Details, Done, SignIn, Test};
    let saved = DraftView { connection: Some("con_1".into()), ..draft(Some(CheckState::Passed)) };
    let table = [
        (draft(None), [SignIn, Details, Details, Details]),
        (draft(Some(CheckState::Running)), [Test, Test, Test, Test]),
        (draft(Some(CheckState::Failed)), [SignIn, Details, Test, Test]),
        (draft(Some(CheckState::Stopped)), [SignIn, Details, Test, Test]),
        (draft(Some(CheckState::Passed)), [Test, Test, Test, Test]),
        (duplicate(), [Test, Test, Test, Test]),
        (saved, [Done, Done, Done, Done]),
    ];
    for (draft, expected) in table {
        assert_eq!([SignIn, Details, Test, Done].map(|wanted| fitting(&draft, wanted)), expected, "{:?}", draft.check.map(|check| check.state));
    }
}
