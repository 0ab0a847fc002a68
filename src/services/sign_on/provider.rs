//! A provider, wherever it comes from.

use crate::config::{Config, SignOnProvider};
use crate::connect::oidc::Party;
use crate::domain::{OrganizationId, Role, SignOnId, SignOnKind};
use crate::services::{App, ServiceError};
use crate::store::sign_on::{self, ProviderRow};
use crate::vault::{Binding, Secret};

/// What the operator's configuration offers to everybody.
#[derive(Debug, Default)]
pub struct Offered {
    /// Providers for everybody, by name.
    pub providers: Vec<SignOnProvider>,
    /// Domains that the operator vouches for, each for one organization.
    pub verified_domains: Vec<(String, OrganizationId)>,
}

impl Offered {
    /// What a configuration offers.
    pub fn of(config: &Config) -> Self {
        let copy = |one: &SignOnProvider| SignOnProvider {
            name: one.name.clone(),
            kind: one.kind,
            label: one.label.clone(),
            issuer: one.issuer.clone(),
            client_id: one.client_id.clone(),
            client_secret: one.client_secret.duplicate(),
        };
        Self { providers: config.sign_on.providers.iter().map(copy).collect(), verified_domains: config.sign_in.verified_domains.clone() }
    }

    /// Whether the operator vouches that `domain` is this organization's.
    pub fn vouches(&self, organization: &OrganizationId, domain: &str) -> bool {
        self.verified_domains.iter().any(|(known, of)| known == domain && of == organization)
    }
}

/// A provider that somebody chose.
#[derive(Debug)]
pub struct Provider {
    /// Its id, or its name in the configuration.
    pub key: String,
    /// The organization that it belongs to; none for one of the configuration.
    pub organization: Option<OrganizationId>,
    /// How it is spoken to.
    pub kind: SignOnKind,
    /// What its button says.
    pub label: String,
    /// Its issuer.
    pub issuer: String,
    /// Who Latchkey is there.
    pub client_id: String,
    /// Whether people may use it.
    pub enabled: bool,
    /// The role of people who join by it.
    pub join_role: Option<Role>,
    /// Latchkey's secret there.
    pub secret: Secret<String>,
}

impl Provider {
    /// The same for the protocol.
    pub fn party(&self) -> Party<'_> {
        Party { kind: self.kind, issuer: &self.issuer, client_id: &self.client_id }
    }

    /// The owner, as identities and attempts name it: the organization, or nothing.
    pub fn owner(&self) -> &str {
        self.organization.as_ref().map_or("", OrganizationId::as_str)
    }
}

/// Finds a provider by its id or name, for somebody who is about to use it.
pub(super) async fn find(app: &App, key: &str) -> Result<Option<Provider>, ServiceError> {
    if let Some(one) = app.sign_on.providers.iter().find(|one| one.name == key) {
        return Ok(Some(Provider {
            key: one.name.clone(),
            organization: None,
            kind: one.kind,
            label: one.label.clone(),
            issuer: one.issuer.clone(),
            client_id: one.client_id.clone(),
            enabled: true,
            join_role: None,
            secret: one.client_secret.duplicate(),
        }));
    }
    let Ok(id) = SignOnId::parse(key) else { return Ok(None) };
    let row = sign_on::find_for_visitor(app.database.read().await?.conn(), &id).await?;
    row.map(|row| opened(app, row)).transpose()
}

fn opened(app: &App, row: ProviderRow) -> Result<Provider, ServiceError> {
    let bytes = app.keyring.open(&binding(&row.organization, &row.id, row.secret_version), &row.sealed)?;
    let secret = Secret::new(String::from_utf8_lossy(bytes.expose()).into_owned());
    Ok(Provider {
        key: row.id.to_string(),
        organization: Some(row.organization),
        kind: row.kind,
        label: row.label,
        issuer: row.issuer,
        client_id: row.client_id,
        enabled: row.enabled,
        join_role: row.join_role,
        secret,
    })
}

/// What a client secret is sealed for.
pub(super) fn binding<'a>(organization: &'a OrganizationId, id: &'a SignOnId, version: i64) -> Binding<'a> {
    Binding { organization: organization.as_str(), kind: "sign_on", record: id.as_str(), field: "client_secret", version: version.unsigned_abs() }
}

/// The one address that a provider leads back to: from the configuration, whatever a request says.
pub(super) fn redirect_uri(app: &App, key: &str) -> String {
    format!("{}/sign-in/callback/{key}", app.settings.public_url)
}
