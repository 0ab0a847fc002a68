//! What the redirect doctor makes of a request.

use std::sync::Arc;

use latchkey::domain::Actor;
use latchkey::dto::RedirectState::{self, Failed, Passed, Unknown};
use latchkey::services::oauth_apps::{self, Reached};
use latchkey::services::{App, Settings};
use latchkey::store::Database;

use crate::services::world::World;
use crate::support::database::on_both_engines;

fn at(app: &App, public_url: &str, trusted_proxy: Option<&str>) -> App {
    let settings = Settings { public_url: public_url.to_owned(), trusted_proxy: trusted_proxy.map(str::to_owned), ..Settings::clone(&app.settings) };
    let mut app = app.clone();
    app.settings = Arc::new(settings);
    app
}

/// Setting, trusted header, what the request says, the states, the settings to change.
type Case = (&'static str, Option<&'static str>, [&'static str; 4], [RedirectState; 4], Vec<&'static str>);

/// Origin, host, forwarded host and protocol.
fn reached([origin, host, forwarded_host, forwarded_proto]: [&str; 4]) -> Reached {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Reached { origin: said(origin), host: said(host), forwarded_host: said(forwarded_host), forwarded_proto: said(forwarded_proto) }
}

/// The states in the order `same_address`, `proxy`, `secure`, `plain`, and the settings to change.
fn states(app: &App, admin: &Actor, says: [&str; 4]) -> ([RedirectState; 4], Vec<String>) {
    let view = oauth_apps::doctor(app, admin, &reached(says)).unwrap();
    let order: Vec<&str> = view.findings.iter().map(|finding| finding.check.as_str()).collect();
    assert_eq!(order, ["same_address", "proxy", "secure", "plain"]);
    for finding in &view.findings {
        let variable = format!("LATCHKEY_{}", finding.setting.replace('.', "__").to_uppercase());
        assert!(finding.setting.is_empty() || finding.sentence.contains(&format!("Change {} ({variable}).", finding.setting)), "{finding:?}");
        assert!(finding.state != Failed || !finding.setting.is_empty(), "{finding:?}");
    }
    let settings = view.findings.iter().map(|finding| finding.setting.clone()).filter(|setting| !setting.is_empty()).collect();
    (std::array::from_fn(|position| view.findings[position].state), settings)
}

on_both_engines! {
    async fn each_thing_is_told_and_the_setting_named(database: Database) {
        let world = World::new(database).await;
        let admin = world.actor(&world.set_up().await).await;
        let (https, http) = ("https://latchkey.example.com", "http://127.0.0.1:4800");
        let (proxy, url, trust) = (Some("x-forwarded-for"), "server.public_url", "server.trusted_proxy");
        let cases: Vec<Case> = vec![
            (https, proxy, ["", "inner:4800", "latchkey.example.com", "https"], [Passed; 4], vec![]),
            (https, proxy, ["", "latchkey.example.com", "", ""], [Passed, Unknown, Passed, Passed], vec![]),
            (https, proxy, ["https://latchkey.example.com", "inner:4800", "", "https"], [Passed, Unknown, Passed, Passed], vec![]),
            (https, proxy, ["https://other.example.com", "inner", "", ""], [Failed, Unknown, Passed, Passed], vec![url]),
            (https, proxy, ["http://latchkey.example.com", "", "latchkey.example.com", "http"], [Failed, Failed, Passed, Passed], vec![url, url]),
            (https, proxy, ["", "inner", "other.example.com", "https"], [Failed, Failed, Passed, Passed], vec![url, url]),
            (https, proxy, ["", "inner", "spoofed.example.com, latchkey.example.com", "http, https"], [Passed; 4], vec![]),
            (https, proxy, ["", "inner", "latchkey.example.com, spoofed.example.com", "https"], [Failed, Failed, Passed, Passed], vec![url, url]),
            (https, proxy, ["", "", "", ""], [Unknown, Unknown, Passed, Passed], vec![]),
            (https, proxy, ["null", "LATCHKEY.example.com:443", "", ""], [Passed, Unknown, Passed, Passed], vec![]),
            (https, None, ["", "latchkey.example.com", "", ""], [Passed, Failed, Passed, Passed], vec![trust]),
            (https, None, ["", "inner:4800", "latchkey.example.com", "https"], [Failed, Failed, Passed, Passed], vec![url, trust]),
            (http, None, ["", "127.0.0.1:4800", "", ""], [Passed; 4], vec![]),
            (http, None, ["", "localhost:4800", "", ""], [Failed, Passed, Passed, Passed], vec![url]),
            (http, None, ["", "127.0.0.1:4800", "evil.example", ""], [Passed, Failed, Passed, Passed], vec![trust]),
            (http, None, ["", "<script>alert(1)</script>", "", ""], [Unknown, Passed, Passed, Passed], vec![]),
            ("http://latchkey.internal", None, ["", "latchkey.internal", "", ""], [Passed, Passed, Failed, Passed], vec![url]),
            ("http://0.0.0.0:4800", None, ["", "10.0.0.7:4800", "", ""], [Failed, Passed, Failed, Failed], vec![url, url, url]),
            ("https://latchkey.example.com/sub/", proxy, ["", "", "latchkey.example.com", "https"], [Passed, Passed, Passed, Failed], vec![url]),
        ];
        for (public, proxy, says, wanted, settings) in cases {
            let settings: Vec<String> = settings.into_iter().map(str::to_owned).collect();
            assert_eq!(states(&at(&world.app, public, proxy), &admin, says), (wanted, settings), "{public} {proxy:?} {says:?}");
        }
        let broken = oauth_apps::doctor(&at(&world.app, "nothing", None), &admin, &Reached::default()).unwrap();
        assert_eq!(broken.findings.iter().map(|finding| finding.state).collect::<Vec<_>>(), [Failed]);
    }

    async fn no_header_becomes_part_of_the_address(database: Database) {
        let world = World::new(database).await;
        let admin = world.actor(&world.set_up().await).await;
        for evil in ["evil.example", "https://evil.example", "evil.example, latchkey.example.com", "latchkey.example.com@evil.example", "\u{202e}evil", &"e".repeat(5_000)] {
            for proxy in [None, Some("x-forwarded-for")] {
                let view = oauth_apps::doctor(&at(&world.app, "https://latchkey.example.com", proxy), &admin, &reached([evil; 4])).unwrap();
                assert_eq!((view.redirect_uri.as_str(), view.public_url.as_str()), ("https://latchkey.example.com/oauth/callback/{connector}", "https://latchkey.example.com"));
                assert!(view.findings.iter().all(|finding| finding.sentence.len() < 700), "{view:?}");
            }
        }
    }
}
