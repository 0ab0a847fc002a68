//! How a person may sign in.

use super::doors;
use super::provider::find;
use crate::domain::{Actor, UserId};
use crate::dto::{MethodsView, SignOnChoice, SignOnIdentity};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ServiceError, access};
use crate::store::identities::{self, IdentityRow};
use crate::store::{Conn, sign_on, users};

/// How the person may sign in, and what can be connected besides.
///
/// # Errors
/// `Forbidden` for programs.
pub async fn methods(app: &App, actor: &Actor) -> Result<MethodsView, ServiceError> {
    let user = access::person(actor)?;
    let mut reader = app.database.read().await?;
    let password = has_password(reader.conn(), user).await?;
    let connected = identities::of_user(reader.conn(), user).await?;
    let own = sign_on::list(reader.conn(), &actor.organization).await?;
    drop(reader);
    let own = own.into_iter().filter(|row| row.enabled).map(|row| SignOnChoice { provider: row.id.to_string(), label: row.label });
    let free = |choice: &SignOnChoice| connected.iter().all(|identity| identity.provider != choice.provider);
    let choices = doors::choices(app).into_iter().chain(own).filter(free).collect();
    let may_disconnect = password || connected.len() > 1;
    let mut identities = Vec::new();
    for identity in connected {
        identities.push(shown(app, identity).await?);
    }
    Ok(MethodsView { password, identities, choices, may_disconnect, now: app.now() })
}

async fn shown(app: &App, identity: IdentityRow) -> Result<SignOnIdentity, ServiceError> {
    let provider = find(app, &identity.provider).await?;
    Ok(SignOnIdentity {
        usable: provider.as_ref().is_some_and(|provider| provider.enabled),
        label: provider.map_or(identity.issuer, |provider| provider.label),
        provider: identity.provider,
        email: identity.email,
        created_at: identity.created_at,
        used_at: identity.used_at,
    })
}

async fn has_password(on: Conn<'_>, user: &UserId) -> Result<bool, ServiceError> {
    Ok(users::find(on, user).await?.is_some_and(|user| user.password_hash.is_some()))
}

/// Disconnects the person's account at a provider; the last way of signing in stays.
///
/// # Errors
/// `FreshSignInRequired`; `NotFound`; `Conflict` when it is the last way.
pub async fn disconnect(app: &App, actor: &Actor, provider: &str) -> Result<String, ServiceError> {
    let user = access::person(actor)?;
    access::require_fresh(app, actor)?;
    access::require_own_account(app, actor).await?;
    let label = find(app, provider).await?.map(|provider| provider.label);
    let mut transaction = app.database.begin().await?;
    users::hold(transaction.conn(), user).await?;
    let connected = identities::of_user(transaction.conn(), user).await?;
    let identity = connected.iter().find(|identity| identity.provider == provider).ok_or_else(ServiceError::not_found)?;
    if connected.len() == 1 && !has_password(transaction.conn(), user).await? {
        return Err(ServiceError::conflict("This is your only way to sign in. Set a password first. Nothing was changed."));
    }
    let label = label.unwrap_or_else(|| identity.issuer.clone());
    identities::delete(transaction.conn(), user, provider).await?;
    let facts = vec![Fact::Provider(provider.to_owned()), Fact::Issuer(identity.issuer.clone())];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("sign_on.disconnected", Target::sign_on(provider, &label), facts)).await?;
    transaction.commit().await?;
    Ok(label)
}
