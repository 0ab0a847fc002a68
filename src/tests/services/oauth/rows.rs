//! The rows of the checklist, one test and more for each.

use std::collections::BTreeSet;

use latchkey::catalogue::Registry;
use latchkey::domain::{CheckState, ConsentTrouble, Role};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::services::consent::{self, Arrived};
use latchkey::services::{ErrorCode, connections, drafts};
use latchkey::store::{Database, credentials, grants};
use serde_json::{Value, json};

use super::{BROWSER, Stage, came_back, code, entries, query, stopped, trouble, with};
use crate::services::world::visitor;
use crate::support::database::on_both_engines;
use crate::support::oauth::{CLIENT, LEDGER, SECRET};

/// Whether a manifest is taken.
fn is_taken(text: &str) -> bool {
    Registry::from_texts(&[("ledger.toml", text)]).is_ok()
}

#[test]
fn row_01_no_manifest_offers_the_implicit_or_the_password_grant() {
    assert!(is_taken(LEDGER));
    for grant in ["implicit", "password", "token", "authorization_code_implicit", ""] {
        assert!(!is_taken(&LEDGER.replace("grant = \"code\"", &format!("grant = \"{grant}\""))), "{grant}");
    }
    for params in ["response_type = \"token\"", "response_type = \"id_token token\""] {
        let text = LEDGER.replace("access_type = \"offline\"", params);
        assert!(!is_taken(&text), "{params}: what is asked for is a code");
    }
}

#[test]
fn row_06_addresses_of_a_provider_are_encrypted_and_never_free() {
    for (from, to) in [
        ("https://login.ledger.example/token", "http://login.ledger.example/token"),
        ("https://login.ledger.example/authorize", "http://login.ledger.example/authorize"),
        ("https://login.ledger.example/revoke", "ftp://login.ledger.example/revoke"),
        ("https://login.ledger.example/tenants", "http://login.ledger.example/tenants"),
        ("https://login.ledger.example/token", "https://{tenant}.ledger.example/token"),
        ("https://login.ledger.example/token", "https://{nothing}.ledger.example/token"),
    ] {
        assert!(LEDGER.contains(from) && !is_taken(&LEDGER.replace(from, to)), "{to}");
    }
}

#[test]
fn row_26_grants_that_nobody_named_are_off() {
    for grant in ["device", "urn:ietf:params:oauth:grant-type:device_code", "ciba", "token_exchange"] {
        assert!(!is_taken(&LEDGER.replace("grant = \"code\"", &format!("grant = \"{grant}\""))), "{grant}");
    }
}

