//! The end of a renewal: tokens, times, status and audit row in one transaction, before anybody who waits sees any of it.

use std::time::Duration;

use tokio::time::sleep;

use super::call::chance;
use super::flights::Landing;
use super::moved::Moved;
use crate::domain::{Actor, CheckCode, ConnectionStatus, IssueEnd, Timestamp, wait_after, wait_after_refusal};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::payload::{Payload, SealedPayload};
use crate::services::{App, ServiceError, issues, leftovers};
use crate::store::Transaction;
use crate::store::connections::{self, ConnectionRow};
use crate::store::credentials::{self, CredentialRow};
use crate::store::grants::{self, Claim, GrantRow, Renewed};

/// Failures in a row after which people are told.
const MANY: i64 = 3;
/// The waits between attempts to write what the provider handed out: together with the call they end before the claim does.
const WAITS: [Duration; 6] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(8), Duration::from_secs(15)];

/// The right to renew, with what it is about.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) connector: String,
    /// What the connection is called.
    pub(super) name: String,
    pub(super) claim: Claim,
    pub(super) credential: CredentialRow,
}

/// What a provider handed out.
#[derive(Debug)]
pub(super) struct Brought {
    pub(super) payload: Payload,
    pub(super) renewed: Renewed,
    pub(super) moved: Moved,
    /// Whether it holds what can be renewed further, or itself was handed out anew: nobody who ended the tokens before could know of it.
    pub(super) is_unknown: bool,
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consequence {
    /// It is tried again after a while, or after what the provider asks for, in milliseconds.
    Later(Option<i64>),
    /// A person has to allow access anew.
    Ended,
    /// Something has to be mended; it is tried again now and then.
    Wrong,
    /// There is nothing to renew with: it works until then.
    Until(Timestamp),
}

/// Why there are no new tokens; nothing in it is secret.
#[derive(Debug)]
pub(super) struct Trouble {
    /// The stable code.
    code: String,
    consequence: Consequence,
    /// What a person reads.
    shown: CheckCode,
    /// Whether the provider may have acted all the same.
    open: bool,
}

impl Trouble {
    pub(super) fn later(code: &str, shown: CheckCode, asked_ms: Option<i64>, open: bool) -> Self {
        Self { code: code.to_owned(), consequence: Consequence::Later(asked_ms), shown, open }
    }

    pub(super) fn ended(code: &str) -> Self {
        Self { code: code.to_owned(), consequence: Consequence::Ended, shown: CheckCode::AuthRejected, open: false }
    }

    pub(super) fn wrong(code: &str, shown: CheckCode) -> Self {
        Self { code: code.to_owned(), consequence: Consequence::Wrong, shown, open: false }
    }

    /// The same, and the provider may have acted all the same.
    pub(super) fn left_open(self) -> Self {
        Self { open: true, ..self }
    }

    /// What is said of it: the refusal of a token that an earlier call may have spent says only that what that call brought is lost.
    fn code_of(&self, claim: &Claim) -> &str {
        if self.consequence == Consequence::Ended && claim.open_calls > 1 { "unknown_outcome" } else { &self.code }
    }

