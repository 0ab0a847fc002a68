//! A world whose provider is played, and connections to it that hold tokens.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::catalogue::Registry;
use latchkey::connect::Connector;
use latchkey::domain::{Actor, ConnectionStatus, GrantKind, ManualClock, OAuthAppId, OrganizationId, Timestamp};
use latchkey::egress::{BoundOrigins, Egress, EgressPolicy, Origin};
use latchkey::services::grants::{Ensured, ensure};
use latchkey::services::{App, oauth_apps, sign_in};
use latchkey::store::connections::{ConnectionRow, find};
use latchkey::store::grants::GrantRow;
use latchkey::store::oauth_apps::OAuthAppRow;
use latchkey::store::{Database, connections, credentials, grants, members};
use latchkey::vault::{Binding, Secret};
use serde_json::{Value, json};

use super::provider::Provider;
use crate::services::world::{World, visitor};
use crate::support::database::execute;

/// A connector whose tokens a person allows; `{oauth}` stands for more of its section.
const CODE: &str = r#"
id = "stripe"
name = "Acme"
category = "finance"
regions = ["Global"]
summary = "Books of Acme."
tier = "ready"
sign_in = "Sign in with Acme"
credential_noun = "access token"
find_steps = ["Ask an admin."]

[about]
reads = "Books."
never = "Write."
stored = "The tokens, sealed."
needs = "One minute."
advice = "None."

[[sign_in_steps]]
title = "One"
text = "One."

[[sign_in_steps]]
title = "Two"
text = "Two."

[[sign_in_steps]]
title = "Three"
text = "Three."

{fields}

[target]
kind = "http"
base_url = "https://api.acme.example"

{auth}

[check]
reach = "/me"

[check.authenticate]
path = "/me"
success = { require = [{ pointer = "/id" }] }

[identity]
account_id = ["/id"]
account_name = ["/email"]
facts = []

[[streams]]
id = "rows"
title = "Rows"
request = { path = "/rows" }
rows = "/data"
noun = ["row", "rows"]

{oauth}
"#;
const BEARER: &str = "[auth]\nscheme = \"bearer\"\ntoken = \"{access_token}\"\n";
pub const OAUTH: &str = r#"
[oauth]
grant = "code"
authorize_url = "https://sign-in.acme.example/authorize"
token_url = "https://sign-in.acme.example/token"
refresh = { rotates = true, grace_s = 0, idle_s = 864000 }

[oauth.revoke]
url = "https://sign-in.acme.example/revoke"
note = "It ends this sign-in alone."
alone = true

[oauth.register]
url = "https://acme.example/apps"
steps = ["Add the address {redirect_uri}."]
"#;
pub const CLIENT: &str = r#"
[oauth]
grant = "client_credentials"
token_url = "https://sign-in.acme.example/token"
"#;
pub const CLIENT_FIELDS: &str = r#"
[[fields]]
id = "client_id"
title = "Client ID"
help = "The id."
kind = "text"
required = true
example = "abc"

[[fields]]
id = "client_secret"
title = "Client secret"
help = "The secret."
kind = "secret"
required = true
"#;

/// A manifest with these parts.
pub fn manifest(fields: &str, auth: &str, oauth: &str) -> String {
    CODE.replace("{fields}", fields).replace("{auth}", auth).replace("{oauth}", oauth)
}

/// The same for tokens that `oauth` says how to get.
pub fn with_token(fields: &str, oauth: &str) -> String {
    manifest(fields, BEARER, oauth)
}

pub struct Stage {
    pub world: World,
    pub dana: Actor,
    pub provider: Provider,
    pub oauth_app: Option<OAuthAppId>,
}

/// One played provider in place of the real one.
fn lead(world: &mut World, provider: &Provider, text: &str) {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    let bases = BTreeMap::from([("stripe".to_owned(), provider.base.clone())]);
    let connector = Connector::new(Egress::new(policy, "").unwrap(), bases.clone(), world.clock.clone()).with_oauth_overrides(bases);
    world.app.connect = Arc::new(connector);
    world.app.catalogue = Arc::new(Registry::from_texts(&[("stripe.toml", text)]).unwrap());
}

impl Stage {
    /// A stage whose tokens a person allowed.
    pub async fn set(database: Database) -> Self {
        Self::with(database, &with_token("", OAUTH), Provider::start().await).await
    }

    pub async fn with(database: Database, text: &str, provider: Provider) -> Self {
        let mut world = World::new(database).await;
        lead(&mut world, &provider, text);
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let mut stage = Self { world, dana, provider, oauth_app: None };
        stage.oauth_app = Some(register(&stage.world.app, &stage.dana, "stripe").await);
        stage
    }

