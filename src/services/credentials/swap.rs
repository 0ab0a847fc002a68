//! The swap itself: the new version is put in use, the one before is kept, and older ones are destroyed, in one transaction.

use std::collections::BTreeMap;

use crate::domain::{Actor, ConnectionId, GrantKind, IssueEnd, Timestamp};
use crate::dto::IdentityView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::checking::{EVERY_MS, Proof};
use crate::services::credentials::{at_rest, last_swap};
use crate::services::{App, ServiceError, access, grants, issues, leftovers, marketplace, save, views};
use crate::store::checks::{self, CheckRow};
use crate::store::connections::{ConnectionRow, find, update};
use crate::store::credentials::{self, CredentialRow};
use crate::store::grants::{GrantRow, find as grant_of, frozen_since};
use crate::store::{StoreError, Transaction};

/// How many versions are kept beside the one in use.
const KEPT: usize = 3;

/// A proven credential that is to replace the one in use.
pub(super) struct Change<'a> {
    /// The connection.
    pub connection: &'a ConnectionId,
    /// Its new open fields.
    pub config: &'a BTreeMap<String, String>,
    /// The check that proved the credential.
    pub check: &'a CheckRow,
    /// What the check proved.
    pub proof: &'a Proof,
    /// The version that the person saw in use; 0 for none.
    pub base: i64,
    /// Whether the person has agreed to another account.
    pub other_account: bool,
}

/// How a swap ended.
pub(super) enum Swapped {
    /// The new version is in use: its number.
    Done(Box<ConnectionRow>, i64),
    /// Somebody put another version in use since; nothing was changed.
    TooLate(String, Timestamp),
    /// It opens another account than this one; nothing was changed.
    OtherAccount(IdentityView),
}

/// Puts a proven credential in use, unless there is something to decide.
pub(super) async fn swap(app: &App, transaction: &mut Transaction, actor: &Actor, change: &Change<'_>) -> Result<Swapped, ServiceError> {
    let row = find(transaction.conn(), &actor.organization, change.connection).await?.ok_or_else(ServiceError::not_found)?;
    if !row.status.may_be_checked() {
        return Err(at_rest());
    }
    let versions = credentials::versions(transaction.conn(), &row.organization, &row.id).await?;
    let active = versions.iter().find(|version| version.active);
    if active.map_or(0, |version| version.version) != change.base {
        let (who, at) = last_swap(transaction.conn(), &row).await?;
        return Ok(Swapped::TooLate(who, at));
    }
    if !change.other_account && is_other(&row, &change.proof.identity) {
        return Ok(Swapped::OtherAccount(views::column("connections", "identity", row.id.as_str(), &row.identity)?));
    }
    if let Some(opened) = &change.proof.opened
        && !grants::has_app(transaction, &row.organization, opened).await?
    {
        return Err(grants::app_is_gone());
    }
    let number = versions.iter().map(|version| version.version).max().unwrap_or(0) + 1;
    let row = changed(app, row, change)?;
    let replaced = replaced(app, transaction, active, &row, change).await?;
    retire(transaction, active).await?;
    if let Some((before, grant)) = &replaced {
        leftovers::of_version(app, transaction, &row, before, grant.app.as_ref()).await?;
        credentials::destroy(transaction.conn(), &before.organization, &before.id).await?;
    }
    let version = save::version(app, access::member(actor)?, &row, &change.proof.payload, number)?;
    credentials::insert(transaction.conn(), &version).await?;
    if let Some(opened) = &change.proof.opened {
        grants::begin(app, transaction, &version, opened).await?;
    }
    let allowed = change.proof.opened.as_ref().is_some_and(|opened| opened.kind == GrantKind::Code);
    issues::resolve(app, transaction, &row, if allowed { IssueEnd::SignedIn } else { IssueEnd::Changed }, Some(actor)).await?;
    let kept: Vec<&CredentialRow> = versions.iter().filter(|version| replaced.is_none() || !version.active).collect();
    let erased = u64::from(replaced.is_some()) + destroy_oldest(transaction, active, kept).await?;
    update(transaction.conn(), &row).await?;
    checks::attach(transaction.conn(), &row.organization, &change.check.id, &row.id).await?;
    let mut facts = vec![Fact::Version(number), Fact::Account(row.account_id.clone()), Fact::Host(row.host.clone()), Fact::Erased(erased)];
    if replaced.is_some() {
        facts.push(Fact::Kept(false));
    }
    let event = AuditEvent::done("connection.credential_changed", Target::connection(&row.id, &row.name), facts);
    audit::record(app, transaction, actor.into(), event).await?;
    Ok(Swapped::Done(Box::new(row), number))
}

