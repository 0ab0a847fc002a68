//! Connections with credentials that tests know.

use latchkey::domain::{ConnectionId, ConnectionStatus, CredentialId, GrantKind, TeamId, Timestamp};
use latchkey::store::credentials::{self, CredentialRow};
use latchkey::store::grants::{self, GrantRow};
use latchkey::store::members::MemberRow;
use latchkey::vault::Binding;
use serde_json::{Value, json};

use crate::support::server::TestServer;

/// An access token that is nowhere else.
pub const ACCESS: &str = "accessPlanted5kXq";
/// A refresh token that must never be seen again.
pub const REFRESH: &str = "refreshPlanted8wZt";
/// The refresh token before it.
pub const REFRESH_BEFORE: &str = "refreshPlanted1bVn";

/// How a connection with tokens is.
pub struct Tokens {
    /// How the connection is.
    pub status: ConnectionStatus,
    /// The team it belongs to.
    pub team: Option<TeamId>,
    /// In how many seconds the access token ends; none for never.
    pub ends_in_s: Option<i64>,
    /// Why the last renewal failed; empty when it did not.
    pub failure: &'static str,
    /// Whether it may be renewed by refresh token.
    pub kind: GrantKind,
    /// Whether its renewal is due; otherwise it is in an hour.
    pub is_due: bool,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { status: ConnectionStatus::Active, team: None, ends_in_s: Some(600), failure: "", kind: GrantKind::Code, is_due: false }
    }
}

/// Seals `payload` as the credential in use of a connection.
pub async fn seal(server: &TestServer, member: &MemberRow, connection: &ConnectionId, version: i64, payload: &Value) -> CredentialId {
    let app = &server.server.app;
    let binding = Binding {
        organization: member.organization.as_str(),
        kind: "credential",
        record: connection.as_str(),
        field: "payload",
        version: version.unsigned_abs(),
    };
    let row = CredentialRow {
        id: CredentialId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: member.organization.clone(),
        connection: connection.clone(),
        version,
        active: true,
        key_id: app.keyring.active_id().to_hex(),
        sealed: app.keyring.seal(&binding, payload.to_string().as_bytes(), app.random.as_ref()).bytes().to_vec(),
        created_at: app.now(),
        created_by: member.id.clone(),
        config: "{}".to_owned(),
        account_id: String::new(),
        account_name: String::new(),
        identity: "{}".to_owned(),
        host: "api.stripe.com".to_owned(),
        activated_at: app.now(),
        activated_by: member.id.clone(),
    };
    let mut transaction = app.database.begin().await.unwrap();
    credentials::insert(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    row.id
}

/// What is sealed of a connection with tokens.
pub fn payload() -> Value {
    json!({
        "fields": {"client_secret": "clientPlanted3mHd"},
        "session": null,
        "grant": {"access_token": ACCESS, "refresh_token": REFRESH, "previous_refresh_token": REFRESH_BEFORE},
        "bound_origins": [],
    })
}

/// A connection with tokens, as if somebody had allowed it a moment ago.
pub async fn with_tokens(server: &TestServer, member: &MemberRow, name: &str, tokens: &Tokens) -> ConnectionId {
    let app = &server.server.app;
    let id = server.connection_of(member, name, tokens.team.clone(), tokens.status).await;
    let credential = seal(server, member, &id, 1, &payload()).await;
    let now = app.now();
    let row = GrantRow {
        credential,
        organization: member.organization.clone(),
        connection: id.clone(),
        app: None,
        kind: tokens.kind,
        granted: String::new(),
        allowed_at: now,
        obtained_at: now,
        expires_at: tokens.ends_in_s.map(|seconds| now.plus_millis(seconds * 1_000)),
        refresh_ends_at: None,
        due_at: Some(if tokens.is_due { now } else { now.plus_millis(3_600_000) }),
        generation: 17,
        lease: 0,
        lease_owner: String::new(),
        lease_until: Timestamp::default(),
        calling_since: None,
        failures: i64::from(!tokens.failure.is_empty()),
        failure_code: tokens.failure.to_owned(),
        failed_at: None,
    };
    let mut transaction = app.database.begin().await.unwrap();
    grants::insert(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

/// Makes it a connection of another connector, with these fields.
pub async fn become_one_of(server: &TestServer, id: &ConnectionId, connector: &str, config: &Value) {
    let sql = format!("UPDATE connections SET connector = '{connector}', config = '{config}' WHERE id = '{id}'");
    crate::support::database::execute(&server.server.app.database, Box::leak(sql.into_boxed_str())).await;
}
