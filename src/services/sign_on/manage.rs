//! The providers of an organization.

use super::provider::{binding, redirect_uri};
use super::{domains, trouble_of};
use crate::config::issuer;
use crate::connect::oidc::{OidcProblem, Party};
use crate::domain::{Action, Actor, DisplayName, Role, SignOnId, SignOnKind};
use crate::dto::{SignOnProviderView, SignOnView};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, FieldError, ServiceError, access};
use crate::store::sign_on::{self, ProviderRow};
use crate::store::{Reader, identities, organizations, sign_on_domains};
use crate::vault::Secret;

/// The most providers of one organization.
const MOST: usize = 10;
/// The longest client id and client secret, in bytes.
const LONGEST: usize = 2_000;

/// A provider to add.
#[derive(Debug)]
pub struct NewProvider {
    /// `oidc`, `google`, `microsoft` or `github`.
    pub kind: String,
    /// What its button says; the kind's own name when empty.
    pub label: String,
    /// Its issuer; empty where the kind says it.
    pub issuer: String,
    /// Who Latchkey is there.
    pub client_id: String,
    /// Latchkey's secret there.
    pub client_secret: Secret<String>,
    /// Domains of people's addresses.
    pub domains: Vec<String>,
    /// The role of people who join by it: `viewer`, `developer`, `team_lead`, or empty or `none` when nobody does.
    pub join_role: String,
}

/// What is to change; what is none stays.
#[derive(Debug, Default)]
pub struct Change {
    /// What its button says.
    pub label: Option<String>,
    /// Another secret; an empty one stays as it was.
    pub client_secret: Option<Secret<String>>,
    /// The domains, all of them.
    pub domains: Option<Vec<String>>,
    /// As in [`NewProvider`].
    pub join_role: Option<String>,
    /// Whether people may use it.
    pub enabled: Option<bool>,
}

/// Who may look at and change an organization's providers.
pub(super) fn authorize(actor: &Actor) -> Result<(), ServiceError> {
    access::require_for(actor, Action::ManageOrganization, None)
}

/// One provider of the actor's organization.
pub(super) async fn find(app: &App, actor: &Actor, id: &str) -> Result<ProviderRow, ServiceError> {
    let id = SignOnId::parse(id).map_err(|_| ServiceError::not_found())?;
    sign_on::find(app.database.read().await?.conn(), &actor.organization, &id).await?.ok_or_else(ServiceError::not_found)
}

/// The providers of the actor's organization.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor) -> Result<SignOnView, ServiceError> {
    authorize(actor)?;
    let mut reader = app.database.read().await?;
    let mut providers = Vec::new();
    for row in sign_on::list(reader.conn(), &actor.organization).await? {
        providers.push(shown(app, &mut reader, row).await?);
    }
    Ok(SignOnView { providers, address: format!("{}/sign-in/at/{}", app.settings.public_url, actor.organization), now: app.now() })
}

/// One provider.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<SignOnProviderView, ServiceError> {
    authorize(actor)?;
    let row = find(app, actor, id).await?;
    shown(app, &mut app.database.read().await?, row).await
}

async fn shown(app: &App, reader: &mut Reader, row: ProviderRow) -> Result<SignOnProviderView, ServiceError> {
    let domains = sign_on_domains::list(reader.conn(), &row.organization, &row.id).await?;
    Ok(SignOnProviderView {
        people: identities::count_of_provider(reader.conn(), row.id.as_str()).await?,
        redirect_uri: redirect_uri(app, row.id.as_str()),
        id: row.id.to_string(),
        kind: row.kind,
        label: row.label,
        issuer: row.issuer,
        client_id: row.client_id,
        enabled: row.enabled,
        join_role: row.join_role,
        domains: domains.into_iter().map(domains::shown).collect(),
        updated_at: row.updated_at,
    })
}

/// Adds a provider, after it has answered as one.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `InvalidField`; `Conflict` when there are too many.
pub async fn add(app: &App, actor: &Actor, new: &NewProvider) -> Result<SignOnProviderView, ServiceError> {
    authorize(actor)?;
    access::require_fresh(app, actor)?;
    let (mut row, domains) = parse(app, actor, new)?;
    let party = Party { kind: row.kind, issuer: &row.issuer, client_id: &row.client_id };
    app.connect.oidc().meet(party).await.map_err(|problem| stranger(&problem))?;
    let sealed = app.keyring.seal(&binding(&row.organization, &row.id, 1), new.client_secret.expose().trim().as_bytes(), app.random.as_ref());
    row.sealed = sealed.bytes().to_vec();
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    if sign_on::list(transaction.conn(), &actor.organization).await?.len() >= MOST {
        return Err(ServiceError::conflict("An organisation can have 10 providers. Remove one first. Nothing was saved."));
    }
    sign_on::insert(transaction.conn(), &row).await?;
    domains::write(app, &mut transaction, &row.organization, &row.id, &domains).await?;
    let facts = vec![Fact::Issuer(row.issuer.clone())];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("sign_on.added", Target::sign_on(row.id.as_str(), &row.label), facts)).await?;
    transaction.commit().await?;
    view(app, actor, row.id.as_str()).await
}

/// The issuer does not answer as a provider: said to the admin, who has to know why.
fn stranger(problem: &OidcProblem) -> ServiceError {
    let why = match problem {
        OidcProblem::Unreachable(error) => error.to_string(),
        OidcProblem::Issuer => "It names another issuer. Copy the issuer exactly as the provider shows it, with or without the slash at its end.".to_owned(),
        _ => format!("It does not answer as a provider of OpenID Connect ({}).", problem.code()),
    };
    tracing::info!(%problem, trouble = trouble_of(problem).as_str(), "a provider was not added");
    ServiceError::invalid_field("issuer", why)
}