    /// Another node on the same database.
    pub async fn node(&self, database: Database, name: &str) -> World {
        let mut world = World::new(database).await;
        lead(&mut world, &self.provider, &with_token("", OAUTH));
        let mut settings = (*world.app.settings).clone();
        name.clone_into(&mut settings.node);
        world.app.settings = Arc::new(settings);
        world
    }

    /// Another node that shares everything but the flights under way.
    pub fn twin(&self, name: &str) -> App {
        let mut settings = (*self.world.app.settings).clone();
        name.clone_into(&mut settings.node);
        let mut app = self.world.app.clone();
        (app.flights, app.settings) = (Arc::default(), Arc::new(settings));
        app
    }

    /// A connection whose access token ends in so many milliseconds; its refresh token is the first of the family of this name.
    pub async fn connected(&self, name: &str, ends_in_ms: i64) -> ConnectionRow {
        let row = self.world.connection(&self.dana, name, ConnectionStatus::Active, None).await;
        let refresh = self.provider.allow(name);
        self.hold(&row, &first_tokens(&refresh), Some(ends_in_ms)).await;
        row
    }

    /// Puts tokens into a connection.
    pub async fn hold(&self, row: &ConnectionRow, tokens: &Value, ends_in_ms: Option<i64>) {
        hold(&self.world.app, &self.provider.base, self.oauth_app.as_ref(), row, tokens, ends_in_ms).await;
    }

    pub async fn grant(&self, row: &ConnectionRow) -> GrantRow {
        grants::active(self.world.app.database.read().await.unwrap().conn(), &row.organization, &row.id).await.unwrap().unwrap()
    }

    /// What is stored: access token and refresh token.
    pub async fn tokens(&self, row: &ConnectionRow) -> (String, Option<String>) {
        let app = &self.world.app;
        let credential = credentials::active(app.database.read().await.unwrap().conn(), &row.organization, &row.id).await.unwrap().unwrap();
        let opened: Value = serde_json::from_slice(app.keyring.open(&binding(row), &credential.sealed).unwrap().expose()).unwrap();
        (opened["grant"]["access_token"].as_str().unwrap().to_owned(), opened["grant"]["refresh_token"].as_str().map(str::to_owned))
    }

    pub async fn row(&self, row: &ConnectionRow) -> ConnectionRow {
        find(self.world.app.database.read().await.unwrap().conn(), &row.organization, &row.id).await.unwrap().unwrap()
    }

    pub async fn status(&self, row: &ConnectionRow) -> ConnectionStatus {
        self.row(row).await.status
    }

    pub async fn set_status(&self, row: &ConnectionRow, status: ConnectionStatus) {
        let now = self.row(row).await;
        let mut transaction = self.world.app.database.begin().await.unwrap();
        connections::update(transaction.conn(), &ConnectionRow { status, ..now }).await.unwrap();
        transaction.commit().await.unwrap();
    }

    pub async fn ensure(&self, row: &ConnectionRow, min_valid_ms: i64) -> Ensured {
        ensured(&self.world.app, row, min_valid_ms).await
    }

    /// The requests for tokens since the last look.
    pub fn token_requests(&self) -> usize {
        self.provider.asked().iter().filter(|asked| asked.path == "/token").count()
    }
}

