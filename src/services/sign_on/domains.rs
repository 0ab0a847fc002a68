//! Whose a domain is: proven by a text in its DNS, or vouched for by the operator.

use super::manage::{authorize, find};
use crate::domain::{Actor, OrganizationId, SignOnId};
use crate::dto::{SignOnDomain, SignOnProviderView};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ServiceError, access};
use crate::store::sign_on_domains::{self, DomainRow};
use crate::store::{StoreError, Transaction};
use crate::vault::Token;

/// The most domains of one provider.
const MOST: usize = 20;

/// Where the text stands.
fn record_name(domain: &str) -> String {
    format!("_latchkey-challenge.{domain}")
}

/// What it says.
fn record_value(challenge: &str) -> String {
    format!("latchkey-verification={challenge}")
}

/// A domain as it is shown.
pub(super) fn shown(row: DomainRow) -> SignOnDomain {
    SignOnDomain { record_name: record_name(&row.domain), record_value: record_value(&row.challenge), domain: row.domain, verified_at: row.verified_at }
}

/// Reads domains that somebody typed.
pub(super) fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>, ServiceError> {
    let mut domains: Vec<String> =
        texts.into_iter().map(|text| text.trim().trim_start_matches('@').to_ascii_lowercase()).filter(|text| !text.is_empty()).collect();
    domains.sort_unstable();
    domains.dedup();
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_domain = |domain: &String| {
        domain.len() <= 230
            && domain.contains('.')
            && domain.split('.').all(label)
            && domain.rsplit('.').next().is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if domains.len() > MOST || !domains.iter().all(is_domain) {
        return Err(ServiceError::invalid_field("domains", "Use up to 20 domains such as example.com, separated by commas."));
    }
    Ok(domains)
}

/// Makes the domains of a provider these; what was proven and stays is still proven.
pub(super) async fn write(
    app: &App,
    transaction: &mut Transaction,
    organization: &OrganizationId,
    provider: &SignOnId,
    domains: &[String],
) -> Result<(), ServiceError> {
    for old in sign_on_domains::list(transaction.conn(), organization, provider).await? {
        if !domains.contains(&old.domain) {
            sign_on_domains::delete(transaction.conn(), organization, provider, &old.domain).await?;
        }
    }
    for domain in domains {
        let verified_at = app.sign_on.vouches(organization, domain).then(|| app.now());
        let row = DomainRow { domain: domain.clone(), challenge: Token::generate(app.random.as_ref()).expose().clone(), verified_at };
        sign_on_domains::insert(transaction.conn(), organization, provider, &row).await.map_err(|error| taken(error, domain))?;
    }
    Ok(())
}

fn taken(error: StoreError, domain: &str) -> ServiceError {
    match error {
        StoreError::Duplicate(rule) if rule.starts_with(sign_on_domains::ONE_OWNER) => {
            ServiceError::conflict(format!("{domain} is proven by another provider already. Remove it there first. Nothing was saved."))
        }
        error => error.into(),
    }
}

/// Looks for the text in the DNS of a domain, and notes that it is proven.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `NotFound` for a provider or domain that there is not; `Conflict` when the text is not there, or another provider holds the domain.
pub async fn prove(app: &App, actor: &Actor, id: &str, domain: &str) -> Result<SignOnProviderView, ServiceError> {
    authorize(actor)?;
    access::require_fresh(app, actor)?;
    let row = find(app, actor, id).await?;
    let domains = sign_on_domains::list(app.database.read().await?.conn(), &row.organization, &row.id).await?;
    let domain = domains.into_iter().find(|known| known.domain == domain.trim().to_ascii_lowercase()).ok_or_else(ServiceError::not_found)?;
    if domain.verified_at.is_none() {
        if !app.sign_on.vouches(&row.organization, &domain.domain) {
            require_text(app, &domain).await?;
        }
        let mut transaction = app.database.begin().await?;
        let done = sign_on_domains::verify(transaction.conn(), &row.organization, &row.id, &domain.domain, app.now()).await;
        if !done.map_err(|error| taken(error, &domain.domain))? {
            return Err(ServiceError::not_found());
        }
        let facts = vec![Fact::Domain(domain.domain.clone())];
        audit::record(app, &mut transaction, actor.into(), AuditEvent::done("sign_on.domain_proven", Target::sign_on(row.id.as_str(), &row.label), facts))
            .await?;
        transaction.commit().await?;
    }
    super::manage::view(app, actor, id).await
}

async fn require_text(app: &App, domain: &DomainRow) -> Result<(), ServiceError> {
    let name = record_name(&domain.domain);
    let found = app.connect.oidc().texts(&name, app.random.as_ref()).await.map_err(|error| {
        ServiceError::conflict(format!("The DNS of {} does not answer. Nothing was saved. Try again in a minute.", domain.domain)).caused_by(error)
    })?;
    if found.iter().any(|text| text.trim() == record_value(&domain.challenge)) {
        return Ok(());
    }
    Err(ServiceError::conflict(format!(
        "The DNS of {} does not say so yet. Add the TXT record {name} first; it can take an hour until everybody sees it. Nothing was saved.",
        domain.domain
    )))
}
