//! The pages around one-time links: each state drawn.

use latchkey::domain::{CheckState, Role};
use latchkey::dto::{AskChoice, AskView, EntryLinkState, EntryLinkView, VisitResult, VisitView};
use latchkey::ui::flash::Flash;
use latchkey::ui::page::Page;
use latchkey::ui::pages::{ask, wizard_ask};
use latchkey::vault::Secret;

use super::pages::draw;
use super::sample::{self, HOSTILE, NOW};
use super::wizard::{check, draft, view};

pub fn link(state: EntryLinkState) -> EntryLinkView {
    EntryLinkView {
        id: "lnk_1".into(),
        draft: "drf_1".into(),
        connector: "ventures".into(),
        connector_name: "Ventures".into(),
        state,
        asked: vec!["Password".into()],
        filled: vec!["Site name".into()],
        note: HOSTILE.into(),
        made_at: NOW,
        expires_at: NOW.plus_millis(3_600_000),
        opened_at: Some(NOW),
        used_at: None,
        tries: 1,
        tries_left: 9,
        connection: None,
        now: NOW,
    }
}

fn asking(state: Option<EntryLinkState>) -> AskView {
    let choice = |id: &str, always| AskChoice { id: id.into(), title: HOSTILE.into(), asked: true, always };
    AskView { draft: draft(None), link: state.map(link), choices: vec![choice("username", false), choice("password", true)] }
}

fn visit() -> VisitView {
    VisitView {
        connector: view(),
        asker: HOSTILE.into(),
        organization: HOSTILE.into(),
        note: HOSTILE.into(),
        filled: vec!["Site name".into()],
        expires_at: NOW,
        attempt: "attempt".into(),
        public_url: "https://latchkey.example.com".into(),
        now: NOW,
    }
}

fn result(state: CheckState, again: bool) -> VisitResult {
    VisitResult { connector: view().summary, asker: HOSTILE.into(), organization: HOSTILE.into(), check: check(state), again, expires_at: NOW, now: NOW }
}

/// Name and HTML of every page.
pub fn all() -> Vec<(&'static str, String)> {
    let asker = |ask: AskView| draw(Some(sample::shell(Role::OrgAdmin)), Flash::default(), move || wizard_ask::page(&ask, None));
    let visitor = |page: fn() -> Page| draw(None, Flash::bad(HOSTILE, "Nothing was saved."), page);
    vec![
        ("ask", asker(asking(None))),
        ("ask-waiting", asker(asking(Some(EntryLinkState::Waiting)))),
        ("ask-used", asker(asking(Some(EntryLinkState::Used)))),
        ("ask-spent", asker(asking(Some(EntryLinkState::Spent)))),
        (
            "ask-made",
            draw(Some(sample::shell(Role::OrgAdmin)), Flash::default(), || {
                wizard_ask::page(&asking(Some(EntryLinkState::Waiting)), Some(&Secret::new("https://latchkey.example.com/ask/token".to_owned())))
            }),
        ),
        ("visit", visitor(|| ask::page(&visit(), "token"))),
        ("visit-running", visitor(|| ask::result_page(&result(CheckState::Running, false), "token"))),
        ("visit-failed", visitor(|| ask::result_page(&result(CheckState::Failed, true), "token"))),
        ("visit-spent", visitor(|| ask::result_page(&result(CheckState::Failed, false), "token"))),
        ("visit-passed", visitor(|| ask::result_page(&result(CheckState::Passed, false), "token"))),
        ("visit-ended", visitor(ask::ended)),
    ]
}

#[test]
fn a_link_that_works_can_be_withdrawn_and_one_that_has_ended_cannot() {
    for (name, html) in all().into_iter().filter(|(name, _)| name.starts_with("ask")) {
        assert_eq!(html.contains("/actions/connect/withdraw"), matches!(name, "ask-waiting" | "ask-made"), "{name}");
        assert_eq!(html.contains("https://latchkey.example.com/ask/token"), name == "ask-made", "{name}");
    }
}

#[test]
fn the_visitors_pages_lead_nowhere_else_on_this_site() {
    for (name, html) in all().into_iter().filter(|(name, _)| name.starts_with("visit")) {
        let links: Vec<&str> = html.split("<a ").skip(1).filter_map(|rest| rest.split("href=\"").nth(1)?.split('"').next()).collect();
        let strange: Vec<&&str> = links.iter().filter(|href| href.starts_with('/') && !href.starts_with("/ask/") && **href != "/connections?q=a").collect();
        assert!(strange.is_empty(), "{name}: {strange:?}");
        assert!(!html.contains("/actions/connect"), "{name}");
    }
}
