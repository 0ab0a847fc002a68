//! Every page, drawn from views: one headline, nothing inline, nothing unescaped, no link to nowhere.

use std::sync::Arc;

use hydration_context::{SharedContext, SsrSharedContext};
use latchkey::domain::Role;
use latchkey::dto::{ConnectionFilter, ConnectionView, ShellView};
use latchkey::ui::app::document;
use latchkey::ui::flash::Flash;
use latchkey::ui::page::{Here, Page};
use latchkey::ui::pages::connections::Home;
use latchkey::ui::pages::{connection, connections, disconnect, no_permission, not_found, setup, sign_in, trouble};
use leptos::config::LeptosOptions;
use leptos::prelude::*;

use super::sample;

/// Draws a page as the server does.
pub fn draw(shell: Option<ShellView>, flash: Flash, build: impl FnOnce() -> Page) -> String {
    // Islands with children ask for the context that a server gives each request.
    let request: Arc<dyn SharedContext + Send + Sync> = Arc::new(SsrSharedContext::new());
    Owner::new_root(Some(request)).with(|| {
        provide_context(Here { path: "/connections".into(), full: "/connections?q=a".into() });
        provide_context(flash);
        if let Some(shell) = &shell {
            provide_context(shell.clone());
        }
        document(build(), shell, LeptosOptions::builder().output_name("latchkey").build()).to_html()
    })
}

fn home() -> Home {
    Home {
        list: sample::list(),
        filter: ConnectionFilter { page: 1, ..ConnectionFilter::default() },
        first_steps: None,
        shortcuts: Vec::new(),
        keep_the_key: true,
        asked: Vec::new(),
    }
}

fn viewed(view: ConnectionView) -> String {
    draw(Some(sample::shell(Role::Viewer)), Flash::default(), move || {
        connection::page(ConnectionView { may_see_details: false, may_test: false, may_edit: false, may_disconnect: false, ..view })
    })
}

/// Name and HTML of every page.
pub fn all() -> Vec<(&'static str, String)> {
    let admin = || Some(sample::shell(Role::SuperAdmin));
    let bad = || Flash::bad(sample::HOSTILE, "Nothing was saved.").typed("email", sample::HOSTILE);
    let empty = Home { list: sample::empty_list(), first_steps: Some(sample::first_steps()), shortcuts: sample::shortcuts(), ..home() };
    let nothing = Home { list: sample::empty_list(), ..home() };
    let frame = vec![
        ("connections", draw(admin(), Flash::ok("Test passed in 312 ms.", "The account is Acme."), move || connections::page(home()))),
        ("connections-viewer", draw(Some(sample::shell(Role::Viewer)), Flash::default(), move || connections::page(home()))),
        ("empty", draw(admin(), Flash::default(), move || connections::page(empty))),
        ("empty-viewer", draw(Some(sample::shell(Role::Viewer)), Flash::default(), move || connections::page(nothing))),
        ("connection", draw(admin(), bad(), || connection::page(sample::connection()))),
        ("connection-viewer", viewed(sample::connection())),
        ("disconnect", draw(admin(), bad(), || disconnect::page(sample::connection()))),
        ("sign-in", draw(None, bad(), || sign_in::page("/connections".into(), "latchkey.example.com".into(), "0.1.0", true, true, Vec::new()))),
        ("setup", draw(None, bad(), || setup::page(sample::setup(), "link".into()))),
        ("not-found", draw(admin(), Flash::default(), || not_found::page(sample::HOSTILE))),
        ("not-found-stranger", draw(None, Flash::default(), || not_found::stranger(sample::HOSTILE))),
        ("no-permission", draw(admin(), Flash::default(), || no_permission::page(sample::help(), "It is for: Org admin."))),
        ("trouble", draw(admin(), Flash::default(), || trouble::page(sample::HOSTILE))),
    ];
    frame
        .into_iter()
        .chain(super::account::all())
        .chain(super::wizard::all())
        .chain(super::ask::all())
        .chain(super::oauth_apps::all())
        .chain(super::expiry::all())
        .chain(super::issues::all())
        .chain(super::sign_on::all())
        .collect()
}

fn count(html: &str, what: &str) -> usize {
    html.matches(what).count()
}

#[test]
fn every_page_has_one_headline_one_main_and_the_skip_link() {
    for (name, html) in all() {
        assert_eq!((count(&html, "<h1"), count(&html, "<main"), count(&html, "id=\"main\"")), (1, 1, 1), "{name}");
        assert!(html.contains("href=\"#main\"") && html.contains("<html lang=\"en\"") && html.contains(" · Latchkey</title>"), "{name}");
    }
}

#[test]
fn nothing_is_inline_and_nothing_unescaped() {
    for (name, html) in all() {
        assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick="), "{name}");
        assert!(!html.contains("<script>alert"), "{name}");
        assert!(!html.contains("href=\"\"") && !html.contains("href=\"#\""), "{name}");
    }
}

#[test]
fn no_id_stands_twice() {
    for (name, html) in all() {
        let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let before = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), before, "{name}");
    }
}

#[test]
fn the_stored_theme_is_on_the_document_and_the_system_decides_without_one() {
    let themed = |theme: &str| draw(Some(ShellView { theme: theme.into(), ..sample::shell(Role::Developer) }), Flash::default(), || not_found::page("/"));
    assert!(themed("dark").contains("data-theme=\"latchkey-dark\"") && themed("light").contains("data-theme=\"latchkey\""));
    assert!(!themed("").contains("data-theme") && !themed("\"><x").contains("<x"));
}

#[test]
fn a_viewer_sees_no_marketplace_and_no_buttons() {
    for (name, html) in all().into_iter().filter(|(name, _)| *name == "connection-viewer") {
        assert!(!html.contains("/marketplace") && !html.contains("connections/test") && !html.contains("/disconnect") && !html.contains("acct_1Nv0"), "{name}");
    }
}

#[test]
fn a_refusal_has_the_focus_and_a_success_has_not() {
    let pages = all();
    let find = |name: &str| &pages.iter().find(|page| page.0 == name).unwrap().1;
    assert!(find("sign-in").contains("role=\"alert\" tabindex=\"-1\" autofocus"));
    assert!(find("connections").contains("role=\"status\"") && !find("connections").contains("autofocus"));
}
