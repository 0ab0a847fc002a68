//! The page of issues.

use latchkey::domain::Role;
use latchkey::dto::{EndedIssue, IssueCard, IssueStep, IssuesView};
use latchkey::ui::flash::Flash;
use latchkey::ui::pages::issues::page;

use super::pages::draw;
use super::sample::{self, HOSTILE, NOW, pill};

const MINUTE: i64 = 60_000;

fn card(number: usize) -> IssueCard {
    IssueCard {
        id: format!("iss_{number}"),
        connection: format!("con_{number}"),
        name: HOSTILE.into(),
        connector: "xero".into(),
        connector_name: "Xero".into(),
        glyph: (number == 1).then(|| "b-xero".into()),
        account: HOSTILE.into(),
        title: "Xero ended our access".into(),
        pill: pill("bad", "i-log-in", "Sign in again", true),
        sentence: HOSTILE.into(),
        opened_at: NOW.plus_millis(-17 * 60 * MINUTE),
        lasts: "17 hours".into(),
        token_until: None,
        apps: ["Ledger sync", "Cash-flow report", HOSTILE, "Fourth", "Fifth"].map(Into::into).into(),
        told_at: Some(NOW.plus_millis(-17 * 60 * MINUTE)),
        step: Some(IssueStep { words: "Sign in to Xero again".into(), path: format!("/connections/con_{number}/reconnect"), sends: false }),
    }
}

fn ended() -> EndedIssue {
    EndedIssue {
        connection: "con_3".into(),
        name: HOSTILE.into(),
        connector: "stripe".into(),
        connector_name: "Stripe".into(),
        glyph: None,
        sentence: HOSTILE.into(),
        ended_at: NOW.plus_millis(-7 * 60 * MINUTE),
    }
}

fn view() -> IssuesView {
    let step = IssueStep { words: "Try again now".into(), path: "/actions/connections/renew".into(), sends: true };
    let retrying = IssueCard { token_until: Some(NOW.plus_millis(MINUTE)), apps: Vec::new(), told_at: None, step: Some(step), ..card(2) };
    IssuesView {
        now: NOW,
        open: 2,
        needs: 1,
        solved: 14,
        solved_alone: false,
        cards: vec![card(1), retrying],
        ended: vec![ended()],
        next_cursor: Some("1795167120000.iss_2".into()),
        only_looks: false,
    }
}

fn drawn(role: Role, view: IssuesView) -> String {
    draw(Some(sample::shell(role)), Flash::default(), move || page(view)).replace("<!>", "")
}

/// Name and HTML of every page.
pub fn all() -> Vec<(&'static str, String)> {
    let empty = IssuesView { open: 0, needs: 0, solved: 0, cards: Vec::new(), ended: Vec::new(), next_cursor: None, ..view() };
    let solved = IssuesView { solved_alone: true, cards: Vec::new(), ..view() };
    let looks = IssuesView { only_looks: true, cards: vec![IssueCard { step: None, apps: Vec::new(), ..card(1) }], ..view() };
    vec![
        ("issues", drawn(Role::SuperAdmin, view())),
        ("issues-solved", drawn(Role::SuperAdmin, solved)),
        ("issues-none-solved", drawn(Role::SuperAdmin, IssuesView { solved_alone: true, ..empty.clone() })),
        ("issues-empty", drawn(Role::SuperAdmin, empty)),
        ("issues-viewer", drawn(Role::Viewer, looks)),
    ]
}

#[test]
fn it_says_what_is_wrong_and_the_one_thing_to_do() {
    let html = drawn(Role::SuperAdmin, view());
    for words in [
        "1 issue</span> needs you",
        "href=\"/connections/con_1/reconnect\"",
        "action=\"/actions/connections/renew\"",
        "Ledger sync, Cash-flow report",
        "and 2 more",
        "id=\"iss_1\"",
        ", 17 hours",
        "/issues?show=solved",
        "All 14",
        "before=1795167120000.iss_2",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("Mine") && !html.contains("Muted"), "there is nothing to show for these");
}

#[test]
fn the_headline_counts_what_needs_somebody() {
    let headline = |role, view| drawn(role, view).split("<h1").nth(1).unwrap().split("</h1>").next().unwrap().to_owned();
    assert!(headline(Role::SuperAdmin, IssuesView { needs: 2, ..view() }).contains("2 issues</span> need you"));
    assert!(headline(Role::SuperAdmin, IssuesView { needs: 0, ..view() }).contains("No issue needs you"));
    assert!(headline(Role::SuperAdmin, IssuesView { open: 0, needs: 0, ..view() }).contains("No open issues"));
    assert!(headline(Role::Viewer, IssuesView { only_looks: true, ..view() }).contains("2 open issues"));
}
