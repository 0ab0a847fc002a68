//! Grants without a person: the connection's own id and secret, a signed assertion, a login.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::domain::{ConnectionId, ConnectionStatus, GrantKind};
use latchkey::services::{Entries, ErrorCode, connections, credentials, grants};
use latchkey::store::Database;
use latchkey::store::connections::{ConnectionRow, find};
use latchkey::vault::Secret;
use serde_json::{Value, json};

use super::provider::{Mood, Provider};
use super::stage::{CLIENT, CLIENT_FIELDS, Stage, count, manifest, with_token};
use crate::support::database::on_both_engines;

const HOUR_MS: i64 = 3_600_000;
const MINUTES_MS: i64 = 300_000;
/// A key of 2,048 bits that is made anew for each run.
static KEY: LazyLock<String> = LazyLock::new(|| {
    let made = Command::new("openssl").args(["genrsa", "2048"]).output().expect("openssl is needed");
    String::from_utf8(made.stdout).unwrap()
});
const KEY_FIELD: &str = "[[fields]]\nid = \"key\"\ntitle = \"Key\"\nhelp = \"The key.\"\nkind = \"secret_multiline\"\nrequired = true\n";
const ASSERTION: &str = r#"
[oauth]
grant = "jwt_bearer"
token_url = "https://sign-in.acme.example/token"
scopes = [{ id = "books.read", title = "Read books" }]

[oauth.assertion]
issuer = "nobody"
key = "key"
key_pointer = "/private_key"
issuer_pointer = "/client_email"
"#;
const BARE: &str = r#"
[oauth]
grant = "jwt_bearer"
token_url = "https://sign-in.acme.example/token"

[oauth.assertion]
issuer = "12345"
key = "key"
style = "bearer"
"#;
const LOGIN: &str = r#"
[auth]
scheme = "login_session"
token = ["/token"]
header = "Authorization"
value = "Bearer {session}"

[auth.request]
method = "POST"
path = "/login"
json = { secret = "{client_secret}", id = "{client_id}" }
"#;

fn typed(values: &[(&str, &str)]) -> Entries {
    values.iter().map(|(id, value)| ((*id).to_owned(), Secret::new((*value).to_owned()))).collect::<BTreeMap<_, _>>()
}

async fn made(stage: &Stage, id: &str) -> ConnectionRow {
    let id = ConnectionId::parse(id).unwrap();
    find(stage.world.app.database.read().await.unwrap().conn(), &stage.dana.organization, &id).await.unwrap().unwrap()
}

async fn client(database: Database) -> Stage {
    Stage::with(database, &with_token(CLIENT_FIELDS, CLIENT), Provider::start().await).await
}

async fn bound_key_is_public(assertion: &str) -> Value {
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims] = [parts[0], parts[1]].map(|part| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap());
    assert_eq!(header["alg"], "RS256");
    assert_eq!(URL_SAFE_NO_PAD.decode(parts[2]).unwrap().len(), 256, "a signature of 2,048 bits");
    claims
}

