//! What a provider is asked about a secret, and what follows from its answer.

use std::sync::Arc;

use latchkey::services::{ErrorCode, audit, oauth_apps};
use latchkey::store::Database;
use serde_json::json;

use super::{MANIFEST, Mode, Stage, code, connector, entries, fields, new, secret};
use crate::canaries::hits;
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn a_secret_is_proven_by_a_code_that_nobody_was_given(database: Database) {
        let stage = Stage::set(database).await;
        let saved = stage.add("Production", 2).await.unwrap();
        assert!(saved.proof.unwrap().proven);
        let log = stage.log.lock().unwrap().clone();
        assert_eq!(log.len(), 2, "once with the secret, and once with another one that the provider must tell apart");
        for request in &log {
            assert_eq!(request.line, "POST /token", "no secret is in an address");
            let form: std::collections::BTreeMap<String, String> = url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
            assert_eq!((form["grant_type"].as_str(), form["redirect_uri"].as_str()), ("authorization_code", "https://latchkey.example.com/oauth/callback/acme"));
            assert!(form["code"].len() >= 43 && form["code_verifier"].len() >= 43 && !form.contains_key("client_secret"), "{form:?}");
        }
        assert_ne!(log[0].headers["authorization"], log[1].headers["authorization"]);
        assert_eq!(stage.in_use(saved.id.as_str()).await, secret(2));
        stage.log.lock().unwrap().clear();
        stage.add("Another", 4).await.unwrap();
        assert_ne!(log[0].body, stage.log.lock().unwrap()[0].body, "each code is made up anew");
    }

    async fn a_secret_that_the_provider_refuses_is_not_kept(database: Database) {
        let stage = Stage::set(database).await;
        for mode in [Mode::Honest, Mode::OwnCode] {
            stage.is(mode);
            assert_eq!(fields(stage.add("Production", 1).await), ["client_secret"], "{mode:?}");
        }
        assert_eq!(oauth_apps::list(&stage.app, &stage.admin).await.unwrap().apps, []);
        let recorded = stage.recorded().await;
        let refused = ("oauth_app.added".to_owned(), "refused".to_owned(), json!({ "connector": "acme", "code": "secret_refused" }));
        assert_eq!(recorded, [refused.clone(), refused]);
    }

    async fn an_answer_that_tells_nothing_does_not_stop_an_app(database: Database) {
        let mut stage = Stage::set(database).await;
        let cases = [(Mode::Blind, "not_told_apart"), (Mode::Broken, "busy_500"), (Mode::Generous, "made_up_code_taken")];
        for (position, (mode, why)) in cases.into_iter().enumerate() {
            stage.is(mode);
            let proof = stage.add(&format!("{mode:?}"), position * 2 + 1).await.unwrap().proof.unwrap();
            assert_eq!((proof.proven, proof.code.as_str()), (false, why), "{mode:?}");
        }
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        stage.app.connect = Arc::new(connector(&stage.world, &format!("http://{closed}")));
        let proof = stage.add("Down", 2).await.unwrap().proof.unwrap();
        assert_eq!((proof.proven, proof.code.as_str()), (false, "unreachable_connect_refused"));
        let recorded = stage.recorded().await;
        assert_eq!(recorded.len(), 4);
        assert!(recorded.iter().all(|(_, outcome, detail)| outcome == "done" && detail["proven"] == json!(false)), "{recorded:?}");
    }

    async fn another_secret_takes_the_place_of_the_one_in_use_once_it_is_proven(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        for mode in [Mode::Honest, Mode::OwnCode] {
            stage.is(mode);
            assert_eq!(fields(stage.swap(&id, 3, false).await), ["client_secret"], "{mode:?}");
            assert_eq!(fields(stage.swap(&id, 3, true).await), ["client_secret"], "one that is refused is never put in use: {mode:?}");
            assert_eq!(stage.in_use(&id).await, secret(2));
        }
        for mode in [Mode::Blind, Mode::Broken, Mode::Generous] {
            stage.is(mode);
            let refused = stage.swap(&id, 3, false).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::Conflict, "{mode:?}");
            assert!(refused.message.contains("The one before stays in use.") && refused.message.contains("Nothing was changed."), "{}", refused.message);
            assert_eq!(stage.in_use(&id).await, secret(2));
        }
        let version = oauth_apps::view(&stage.app, &stage.admin, id.as_str()).await.unwrap().line.version;
        assert_eq!(version, 1, "nothing was written");
        stage.is(Mode::Honest);
        assert!(stage.swap(&id, 4, false).await.unwrap().proof.unwrap().proven);
        assert_eq!(stage.in_use(&id).await, secret(4));
        stage.is(Mode::Broken);
        assert!(!stage.swap(&id, 5, true).await.unwrap().proof.unwrap().proven, "a person may swap without proof");
        assert_eq!(stage.in_use(&id).await, secret(5));
        let recorded = stage.recorded().await;
        let outcomes: Vec<(&str, &serde_json::Value, &serde_json::Value)> =
            recorded.iter().filter(|entry| entry.0 == "oauth_app.secret_changed").map(|(_, outcome, detail)| (outcome.as_str(), &detail["code"], &detail["proven"])).collect();
        let (refused, none) = (json!("secret_refused"), json!(null));
        let (apart, busy, taken) = (json!("not_told_apart"), json!("busy_500"), json!("made_up_code_taken"));
        let wanted: Vec<(&str, &serde_json::Value, &serde_json::Value)> = [&refused, &refused, &refused, &refused, &apart, &busy, &taken].into_iter().map(|code| ("refused", code, &none)).collect();
        assert_eq!(outcomes[..7], wanted[..]);
        assert_eq!(outcomes[7..], [("done", &none, &json!(true)), ("done", &none, &json!(false))]);
        assert_eq!(hits(format!("{recorded:?}").as_bytes()), 0);
        assert_eq!(audit::verify(&stage.app).await.unwrap().findings, []);
    }

    async fn further_secrets_change_without_asking(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        stage.log.lock().unwrap().clear();
        let new = oauth_apps::NewSecret { entries: entries(&[("client_secret", ""), ("developer_token", "another one")]), ..Default::default() };
        assert_eq!(oauth_apps::rotate(&stage.app, &stage.admin, id.as_str(), new).await.unwrap().proof, None);
        assert_eq!(stage.log.lock().unwrap().len(), 0, "no request tells of a developer token");
        let row = oauth_apps::find_for_use(&stage.app, &stage.admin, "acme", &id).await.unwrap();
        let credentials = oauth_apps::credentials(&stage.app, &row).unwrap();
        assert_eq!((credentials.client_secret.unwrap().expose().as_str(), credentials.fields["developer_token"].expose().as_str()), (secret(2).as_str(), "another one"));
        assert_eq!(credentials.fields["customer"].expose(), "4471902256");
        for wrong in [&[][..], &[("client_secret", "")], &[("client_id", "x")], &[("customer", "123")], &[("nothing", "x")], &[("client_secret", " padded ")]] {
            let new = oauth_apps::NewSecret { entries: entries(wrong), ..Default::default() };
            assert_eq!(fields(oauth_apps::rotate(&stage.app, &stage.admin, id.as_str(), new).await).len(), 1, "{wrong:?}");
        }
    }

    async fn a_secret_that_cannot_be_read_any_more_can_be_replaced(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        crate::support::database::execute(&stage.app.database, "UPDATE oauth_apps SET secret_version = 7").await;
        assert_eq!(fields(stage.swap(&id, 4, false).await), ["developer_token"], "what else was sealed with it is asked for");
        let all = entries(&[("client_secret", &secret(4)), ("developer_token", "another one")]);
        let new = oauth_apps::NewSecret { entries: all, ..Default::default() };
        assert!(oauth_apps::rotate(&stage.app, &stage.admin, id.as_str(), new).await.unwrap().proof.unwrap().proven);
        assert_eq!(stage.in_use(&id).await, secret(4));
    }

    async fn an_app_that_was_changed_meanwhile_keeps_its_secret(database: Database) {
        let stage = Stage::set(database).await;
        let id = stage.add("Production", 2).await.unwrap().id.to_string();
        let edit = oauth_apps::Edit { label: Some("Renamed".to_owned()), ..Default::default() };
        let (rotated, edited) = tokio::join!(stage.swap(&id, 4, false), oauth_apps::edit(&stage.app, &stage.admin, id.as_str(), edit, None));
        // Whichever came first, the other was told or both were done one after the other.
        let swapped = stage.in_use(&id).await == secret(4);
        assert_eq!(swapped, rotated.is_ok(), "{rotated:?}");
        assert!(rotated.is_ok() || edited.is_ok());
        assert!(rotated.is_ok() || code(rotated) == ErrorCode::Conflict);
    }

    async fn a_public_client_has_no_secret_to_ask_about(database: Database) {
        let stage = Stage::set(database).await;
        let text = MANIFEST.replace("grant = \"code\"\n", "grant = \"code\"\nclient_auth = \"none\"\napp_secret = false\n");
        let mut app = stage.app.clone();
        app.catalogue = Arc::new(latchkey::catalogue::Registry::from_texts(&[("acme.toml", &text)]).unwrap());
        let mut public = new("Public", "");
        public.entries.remove("client_secret");
        let saved = oauth_apps::create(&app, &stage.admin, "acme", public).await.unwrap();
        assert_eq!((saved.proof, stage.log.lock().unwrap().len()), (None, 0));
        let with_secret = oauth_apps::create(&app, &stage.admin, "acme", new("Other", &secret(2))).await;
        assert_eq!(fields(with_secret), ["client_secret"], "it has no such field");
    }
}