on_both_engines! {
    async fn row_01_what_is_asked_for_is_a_code(database: Database) {
        let stage = Stage::new(database).await;
        for connector in ["ledger", "books", "shelf"] {
            let draft = drafts::start(&stage.app, &stage.admin, connector).await.unwrap();
            stage.fill_in(&draft, if connector == "shelf" { &[("way", "account")] } else { &[] }).await;
            assert_eq!(query(&stage.go(&draft).await)["response_type"], "code", "{connector}");
        }
    }

    async fn row_02_every_attempt_has_a_state_and_a_challenge_of_its_own_by_s256(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("ledger").await;
        let mut seen = BTreeSet::new();
        for _ in 0..1_000 {
            let query = query(&stage.go(&draft).await);
            assert_eq!(query["code_challenge_method"], "S256");
            for key in ["state", "code_challenge"] {
                assert_eq!(query[key].len(), 43, "{key}");
                assert!(seen.insert(query[key].clone()), "{key} stands twice");
            }
        }
    }

    async fn row_02_without_a_challenge_only_where_the_manifest_says_so(database: Database) {
        let stage = Stage::new(database).await;
        let draft = drafts::start(&stage.app, &stage.admin, "shelf").await.unwrap();
        stage.fill_in(&draft, &[("way", "account")]).await;
        let url = stage.go(&draft).await;
        assert!(!query(&url).contains_key("code_challenge") && query(&url)["state"].len() == 43);
        let arrived = stage.arrive("shelf", &stage.allowed(&url, "a")).await.unwrap();
        assert_eq!(arrived, Arrived::Testing(draft, None));
        stage.world.settle().await;
        assert!(!stage.provider.asked("/oauth/token")[0].body.contains("code_verifier"));
    }

    async fn row_03_eight_misuses_of_the_state_bring_no_code_to_the_provider(database: Database) {
        let stage = Stage::new(database).await;
        let other = stage.world.organization("Other").await;
        let stranger = stage.world.member(&other, Role::OrgAdmin, &[]).await;
        let colleague = stage.world.member(&stage.organization, Role::OrgAdmin, &[]).await;
        let draft = stage.draft("ledger").await;
        for misuse in ["missing", "empty", "wrong", "reused", "expired", "other session", "other organization", "other member", "other connector", "nobody", "no session"] {
            let url = stage.go(&draft).await;
            let back = stage.allowed(&url, "a");
            let arrive = |connector: &'static str, back: Vec<(&'static str, String)>, actor, binding| {
                let app = stage.app.clone();
                async move { consent::arrive(&app, &visitor(), actor, binding, came_back(connector, &back)).await }
            };
            let (admin, here) = (Some(&stage.admin), Some(BROWSER));
            let outcome = match misuse {
                "missing" => arrive("ledger", with(&back, "state", None), admin, here).await,
                "empty" => arrive("ledger", with(&back, "state", Some("")), admin, here).await,
                "wrong" => arrive("ledger", with(&back, "state", Some(&"a".repeat(43))), admin, here).await,
                "reused" => {
                    let refused = with(&with(&back, "code", None), "error", Some("access_denied"));
                    assert_eq!(trouble(stage.arrive("ledger", &refused).await), ConsentTrouble::Denied);
                    arrive("ledger", back.clone(), admin, here).await
                }
                "expired" => {
                    stage.world.clock.advance(10 * 60 * 1_000);
                    arrive("ledger", back.clone(), admin, here).await
                }
                "other session" => arrive("ledger", back.clone(), admin, Some("another browser's")).await,
                "other organization" => arrive("ledger", back.clone(), Some(&stranger), here).await,
                "other member" => arrive("ledger", back.clone(), Some(&colleague), here).await,
                "other connector" => arrive("books", back.clone(), admin, here).await,
                "nobody" => arrive("ledger", back.clone(), None, here).await,
                _ => arrive("ledger", back.clone(), admin, None).await,
            };
            let stopped = stopped(outcome);
            assert_eq!((stopped.trouble, stopped.draft), (ConsentTrouble::StateInvalid, None), "{misuse}");
            if !["missing", "empty", "wrong"].contains(&misuse) {
                assert_eq!(trouble(stage.arrive("ledger", &back).await), ConsentTrouble::StateInvalid, "{misuse}: the state is used");
            }
        }
        assert_eq!((stage.provider.exchanges(), stage.count().await), (0, 0));
        stage.trip("ledger", &draft, "a").await.unwrap();
        assert_eq!(stage.count().await, 1, "the draft was not hurt");
    }

    async fn row_03_an_app_that_was_changed_meanwhile_and_an_older_attempt_do_not_count(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("books").await;
        let older = stage.go(&draft).await;
        let newer = stage.go(&draft).await;
        assert_eq!(trouble(stage.arrive("books", &stage.allowed(&older, "a")).await), ConsentTrouble::StateInvalid);
        let second = stage.register(&stage.admin, "books", "Second").await;
        stage.fill_in(&draft, &[("oauth_app", second.as_str())]).await;
        assert_eq!(trouble(stage.arrive("books", &stage.allowed(&newer, "a")).await), ConsentTrouble::DraftGone);
        assert_eq!(stage.provider.exchanges(), 0);
    }

    async fn row_04_of_two_callbacks_at_once_one_is_exchanged(database: Database) {
        let stage = Stage::new(database).await;
        for round in 1..=100 {
            let draft = stage.draft("books").await;
            let url = stage.go(&draft).await;
            let back = stage.allowed(&url, &format!("account {round}"));
            let (one, other) = tokio::join!(stage.arrive("books", &back), stage.arrive("books", &back));
            let done = [&one, &other].into_iter().filter(|outcome| outcome.is_ok()).count();
            assert_eq!((done, stage.provider.exchanges()), (1, round), "round {round}: {one:?} {other:?}");
            stage.world.settle().await;
        }
        assert_eq!(stage.count().await, 100);
    }

    async fn row_05_a_provider_that_replays_another_ones_answer_gets_no_code(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("books").await;
        for (connector, iss, expected) in [
            ("ledger", Some("https://login.books.example"), ConsentTrouble::StateInvalid),
            ("books", Some("https://login.ledger.example"), ConsentTrouble::Issuer),
            ("books", Some("https://login.books.example/"), ConsentTrouble::Issuer),
            ("books", Some("https://LOGIN.books.example"), ConsentTrouble::Issuer),
            ("books", Some(""), ConsentTrouble::Issuer),
            ("books", None, ConsentTrouble::Issuer),
        ] {
            let url = stage.go(&draft).await;
            let back = with(&stage.allowed(&url, "a"), "iss", iss);
            assert_eq!(trouble(stage.arrive(connector, &back).await), expected, "{connector} {iss:?}");
        }
        assert_eq!(stage.provider.exchanges(), 0);
        let uris: BTreeSet<String> = [query(&stage.go(&draft).await), query(&stage.go(&stage.draft("ledger").await).await)].iter().map(|query| query["redirect_uri"].clone()).collect();
        assert_eq!(uris.len(), 2, "each provider has a way back of its own");
    }

    async fn row_06_a_token_address_inside_the_network_is_never_reached(database: Database) {
        let mut stage = Stage::new(database).await;
        let guarded = Egress::new(EgressPolicy::default(), "").unwrap();
        let place = format!("{}/oauth", stage.provider.url());
        let connector = latchkey::connect::Connector::new(guarded, Default::default(), stage.world.clock.clone());
        stage.app.connect = std::sync::Arc::new(connector.with_oauth_overrides([("books".to_owned(), place)].into()));
        let draft = stage.draft("books").await;
        let url = stage.go(&draft).await;
        assert_eq!(trouble(stage.arrive("books", &stage.allowed(&url, "a")).await), ConsentTrouble::ProviderDown);
        assert_eq!(stage.provider.exchanges(), 0);
    }

    async fn row_10_an_answer_that_says_no_uses_the_state_and_is_told_in_our_words(database: Database) {
        let stage = Stage::new(database).await;
        let draft = stage.draft("books").await;
        let long = "x".repeat(5_000);
        let cut = format!("invalid_request: {}", "x".repeat(200));
        for (error, description, expected, said) in [
            ("access_denied", "", ConsentTrouble::Denied, "access_denied"),
            ("consent_required", "Come\r\nback\u{7}", ConsentTrouble::Denied, "consent_required: Come  back"),
            ("invalid_scope", "", ConsentTrouble::Scope, "invalid_scope"),
            ("unauthorized_client", "", ConsentTrouble::AppRefused, "unauthorized_client"),
            ("server_error", "", ConsentTrouble::ProviderDown, "server_error"),
            ("temporarily_unavailable", "", ConsentTrouble::ProviderDown, "temporarily_unavailable"),
            ("<script>alert(1)</script>", "", ConsentTrouble::ProviderError, "another"),
            ("", "", ConsentTrouble::ProviderError, "another"),
            ("invalid_request", long.as_str(), ConsentTrouble::ProviderError, cut.as_str()),
        ] {
            let url = stage.go(&draft).await;
            let back = with(&with(&stage.allowed(&url, "a"), "error", Some(error)), "error_description", Some(description));
            let stopped = stopped(stage.arrive("books", &back).await);
            assert_eq!((stopped.trouble, stopped.said.as_str(), stopped.draft.as_ref()), (expected, said, Some(&draft)), "{error}");
            assert_eq!(trouble(stage.arrive("books", &back).await), ConsentTrouble::StateInvalid, "{error}");
        }
        assert_eq!(stage.provider.exchanges(), 0, "a code beside an error is not taken");
    }

    async fn row_11_a_code_of_another_attempt_connects_nothing(database: Database) {
        let stage = Stage::new(database).await;
        let (one, other) = (stage.draft("books").await, stage.draft("ledger").await);
        let (of_one, of_other) = (stage.go(&one).await, stage.go(&other).await);
        let injected = stage.provider.allows(&of_other, "attacker");
        let back = with(&stage.allowed(&of_one, "a"), "code", Some(&injected));
        assert_eq!(trouble(stage.arrive("books", &back).await), ConsentTrouble::CodeRefused);
        stage.world.settle().await;
        assert_eq!(stage.count().await, 0);
        assert!(stage.view(&one).await.check.is_none(), "nothing was tested");
    }

    async fn row_12_the_secret_goes_into_header_or_body_and_into_no_address(database: Database) {
        let stage = Stage::new(database).await;
        stage.connected("ledger", "a").await;
        stage.connected("books", "b").await;
        let asked = stage.provider.asked("/oauth/token");
        let encoded: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        assert!(asked[0].authorization.starts_with("Basic ") && !asked[0].body.contains(&encoded), "{asked:?}");
        assert!(asked[1].authorization.is_empty() && asked[1].body.contains(&encoded), "{asked:?}");
        for draft in [stage.draft("ledger").await, stage.draft("books").await] {
            let url = stage.go(&draft).await;
            assert!(!url.as_str().contains(&encoded) && query(&url)["client_id"] == CLIENT);
        }
        for path in ["/oauth/token", "/oauth/tenants", "/api/ledger/me", "/api/books/me", "/api/ledger/", "/api/books/"] {
            for one in stage.provider.asked(path) {
                assert!(!one.query.contains("secret") && !one.query.contains("at-"), "{one:?}");
            }
        }
    }

    async fn row_13_answers_that_cannot_be_used_connect_nothing(database: Database) {
        let stage = Stage::new(database).await;
        let json = |body: Value| (200, vec![("content-type", "application/json".to_owned())], body.to_string());
        let good = || json!({"access_token": "at", "token_type": "bearer", "expires_in": 60});
        let padded = |size: usize| json(json!({"access_token": "at", "token_type": "bearer", "padding": "x".repeat(size)}));
        let draft = stage.draft("books").await;
        for (what, said, expected) in [
            ("too large", padded(70_000), ConsentTrouble::ProviderDown),
            ("no content type", (200, vec![], good().to_string()), ConsentTrouble::BadTokenResponse),
            ("html", (200, vec![("content-type", "text/html".to_owned())], "<html>".to_owned()), ConsentTrouble::BadTokenResponse),
            ("no JSON", (200, vec![("content-type", "application/json".to_owned())], "{".to_owned()), ConsentTrouble::BadTokenResponse),
            ("a list", json(json!([1])), ConsentTrouble::BadTokenResponse),
            ("no token", json(json!({"token_type": "bearer"})), ConsentTrouble::BadTokenResponse),
            ("a number", json(json!({"access_token": 7, "token_type": "bearer"})), ConsentTrouble::BadTokenResponse),
            ("a line break in it", json(json!({"access_token": "a\r\nX: y", "token_type": "bearer"})), ConsentTrouble::BadTokenResponse),
            ("another kind", json(json!({"access_token": "at", "token_type": "mac"})), ConsentTrouble::BadTokenResponse),
            ("elsewhere", (302, vec![("location", format!("{}/oauth/token", stage.provider.url()))], String::new()), ConsentTrouble::ProviderDown),
            ("kept method", (307, vec![("location", format!("{}/oauth/token", stage.provider.url()))], String::new()), ConsentTrouble::ProviderDown),
            ("a fault", (500, vec![], "oops".to_owned()), ConsentTrouble::ProviderDown),
            ("too many", (429, vec![("retry-after", "7".to_owned())], String::new()), ConsentTrouble::ProviderDown),
            ("a refusal", (400, vec![("content-type", "application/json".to_owned())], json!({"error": "invalid_grant"}).to_string()), ConsentTrouble::CodeRefused),
            ("a refusal with 200", json(json!({"error": "bad_verification_code"})), ConsentTrouble::CodeRefused),
            ("a wrong app", (401, vec![("content-type", "application/json".to_owned())], json!({"error": "invalid_client"}).to_string()), ConsentTrouble::AppRefused),
            ("an address elsewhere", json(json!({"access_token": "at", "token_type": "bearer", "instance_url": "javascript:alert(1)"})), ConsentTrouble::BadTokenResponse),
        ] {
            stage.provider.says(Some(said));
            let (url, before) = (stage.go(&draft).await, stage.provider.exchanges());
            assert_eq!(trouble(stage.arrive("books", &stage.allowed(&url, "a")).await), expected, "{what}");
            assert_eq!(stage.provider.exchanges(), before + 1, "{what}: no redirect is followed");
        }
        assert_eq!(stage.count().await, 0);
        let form = "access_token=at-form&token_type=BeArEr&expires_in=60&more=kept&instance_url=https%3A%2F%2Feu.books.example";
        stage.provider.says(Some((200, vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())], form.to_owned())));
        let url = stage.go(&draft).await;
        assert!(stage.arrive("books", &stage.allowed(&url, "a")).await.is_ok(), "a form, and a kind in any case");
        stage.world.settle().await;
    }

    async fn row_14_whatever_is_said_of_the_end_is_kept_within_reason(database: Database) {
        let stage = Stage::new(database).await;
        let (second, hour, ten_years) = (1_000, 3_600_000, 10 * 366 * 86_400_000);
        for (position, (said, expected)) in [
            (Value::Null, hour),
            (json!("1800"), 1_800_000),
            (json!(" 60 "), 60_000),
            (json!("soon"), hour),
            (json!(""), hour),
            (json!(0), second),
            (json!(-5), second),
            (json!(1_000_000_000_000_000_000_i64), ten_years),
            (json!(1e300), ten_years),
            (json!("1e18"), ten_years),
            (json!(3599.7), 3_600_000),
            (json!([1]), hour),
            (json!({"a": 1}), hour),
            (json!(true), hour),
        ]
        .into_iter()
        .enumerate()
        {
            stage.provider.over(json!({"expires_in": said}));
            let view = stage.connected("books", &format!("account {position}")).await;
            let end = view.receipt.unwrap().expires_at.expect("it ends");
            assert_eq!(end.since(stage.app.now()), expected, "{said}");
        }
        stage.provider.over(json!({"expires_in": null, "refresh_token": null}));
        let view = stage.connected("books", "for ever").await;
        assert_eq!(view.receipt.unwrap().expires_at, None, "nobody says when, and nothing could renew it: the page says so");
    }

    async fn row_15_what_was_granted_is_kept_and_shown_with_what_it_lacks(database: Database) {
        let stage = Stage::new(database).await;
        let shown = |view: &latchkey::dto::ConnectionView| -> Vec<(String, bool, String)> {
            view.receipt.as_ref().unwrap().permissions.iter().map(|one| (one.id.clone(), one.granted, one.without.clone())).collect()
        };
        let line = |id: &str, granted: bool, without: &str| (id.to_owned(), granted, without.to_owned());
        let view = stage.connected("ledger", "a").await;
        assert_eq!(shown(&view), [line("books.read", true, ""), line("bills.read", false, "Bills stay empty."), line("offline", true, "")]);
        stage.provider.over(json!({"scope": "api,extra"}));
        let view = stage.connected("books", "b").await;
        assert_eq!(shown(&view), [line("api", true, ""), line("write", false, "Drafts stay as they are.")]);
        assert_eq!(view.receipt.unwrap().besides, ["extra"]);
        stage.provider.over(json!({"scope": null}));
        let view = stage.connected("books", "c").await;
        assert_eq!(shown(&view), [line("api", true, ""), line("write", true, "")], "nothing said means what was asked for");
        stage.provider.over(json!({"scope": ""}));
        let view = stage.connected("books", "d").await;
        assert!(shown(&view).iter().all(|(_, granted, _)| !granted), "nothing granted is not the same");
        let row = connections::view(&stage.app, &stage.admin, &view.row.id).await.unwrap();
        let id = latchkey::domain::ConnectionId::parse(&row.row.id).unwrap();
        let mut reader = stage.app.database.read().await.unwrap();
        let active = credentials::active(reader.conn(), &stage.organization, &id).await.unwrap().unwrap();
        let grant = grants::find(reader.conn(), &stage.organization, &active.id).await.unwrap().unwrap();
        assert_eq!((grant.granted.as_str(), grant.generation, grant.failures), ("", 1, 0));
        assert!(grant.app.is_some());
        let (end, due) = (grant.expires_at.unwrap(), grant.due_at.unwrap());
        assert!((360_000..=396_000).contains(&end.since(due)), "a fifth of half an hour before the end: {}", end.since(due));
    }

    async fn row_24_another_account_needs_a_person(database: Database) {
        let stage = Stage::new(database).await;
        let view = stage.connected("books", "acme").await;
        let draft = consent::reconnect(&stage.app, &stage.admin, &view.row.id, "").await.unwrap();
        stage.trip("books", &draft, "someone else").await.unwrap();
        let now = connections::view(&stage.app, &stage.admin, &view.row.id).await.unwrap();
        assert_eq!((now.versions.len(), now.row.account), (1, view.row.account), "nothing was changed");
    }

    async fn row_25_an_app_of_another_organization_is_not_there(database: Database) {
        let stage = Stage::new(database).await;
        let other = stage.world.organization("Other").await;
        let stranger = stage.world.member(&other, Role::OrgAdmin, &[]).await;
        let theirs = stage.register(&stranger, "books", "Theirs").await;
        let of_another_connector = stage.register(&stage.admin, "ledger", "Second").await;
        for id in [theirs.as_str(), of_another_connector.as_str(), "oap_00000000000000000000000000", "oap_x", "x"] {
            let draft = drafts::start(&stage.app, &stage.admin, "books").await.unwrap();
            assert_eq!(code(drafts::submit(&stage.app, &stage.admin, draft.as_str(), "", entries(&[("oauth_app", id)])).await), ErrorCode::NotFound, "{id}");
        }
        let view = stage.connected("books", "acme").await;
        assert_eq!(code(consent::reconnect(&stage.app, &stage.admin, &view.row.id, theirs.as_str()).await), ErrorCode::NotFound);
        assert_eq!(stage.view(&stage.draft("books").await).await.check.map(|check| check.state), None::<CheckState>);
    }
}