    /// There is no refresh token; `until` is when the access token ends, unless it has.
    pub(super) fn cannot_be_renewed(until: Option<Timestamp>) -> Self {
        let consequence = until.map_or(Consequence::Ended, Consequence::Until);
        Self { code: "no_refresh_token".to_owned(), consequence, shown: CheckCode::AuthRejected, open: false }
    }
}

/// Writes how a renewal ended. What a provider handed out is tried to be written until the claim is nearly over.
pub(super) async fn land(app: &App, claimed: Claimed, ended: Result<Brought, Trouble>) -> Result<Landing, ServiceError> {
    let row = &claimed.claim.row;
    let sealed = match &ended {
        Ok(brought) => Some(brought.payload.seal_credential(app, &row.organization, &row.connection, claimed.credential.version)?),
        Err(_) => None,
    };
    let mut waits = WAITS.iter();
    loop {
        match Box::pin(write(app, &claimed, &ended, sealed.as_ref())).await {
            Ok(true) => return Ok(told(&claimed, &ended)),
            Ok(false) => return overtaken(app, &claimed, &ended, sealed.as_ref()).await,
            Err(error) => {
                let Some(wait) = waits.next() else { return Err(error) };
                tracing::warn!(connection = %row.connection, cause = ?error.cause, "the end of a renewal could not be written; it is tried again");
                sleep(*wait).await;
            }
        }
    }
}

fn told(claimed: &Claimed, ended: &Result<Brought, Trouble>) -> Landing {
    match ended {
        Ok(_) => Landing::default(),
        Err(trouble) => Landing { failure: Some(trouble.code_of(&claimed.claim).to_owned()), later: matches!(trouble.consequence, Consequence::Later(_)) },
    }
}

/// Nothing was written: either an attempt before was, or the tokens are not the ones in use any more and what there is now counts. What came for a version
/// that is gone, because somebody disconnected meanwhile, is given up.
async fn overtaken(app: &App, claimed: &Claimed, ended: &Result<Brought, Trouble>, sealed: Option<&SealedPayload>) -> Result<Landing, ServiceError> {
    let row = &claimed.claim.row;
    let now = grants::find(app.database.read().await?.conn(), &row.organization, &row.credential).await?;
    if let (None, Ok(brought), Some(sealed)) = (&now, ended, sealed)
        && brought.is_unknown
    {
        leftovers::of_renewal(app, (&claimed.connector, &claimed.name), &claimed.credential, row, sealed).await;
    }
    let written = now.is_some_and(|now| now.lease == row.lease && (now.generation > row.generation || now.failures > row.failures));
    if !written {
        tracing::info!(connection = %row.connection, "a renewal came too late and was left unwritten");
    }
    Ok(if written { told(claimed, ended) } else { Landing::default() })
}

async fn write(app: &App, claimed: &Claimed, ended: &Result<Brought, Trouble>, sealed: Option<&SealedPayload>) -> Result<bool, ServiceError> {
    let row = &claimed.claim.row;
    let _turn = app.flights.turn().await;
    let mut transaction = app.database.begin().await?;
    connections::hold(transaction.conn(), &row.organization, &row.connection).await?;
    let Some(connection) = connections::find(transaction.conn(), &row.organization, &row.connection).await? else { return Ok(false) };
    let written = match (ended, sealed) {
        (Ok(brought), Some(sealed)) => renewed(app, &mut transaction, claimed, connection, brought, sealed).await?,
        (Err(trouble), _) => failed(app, &mut transaction, claimed, connection, trouble).await?,
        (Ok(_), None) => false,
    };
    if written {
        transaction.commit().await?;
    }
    Ok(written)
}

async fn renewed(
    app: &App,
    transaction: &mut Transaction,
    claimed: &Claimed,
    mut connection: ConnectionRow,
    brought: &Brought,
    sealed: &SealedPayload,
) -> Result<bool, ServiceError> {
    let row = &claimed.claim.row;
    if !grants::renew(transaction.conn(), row, &brought.renewed).await?
        || !credentials::replace_sealed(transaction.conn(), &row.organization, &row.credential, &sealed.key_id, &sealed.bytes).await?
    {
        return Ok(false);
    }
    // What a check found wrong is mended by a check alone, unless it was the token.
    let mended = match connection.status {
        ConnectionStatus::ReauthRequired => true,
        ConnectionStatus::Error => row.failures > 0,
        _ => false,
    };
    let mut facts = vec![Fact::EndsAt(brought.renewed.expires_at)];
    let moved = lead(transaction, row, &mut connection, &brought.moved, &mut facts).await?;
    if mended {
        connection.status = connection.status.check_passed().map_err(ServiceError::internal)?;
        connection.failure_code = None;
    }
    if mended || moved {
        connection.updated_at = app.now();
        connection.next_check_at = Some(connection.updated_at);
        connections::update(transaction.conn(), &connection).await?;
    }
    if mended || row.failures > 0 {
        issues::resolve(app, transaction, &connection, IssueEnd::Renewed, None).await?;
    }
    note(app, transaction, &connection, true, facts).await?;
    Ok(true)
}

/// Leads the connection to where the provider says that it lives now; false when nothing is to be changed of it.
async fn lead(
    transaction: &mut Transaction,
    row: &GrantRow,
    connection: &mut ConnectionRow,
    moved: &Moved,
    facts: &mut Vec<Fact>,
) -> Result<bool, ServiceError> {
    match moved {
        Moved::No => Ok(false),
        Moved::To { config, host } => {
            let led = credentials::lead(transaction.conn(), &row.organization, &row.credential, config, host).await?;
            if led {
                connection.config.clone_from(config);
                connection.host.clone_from(host);
                facts.push(Fact::Host(host.clone()));
            }
            Ok(led)
        }
        Moved::Refused => {
            tracing::warn!(connection = %row.connection, "a token answer names an address that the connector does not allow; the connection stays where it was");
            facts.push(Fact::Code("address_refused".to_owned()));
            Ok(false)
        }
    }
}

async fn failed(app: &App, transaction: &mut Transaction, claimed: &Claimed, mut connection: ConnectionRow, trouble: &Trouble) -> Result<bool, ServiceError> {
    let (row, now) = (&claimed.claim.row, app.now());
    let failures = row.failures + 1;
    let has_ended = row.expires_at.is_some_and(|end| end <= now);
    let due = match trouble.consequence {
        Consequence::Ended => None,
        Consequence::Later(asked) => Some(now.plus_millis(wait_after(failures, asked, chance(app)))),
        Consequence::Wrong => Some(now.plus_millis(wait_after_refusal())),
        Consequence::Until(end) => Some(end),
    };
    let code = trouble.code_of(&claimed.claim);
    if !grants::fail(transaction.conn(), row, code, now, due, trouble.open).await? {
        return Ok(false);
    }
    let moved = match trouble.consequence {
        Consequence::Ended => connection.status.check_failed(true).ok(),
        Consequence::Wrong => Some(ConnectionStatus::Error),
        Consequence::Later(_) if failures >= MANY && has_ended => Some(ConnectionStatus::Error),
        Consequence::Later(_) | Consequence::Until(_) => None,
    };
    let moved = moved.filter(|to| *to == ConnectionStatus::ReauthRequired || matches!(connection.status, ConnectionStatus::Active | ConnectionStatus::Error));
    if let Some(status) = moved {
        connection.status = status;
        connection.failure_code = Some(trouble.shown.as_str().to_owned());
        connection.updated_at = now;
        connections::update(transaction.conn(), &connection).await?;
    }
    if moved.is_some() || (matches!(trouble.consequence, Consequence::Later(_)) && failures >= MANY) {
        issues::open(app, transaction, &connection, code).await?;
        issues::tell(app, transaction, &connection).await?;
    }
    note(app, transaction, &connection, false, vec![Fact::Code(code.to_owned())]).await?;
    Ok(true)
}

async fn note(app: &App, transaction: &mut Transaction, connection: &ConnectionRow, done: bool, facts: Vec<Fact>) -> Result<(), ServiceError> {
    let target = Target::connection(&connection.id, &connection.name);
    let event = if done { AuditEvent::done("credential.renewed", target, facts) } else { AuditEvent::refused("credential.renewed", target, facts) };
    audit::record(app, transaction, (&Actor::job(connection.organization.clone(), "renewals")).into(), event).await
}
