//! Passkeys (WebAuthn level 3): adding, naming and removing them, and proving by one who one is.

mod ceremony;
mod enter;

pub use ceremony::{Begun, Purpose, begin_add, begin_confirm, begin_second_step, begin_sign_in, possible};
pub use enter::{confirm, second_step, sign_in};

use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

use crate::domain::{Actor, DisplayName, PasskeyId, SessionId};
use crate::dto::{PasskeyView, SecurityView};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::second_factor::{self, drop_codes_of_nothing, ensure_codes, tell};
use crate::services::{App, ServiceError, access, sessions};
use crate::store::passkeys::PasskeyRow;
use crate::store::{StoreError, authenticators, passkeys, recovery_codes};
use crate::vault::Secret;

/// Passkeys of one person at most.
const MOST: usize = 20;

/// How the person signs in, and where they are signed in; `current` is the session that asks.
///
/// # Errors
/// `Forbidden` for programs.
pub async fn security(app: &App, actor: &Actor, current: Option<&SessionId>) -> Result<SecurityView, ServiceError> {
    let user = access::person(actor)?;
    let sessions = sessions::list(app, actor, current).await?;
    let fresh = access::require_fresh(app, actor).is_ok();
    let missing = second_factor::misses(app, actor).await?;
    let mut reader = app.database.read().await?;
    let app_on_since = authenticators::find(reader.conn(), user).await?.and_then(|row| row.turned_on_at);
    let codes_left = recovery_codes::count(reader.conn(), user).await?;
    let keys = passkeys::list(reader.conn(), user).await?;
    let keys = keys.into_iter().map(|row| PasskeyView { id: row.id.to_string(), name: row.name, created_at: row.created_at, used_at: row.used_at });
    Ok(SecurityView { app_on_since, codes_left, passkeys: keys.collect(), passkeys_possible: possible(app), missing, fresh, sessions, now: app.now() })
}

/// Adds the passkey that the browser made; the recovery codes when this is the first factor.
///
/// # Errors
/// `FreshSignInRequired`; `InvalidField` for a name; `Conflict` for an answer that does not fit, or was given before.
pub async fn add(app: &App, actor: &Actor, ceremony: &str, answer: &str, name: &str) -> Result<Option<Vec<Secret<String>>>, ServiceError> {
    access::require_fresh(app, actor)?;
    access::require_own_account(app, actor).await?;
    let user = second_factor::person(app, actor).await?;
    let name = named(name)?;
    let state = ceremony::take(app, ceremony, Purpose::Add, Some(&user.id)).await?;
    let credential =
        finish(app, state.as_deref(), answer).ok_or_else(|| ServiceError::conflict("This passkey could not be checked. Nothing was added. Try again."))?;
    let row = PasskeyRow {
        id: PasskeyId::generate(app.clock.as_ref(), app.random.as_ref()),
        user: user.id.clone(),
        credential_id: credential.0,
        name: name.as_str().to_owned(),
        credential: credential.1,
        created_at: app.now(),
        used_at: None,
    };
    let mut transaction = app.database.begin().await?;
    if passkeys::list(transaction.conn(), &user.id).await?.len() >= MOST {
        return Err(ServiceError::conflict("You have twenty passkeys. Remove one first. Nothing was added."));
    }
    passkeys::insert(transaction.conn(), &row).await.map_err(|error| match error {
        StoreError::Duplicate(_) => ServiceError::conflict("This passkey is in use already. Nothing was added."),
        other => other.into(),
    })?;
    let codes = ensure_codes(app, &mut transaction, &user.id).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("passkey.added", Target::passkey(&row.id, &row.name), Vec::new())).await?;
    tell(app, &mut transaction, &user, "A passkey was added to your account", &format!("The passkey \u{201c}{}\u{201d} was added to your account.", row.name))
        .await?;
    transaction.commit().await?;
    Ok(codes)
}

/// The authenticator's id and what is kept of a new passkey; none when the answer is not the one that was waited for.
fn finish(app: &App, state: Option<&str>, answer: &str) -> Option<(String, String)> {
    let state: PasskeyRegistration = serde_json::from_str(state?).ok()?;
    let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
    let passkey = ceremony::party(app).ok()?.finish_passkey_registration(&answer, &state).ok()?;
    let id = ceremony::credential_id(passkey.cred_id());
    serde_json::to_string(&passkey).ok().map(|kept| (id, kept))
}

/// Gives a passkey another name.
///
/// # Errors
/// `NotFound` for an id that is unknown, malformed or somebody else's; `InvalidField`.
pub async fn rename(app: &App, actor: &Actor, id: &str, name: &str) -> Result<(), ServiceError> {
    let user = access::person(actor)?;
    let id = PasskeyId::parse(id).map_err(|_| ServiceError::not_found())?;
    let name = named(name)?;
    let mut transaction = app.database.begin().await?;
    if !passkeys::rename(transaction.conn(), user, &id, name.as_str()).await? {
        return Err(ServiceError::not_found());
    }
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("passkey.renamed", Target::passkey(&id, name.as_str()), Vec::new())).await?;
    transaction.commit().await?;
    Ok(())
}

/// Takes a passkey away; its name.
///
/// # Errors
/// `FreshSignInRequired`; `NotFound` for an id that is unknown, malformed or somebody else's.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    access::require_fresh(app, actor)?;
    access::require_own_account(app, actor).await?;
    let user = second_factor::person(app, actor).await?;
    let id = PasskeyId::parse(id).map_err(|_| ServiceError::not_found())?;
    let mut transaction = app.database.begin().await?;
    let name = passkeys::delete(transaction.conn(), &user.id, &id).await?.ok_or_else(ServiceError::not_found)?;
    drop_codes_of_nothing(&mut transaction, &user.id).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("passkey.removed", Target::passkey(&id, &name), Vec::new())).await?;
    tell(
        app,
        &mut transaction,
        &user,
        "A passkey was removed from your account",
        &format!("The passkey \u{201c}{name}\u{201d} was removed from your account."),
    )
    .await?;
    transaction.commit().await?;
    Ok(name)
}

fn named(name: &str) -> Result<DisplayName, ServiceError> {
    DisplayName::parse(name).map_err(|_| ServiceError::invalid_field("name", "Give it a name of 1 to 120 characters."))
}