/// An app that the organization registered.
async fn register(app: &App, actor: &Actor, connector: &str) -> OAuthAppId {
    let organization = &actor.organization;
    let id = OAuthAppId::generate(app.clock.as_ref(), app.random.as_ref());
    let sealed = oauth_apps::seal(app, organization, &id, 1, Some(&Secret::new("app-secret".to_owned())), &BTreeMap::new()).unwrap();
    let now = app.now();
    let row = OAuthAppRow {
        id: id.clone(),
        organization: organization.clone(),
        connector: connector.to_owned(),
        label: id.to_string(),
        client_id: "app-1".to_owned(),
        config: "{}".to_owned(),
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        secret_version: 1,
        secret_hint: "cret".to_owned(),
        secret_ends_at: None,
        created_by: actor.member().unwrap().clone(),
        created_at: now,
        updated_at: now,
        row_version: 1,
    };
    let mut transaction = app.database.begin().await.unwrap();
    latchkey::store::oauth_apps::insert(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

fn first_tokens(refresh: &str) -> Value {
    json!({ "access_token": "access.0", "refresh_token": refresh, "previous_refresh_token": null })
}

/// A connection of a connector that comes with Latchkey, in the only organization of a running server.
pub async fn founded(app: &App, organization: &OrganizationId, connector: &str, base: &str, name: &str, refresh: &str) -> ConnectionRow {
    let people = members::list_active(app.database.read().await.unwrap().conn(), organization).await.unwrap();
    let actor = sign_in::actor_of(app, &people[0].member.user, organization, app.now(), &visitor()).await.unwrap().unwrap();
    let world = World { app: app.clone(), clock: Arc::new(ManualClock::at(app.now())) };
    let row = world.connection(&actor, name, ConnectionStatus::Active, None).await;
    let row = ConnectionRow { connector: connector.to_owned(), ..row };
    let mut transaction = app.database.begin().await.unwrap();
    connections::update(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    let oauth_app = register(app, &actor, connector).await;
    hold(app, base, Some(&oauth_app), &row, &first_tokens(refresh), Some(0)).await;
    row
}

/// Signs in anew where a grant has ended: other tokens, and the connections work.
pub async fn plant(app: &App, base: &str, ended: &[(ConnectionRow, String)]) {
    let mut apps = Vec::new();
    for (row, _) in ended {
        apps.push(grants::active(app.database.read().await.unwrap().conn(), &row.organization, &row.id).await.unwrap().unwrap().app);
    }
    execute(&app.database, "DELETE FROM grants WHERE failure_code = 'unknown_outcome' AND due_ms IS NULL").await;
    for ((row, refresh), of_app) in ended.iter().zip(apps) {
        let mut transaction = app.database.begin().await.unwrap();
        connections::update(transaction.conn(), &ConnectionRow { status: ConnectionStatus::Active, ..row.clone() }).await.unwrap();
        transaction.commit().await.unwrap();
        hold(app, base, of_app.as_ref(), row, &first_tokens(refresh), Some(0)).await;
    }
}

/// Puts tokens into a connection, bound to the provider at `base`.
async fn hold(app: &App, base: &str, oauth_app: Option<&OAuthAppId>, row: &ConnectionRow, tokens: &Value, ends_in_ms: Option<i64>) {
    let port = base.rsplit(':').next().unwrap().parse().unwrap();
    let origins = BoundOrigins::only(Origin::new("http", "127.0.0.1", port).unwrap());
    let payload = json!({ "fields": {}, "session": null, "grant": tokens, "bound_origins": origins });
    let sealed = app.keyring.seal(&binding(row), payload.to_string().as_bytes(), app.random.as_ref());
    let mut transaction = app.database.begin().await.unwrap();
    let credential = credentials::active(transaction.conn(), &row.organization, &row.id).await.unwrap().unwrap();
    credentials::replace_sealed(transaction.conn(), &row.organization, &credential.id, &credential.key_id, sealed.bytes()).await.unwrap();
    let now = app.now();
    let grant = GrantRow {
        credential: credential.id,
        organization: row.organization.clone(),
        connection: row.id.clone(),
        app: oauth_app.cloned(),
        kind: GrantKind::Code,
        granted: "books".to_owned(),
        allowed_at: now,
        obtained_at: now,
        expires_at: ends_in_ms.map(|millis| now.plus_millis(millis)),
        refresh_ends_at: None,
        due_at: ends_in_ms.map(|millis| now.plus_millis(millis)),
        generation: 1,
        lease: 0,
        lease_owner: String::new(),
        lease_until: Timestamp::from_millis(0),
        calling_since: None,
        failures: 0,
        failure_code: String::new(),
        failed_at: None,
    };
    grants::insert(transaction.conn(), &grant).await.unwrap();
    transaction.commit().await.unwrap();
}

pub async fn ensured(app: &App, row: &ConnectionRow, min_valid_ms: i64) -> Ensured {
    ensure(app, &row.organization, &row.id, min_valid_ms).await.unwrap().unwrap()
}

fn binding(row: &ConnectionRow) -> Binding<'_> {
    Binding { organization: row.organization.as_str(), kind: "credential", record: row.id.as_str(), field: "payload", version: 1 }
}

/// The number that a query yields.
pub async fn count(database: &Database, sql: &'static str) -> i64 {
    match database {
        Database::Sqlite { readers, .. } => sqlx::query_as::<_, (i64,)>(sql).fetch_one(readers).await.unwrap().0,
        Database::Postgres(pool) => sqlx::query_as::<_, (i64,)>(sql).fetch_one(pool).await.unwrap().0,
    }
}
