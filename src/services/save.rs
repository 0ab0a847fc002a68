//! Saving what a check has proven: connection, first credential version, milestone and audit row in one transaction.

use std::collections::BTreeMap;

use crate::domain::{Actor, ConnectionId, ConnectionStatus, CredentialId, MemberId, TeamId};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{EVERY_MS, Proof};
use crate::services::payload::Payload;
use crate::services::{App, ErrorCode, ServiceError, access, grants, names, onboarding};
use crate::store::checks::{self, CheckRow};
use crate::store::connections::{self, ConnectionRow};
use crate::store::credentials::{self, CredentialRow};
use crate::store::{Transaction, milestones, organizations, teams};

/// How often a save is tried anew because somebody took the name in the same moment.
pub const ATTEMPTS: usize = 5;

/// A connection to be.
pub struct NewConnection<'a> {
    /// The provider's name, for the default name.
    pub provider: &'a str,
    /// The wanted name; empty for the default.
    pub name: &'a str,
    /// Whether it is to be the actor's alone.
    pub personal: bool,
    /// The team it is to belong to; none for the whole organization.
    pub team: Option<&'a TeamId>,
    /// Fields that are no secret.
    pub config: &'a BTreeMap<String, String>,
    /// The check that proved it.
    pub check: &'a CheckRow,
    /// What the check proved.
    pub proof: &'a Proof,
}

/// Lets one save after another look for duplicates and take names in this organization.
pub async fn one_at_a_time(transaction: &mut Transaction, actor: &Actor) -> Result<(), ServiceError> {
    Ok(organizations::hold(transaction.conn(), &actor.organization).await?)
}

/// Another connection that the actor sees and that already opens the same account of the same host; the oldest. Ids of accounts are unique at one host only.
pub async fn duplicate(transaction: &mut Transaction, actor: &Actor, new: &NewConnection<'_>) -> Result<Option<ConnectionRow>, ServiceError> {
    if new.proof.identity.account_id.is_empty() {
        return Ok(None);
    }
    let rows = connections::of_connector(transaction.conn(), &new.check.organization, &new.check.connector, access::sight(actor)).await?;
    Ok(rows.into_iter().find(|row| row.account_id == new.proof.identity.account_id && row.host == new.proof.host))
}

/// Writes the connection; a taken name gets a number. `NameTaken` when somebody was faster: then the whole transaction is begun anew.
pub async fn connection(app: &App, transaction: &mut Transaction, actor: &Actor, new: &NewConnection<'_>) -> Result<ConnectionRow, ServiceError> {
    let member = access::member(actor)?;
    let wanted = if new.name.is_empty() { names::by_default(new.provider, &new.proof.identity.account_name) } else { new.name.to_owned() };
    let owner = new.personal.then(|| member.clone());
    let free = names::free(transaction.conn(), &actor.organization, owner.as_ref(), &wanted).await?;
    let row = row(app, actor, new, still_there(transaction, actor, new).await?, free)?;
    connections::insert(transaction.conn(), &row).await?;
    let version = version(app, member, &row, &new.proof.payload, 1)?;
    credentials::insert(transaction.conn(), &version).await?;
    if let Some(opened) = &new.proof.opened {
        grants::begin(app, transaction, &version, opened).await?;
    }
    checks::attach(transaction.conn(), &row.organization, &new.check.id, &row.id).await?;
    milestones::reach(transaction.conn(), &row.organization, onboarding::FIRST_CONNECTION, row.created_at).await?;
    let facts = vec![Fact::Connector(row.connector.clone()), Fact::Account(row.account_id.clone()), Fact::Host(row.host.clone())];
    audit::record(app, transaction, actor.into(), AuditEvent::done("connection.created", Target::connection(&row.id, &row.name), facts)).await?;
    Ok(row)
}

/// The team that was chosen, unless it was deleted meanwhile.
async fn still_there(transaction: &mut Transaction, actor: &Actor, new: &NewConnection<'_>) -> Result<Option<TeamId>, ServiceError> {
    let Some(team) = new.team.filter(|_| !new.personal) else { return Ok(None) };
    Ok(teams::find(transaction.conn(), &actor.organization, team).await?.map(|row| row.id))
}

/// A version of the credential that is in use from now on, with what the connection's row says of account and host.
pub fn version(app: &App, member: &MemberId, row: &ConnectionRow, payload: &Payload, number: i64) -> Result<CredentialRow, ServiceError> {
    let sealed = payload.seal_credential(app, &row.organization, &row.id, number)?;
    Ok(CredentialRow {
        id: CredentialId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: row.organization.clone(),
        connection: row.id.clone(),
        version: number,
        active: true,
        key_id: sealed.key_id,
        sealed: sealed.bytes,
        created_at: row.updated_at,
        created_by: member.clone(),
        config: row.config.clone(),
        account_id: row.account_id.clone(),
        account_name: row.account_name.clone(),
        identity: row.identity.clone(),
        host: row.host.clone(),
        activated_at: row.updated_at,
        activated_by: member.clone(),
    })
}

fn row(app: &App, actor: &Actor, new: &NewConnection<'_>, team: Option<TeamId>, name: String) -> Result<ConnectionRow, ServiceError> {
    let now = app.now();
    Ok(ConnectionRow {
        id: ConnectionId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        team,
        owner: new.personal.then(|| access::member(actor).cloned()).transpose()?,
        description: String::new(),
        tags: Vec::new(),
        edits: 1,
        connector: new.check.connector.clone(),
        name,
        status: ConnectionStatus::Pending.check_passed().map_err(ServiceError::internal)?,
        config: serde_json::to_string(new.config)?,
        account_id: new.proof.identity.account_id.clone(),
        account_name: new.proof.identity.account_name.clone(),
        identity: serde_json::to_string(&new.proof.identity)?,
        host: new.proof.host.clone(),
        last_check_id: Some(new.check.id.to_string()),
        last_checked_at: Some(now),
        next_check_at: Some(now.plus_millis(EVERY_MS)),
        failure_code: None,
        recent: String::new(),
        created_by: access::member(actor)?.clone(),
        created_at: now,
        updated_at: now,
        row_version: 1,
    })
}

/// Whether a failed save may be tried anew with the next free name.
pub const fn lost_the_name(error: &ServiceError) -> bool {
    matches!(error.code, ErrorCode::NameTaken)
}