on_both_engines! {
    async fn client_credentials_get_a_token_before_the_check_and_a_new_one_in_time(database: Database) {
        let stage = client(database).await;
        let entries = typed(&[("client_id", "abc"), ("client_secret", "hush-hush-0001")]);
        let view = connections::create(&stage.world.app, &stage.dana, "stripe", "Books", entries).await.unwrap();
        let asked = stage.provider.asked();
        let token: Vec<_> = asked.iter().filter(|asked| asked.path == "/token").collect();
        assert_eq!((token.len(), token[0].form["grant_type"].as_str()), (1, "client_credentials"));
        let checked = asked.iter().rfind(|asked| asked.path == "/me" && asked.headers.contains_key("authorization")).unwrap();
        assert_eq!(checked.headers["authorization"], "Bearer access.1");
        let row = made(&stage, &view.row.id).await;
        let grant = stage.grant(&row).await;
        assert_eq!((grant.kind, grant.generation, grant.expires_at.unwrap().since(stage.world.app.now())), (GrantKind::ClientCredentials, 1, HOUR_MS));
        stage.world.clock.advance(HOUR_MS);
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None);
        assert_eq!((stage.tokens(&row).await.0.as_str(), stage.token_requests()), ("access.2", 1));
        connections::test(&stage.world.app, &stage.dana, &view.row.id).await.unwrap();
        assert_eq!(stage.token_requests(), 0, "a test uses the token that there is");
        stage.world.clock.advance(HOUR_MS);
        assert_eq!(connections::test(&stage.world.app, &stage.dana, &view.row.id).await.unwrap().diagnosis, None);
        assert_eq!(stage.token_requests(), 1, "and renews one that has ended");
    }

    async fn a_refused_client_saves_nothing_and_says_why(database: Database) {
        let stage = client(database).await;
        stage.provider.mood(Mood::Says(401, json!({ "error": "invalid_client", "error_description": "hush-hush-0001 is wrong" }), 0), 1);
        let entries = typed(&[("client_id", "abc"), ("client_secret", "hush-hush-0001")]);
        let refused = connections::create(&stage.world.app, &stage.dana, "stripe", "Books", entries).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::CheckFailed);
        assert!(!format!("{refused:?}").contains("hush-hush"), "{refused:?}");
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM connections").await, 0);
    }

    async fn another_secret_gets_a_token_of_its_own(database: Database) {
        let stage = client(database).await;
        let entries = typed(&[("client_id", "abc"), ("client_secret", "hush-hush-0001")]);
        let view = connections::create(&stage.world.app, &stage.dana, "stripe", "Books", entries).await.unwrap();
        credentials::replace(&stage.world.app, &stage.dana, &view.row.id, None, &typed(&[("client_secret", "new")]), false).await.unwrap();
        let row = made(&stage, &view.row.id).await;
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM grants").await, 2, "one for each version");
        assert_eq!(count(&stage.world.app.database, "SELECT count(*) FROM grants WHERE due_ms IS NOT NULL").await, 1, "the old one rests");
        assert_eq!(stage.grant(&row).await.kind, GrantKind::ClientCredentials);
    }

    async fn a_service_account_signs_for_its_token(database: Database) {
        let stage = Stage::with(database, &with_token(KEY_FIELD, ASSERTION), Provider::start().await).await;
        let file = json!({ "client_email": "robot@acme.example", "private_key": *KEY }).to_string();
        let view = connections::create(&stage.world.app, &stage.dana, "stripe", "Books", typed(&[("key", &file)])).await.unwrap();
        let asked = stage.provider.asked();
        let token = asked.iter().find(|asked| asked.path == "/token").unwrap();
        assert_eq!(token.form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
        let claims = bound_key_is_public(&token.form["assertion"]).await;
        assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some("robot@acme.example"), Some("https://sign-in.acme.example/token")));
        assert_eq!((claims["scope"].as_str(), claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()), (Some("books.read"), 600));
        let row = made(&stage, &view.row.id).await;
        stage.world.clock.advance(HOUR_MS);
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None);
        assert_eq!(stage.grant(&row).await.kind, GrantKind::JwtBearer);
        stage.provider.asked();
        let broken = json!({ "client_email": "robot@acme.example", "private_key": "nothing" }).to_string();
        let refused = connections::create(&stage.world.app, &stage.dana, "stripe", "Other", typed(&[("key", &broken)])).await.unwrap_err();
        assert_eq!((refused.code, stage.token_requests()), (ErrorCode::InvalidField, 0), "nobody is asked");
    }

    async fn an_app_of_github_sends_what_it_signed_as_bearer(database: Database) {
        let stage = Stage::with(database, &with_token(KEY_FIELD, BARE), Provider::start().await).await;
        connections::create(&stage.world.app, &stage.dana, "stripe", "Books", typed(&[("key", KEY.as_str())])).await.unwrap();
        let asked = stage.provider.asked();
        let token = asked.iter().find(|asked| asked.path == "/token").unwrap();
        let bearer = token.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
        assert_eq!((bound_key_is_public(bearer).await["iss"].as_str(), token.form.keys().map(String::as_str).collect::<Vec<_>>()), (Some("12345"), vec!["{}"]));
    }

    async fn a_login_is_made_anew_when_somebody_says_so(database: Database) {
        let stage = Stage::with(database, &manifest(CLIENT_FIELDS, LOGIN, ""), Provider::start().await).await;
        let entries = typed(&[("client_id", "abc"), ("client_secret", "hush-hush-0001")]);
        let view = connections::create(&stage.world.app, &stage.dana, "stripe", "Books", entries).await.unwrap();
        let row = made(&stage, &view.row.id).await;
        let grant = stage.grant(&row).await;
        assert_eq!((grant.kind, grant.expires_at, grant.due_at, grant.generation), (GrantKind::Login, None, None, 1));
        let logins = || stage.provider.asked().iter().filter(|asked| asked.path == "/login").count();
        assert_eq!(logins(), 1);
        assert_eq!(stage.ensure(&row, MINUTES_MS).await.failure, None);
        assert_eq!(logins(), 0, "nobody knows that it ends");
        assert_eq!(grants::refresh_now(&stage.world.app, &stage.dana, &view.row.id).await.unwrap().failure, None);
        assert_eq!((logins(), stage.grant(&row).await.generation), (1, 2));
        connections::test(&stage.world.app, &stage.dana, &view.row.id).await.unwrap();
        assert_eq!((logins(), stage.grant(&row).await.generation), (1, 3), "a check logs in by itself");
        assert_eq!(stage.status(&row).await, ConnectionStatus::Active);
    }
}
