//! One renewal: claimed for the whole cluster, called, written.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::call::call;
use super::flights::Landing;
use super::land::{Claimed, land};
use crate::domain::{ConnectionId, ConnectionStatus, OrganizationId, Timestamp};
use crate::services::{App, ServiceError};
use crate::store::connections::{self, ConnectionRow};
use crate::store::credentials;
use crate::store::grants::{self, GrantRow};

/// How long another node's renewal is waited for.
const PATIENCE: Duration = Duration::from_secs(25);
/// Between two looks at another node's renewal: the first, and the longest.
const LOOKS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// Why there is a flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Somebody needs a token that works so long, in milliseconds.
    Valid(i64),
    /// Its time has come.
    Due,
    /// A person asks for it: a failure before is no reason to wait.
    Person,
}

impl Wish {
    /// Whether the tokens are as wished; `first` is the generation that there was when the flight began.
    fn is_fulfilled(self, grant: &GrantRow, first: i64, now: Timestamp) -> bool {
        match self {
            Self::Valid(min_valid_ms) => works_for(grant, now, min_valid_ms),
            Self::Due => grant.due_at.is_none_or(|due| due > now),
            Self::Person => grant.generation > first,
        }
    }
}

/// Whether the access token works so long, in milliseconds.
pub(super) fn works_for(grant: &GrantRow, now: Timestamp, min_valid_ms: i64) -> bool {
    grant.expires_at.is_none_or(|end| end.since(now) >= min_valid_ms && end > now)
}

enum Begun {
    Claimed(Box<Claimed>),
    /// Another node is at it.
    Held,
    /// A failure asks to wait.
    Resting,
    /// Something moved meanwhile.
    Moved,
}

/// Renews the tokens of a connection unless they are as wished.
pub(super) async fn fly(app: &App, organization: &OrganizationId, connection: &ConnectionId, wish: Wish) -> Landing {
    Box::pin(attempt(app, organization, connection, wish)).await.unwrap_or_else(|error| {
        tracing::warn!(%connection, code = error.code.as_str(), cause = ?error.cause, "a token could not be renewed");
        Landing { failure: Some(error.code.as_str().to_owned()), later: true }
    })
}

async fn attempt(app: &App, organization: &OrganizationId, connection: &ConnectionId, wish: Wish) -> Result<Landing, ServiceError> {
    let until = Instant::now() + PATIENCE;
    let (mut pause, mut first) = (LOOKS.0, None);
    loop {
        let Some((row, grant)) = look(app, organization, connection).await? else { return Ok(Landing::default()) };
        let first = *first.get_or_insert(grant.generation);
        if wish.is_fulfilled(&grant, first, app.now()) {
            return Ok(Landing::default());
        }
        if let Some(refusal) = at_rest(row.status, wish, &grant) {
            return Ok(refusal);
        }
        if grants::frozen_since(app.database.read().await?.conn(), organization, connection).await?.is_some() {
            return Ok(Landing::failed("frozen"));
        }
        match claim(app, &row, &grant, wish).await? {
            Begun::Claimed(claimed) => {
                let ended = Box::pin(call(app, &claimed)).await;
                return Box::pin(land(app, *claimed, ended)).await;
            }
            Begun::Resting => return Ok(Landing { failure: Some(grant.failure_code), later: true }),
            Begun::Held if wish == Wish::Due => return Ok(Landing::default()),
            Begun::Held | Begun::Moved if Instant::now() >= until => return Ok(Landing { failure: Some("renewal_takes_long".to_owned()), later: true }),
            Begun::Held | Begun::Moved => {
                sleep(pause).await;
                pause = (pause * 2).min(LOOKS.1);
            }
        }
    }
}

async fn look(app: &App, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<(ConnectionRow, GrantRow)>, ServiceError> {
    let mut reader = app.database.read().await?;
    let Some(row) = connections::find(reader.conn(), organization, connection).await? else { return Ok(None) };
    let Some(grant) = grants::active(reader.conn(), organization, connection).await? else { return Ok(None) };
    Ok(Some((row, grant)))
}

/// What is not in use is not renewed; what the provider refused, only when a person asks.
fn at_rest(status: ConnectionStatus, wish: Wish, grant: &GrantRow) -> Option<Landing> {
    match status {
        ConnectionStatus::Active | ConnectionStatus::Error => None,
        ConnectionStatus::ReauthRequired if wish == Wish::Person => None,
        ConnectionStatus::ReauthRequired if grant.failure_code.is_empty() => Some(Landing::failed("reauth_required")),
        ConnectionStatus::ReauthRequired => Some(Landing::failed(grant.failure_code.clone())),
        ConnectionStatus::Pending | ConnectionStatus::Disabled | ConnectionStatus::Revoked => Some(Landing::failed("not_in_use")),
    }
}

/// The claim is committed before the call: it proves that the database takes writes, and tells the next start that a call was out.
async fn claim(app: &App, row: &ConnectionRow, grant: &GrantRow, wish: Wish) -> Result<Begun, ServiceError> {
    let _turn = app.flights.turn().await;
    let mut transaction = app.database.begin().await?;
    let claim = grants::claim(transaction.conn(), grant, &app.settings.node, app.now(), wish == Wish::Person).await?;
    let Some(claim) = claim else {
        if grants::is_held(transaction.conn(), grant).await? {
            return Ok(Begun::Held);
        }
        let now = grants::find(transaction.conn(), &grant.organization, &grant.credential).await?;
        let rests = now.is_some_and(|now| now.generation == grant.generation && now.failures > 0 && now.due_at.is_none_or(|due| due > app.now()));
        return Ok(if rests && wish != Wish::Person { Begun::Resting } else { Begun::Moved });
    };
    let credential = credentials::active(transaction.conn(), &row.organization, &row.id).await?;
    let Some(credential) = credential.filter(|credential| credential.id == claim.row.credential) else { return Ok(Begun::Moved) };
    transaction.commit().await?;
    Ok(Begun::Claimed(Box::new(Claimed { connector: row.connector.clone(), name: row.name.clone(), claim, credential })))
}
