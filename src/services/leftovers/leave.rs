//! Giving tokens up.

use crate::domain::{LeftoverId, OAuthAppId};
use crate::services::payload::{Payload, SealedPayload};
use crate::services::{App, ServiceError};
use crate::store::Transaction;
use crate::store::connections::ConnectionRow;
use crate::store::credentials::CredentialRow;
use crate::store::drafts::{self, DraftRow};
use crate::store::grants::GrantRow;
use crate::store::leftovers::{self, Holder, LeftoverRow};

/// The most drafts that are forgotten in one transaction.
const AT_ONCE: i64 = 200;

/// Gives up the tokens that a draft holds because a person allowed it; the caller then takes them out of the draft.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn of_draft(app: &App, transaction: &mut Transaction, draft: &DraftRow) -> Result<(), ServiceError> {
    let (Some(_), Some(key_id), Some(bytes)) = (&draft.tokens, &draft.key_id, &draft.sealed) else { return Ok(()) };
    let sealed = SealedPayload { key_id: key_id.clone(), bytes: bytes.clone() };
    let row = row_of_draft(app, draft, draft.secret_version, sealed);
    add(app, transaction, row).await
}

/// The same of a draft that was `before` and holds no tokens any more as it is `now`.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn of_change(app: &App, transaction: &mut Transaction, before: Option<&DraftRow>, now: &DraftRow) -> Result<(), ServiceError> {
    match before.filter(|_| now.tokens.is_none()) {
        Some(before) => of_draft(app, transaction, before).await,
        None => Ok(()),
    }
}

/// Gives up tokens that came for a draft which cannot take them; best effort.
pub async fn of_arrived(app: &App, draft: &DraftRow, tokens: Payload) {
    let version = draft.secret_version + 1;
    let left = async {
        let sealed = tokens.seal_draft(app, &draft.organization, &draft.id, version)?;
        alone(app, row_of_draft(app, draft, version, sealed)).await
    };
    warn(left.await, &draft.id.to_string());
}

/// Gives up the tokens of a version of a credential that is about to be destroyed.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn of_version(
    app: &App,
    transaction: &mut Transaction,
    connection: &ConnectionRow,
    version: &CredentialRow,
    of_app: Option<&OAuthAppId>,
) -> Result<(), ServiceError> {
    let sealed = SealedPayload { key_id: version.key_id.clone(), bytes: version.sealed.clone() };
    let row = row_of_version(app, (&connection.connector, &connection.name), version, of_app, sealed);
    add(app, transaction, row).await
}

/// Gives up tokens that a renewal brought when the version that it was for was gone; best effort. `of` is connector and name of the connection.
pub async fn of_renewal(app: &App, of: (&str, &str), version: &CredentialRow, grant: &GrantRow, sealed: &SealedPayload) {
    let sealed = SealedPayload { key_id: sealed.key_id.clone(), bytes: sealed.bytes.clone() };
    let left = alone(app, row_of_version(app, of, version, grant.app.as_ref(), sealed)).await;
    warn(left, grant.connection.as_str());
}

/// Forgets drafts whose time is over and which hold tokens; the tokens are given up. How many drafts.
///
/// # Errors
/// [`ServiceError`] when the database does not answer; what was forgotten until then is.
pub async fn of_expired(app: &App) -> Result<u64, ServiceError> {
    let mut forgotten = 0;
    loop {
        let mut transaction = app.database.begin().await?;
        let over = drafts::expired_with_tokens(transaction.conn(), app.now(), AT_ONCE).await?;
        if over.is_empty() {
            return Ok(forgotten);
        }
        for draft in &over {
            of_draft(app, &mut transaction, draft).await?;
            forgotten += u64::from(drafts::delete(transaction.conn(), &draft.organization, &draft.member, &draft.id).await?);
        }
        transaction.commit().await?;
    }
}

fn row_of_draft(app: &App, draft: &DraftRow, version: i64, sealed: SealedPayload) -> LeftoverRow {
    LeftoverRow {
        id: new_id(app),
        organization: draft.organization.clone(),
        connector: draft.connector.clone(),
        config: draft.entries.clone(),
        app: draft.app.clone(),
        holder: Holder::Draft(draft.id.clone()),
        name: draft.name.clone(),
        secret_version: version,
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        created_at: app.now(),
    }
}

fn row_of_version(app: &App, of: (&str, &str), version: &CredentialRow, of_app: Option<&OAuthAppId>, sealed: SealedPayload) -> LeftoverRow {
    LeftoverRow {
        id: new_id(app),
        organization: version.organization.clone(),
        connector: of.0.to_owned(),
        config: version.config.clone(),
        app: of_app.cloned(),
        holder: Holder::Connection(version.connection.clone()),
        name: of.1.to_owned(),
        secret_version: version.version,
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        created_at: app.now(),
    }
}

fn new_id(app: &App) -> LeftoverId {
    LeftoverId::generate(app.clock.as_ref(), app.random.as_ref())
}

async fn add(app: &App, transaction: &mut Transaction, row: LeftoverRow) -> Result<(), ServiceError> {
    leftovers::insert(transaction.conn(), &row).await?;
    transaction.wake(app.leftovers.clone());
    Ok(())
}

async fn alone(app: &App, row: LeftoverRow) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    add(app, &mut transaction, row).await?;
    Ok(transaction.commit().await?)
}

fn warn(left: Result<(), ServiceError>, of: &str) {
    if let Err(error) = left {
        tracing::warn!(of, code = error.code.as_str(), cause = ?error.cause, "tokens that nobody uses stay with the provider: they could not be noted");
    }
}
