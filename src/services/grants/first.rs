//! The first tokens of connections that need nobody's consent, and what is noted of tokens when a connection is saved.

use std::collections::BTreeMap;

use super::member;
use crate::catalogue::{Grant, Manifest};
use crate::connect::oauth::{Party, TokenProblem, Tokens};
use crate::domain::{GrantKind, OAuthAppId, OrganizationId, Timestamp, due_of_all};
use crate::services::payload::{Payload, StoredGrant};
use crate::services::{App, ServiceError};
use crate::store::Transaction;
use crate::store::credentials::CredentialRow;
use crate::store::grants::{self, GrantRow};
use crate::store::oauth_apps;

/// What is open of tokens that were just handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// How they are renewed.
    pub kind: GrantKind,
    /// The organization's app; none where the connection brings its own id and secret.
    pub app: Option<OAuthAppId>,
    /// What was granted, as the provider said it.
    pub granted: String,
    /// When they came.
    pub obtained_at: Timestamp,
    /// When the access token ends; none when it does not.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends; none when nobody says.
    pub refresh_ends_at: Option<Timestamp>,
    /// Whether there is something to renew them with.
    pub renews: bool,
}

/// Asks for a token in the name of the connection itself, by its id and secret or by what its key signs.
pub(super) async fn mint(app: &App, party: &Party<'_>, payload: &Payload) -> Result<Tokens, TokenProblem> {
    match &party.oauth.assertion {
        Some(assertion) => {
            let key = payload.fields.get(&assertion.key).ok_or(TokenProblem::Entries("key"))?;
            app.connect.jwt_bearer(party, key).await
        }
        None => app.connect.client_credentials(party).await,
    }
}

/// Puts a first token into the payload where entries alone get one; none where they do not, or where there is one.
///
/// # Errors
/// `SecretUnreadable`; inside, why there is no token.
pub async fn first(
    app: &App,
    organization: &OrganizationId,
    manifest: &Manifest,
    config: &BTreeMap<String, String>,
    payload: &mut Payload,
) -> Result<Result<Option<Opened>, TokenProblem>, ServiceError> {
    let Some(oauth) = manifest.oauth_of(config).filter(|_| payload.grant.is_none()) else { return Ok(Ok(None)) };
    let Some(kind) = by_itself(oauth.grant) else { return Ok(Ok(None)) };
    let asker = member(app, organization, None, (manifest, oauth), config, payload).await?;
    let tokens = match mint(app, &asker.party(), payload).await {
        Ok(tokens) => tokens,
        Err(problem) => return Ok(Err(problem)),
    };
    let opened = Opened {
        kind,
        app: None,
        granted: tokens.granted.unwrap_or_else(|| oauth.wanted_scopes(config)),
        obtained_at: app.now(),
        expires_at: tokens.expires_at,
        refresh_ends_at: None,
        renews: true,
    };
    payload.grant = Some(StoredGrant { access_token: tokens.access_token, refresh_token: None, previous_refresh_token: None });
    Ok(Ok(Some(opened)))
}

/// The kind of a grant that needs nobody's consent.
const fn by_itself(grant: Grant) -> Option<GrantKind> {
    match grant {
        Grant::ClientCredentials => Some(GrantKind::ClientCredentials),
        Grant::JwtBearer => Some(GrantKind::JwtBearer),
        Grant::Code => None,
    }
}

/// What can be said of a proven payload of which nothing else is known: a session that lasts until somebody finds out, or a token that is renewed at once.
pub fn opened_of(app: &App, manifest: &Manifest, config: &BTreeMap<String, String>, payload: &Payload) -> Option<Opened> {
    let now = app.now();
    let opened = |kind, expires_at, granted| Opened { kind, app: None, granted, obtained_at: now, expires_at, refresh_ends_at: None, renews: true };
    if let Some(oauth) = manifest.oauth_of(config).filter(|_| payload.grant.is_some()) {
        return by_itself(oauth.grant).map(|kind| opened(kind, Some(now), oauth.wanted_scopes(config)));
    }
    payload.session.as_ref().map(|_| opened(GrantKind::Login, None, String::new()))
}

/// Notes what is open of the tokens that a new version of a credential holds.
///
/// # Errors
/// `Conflict` when the organization's app is gone; [`ServiceError`]; then the transaction must not be committed.
pub async fn begin(app: &App, transaction: &mut Transaction, credential: &CredentialRow, opened: &Opened) -> Result<(), ServiceError> {
    if !has_app(transaction, &credential.organization, opened).await? {
        return Err(app_is_gone());
    }
    let row = GrantRow {
        credential: credential.id.clone(),
        organization: credential.organization.clone(),
        connection: credential.connection.clone(),
        app: opened.app.clone(),
        kind: opened.kind,
        granted: opened.granted.clone(),
        allowed_at: opened.obtained_at,
        obtained_at: opened.obtained_at,
        expires_at: opened.expires_at,
        refresh_ends_at: opened.refresh_ends_at,
        due_at: due_of_all(opened.obtained_at, opened.expires_at, opened.refresh_ends_at, super::call::chance(app)),
        generation: 1,
        lease: 0,
        lease_owner: String::new(),
        lease_until: Timestamp::from_millis(0),
        calling_since: None,
        failures: 0,
        failure_code: String::new(),
        failed_at: None,
    };
    grants::insert(transaction.conn(), &row).await?;
    if !opened.renews {
        grants::note_no_renewal(transaction.conn(), &row.organization, &row.credential).await?;
    }
    Ok(())
}

/// Whether the app by which tokens came is still there, which it then stays until the end of the transaction.
///
/// # Errors
/// [`ServiceError`] when the database fails.
pub async fn has_app(transaction: &mut Transaction, organization: &OrganizationId, opened: &Opened) -> Result<bool, ServiceError> {
    match &opened.app {
        Some(of_app) => Ok(oauth_apps::hold(transaction.conn(), organization, of_app).await?),
        None => Ok(true),
    }
}

/// Nothing can be renewed without the app by which it was allowed.
pub fn app_is_gone() -> ServiceError {
    ServiceError::conflict("The OAuth app that access was allowed to was deleted meanwhile. Add one, or choose another, and connect again. Nothing was saved.")
}
