//! What the tests of the expiry calendar and of imports share: a connector with OAuth, tokens that end, and the letters so far.

use latchkey::catalogue::Registry;
use latchkey::domain::{Actor, Clock as _, GrantKind, OAuthAppId, Timestamp};
use latchkey::services::{access, oauth_apps};
use latchkey::store::connections::ConnectionRow;
use latchkey::store::grants::{GrantRow, insert};
use latchkey::store::oauth_apps::{OAuthAppRow, insert as insert_app};
use latchkey::store::{Database, credentials, users};
use latchkey::vault::{Secret, SystemRandom};
use tokio::net::TcpListener;

use crate::services::world::World;

pub const DAY: i64 = 24 * 3_600_000;
/// A token that the played Airtable takes.
pub const WORKS: &str = "patsandboxWorks00.sandboxsandboxsandboxsandboxsandbox";

const AIRTABLE: &str = include_str!("../../catalogue/manifests/airtable.toml");
const OAUTH: &str = r#"
[oauth]
grant = "code"
authorize_url = "https://airtable.com/oauth2/v1/authorize"
token_url = "https://airtable.com/oauth2/v1/token"
scopes = [{ id = "schema.bases:read", title = "Read bases", without = "Bases stay empty." }]
refresh = { rotates = true, idle_s = 5184000, lifetime_s = 31536000 }

[oauth.register]
url = "https://airtable.com/create/oauth"
steps = ["Register it."]
"#;

/// Airtable as a connector whose requests carry a token that a person allowed: 60 days unused, a year in any case.
pub fn airtable() -> Registry {
    let (head, rest) = AIRTABLE.split_once("[[fields]]").unwrap();
    let (_, rest) = rest.split_once("[target]").unwrap();
    let head: String = head.lines().filter(|line| !line.starts_with("import = ")).map(|line| format!("{line}\n")).collect();
    let head = head.replace("[about]", "fields = []\n\n[about]");
    let text = format!("{head}[target]{rest}{OAUTH}").replace("{token}", "{access_token}").replace("field = \"token\"\n", "");
    Registry::from_texts(&[("airtable.toml", &text), ("stripe.toml", include_str!("../../catalogue/manifests/stripe.toml"))]).unwrap()
}

/// A world of these connectors, with the played providers behind them.
pub async fn world(database: Database) -> World {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let played = latchkey::sandbox::Sandbox::embedded(&Registry::embedded().unwrap()).unwrap();
    tokio::spawn(async move { played.serve(listener, std::future::pending()).await });
    let urls = ["airtable", "stripe"].map(|id| (id.to_owned(), format!("{base}/{id}"))).into();
    World::of(database, airtable(), urls, "").await
}

/// An app of the organization at Airtable whose secret ends then.
pub async fn oauth_app(world: &World, actor: &Actor, label: &str, secret_ends_at: Option<Timestamp>) -> OAuthAppRow {
    let (app, now) = (&world.app, world.clock.now());
    let id = OAuthAppId::generate(world.clock.as_ref(), &SystemRandom);
    let sealed = oauth_apps::seal(app, &actor.organization, &id, 1, Some(&Secret::new("an app's own secret".to_owned())), &Default::default()).unwrap();
    let row = OAuthAppRow {
        id,
        organization: actor.organization.clone(),
        connector: "airtable".to_owned(),
        label: label.to_owned(),
        client_id: "client".to_owned(),
        config: "{}".to_owned(),
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        secret_version: 1,
        secret_hint: String::new(),
        secret_ends_at,
        created_by: actor.member().unwrap().clone(),
        created_at: now,
        updated_at: now,
        row_version: 1,
    };
    let mut transaction = app.database.begin().await.unwrap();
    insert_app(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    row
}

/// Tokens of a connection, changed by `change` from ones that nobody renews and that do not end.
pub async fn grant(world: &World, row: &ConnectionRow, change: impl FnOnce(&mut GrantRow) + Send) -> GrantRow {
    let (app, now) = (&world.app, world.clock.now());
    let credential = credentials::active(app.database.read().await.unwrap().conn(), &row.organization, &row.id).await.unwrap().unwrap();
    let mut grant = GrantRow {
        credential: credential.id,
        organization: row.organization.clone(),
        connection: row.id.clone(),
        app: None,
        kind: GrantKind::Code,
        granted: String::new(),
        allowed_at: now,
        obtained_at: now,
        expires_at: None,
        refresh_ends_at: None,
        due_at: None,
        generation: 1,
        lease: 0,
        lease_owner: String::new(),
        lease_until: now,
        calling_since: None,
        failures: 0,
        failure_code: String::new(),
        failed_at: None,
    };
    change(&mut grant);
    let mut transaction = app.database.begin().await.unwrap();
    insert(transaction.conn(), &grant).await.unwrap();
    transaction.commit().await.unwrap();
    grant
}

/// Recipient and subject of every letter so far, oldest first.
pub async fn letters(world: &World) -> Vec<(String, String)> {
    let sql = "SELECT recipient, subject FROM letters ORDER BY created_ms, id";
    match &world.app.database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
    }
}

pub async fn email_of(world: &World, actor: &Actor) -> String {
    let mut reader = world.app.database.read().await.unwrap();
    users::find(reader.conn(), access::person(actor).unwrap()).await.unwrap().unwrap().email
}