fn parse(app: &App, actor: &Actor, new: &NewProvider) -> Result<(ProviderRow, Vec<String>), ServiceError> {
    let mut wrong: Vec<FieldError> = Vec::new();
    let mut refuse = |field: &str, message: &str| wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    let kind = SignOnKind::parse(&new.kind).ok();
    if kind.is_none() {
        refuse("kind", "Choose OpenID Connect, Google, Microsoft or GitHub.");
    }
    let fixed = kind.and_then(SignOnKind::issuer).map(str::to_owned).filter(|_| new.issuer.trim().is_empty());
    let issuer = fixed.or_else(|| issuer(&new.issuer));
    if issuer.is_none() {
        refuse("issuer", "Use the address that the provider calls its issuer, such as https://login.example.com.");
    }
    let label = if new.label.trim().is_empty() { kind.map_or("", SignOnKind::title) } else { &new.label };
    let label = DisplayName::parse(label).ok();
    if label.is_none() {
        refuse("label", "Give it a name of 1 to 120 characters.");
    }
    let fits = |text: &str| (1..=LONGEST).contains(&text.trim().len()) && !text.trim().chars().any(char::is_control);
    if !fits(&new.client_id) {
        refuse("client_id", "Copy the client id from the provider.");
    }
    if !fits(new.client_secret.expose()) {
        refuse("client_secret", "Copy the client secret from the provider.");
    }
    let domains = domains::parse(new.domains.iter().map(String::as_str));
    if domains.is_err() {
        refuse("domains", "Use up to 20 domains such as example.com, separated by commas.");
    }
    let join_role = join_role(&new.join_role);
    if join_role.is_err() {
        refuse("join_role", "Choose viewer, developer or team lead, or nobody.");
    }
    let (Some(kind), Some(issuer), Some(label), Ok(domains), Ok(join_role), true) = (kind, issuer, label, domains, join_role, wrong.is_empty()) else {
        return Err(ServiceError::invalid_fields(wrong));
    };
    let row = ProviderRow {
        id: SignOnId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        kind,
        label: label.as_str().to_owned(),
        issuer,
        client_id: new.client_id.trim().to_owned(),
        key_id: app.keyring.active_id().to_hex(),
        sealed: Vec::new(),
        secret_version: 1,
        enabled: true,
        join_role,
        created_at: app.now(),
        updated_at: app.now(),
        row_version: 1,
    };
    Ok((row, domains))
}

/// Nobody becomes an admin by joining.
fn join_role(text: &str) -> Result<Option<Role>, ServiceError> {
    match Role::parse(text) {
        _ if matches!(text, "" | "none") => Ok(None),
        Ok(role @ (Role::TeamLead | Role::Developer | Role::Viewer)) => Ok(Some(role)),
        _ => Err(ServiceError::invalid_field("join_role", "Choose viewer, developer or team lead, or nobody.")),
    }
}

/// Changes a provider. Its issuer and client id stay: another provider is another one.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `NotFound`; `InvalidField`; `Conflict` when it was changed in the same moment.
pub async fn change(app: &App, actor: &Actor, id: &str, change: &Change) -> Result<SignOnProviderView, ServiceError> {
    authorize(actor)?;
    access::require_fresh(app, actor)?;
    let mut row = find(app, actor, id).await?;
    let mut changed = Vec::new();
    if let Some(label) = &change.label {
        let label = DisplayName::parse(label).map_err(|_| ServiceError::invalid_field("label", "Give it a name of 1 to 120 characters."))?;
        row.label = label.as_str().to_owned();
        changed.push("label");
    }
    if let Some(role) = &change.join_role {
        row.join_role = join_role(role)?;
        changed.push("join_role");
    }
    if let Some(enabled) = change.enabled {
        row.enabled = enabled;
        changed.push("enabled");
    }
    if let Some(secret) = change.client_secret.as_ref().filter(|secret| !secret.expose().trim().is_empty()) {
        if secret.expose().len() > LONGEST {
            return Err(ServiceError::invalid_field("client_secret", "Copy the client secret from the provider."));
        }
        row.secret_version += 1;
        row.key_id = app.keyring.active_id().to_hex();
        let sealed = app.keyring.seal(&binding(&row.organization, &row.id, row.secret_version), secret.expose().trim().as_bytes(), app.random.as_ref());
        row.sealed = sealed.bytes().to_vec();
        changed.push("client_secret");
    }
    row.updated_at = app.now();
    let domains = change.domains.as_ref().map(|texts| domains::parse(texts.iter().map(String::as_str))).transpose()?;
    let mut transaction = app.database.begin().await?;
    sign_on::update(transaction.conn(), &row).await?;
    if let Some(domains) = &domains {
        domains::write(app, &mut transaction, &row.organization, &row.id, domains).await?;
        changed.push("domains");
    }
    let target = Target::sign_on(row.id.as_str(), &row.label);
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("sign_on.changed", target, vec![Fact::Changed(changed)])).await?;
    transaction.commit().await?;
    view(app, actor, id).await
}

/// Removes a provider, its secret, and every connection of an account with it; what it was called.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `NotFound`.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    authorize(actor)?;
    access::require_fresh(app, actor)?;
    let row = find(app, actor, id).await?;
    let mut transaction = app.database.begin().await?;
    if !sign_on::delete(transaction.conn(), &row.organization, &row.id).await? {
        return Err(ServiceError::not_found());
    }
    let ended = identities::delete_of_provider(transaction.conn(), row.id.as_str()).await?;
    let target = Target::sign_on(row.id.as_str(), &row.label);
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("sign_on.removed", target, vec![Fact::Erased(ended)])).await?;
    transaction.commit().await?;
    Ok(row.label)
}
