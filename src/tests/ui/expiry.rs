//! The pages of the expiry calendar.

use latchkey::domain::Role;
use latchkey::dto::{ExpiryFormView, ExpiryKind, ExpiryLine, ExpiryReminder, ExpiryView, Named};
use latchkey::services::import::{Applied, Outcome, Planned, PlannedValue, Problem};
use latchkey::ui::flash::Flash;
use latchkey::ui::pages::expiry::{form, page, subscribe};
use latchkey::ui::pages::import;
use latchkey::vault::{SystemRandom, Token};

use super::pages::draw;
use super::sample::{self, HOSTILE, NOW};

const DAY: i64 = 24 * 3_600_000;

fn line(days: i64) -> ExpiryLine {
    ExpiryLine {
        id: Some(format!("exp_{days}")),
        kind: ExpiryKind::Date,
        title: HOSTILE.into(),
        about: HOSTILE.into(),
        note: HOSTILE.into(),
        owner: Some(Named { id: "mem_1".into(), name: HOSTILE.into() }),
        ends_at: NOW.plus_millis(days * DAY),
        renews: false,
        ended_early_by: None,
        reminders: vec![ExpiryReminder { days: 30, sent: true }, ExpiryReminder { days: 1, sent: false }],
        step: "Replace it".into(),
        path: "/connections/con_1".into(),
        may_edit: true,
    }
}

fn view() -> ExpiryView {
    let early = ExpiryLine { id: None, ended_early_by: Some(HOSTILE.into()), may_edit: false, ..line(-2) };
    let renews = ExpiryLine { id: None, renews: true, reminders: Vec::new(), ..line(8) };
    let lines = vec![
        early,
        ExpiryLine { ends_at: NOW.plus_millis(DAY / 24), ..line(0) },
        line(6),
        renews,
        ExpiryLine { path: String::new(), ..line(40) },
        line(200),
        line(900),
    ];
    ExpiryView { now: NOW, lines, may_add: true }
}

fn form_view(date: Option<ExpiryLine>) -> ExpiryFormView {
    let person = Named { id: "mem_1".into(), name: HOSTILE.into() };
    ExpiryFormView { now: NOW, connection: Some(person.clone()), subject: HOSTILE.into(), date, people: vec![person], viewer: "mem_1".into() }
}

fn imported() -> import::Shown {
    let planned = Planned {
        connector: "stripe".into(),
        provider: HOSTILE.into(),
        name: HOSTILE.into(),
        values: vec![PlannedValue { title: HOSTILE.into(), variable: HOSTILE.into(), length: 3 }],
        problems: vec![Problem { title: HOSTILE.into(), message: HOSTILE.into(), variables: vec![HOSTILE.into()] }],
        there: vec![HOSTILE.into()],
        freezes: true,
    };
    let outcomes = [Outcome::Saved(HOSTILE.into(), "con_1".into()), Outcome::Refused(HOSTILE.into()), Outcome::Skipped];
    import::Shown { applied: outcomes.map(|outcome| Applied { planned: planned.clone(), outcome }).into(), is_dry: false }
}

/// Name and HTML of every page.
pub fn all() -> Vec<(&'static str, String)> {
    let admin = || Some(sample::shell(Role::SuperAdmin));
    let bad = || Flash::bad(HOSTILE, "Nothing was saved.").typed("title", HOSTILE).typed("note", HOSTILE);
    let empty = ExpiryView { lines: Vec::new(), may_add: false, ..view() };
    let token = Token::generate(&SystemRandom);
    vec![
        ("expiry", draw(admin(), bad(), || page(&view(), false))),
        ("expiry-all", draw(admin(), Flash::default(), || page(&view(), true))),
        ("expiry-empty", draw(Some(sample::shell(Role::Viewer)), Flash::default(), move || page(&empty, false))),
        ("expiry-new", draw(admin(), bad(), || form::page(&ExpiryFormView { connection: None, subject: String::new(), ..form_view(None) }))),
        ("expiry-credential", draw(admin(), bad(), || form::page(&form_view(Some(line(3)))))),
        ("expiry-subscribe", draw(admin(), Flash::default(), || subscribe::page(Some(NOW)))),
        ("import", draw(admin(), bad(), import::page)),
        ("import-results", draw(admin(), Flash::default(), || import::results(&imported()))),
        ("expiry-address", draw(admin(), Flash::default(), move || subscribe::made("https://latchkey.example.com", &token))),
    ]
}

#[test]
fn what_ends_is_grouped_and_said_in_words() {
    let html = draw(Some(sample::shell(Role::SuperAdmin)), Flash::default(), || page(&view(), false));
    for words in [
        "One has ended, two end within a week.",
        "Act now",
        "Within 90 days",
        "Later",
        "Ended 2 days ago",
        "Ended early, by",
        "Ends today",
        "In 6 days",
        "Renews itself",
        "Show 1 more until",
    ] {
        assert!(html.contains(words), "{words} in {html}");
    }
    assert!(html.contains("days before, sent") && html.contains("days before, planned"));
    let (before, behind) = html.split_once("Within 90 days").unwrap();
    assert!(behind.contains("Renews itself") && !before.contains("Renews itself"), "what renews itself is never urgent");
}
