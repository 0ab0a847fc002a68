//! The first start: a one-time link makes the organization and its first admin.

use crate::domain::Visitor;
use crate::dto::SetupView;
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::newcomer::{self, Newcomer};
use crate::services::{App, ErrorCode, ServiceError, SignedIn, limits, sign_in};
use crate::store::{organizations, schema_state, setup_links};
use crate::vault::{Secret, Token, TokenHash};

/// What the setup form sends.
#[derive(Debug)]
pub struct SetupForm {
    /// The organization's name.
    pub organization: String,
    /// The first admin's name.
    pub name: String,
    /// The first admin's address.
    pub email: String,
    /// The first admin's password.
    pub password: Secret<String>,
}

/// Makes the setup link of a fresh installation, replacing one that was not used; none once an organization exists.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn ensure_link(app: &App) -> Result<Option<Token>, ServiceError> {
    let mut transaction = app.database.begin().await?;
    if organizations::count(transaction.conn()).await? > 0 {
        return Ok(None);
    }
    let token = Token::generate(app.random.as_ref());
    setup_links::replace(transaction.conn(), token.hash().as_str(), app.now()).await?;
    let unused = setup_links::find(transaction.conn()).await?.is_some_and(|link| link.used_at.is_none());
    transaction.commit().await?;
    Ok(unused.then_some(token))
}

/// What the setup page shows.
///
/// # Errors
/// `SetupLinkInvalid` when the link is unknown or used.
pub async fn view(app: &App, token: &str) -> Result<SetupView, ServiceError> {
    require_unused(app, token).await?;
    let schema = schema_state(&app.database).await?;
    Ok(SetupView {
        public_url: app.settings.public_url.clone(),
        database: app.settings.database_engine.clone(),
        migrations: usize::try_from(schema.applied).unwrap_or_default(),
        key_source: app.settings.key_source.clone(),
        key_fingerprint: app.settings.key_fingerprint.clone(),
    })
}

/// Makes the organization and its first admin; of two at once, one wins.
///
/// # Errors
/// `SetupLinkInvalid`; `SlowDown` after too many links that did not fit; `InvalidField` for each wrong field.
pub async fn complete(app: &App, visitor: &Visitor, token: &str, form: SetupForm) -> Result<SignedIn, ServiceError> {
    if let Err(error) = require_unused(app, token).await {
        return Err(if error.code == ErrorCode::SetupLinkInvalid { refuse(app, visitor, error).await? } else { error });
    }
    let parsed = newcomer::parse(&form.organization, &form.name, &form.email, &form.password)?;
    let hash = sign_in::hash(app, &form.password).await?;
    found(app, visitor, token, parsed, hash).await
}

/// Records a link that did not fit, but not without end from one address. The link that fits is never turned away.
async fn refuse(app: &App, visitor: &Visitor, error: ServiceError) -> Result<ServiceError, ServiceError> {
    let mut transaction = app.database.begin().await?;
    if let Some(until) = limits::refused_link(app, &mut transaction, "setup.address", visitor.address).await? {
        return Ok(ServiceError::slow_down(until));
    }
    audit::record(app, &mut transaction, visitor.into(), AuditEvent::refused("setup.refused", Target::default(), Vec::new())).await?;
    transaction.commit().await?;
    Ok(error)
}

async fn found(app: &App, visitor: &Visitor, token: &str, newcomer: Newcomer, hash: String) -> Result<SignedIn, ServiceError> {
    let mut transaction = app.database.begin().await?;
    if !setup_links::use_up(transaction.conn(), TokenHash::of(token).as_str(), app.now()).await? || organizations::count(transaction.conn()).await? > 0 {
        return Err(ServiceError::of(ErrorCode::SetupLinkInvalid));
    }
    let (actor, signed_in) = newcomer::found(app, &mut transaction, visitor, &newcomer, hash, true).await?;
    let event = AuditEvent::done("setup.done", Target::organization(&signed_in.organization, &newcomer.organization), Vec::new());
    audit::record(app, &mut transaction, (&actor).into(), event).await?;
    transaction.commit().await?;
    Ok(signed_in)
}

async fn require_unused(app: &App, token: &str) -> Result<(), ServiceError> {
    let link = setup_links::find(app.database.read().await?.conn()).await?;
    let unused = link.is_some_and(|link| link.used_at.is_none() && TokenHash::of(token).matches(&link.token_hash));
    if unused { Ok(()) } else { Err(ServiceError::of(ErrorCode::SetupLinkInvalid)) }
}
