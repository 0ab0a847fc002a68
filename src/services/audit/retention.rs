//! How long an organization keeps its entries.

use subtle::ConstantTimeEq;

use super::{AuditEvent, Fact, Target, entry_mac, pruned_seal, record};
use crate::domain::{Action, Actor, Timestamp};
use crate::dto::AuditRetention;
use crate::services::{App, ServiceError, access};
use crate::store::audit::{Place, prune as rows};
use crate::store::organizations;

const DAY_MS: i64 = 24 * 3_600_000;
/// The fewest days that an organization can keep.
pub const LEAST_DAYS: i64 = 30;
const MOST_DAYS: i64 = 36_500;
/// Entries that lose their content in one transaction.
const BATCH: i64 = 500;

/// How long the actor's organization keeps its entries.
///
/// # Errors
/// `Forbidden`.
pub async fn retention(app: &App, actor: &Actor) -> Result<AuditRetention, ServiceError> {
    access::require_for(actor, Action::ManageOrganization, None)?;
    let kept = rows::of(app.database.read().await?.conn(), &actor.organization).await?.ok_or_else(ServiceError::not_found)?;
    let erased_before = Some(kept.pruned_until).filter(|until| until.millis() > 0);
    Ok(AuditRetention { days: kept.days, erased_before })
}

/// Sets how many days the actor's organization keeps its entries; 0 for always.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `InvalidField` for fewer than 30 days.
pub async fn set_retention(app: &App, actor: &Actor, days: i64) -> Result<(), ServiceError> {
    access::require_for(actor, Action::ManageOrganization, None)?;
    access::require_fresh(app, actor)?;
    if days != 0 && !(LEAST_DAYS..=MOST_DAYS).contains(&days) {
        return Err(ServiceError::invalid_field("days", "Keep entries for 30 days or more, or for ever."));
    }
    let mut transaction = app.database.begin().await?;
    let organization = organizations::find(transaction.conn(), &actor.organization).await?.ok_or_else(ServiceError::not_found)?;
    rows::set_days(transaction.conn(), &actor.organization, days).await?;
    let target = Target::organization(&organization.id, &organization.name);
    record(app, &mut transaction, actor.into(), AuditEvent::done("audit.retention_changed", target, vec![Fact::Days(days)])).await?;
    transaction.commit().await?;
    Ok(())
}

/// Takes the content of what organizations do not keep; how many entries. Places and MACs stay, so that the chains can still be verified.
/// An entry that does not fit its own MAC keeps its content: it is evidence.
///
/// # Errors
/// [`ServiceError`]; what was taken before stays taken.
pub async fn prune(app: &App) -> Result<u64, ServiceError> {
    let all = rows::all(app.database.read().await?.conn()).await?;
    let mut taken = 0;
    for kept in all {
        let until = app.now().plus_millis(-kept.days.saturating_mul(DAY_MS));
        let mut after = Place { at: kept.pruned_until, seq: i64::MIN, node: String::new() };
        while let Some((count, last)) = batch(app, &kept, &after, until).await? {
            taken += count;
            after = last;
        }
    }
    Ok(taken)
}

/// One batch; none when that was the last.
async fn batch(app: &App, kept: &rows::Retention, after: &Place, until: Timestamp) -> Result<Option<(u64, Place)>, ServiceError> {
    if until <= kept.pruned_until {
        return Ok(None);
    }
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &kept.organization).await?;
    // Somebody may have decided otherwise meanwhile.
    if rows::of(transaction.conn(), &kept.organization).await?.is_none_or(|now| now.days != kept.days) {
        return Ok(None);
    }
    let due = rows::due(transaction.conn(), &kept.organization, after, until, BATCH).await?;
    let Some(last) = due.last().map(Place::of) else {
        rows::set_pruned(transaction.conn(), &kept.organization, until).await?;
        transaction.commit().await?;
        return Ok(None);
    };
    let mut count = 0;
    for row in due.iter().filter(|row| bool::from(entry_mac(&app.audit_key, row).ct_eq(&row.mac))) {
        count += u64::from(rows::blank(transaction.conn(), row, &hex::encode(pruned_seal(&app.audit_key, row))).await?);
    }
    if count > 0 {
        let job = Actor::job(kept.organization.clone(), "audit.retention");
        record(app, &mut transaction, (&job).into(), AuditEvent::done("audit.pruned", Target::log(), vec![Fact::Count(count)])).await?;
    }
    transaction.commit().await?;
    Ok(Some((count, last)))
}
