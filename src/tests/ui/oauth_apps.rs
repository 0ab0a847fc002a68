//! The pages of OAuth apps, with values that would break a page that does not escape.

use latchkey::domain::{Role, Timestamp};
use latchkey::dto::{
    FieldView, Named, OAuthAppForm, OAuthAppLine, OAuthAppOffer, OAuthAppPage, OAuthAppView, OAuthAppsView, RedirectDoctor, RedirectFinding, RedirectState,
};
use latchkey::ui::flash::Flash;
use latchkey::ui::pages::oauth_apps::{app, delete, doctor, list, new, secret};

use super::pages::draw;
use super::sample;

const DAY: i64 = 86_400_000;

fn line(ends: Option<Timestamp>, connections: usize) -> OAuthAppLine {
    OAuthAppLine {
        id: format!("oap_{connections}"),
        connector: "acme".into(),
        connector_name: sample::HOSTILE.into(),
        glyph: None,
        label: sample::HOSTILE.into(),
        client_id: sample::HOSTILE.into(),
        fields: [("customer".to_owned(), sample::HOSTILE.to_owned())].into(),
        secret_hint: "<b>".into(),
        secret_ends_at: ends,
        redirect_uri: sample::HOSTILE.into(),
        connections,
        created_at: sample::NOW,
        updated_at: sample::NOW,
        version: 1,
    }
}

fn field(id: &str, secret: bool) -> FieldView {
    FieldView {
        id: id.into(),
        title: sample::HOSTILE.into(),
        help: sample::HOSTILE.into(),
        kind: if secret { "secret" } else { "text" }.into(),
        required: true,
        secret,
        default: String::new(),
        pattern: String::new(),
        example: String::new(),
        find_url: String::new(),
        find_label: String::new(),
        options: Vec::new(),
        visible_when: None,
    }
}

fn form() -> OAuthAppForm {
    OAuthAppForm {
        connector: "acme".into(),
        connector_name: sample::HOSTILE.into(),
        glyph: None,
        fields: vec![field("client_id", false), field("client_secret", true), field("developer_token", true), field("customer", false)],
        register_url: "https://acme.example/apps".into(),
        steps: vec![sample::HOSTILE.into()],
        redirect_uri: sample::HOSTILE.into(),
        usual_end: Some(sample::NOW),
        without_pkce: Some(sample::HOSTILE.into()),
        now: sample::NOW,
    }
}

fn view(connections: usize) -> OAuthAppView {
    let used_by = (0..connections).map(|number| Named { id: format!("con_{number}"), name: sample::HOSTILE.into() }).collect();
    OAuthAppView { line: line(Some(sample::NOW.plus_millis(DAY)), connections), used_by }
}

fn one(connections: usize, form: Option<OAuthAppForm>) -> OAuthAppPage {
    OAuthAppPage { app: view(connections), form, now: sample::NOW }
}

fn said(states: [RedirectState; 2]) -> RedirectDoctor {
    let finding = |state| RedirectFinding {
        check: "same_address".into(),
        title: sample::HOSTILE.into(),
        state,
        sentence: sample::HOSTILE.into(),
        setting: if state == RedirectState::Failed { "server.public_url".into() } else { String::new() },
    };
    RedirectDoctor { redirect_uri: sample::HOSTILE.into(), public_url: sample::HOSTILE.into(), findings: states.into_iter().map(finding).collect() }
}

/// Name and HTML of every page.
pub fn all() -> Vec<(&'static str, String)> {
    use RedirectState::{Failed, Passed, Unknown};
    let admin = || Some(sample::shell(Role::OrgAdmin));
    let bad = || Flash::bad(sample::HOSTILE, "Nothing was saved.").typed("label", sample::HOSTILE).typed("customer", sample::HOSTILE);
    let apps = vec![line(Some(sample::NOW), 1), line(Some(sample::NOW.plus_millis(DAY)), 2), line(Some(sample::NOW.plus_millis(90 * DAY)), 3), line(None, 0)];
    let (some, none) = (OAuthAppsView { apps, now: sample::NOW }, OAuthAppsView { apps: Vec::new(), now: sample::NOW });
    let (waiting, quiet) = (some.clone(), OAuthAppsView { apps: vec![line(None, 0)], now: sample::NOW });
    let offers = [0, 1].map(|apps| OAuthAppOffer { id: format!("acme-{apps}"), name: sample::HOSTILE.into(), glyph: None, apps });
    vec![
        ("oauth-apps", draw(admin(), bad(), move || list::page(&some, &said([Passed, Passed]), false))),
        ("oauth-apps-empty", draw(admin(), Flash::default(), move || list::page(&none, &said([Passed, Unknown]), false))),
        ("oauth-apps-attention", draw(admin(), Flash::default(), move || list::page(&waiting, &said([Failed, Passed]), true))),
        ("oauth-apps-quiet", draw(admin(), Flash::default(), move || list::page(&quiet, &said([Passed, Passed]), true))),
        ("redirect-doctor", draw(admin(), bad(), || doctor::page(&said([Failed, Unknown])))),
        ("oauth-app-choose", draw(admin(), bad(), move || new::choose(&offers))),
        ("oauth-app-nothing-to-choose", draw(admin(), Flash::default(), || new::choose(&[]))),
        ("oauth-app-new", draw(admin(), bad(), || new::page(&form()))),
        ("oauth-app", draw(admin(), bad(), || app::page(&one(2, Some(form()))))),
        ("oauth-app-without-connector", draw(admin(), Flash::default(), || app::page(&one(0, None)))),
        ("oauth-app-secret", draw(admin(), bad(), || secret::page(&one(0, Some(form())), &form()))),
        ("oauth-app-delete", draw(admin(), bad(), || delete::page(&view(0)))),
        ("oauth-app-delete-used", draw(admin(), Flash::default(), || delete::page(&view(2)))),
    ]
}

#[test]
fn a_state_is_never_told_by_colour_alone() {
    let pages = all();
    let find = |name: &str| &pages.iter().find(|page| page.0 == name).unwrap().1;
    for words in ["Secret has ended", "Ends soon", "In use", "Not used yet", ": passed"] {
        assert!(find("oauth-apps").contains(words), "{words}");
    }
    assert!(find("redirect-doctor").contains(": not right") && find("redirect-doctor").contains(": not known"));
    assert!(find("redirect-doctor").contains("LATCHKEY_SERVER__PUBLIC_URL"));
}

#[test]
fn secrets_are_asked_for_and_never_filled_in() {
    for (name, html) in all() {
        for control in html.split("<input").skip(1).filter(|control| control.split('>').next().unwrap().contains("type=\"password\"")) {
            assert!(!control.split('>').next().unwrap().contains("value="), "{name}: {control}");
        }
    }
}
