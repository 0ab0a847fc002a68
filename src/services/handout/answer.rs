//! What a program gets.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::Manifest;
use crate::connect::Credential;
use crate::domain::{Actor, ConnectionId, OAuthAppId, Timestamp};
use crate::egress::BoundOrigins;
use crate::services::payload::Payload;
use crate::services::{App, ErrorCode, ServiceError, audit, grants, marketplace, views};
use crate::store::handout::{CredentialPart, HandoutRow};
use crate::store::oauth_apps;
use crate::vault::{Secret, sha256_hex};

/// Programs come again after this long even when nothing ends, in milliseconds: a person may have changed the credential.
const LONGEST_MS: i64 = 3_600_000;
/// The id that stands for the access token in a manifest's `auth`.
const ACCESS_TOKEN: &str = "access_token";
/// The id that stands for the token of a login there.
const SESSION: &str = "session";

/// How much a key may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Every secret but refresh tokens.
    Whole,
    /// The token that a provider handed out.
    Token,
}

impl Extent {
    /// The word for the log.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Token => "token",
        }
    }
}

/// What a read led to.
#[derive(Debug)]
pub struct Handed {
    /// The state of what was read, as an `ETag`.
    pub tag: String,
    /// What was read; none when the program holds this state.
    pub handout: Option<Handout>,
}

/// A credential on its way to a program.
#[derive(Debug)]
pub struct Handout {
    /// The connection.
    pub connection: ConnectionId,
    /// The connector's id.
    pub connector: String,
    /// The version of the credential.
    pub version: i64,
    /// `token`, `session` or `entered`.
    pub kind: &'static str,
    /// The access token.
    pub access_token: Option<Secret<String>>,
    /// The token of a login.
    pub session_token: Option<Secret<String>>,
    /// The secret fields that people entered; empty for those who get the token alone.
    pub fields: BTreeMap<String, Secret<String>>,
    /// The fields that are no secret.
    pub config: BTreeMap<String, String>,
    /// The headers that requests to the provider carry; none where a request is more than its headers, or they hold what the key may not read.
    pub headers: Option<Vec<(String, Secret<String>)>>,
    /// When the token ends; none when it does not, as far as anybody says.
    pub expires_at: Option<Timestamp>,
    /// When to come again.
    pub refresh_at: Timestamp,
    /// When the token came, or the credential was entered.
    pub obtained_at: Timestamp,
}

/// What will be opened, and under which state.
pub(super) struct Plan {
    extent: Extent,
    manifest: Option<Arc<Manifest>>,
    config: BTreeMap<String, String>,
    /// Whether headers are made at all.
    with_headers: bool,
    /// The app whose fields the headers hold too.
    of_app: Option<OAuthAppId>,
    tag: String,
}

impl Plan {
    /// The state of what is read, as an `ETag`.
    pub(super) fn tag(&self) -> String {
        self.tag.clone()
    }
}

