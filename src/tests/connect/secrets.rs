//! No secret comes out of a check, whatever the provider echoes.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::json;

use super::bench::{Seen, check, check_bound, connector, manifest, provider};

const CANARY: &str = "canary\"7f3a/91+c0 e4&d2";

/// The canary in every form that a provider could send it back in.
fn forms() -> Vec<String> {
    let json = serde_json::to_string(CANARY).unwrap();
    let mut forms = vec![CANARY.to_owned(), json.trim_matches('"').to_owned(), "canary%227f3a%2F91%2Bc0%20e4%26d2".to_owned(), CANARY[..15].to_owned()];
    forms.extend([hex::encode(CANARY), hex::encode_upper(CANARY), STANDARD.encode(CANARY), URL_SAFE.encode(CANARY)]);
    forms.extend([STANDARD_NO_PAD.encode(CANARY), URL_SAFE_NO_PAD.encode(CANARY)]);
    forms
}

#[tokio::test]
async fn what_a_provider_echoes_loses_every_form_of_the_secret() {
    let manifest = manifest("ventures");
    for form in forms() {
        for status in [200, 400, 401, 403, 404, 429, 500] {
            let echo = form.clone();
            let (base, _) = provider(move |_| {
                let body = json!({ "message": format!("You sent {echo} and that is wrong"), "detail": echo, "token": null });
                (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
            })
            .await;
            let connector = connector("ventures", &base);
            let seen = Seen::default();
            let outcome = check_bound(&connector, &manifest, &[("username", "api_user"), ("password", CANARY), ("site", "prod")], None, &seen).await;
            let failure = outcome.result.as_ref().expect_err("no token was handed out");
            let config = [("username".to_owned(), "api_user".to_owned()), ("site".to_owned(), "prod".to_owned())].into();
            let everything = format!("{outcome:?} {:?} {:?} {connector:?}", connector.diagnose(&manifest, failure, &config), seen.0.lock().unwrap());
            for hidden in forms() {
                assert!(!everything.contains(&hidden) && !everything.contains(&hidden.escape_debug().to_string()), "{status}: `{hidden}` in {everything}");
            }
        }
    }
}

#[tokio::test]
async fn a_secret_within_a_longer_base64_text_is_removed_too() {
    for before in ["", "a", "ab", "user:"] {
        let echo = STANDARD.encode(format!("{before}{CANARY}:and more"));
        let (base, _) = provider(move |_| (StatusCode::UNAUTHORIZED, Json(json!({ "message": format!("no: {echo}") }))).into_response()).await;
        let pairs = [("username", "api_user"), ("password", CANARY), ("site", "prod")];
        let said = check(&connector("ventures", &base), "ventures", &pairs).await.result.unwrap_err().provider_said;
        assert!(said.starts_with("no: ") && said.contains("[removed]"), "{said}");
        let shown = STANDARD.encode(format!("{}{}", "\0".repeat(before.len() % 3), &CANARY[..9]));
        assert!(!said.contains(&shown[4..shown.len() - 4]), "{said}");
    }
}

#[tokio::test]
async fn an_account_name_cannot_carry_the_key_out() {
    let key = format!("sk_{}_{}", "test", "canary7f3a91c0e4d2");
    let (echo, manifest) = (key.clone(), manifest("stripe"));
    let (base, _) = provider(move |_| Json(json!({ "id": "acct_1", "email": echo, "country": echo, "data": [{ "id": echo }] })).into_response()).await;
    let outcome = check_bound(&connector("stripe", &base), &manifest, &[("api_key", &key)], None, &Seen::default()).await;
    let proof = outcome.result.unwrap();
    assert_eq!(proof.identity.account_name, "[removed]");
    assert!(!format!("{:?} {:?}", proof, outcome.steps).contains("canary"));
}

#[tokio::test]
async fn what_a_provider_says_is_one_short_line() {
    let (base, _) =
        provider(|_| (StatusCode::UNAUTHORIZED, Json(json!({ "message": format!("no\r\n\u{1b}[31m{}", "x".repeat(5_000)) }))).into_response()).await;
    let outcome =
        check_bound(&connector("ventures", &base), &manifest("ventures"), &[("username", "a"), ("password", CANARY), ("site", "c")], None, &Seen::default())
            .await;
    let said = outcome.result.unwrap_err().provider_said;
    assert!(said.chars().count() == 200 && said.starts_with("no [31mxxx") && !said.chars().any(char::is_control), "{said:?}");
}
