//! E-mail domains of an organization's providers, and whether the organization has proven that they are its own.

use crate::domain::{OrganizationId, SignOnId, Timestamp};
use crate::store::engine::{change, row, rows};
use crate::store::{Conn, StoreError};

/// The rule that one provider at most holds a proven domain; its name in [`StoreError::Duplicate`] begins with this.
pub const ONE_OWNER: &str = "sign_on_domains_";

type Raw = (String, String, Option<i64>);

/// A domain of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainRow {
    /// The domain, in lower case.
    pub domain: String,
    /// What its DNS must say to prove it; no secret.
    pub challenge: String,
    /// When it was proven; none before.
    pub verified_at: Option<Timestamp>,
}

fn domain((domain, challenge, verified_ms): Raw) -> DomainRow {
    DomainRow { domain, challenge, verified_at: verified_ms.map(Timestamp::from_millis) }
}

/// Adds a domain, and leaves one alone that is there.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(on: Conn<'_>, organization: &OrganizationId, provider: &SignOnId, row: &DomainRow) -> Result<(), StoreError> {
    change!(
        on,
        "INSERT INTO sign_on_domains (org_id, provider_id, domain, challenge, verified_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (provider_id, domain) DO NOTHING",
        organization.as_str(),
        provider.as_str(),
        row.domain.as_str(),
        row.challenge.as_str(),
        row.verified_at.map(Timestamp::millis),
    )?;
    Ok(())
}

/// The domains of a provider, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId, provider: &SignOnId) -> Result<Vec<DomainRow>, StoreError> {
    let sql = "SELECT domain, challenge, verified_ms FROM sign_on_domains WHERE org_id = $1 AND provider_id = $2 ORDER BY domain";
    Ok(rows!(on, Raw, sql, organization.as_str(), provider.as_str())?.into_iter().map(domain).collect())
}

/// Notes that a domain is proven; whether there is such a domain.
///
/// # Errors
/// [`StoreError`]; `Duplicate` when another provider holds it.
pub async fn verify(on: Conn<'_>, organization: &OrganizationId, provider: &SignOnId, domain: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE sign_on_domains SET verified_ms = $4 WHERE org_id = $1 AND provider_id = $2 AND domain = $3";
    Ok(change!(on, sql, organization.as_str(), provider.as_str(), domain, now.millis())? == 1)
}

/// Removes a domain.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(on: Conn<'_>, organization: &OrganizationId, provider: &SignOnId, domain: &str) -> Result<(), StoreError> {
    change!(on, "DELETE FROM sign_on_domains WHERE org_id = $1 AND provider_id = $2 AND domain = $3", organization.as_str(), provider.as_str(), domain)?;
    Ok(())
}

/// The organization whose provider, in use, holds this proven domain.
///
/// # Errors
/// [`StoreError`].
pub async fn organization_of(on: Conn<'_>, domain: &str) -> Result<Option<OrganizationId>, StoreError> {
    let sql = "SELECT p.org_id FROM sign_on_domains d JOIN sign_on_providers p ON p.id = d.provider_id \
               WHERE d.domain = $1 AND d.verified_ms IS NOT NULL AND p.enabled";
    let found = row!(on, (String,), sql, domain)?;
    found.map(|(id,)| OrganizationId::parse(&id).map_err(|_| StoreError::bad_row("sign_on_domains", "org_id", &id))).transpose()
}