/// What a program of this extent gets of a credential; none when there is nothing that it may read.
pub(super) async fn plan(app: &App, actor: &Actor, row: &HandoutRow, credential: &CredentialPart, extent: Extent) -> Result<Option<Plan>, ServiceError> {
    let manifest = marketplace::find(app, &actor.organization, &row.connector).await?;
    let config: BTreeMap<String, String> = views::column("connections", "config", row.connection.as_str(), &row.config)?;
    let auth = manifest.as_deref().and_then(|manifest| manifest.way(&config));
    let carried = auth.and_then(|auth| auth.carried());
    let logs_in = matches!(auth, Some(crate::catalogue::Auth::LoginSession { .. }));
    if extent == Extent::Token && credential.grant.is_none() && !logs_in {
        return Ok(None);
    }
    let is_secret = |id: &&str| !config.contains_key(*id) && ![ACCESS_TOKEN, SESSION].contains(id);
    let with_headers = carried.as_ref().is_some_and(|carried| extent == Extent::Whole || !carried.iter().any(is_secret));
    let foreign = |id: &&str| is_secret(id) && manifest.as_deref().is_some_and(|manifest| manifest.field(id).is_none());
    let of_app = credential.grant.as_ref().and_then(|grant| grant.app.clone());
    let of_app = of_app.filter(|_| with_headers && carried.iter().flatten().any(foreign));
    let of_app_state = match &of_app {
        Some(id) => oauth_apps::find(app.database.read().await?.conn(), &actor.organization, id).await?.map_or(0, |row| row.row_version),
        None => 0,
    };
    let generation = credential.grant.as_ref().map_or(0, |grant| grant.generation);
    let mut state = credential.sealed.clone();
    state.extend_from_slice(format!("{} {of_app_state} {}", extent.as_str(), row.config).as_bytes());
    let digest = sha256_hex(&state);
    let tag = format!("\"{}-{generation}-{}\"", credential.version, digest.get(..16).unwrap_or_default());
    Ok(Some(Plan { extent, manifest, config, with_headers, of_app, tag }))
}

/// Opens the credential. One that cannot be opened is recorded.
pub(super) async fn open(
    app: &App,
    actor: &Actor,
    row: &HandoutRow,
    credential: &CredentialPart,
    plan: &Plan,
    min_valid_ms: i64,
) -> Result<Handout, ServiceError> {
    let payload = match Payload::open_credential(app, &actor.organization, &row.connection, credential.version, &credential.sealed) {
        Ok(payload) => payload,
        Err(error) => {
            let target = audit::Target::connection(&row.connection, &row.name);
            audit::record_alone(app, actor.into(), audit::AuditEvent::refused("credential.unreadable", target, Vec::new())).await?;
            return Err(error);
        }
    };
    let headers = headers(app, actor, plan, &payload).await?;
    let Payload { fields, session, grant, .. } = payload;
    let session_token = session.map(|session| (session.token, session.obtained_ms));
    let access_token = grant.map(|grant| grant.access_token);
    if plan.extent == Extent::Token && access_token.is_none() && session_token.is_none() {
        return Err(ServiceError::of(ErrorCode::TokenUnavailable).saying("There is no session yet. Test the connection, then ask again."));
    }
    let kind = match (&access_token, &session_token) {
        (Some(_), _) => "token",
        (None, Some(_)) => "session",
        (None, None) => "entered",
    };
    let now = app.now();
    let expires_at = credential.grant.as_ref().and_then(|grant| grant.expires_at);
    let latest = now.plus_millis(LONGEST_MS);
    let of_session = session_token.as_ref().map(|(_, obtained)| Timestamp::from_millis(*obtained));
    Ok(Handout {
        connection: row.connection.clone(),
        connector: row.connector.clone(),
        version: credential.version,
        kind,
        access_token,
        fields: if plan.extent == Extent::Whole { fields } else { BTreeMap::new() },
        config: plan.config.clone(),
        headers,
        expires_at,
        refresh_at: expires_at.map_or(latest, |end| end.plus_millis(-min_valid_ms).min(latest)).max(now),
        obtained_at: credential.grant.as_ref().map(|grant| grant.obtained_at).or(of_session).unwrap_or(credential.created_at),
        session_token: session_token.map(|(token, _)| token),
    })
}

async fn headers(app: &App, actor: &Actor, plan: &Plan, payload: &Payload) -> Result<Option<Vec<(String, Secret<String>)>>, ServiceError> {
    let Some(manifest) = plan.manifest.as_deref().filter(|_| plan.with_headers) else { return Ok(None) };
    let secrets = grants::lend(app, &actor.organization, plan.of_app.as_ref(), payload).await?;
    let credential = Credential { config: &plan.config, secrets: &secrets, bound: BoundOrigins::default() };
    let session = payload.session.as_ref().map(|session| &session.token);
    Ok(app.connect.headers(manifest, &credential, session))
}
