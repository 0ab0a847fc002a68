//! Having the provider end what was given up.

use std::collections::BTreeMap;

use crate::connect::oauth::TokenProblem;
use crate::domain::Actor;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::payload::Payload;
use crate::services::{App, ServiceError, grants, marketplace, views};
use crate::store::leftovers::{self, ClaimedLeftover, Holder, LeftoverRow};

const MINUTE: i64 = 60_000;
/// How long claimed tokens are left to the node that claimed them, in milliseconds; longer than a call takes.
const CLAIMED_MS: i64 = MINUTE;
/// Waiting times after the first tries; the last one stays.
const WAITS: [i64; 4] = [MINUTE, 10 * MINUTE, 60 * MINUTE, 6 * 60 * MINUTE];
/// How long it is tried, in milliseconds.
const GIVEN_UP_MS: i64 = 24 * 60 * MINUTE;

/// What became of the tokens that were due longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There are none.
    NoneDue,
    /// The provider ended them.
    Ended,
    /// They are erased here and left with the provider; the audit log says why.
    Left,
    /// It is tried again later.
    PutOff,
}

/// Why tokens are left with the provider.
enum Why {
    /// As a stable code.
    Code(String),
    /// The provider could not be asked; another time it may.
    Later(String),
}

impl From<TokenProblem> for Why {
    fn from(problem: TokenProblem) -> Self {
        if problem.is_transient() { Self::Later(problem.code()) } else { Self::Code(problem.code()) }
    }
}

/// Has the provider end the tokens that are due longest, and erases them here.
///
/// # Errors
/// [`ServiceError`] when the database does not answer; then it is tried again.
pub async fn end_next(app: &App) -> Result<Outcome, ServiceError> {
    let now = app.now();
    let mut transaction = app.database.begin().await?;
    let claimed = leftovers::claim(transaction.conn(), now, now.plus_millis(CLAIMED_MS)).await?;
    transaction.commit().await?;
    let Some(claimed) = claimed else { return Ok(Outcome::NoneDue) };
    let told = Box::pin(tell(app, &claimed.row)).await?;
    settle(app, &claimed, told).await
}

async fn tell(app: &App, row: &LeftoverRow) -> Result<Result<(), Why>, ServiceError> {
    let why = |code: &str| Ok(Err(Why::Code(code.to_owned())));
    let Some(manifest) = marketplace::find(app, &row.organization, &row.connector).await? else { return why("no_way") };
    let config: BTreeMap<String, String> = views::column("leftovers", "config", row.id.as_str(), &row.config)?;
    let Some(revoke) = manifest.oauth_of(&config).and_then(|oauth| oauth.revoke.as_ref()) else { return why("no_way") };
    if !revoke.alone && has_siblings(app, row).await? {
        return why("shared");
    }
    let opened = match &row.holder {
        Holder::Draft(draft) => Payload::open_draft(app, &row.organization, draft, row.secret_version, &row.sealed),
        Holder::Connection(connection) => Payload::open_credential(app, &row.organization, connection, row.secret_version, &row.sealed),
    };
    let Ok(payload) = opened else { return why("secret_unreadable") };
    match grants::revoke(app, &row.organization, row.app.as_ref(), (&manifest, &config), &payload).await {
        Ok(Some(ended)) => Ok(ended.map_err(Why::from)),
        Ok(None) => why("no_way"),
        Err(_) => why("secret_unreadable"),
    }
}

/// Whether something else may depend on what the provider would end besides; without an app of the organization nobody can say.
async fn has_siblings(app: &App, row: &LeftoverRow) -> Result<bool, ServiceError> {
    match &row.app {
        Some(of_app) => Ok(leftovers::has_siblings(app.database.read().await?.conn(), &row.organization, of_app).await?),
        None => Ok(true),
    }
}

async fn settle(app: &App, claimed: &ClaimedLeftover, told: Result<(), Why>) -> Result<Outcome, ServiceError> {
    let (row, now) = (&claimed.row, app.now());
    let mut transaction = app.database.begin().await?;
    let (outcome, code) = match told {
        Ok(()) => (Outcome::Ended, None),
        Err(Why::Later(_)) if now.since(row.created_at) < GIVEN_UP_MS => {
            let place = usize::try_from(claimed.tries - 1).unwrap_or_default().min(WAITS.len() - 1);
            leftovers::put_off(transaction.conn(), claimed, now.plus_millis(WAITS[place])).await?;
            transaction.commit().await?;
            return Ok(Outcome::PutOff);
        }
        Err(Why::Later(code) | Why::Code(code)) => (Outcome::Left, Some(code)),
    };
    if leftovers::remove(transaction.conn(), claimed).await? {
        let target = match &row.holder {
            Holder::Draft(draft) => Target::draft(draft, &row.name),
            Holder::Connection(connection) => Target::connection(connection, &row.name),
        };
        let connector = Fact::Connector(row.connector.clone());
        let event = match code {
            None => AuditEvent::done("tokens.revoked", target, vec![connector]),
            Some(code) => AuditEvent::refused("tokens.revoked", target, vec![connector, Fact::Code(code)]),
        };
        audit::record(app, &mut transaction, (&Actor::job(row.organization.clone(), "leftovers")).into(), event).await?;
    }
    transaction.commit().await?;
    Ok(outcome)
}
