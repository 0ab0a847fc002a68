//! The rows of the checklist that concern what is sent, taken and believed.

use std::collections::BTreeSet;

use latchkey::domain::{LocalPath, Role, SignOnPurpose, SignOnTrouble};
use latchkey::services::sign_on::{self, Arrived, CameBack, Wish};
use latchkey::store::{Database, identities};
use serde_json::{Value, json};

use super::{BROWSER, Stage, query, trouble, typed};
use crate::services::world::{visitor, visitor_from};
use crate::support::database::on_both_engines;
use crate::support::idp::{Idp, SECRET, Script, Signed, part};

async fn linked(database: Database) -> Stage {
    let stage = Stage::new(database).await;
    assert!(matches!(stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap(), Arrived::Linked(label, _) if label == "Work account"));
    stage
}

on_both_engines! {
    async fn row_02_every_attempt_has_a_challenge_of_its_own_by_s256(database: Database) {
        let stage = Stage::new(database).await;
        let mut seen = BTreeSet::new();
        for round in 0..1_000_u32 {
            let next = LocalPath::home();
            let wish = Wish { provider: &stage.provider, purpose: SignOnPurpose::SignIn, next: &next, binding: BROWSER };
            let visitor = visitor_from(u8::try_from(round % 250).unwrap());
            let url = sign_on::begin(&stage.app, &visitor, None, wish).await.unwrap().url;
            let query = query(&url);
            assert_eq!((query["code_challenge_method"].as_str(), query["response_type"].as_str()), ("S256", "code"));
            for key in ["state", "nonce", "code_challenge"] {
                assert_eq!(query[key].len(), 43, "{key}");
                assert!(seen.insert(query[key].clone()), "{key} stands twice");
            }
        }
    }

    async fn row_03_eight_misuses_of_the_state_bring_no_code_to_the_provider(database: Database) {
        let stage = linked(database).await;
        let before = stage.idp.exchanges();
        let other = stage.world.organization("Other").await;
        let stranger = stage.world.member(&other, Role::OrgAdmin, &[]).await;
        let theirs = sign_on::add(&stage.app, &stranger, &typed(stage.idp.url())).await.unwrap().id;
        let second = sign_on::add(&stage.app, &stage.admin, &typed(stage.idp.url())).await.unwrap().id;
        for misuse in ["missing", "empty", "wrong", "reused", "expired", "another session", "another organization's provider", "another provider"] {
            let url = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
            let mut back = stage.back(&url);
            let mut browser = Some(BROWSER);
            match misuse {
                "missing" => back.state = None,
                "empty" => back.state = Some(String::new()),
                "wrong" => back.state = Some(part([7; 32])),
                "reused" => {
                    let refused = CameBack { error: Some("access_denied".to_owned()), code: None, ..stage.back(&url) };
                    assert_eq!(trouble(stage.arrive(None, &refused).await), SignOnTrouble::Denied);
                }
                "expired" => stage.world.clock.advance(10 * 60 * 1_000),
                "another session" => browser = Some("another browser's"),
                "another organization's provider" => back.provider = theirs.clone(),
                _ => back.provider = second.clone(),
            }
            let outcome = sign_on::arrive(&stage.app, &visitor(), None, browser, &back).await;
            assert_eq!(trouble(outcome), SignOnTrouble::StateInvalid, "{misuse}");
            if !["missing", "empty", "wrong"].contains(&misuse) {
                assert_eq!(trouble(stage.arrive(None, &stage.back(&url)).await), SignOnTrouble::StateInvalid, "{misuse}: the state is used");
            }
        }
        let url = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
        assert_eq!(trouble(sign_on::arrive(&stage.app, &visitor(), None, None, &stage.back(&url)).await), SignOnTrouble::StateInvalid, "no session at all");
        assert_eq!(stage.idp.exchanges(), before);
        stage.sign_in().await.unwrap();
    }

    async fn row_04_of_two_callbacks_at_once_one_is_exchanged(database: Database) {
        let stage = linked(database).await;
        for round in 1..=100 {
            let url = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
            let (one, other) = (stage.back(&url), stage.back(&url));
            let (one, other) = tokio::join!(stage.arrive(None, &one), stage.arrive(None, &other));
            let done = [&one, &other].into_iter().filter(|outcome| outcome.is_ok()).count();
            assert_eq!(done, 1, "round {round}: {one:?} {other:?}");
            assert_eq!(stage.idp.exchanges(), 1 + round, "round {round}");
        }
    }

    async fn row_05_a_provider_that_replays_another_ones_answer_gets_no_code(database: Database) {
        let stage = linked(database).await;
        let hostile = Idp::start(stage.world.clock.clone()).await;
        let theirs = sign_on::add(&stage.app, &stage.admin, &typed(hostile.url())).await.unwrap().id;
        let honest = stage.idp.exchanges();
        // The person chose the hostile provider, which led on to the honest one and now passes its answer off as its own, and the other way round.
        let next = LocalPath::home();
        let wish = Wish { provider: &theirs, purpose: SignOnPurpose::SignIn, next: &next, binding: BROWSER };
        let chosen = sign_on::begin(&stage.app, &visitor(), None, wish).await.unwrap().url;
        let of_the_honest = CameBack { provider: theirs.clone(), ..stage.back(&chosen) };
        assert_eq!(trouble(stage.arrive(None, &of_the_honest).await), SignOnTrouble::ProviderMismatch);
        for (provider, iss, expected) in [
            (&theirs, Some(stage.idp.url()), SignOnTrouble::StateInvalid),
            (&theirs, Some(hostile.url()), SignOnTrouble::StateInvalid),
            (&stage.provider, Some(hostile.url()), SignOnTrouble::ProviderMismatch),
            (&stage.provider, None, SignOnTrouble::ProviderMismatch),
            (&stage.provider, Some(&format!("{}/", stage.idp.url())), SignOnTrouble::ProviderMismatch),
        ] {
            let url = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
            let back = CameBack { provider: provider.clone(), iss: iss.map(str::to_owned), ..stage.back(&url) };
            assert_eq!(trouble(stage.arrive(None, &back).await), expected, "{provider} {iss:?}");
        }
        assert_eq!((stage.idp.exchanges(), hostile.exchanges()), (honest, 0));
    }

    async fn row_10_an_answer_that_says_no_uses_the_state_and_is_told_in_our_words(database: Database) {
        let stage = linked(database).await;
        let before = stage.idp.exchanges();
        for (error, expected) in [
            ("access_denied", SignOnTrouble::Denied),
            ("login_required", SignOnTrouble::Denied),
            ("server_error", SignOnTrouble::ProviderRefused),
            ("temporarily_unavailable", SignOnTrouble::ProviderRefused),
            ("invalid_scope", SignOnTrouble::ProviderRefused),
            ("<script>alert(1)</script>", SignOnTrouble::ProviderRefused),
            ("", SignOnTrouble::ProviderRefused),
        ] {
            let url = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
            let back = CameBack { error: Some(error.to_owned()), ..stage.back(&url) };
            assert_eq!(trouble(stage.arrive(None, &back).await), expected, "{error}");
            assert_eq!(trouble(stage.arrive(None, &stage.back(&url)).await), SignOnTrouble::StateInvalid, "{error}");
        }
        assert_eq!(stage.idp.exchanges(), before, "a code beside an error is not taken");
    }

    async fn row_11_a_code_of_another_attempt_and_a_token_of_another_attempt_sign_nobody_in(database: Database) {
        let stage = Stage::new(database).await;
        let others = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
        let own = stage.go(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        // The code belongs to the other attempt: its verifier is not the one that is sent.
        stage.idp.expects(&others);
        assert_eq!(trouble(stage.arrive(Some(&stage.admin), &stage.back(&own)).await), SignOnTrouble::CodeRefused);
        for nonce in [json!("another"), json!(""), Value::Null] {
            stage.idp.claims(json!({"nonce": nonce}));
            assert_eq!(trouble(stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await), SignOnTrouble::TokenRefused, "{nonce}");
        }
        let user = latchkey::services::access::person(&stage.admin).unwrap().clone();
        assert_eq!(identities::of_user(stage.app.database.read().await.unwrap().conn(), &user).await.unwrap(), [], "nothing was stored");
    }

    async fn row_12_the_client_secret_goes_into_the_header_and_into_no_address(database: Database) {
        let stage = linked(database).await;
        let asked = stage.idp.asked("/token").remove(0);
        assert_eq!(asked.query, "");
        let whole = asked.authorization.strip_prefix("Basic ").unwrap();
        let pair = String::from_utf8(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, whole).unwrap()).unwrap();
        assert_eq!(pair, "latchkey+%26+co:s3cret%2Fwith%2Bsigns%3D", "each half is a form value (RFC 6749, 2.3.1)");
        assert!(!asked.body.contains("s3cret"));
        stage.idp.says(Script { metadata: json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]}), ..Script::default() });
        stage.world.clock.advance(3_600_000);
        stage.sign_in().await.unwrap();
        let asked = stage.idp.asked("/token").pop().unwrap();
        assert_eq!((asked.authorization.as_str(), asked.query.as_str()), ("", ""));
        let form: Vec<(String, String)> = url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
        assert!(form.contains(&("client_secret".to_owned(), SECRET.to_owned())), "{form:?}");
        let addresses = [stage.go(SignOnPurpose::SignIn, None).await.unwrap()];
        assert!(addresses.iter().all(|url| !url.as_str().contains("s3cret")));
    }

    async fn row_13_answers_that_are_too_large_or_of_another_kind_or_lead_elsewhere_are_not_taken(database: Database) {
        let stage = linked(database).await;
        let json_type = || vec![("content-type", "application/json".to_owned())];
        let large = format!("{{\"id_token\":\"{}\"}}", "a".repeat(64 * 1024));
        let elsewhere = vec![("location", format!("{}/other", stage.idp.url()))];
        let cases = [
            ("larger than 64 KiB", (200, json_type(), large), SignOnTrouble::ProviderUnreachable),
            ("a redirect", (307, elsewhere, String::new()), SignOnTrouble::ProviderUnreachable),
            ("a page", (200, vec![("content-type", "text/html".to_owned())], "<html>".to_owned()), SignOnTrouble::ProviderUnreachable),
            ("no JSON", (200, json_type(), "{".to_owned()), SignOnTrouble::ProviderUnreachable),
            ("no token", (200, json_type(), r#"{"token_type":"bearer"}"#.to_owned()), SignOnTrouble::ProviderUnreachable),
            ("another type of token", (200, json_type(), r#"{"token_type":"mac","id_token":"a.b.c"}"#.to_owned()), SignOnTrouble::ProviderUnreachable),
            ("a token that is none", (200, json_type(), r#"{"token_type":"BEARER","id_token":"a.b.c"}"#.to_owned()), SignOnTrouble::TokenRefused),
            ("down", (503, json_type(), "{}".to_owned()), SignOnTrouble::ProviderUnreachable),
            ("refused", (400, json_type(), r#"{"error":"invalid_grant"}"#.to_owned()), SignOnTrouble::CodeRefused),
        ];
        for (what, token, expected) in cases {
            stage.idp.says(Script { token: Some(token), ..Script::default() });
            assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), expected, "{what}");
        }
        assert!(stage.idp.asked("/other").is_empty());
    }

    async fn id_tokens_that_do_not_hold_sign_nobody_in(database: Database) {
        let stage = linked(database).await;
        let now = stage.app.now().millis() / 1_000;
        let claims = [
            ("another issuer", json!({"iss": "https://evil.example"})),
            ("the issuer with a slash", json!({"iss": format!("{}/", stage.idp.url())})),
            ("another client", json!({"aud": "somebody else"})),
            ("another client besides", json!({"aud": ["latchkey & co", "somebody else"]})),
            ("given to another client", json!({"azp": "somebody else"})),
            ("no audience", json!({"aud": null})),
            ("expired", json!({"exp": now - 31})),
            ("an end in words", json!({"exp": (now + 300).to_string()})),
            ("no end", json!({"exp": null})),
            ("made in the future", json!({"iat": now + 61, "exp": now + 400})),
            ("made long ago", json!({"iat": now - 700})),
            ("not valid yet", json!({"nbf": now + 61})),
            ("no subject", json!({"sub": ""})),
            ("another access token", json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"})),
        ];
        for (what, claims) in claims {
            stage.idp.claims(claims);
            assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::TokenRefused, "{what}");
        }
        for signed in [Signed::Nothing, Signed::PublicKeyAsSecret, Signed::Foreign, Signed::Confused, Signed::Changed] {
            stage.idp.says(Script { signed, ..Script::default() });
            assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::TokenRefused, "{signed:?}");
        }
        for header in [json!({"kid": "enc"}), json!({"kid": "unknown"}), json!({"crit": ["exp"]}), json!({"alg": "RS256"}), json!({"alg": ["EdDSA"]}), json!({"kid": 7})] {
            stage.idp.says(Script { header: header.clone(), ..Script::default() });
            assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::TokenRefused, "{header}");
        }
        stage.idp.claims(json!({"sub": "alice-2"}));
        assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::UnknownAccount, "another subject is another person");
        for (signed, header) in [(Signed::Ed25519, json!({})), (Signed::P256, json!({})), (Signed::Ed25519, json!({"kid": null})), (Signed::Ed25519, json!({"jku": "https://evil.example"}))] {
            stage.idp.says(Script { signed, header, ..Script::default() });
            stage.sign_in().await.unwrap();
        }
        let half = part(&ring::digest::digest(&ring::digest::SHA512, b"access-1").as_ref()[..32]);
        stage.idp.claims(json!({"at_hash": half, "aud": ["latchkey & co"], "azp": "latchkey & co"}));
        stage.sign_in().await.unwrap();
    }

    async fn keys_are_asked_for_again_when_they_change_and_not_more_than_once_a_minute(database: Database) {
        let stage = linked(database).await;
        assert_eq!(stage.idp.asked("/keys").len(), 1);
        stage.idp.says(Script { header: json!({"kid": "newer"}), key: json!({"kid": "newer"}), signed: Signed::P256, ..Script::default() });
        for _ in 0..3 {
            assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::TokenRefused, "too soon");
        }
        assert_eq!(stage.idp.asked("/keys").len(), 1);
        stage.world.clock.advance(60_001);
        stage.sign_in().await.unwrap();
        assert_eq!(stage.idp.asked("/keys").len(), 2);
        stage.idp.says(Script { key: json!({"use": "enc"}), ..Script::default() });
        stage.world.clock.advance(3_600_001);
        assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::TokenRefused, "a key for another purpose");
    }

    async fn every_end_is_recorded_and_no_record_holds_what_the_provider_said(database: Database) {
        let stage = linked(database).await;
        stage.sign_in().await.unwrap();
        let url = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
        let back = CameBack { error: Some("their own words".to_owned()), ..stage.back(&url) };
        assert_eq!(trouble(stage.arrive(None, &back).await), SignOnTrouble::ProviderRefused);
        assert_eq!(trouble(stage.arrive(None, &CameBack { state: Some("never given".to_owned()), ..CameBack::default() }).await), SignOnTrouble::StateInvalid);
        let rows = audit(&stage).await;
        for expected in ["sign_on.added done", "sign_on.connected done", "sign_in.done done", "sign_in.failed refused"] {
            assert!(rows.iter().any(|row| row.starts_with(expected)), "{expected}: {rows:#?}");
        }
        let all = rows.join("\n");
        for secret in ["their own words", "s3cret", "code-1", "access-1", "never given"] {
            assert!(!all.contains(secret), "{secret}");
        }
    }
}

/// Action, outcome and facts of every entry.
pub async fn audit(stage: &Stage) -> Vec<String> {
    let sql = "SELECT action || ' ' || outcome || ' ' || detail FROM audit_log ORDER BY seq";
    let rows: Vec<(String,)> = match &stage.app.database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
    };
    rows.into_iter().map(|(row,)| row).collect()
}