/// Whether the proven account is not, or not surely, the one that the connection opened before.
pub(super) fn is_other(row: &ConnectionRow, proven: &IdentityView) -> bool {
    !row.account_id.is_empty() && row.account_id != proven.account_id
}

/// The connection's row as it is after the swap.
fn changed(app: &App, mut row: ConnectionRow, change: &Change<'_>) -> Result<ConnectionRow, ServiceError> {
    let now = app.now();
    row.config = serde_json::to_string(change.config)?;
    row.account_id.clone_from(&change.proof.identity.account_id);
    row.account_name.clone_from(&change.proof.identity.account_name);
    row.identity = serde_json::to_string(&change.proof.identity)?;
    row.host.clone_from(&change.proof.host);
    row.status = row.status.check_passed().map_err(ServiceError::internal)?;
    row.last_check_id = Some(change.check.id.to_string());
    row.last_checked_at = Some(now);
    row.next_check_at = Some(now.plus_millis(EVERY_MS));
    row.failure_code = None;
    row.updated_at = now;
    row.edits += 1;
    Ok(row)
}

/// Takes the version in use out of use; `Conflict` when another transaction did so first.
pub(super) async fn retire(transaction: &mut Transaction, active: Option<&CredentialRow>) -> Result<(), ServiceError> {
    let Some(active) = active else { return Ok(()) };
    let retired = credentials::deactivate(transaction.conn(), &active.organization, &active.id).await?;
    if retired { Ok(()) } else { Err(StoreError::Conflict.into()) }
}

/// The version in use until now, where a person has allowed the same account anew and the provider ends its tokens alone: they would live on there, and nobody would
/// go back to them. Tokens of another account, those that another program may use too, and those of providers that end more with them are kept as any version is.
async fn replaced<'a>(
    app: &App,
    transaction: &mut Transaction,
    active: Option<&'a CredentialRow>,
    row: &ConnectionRow,
    change: &Change<'_>,
) -> Result<Option<(&'a CredentialRow, GrantRow)>, ServiceError> {
    let by_consent = change.proof.opened.as_ref().is_some_and(|opened| opened.kind == GrantKind::Code && opened.app.is_some());
    let Some(before) = active.filter(|before| by_consent && !before.account_id.is_empty() && before.account_id == row.account_id) else { return Ok(None) };
    let Some(grant) = grant_of(transaction.conn(), &before.organization, &before.id).await? else { return Ok(None) };
    let config = views::column("credentials", "config", before.id.as_str(), &before.config)?;
    let manifest = marketplace::find(app, &row.organization, &row.connector).await?;
    let revoke = manifest.as_deref().and_then(|manifest| manifest.oauth_of(&config)).and_then(|oauth| oauth.revoke.as_ref());
    let alone = grant.kind == GrantKind::Code && revoke.is_some_and(|revoke| revoke.alone);
    let ends = alone && frozen_since(transaction.conn(), &row.organization, &row.id).await?.is_none();
    Ok(ends.then_some((before, grant)))
}

/// Destroys all old versions but those that were in use last; how many.
async fn destroy_oldest(transaction: &mut Transaction, last: Option<&CredentialRow>, mut old: Vec<&CredentialRow>) -> Result<u64, ServiceError> {
    old.sort_by_key(|version| std::cmp::Reverse((last.is_some_and(|last| last.id == version.id), version.activated_at, version.version)));
    let mut erased = 0;
    for version in old.into_iter().skip(KEPT) {
        erased += u64::from(credentials::destroy(transaction.conn(), &version.organization, &version.id).await?);
    }
    Ok(erased)
}
