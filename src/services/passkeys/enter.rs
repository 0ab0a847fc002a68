//! Answers of authenticators, taken apart and compared; every reason to refuse one gets the same words.

use serde_json::Value;
use webauthn_rs::prelude::{PasskeyAuthentication, PublicKeyCredential};

use super::ceremony::{self, Purpose};
use crate::domain::{Actor, UserId, Visitor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::{self, Limits};
use crate::services::sign_in::{self, Entered, Pending, Proof, SignedIn};
use crate::services::{App, ErrorCode, ServiceError, access};
use crate::store::passkeys::{self, PasskeyRow};
use crate::store::{Transaction, users};

/// A passkey that answered rightly, and what is to be kept of it from now on.
struct Answered {
    row: PasskeyRow,
    credential: String,
}

/// Signs in whoever the passkey is of: possession and finger, face or PIN are both factors.
///
/// # Errors
/// `LoginFailed`, the same for every reason; `SlowDown` for an address that failed too often.
pub async fn sign_in(app: &App, visitor: &Visitor, ceremony: &str, answer: &str) -> Result<SignedIn, ServiceError> {
    if let Some(until) = limits::address_closed(app, visitor.address).await? {
        return Err(ServiceError::slow_down(until));
    }
    match examine(app, ceremony, answer, Purpose::SignIn, None).await? {
        Some(answered) => finish(app, visitor, answered).await,
        None => Err(failed(app, visitor).await?),
    }
}

/// Takes the second step of signing in with a passkey of the person who took the first.
///
/// # Errors
/// As [`sign_in`], and `SignInRequired` when the first step is more than five minutes ago.
pub async fn second_step(app: &App, visitor: &Visitor, pending: &Pending, ceremony: &str, answer: &str) -> Result<SignedIn, ServiceError> {
    let user = sign_in::waiting(app, pending).await?;
    match examine(app, ceremony, answer, Purpose::SecondStep, Some(&user.id)).await? {
        Some(answered) => finish(app, visitor, answered).await,
        None => Err(failed(app, visitor).await?),
    }
}

/// Confirms who the person is; the caller gives the session a new id and notes the time.
///
/// # Errors
/// `LoginFailed`, the same for every reason.
pub async fn confirm(app: &App, actor: &Actor, ceremony: &str, answer: &str) -> Result<(), ServiceError> {
    let user = access::person(actor)?;
    let answered = examine(app, ceremony, answer, Purpose::Confirm, Some(user)).await?;
    let mut transaction = app.database.begin().await?;
    let done = match &answered {
        Some(answered) => note(app, &mut transaction, answered).await?,
        None => false,
    };
    let facts = vec![Fact::Method(Proof::Passkey.as_str())];
    let event =
        if done { AuditEvent::done("sign_in.confirmed", Target::default(), facts) } else { AuditEvent::refused("sign_in.confirmed", Target::default(), facts) };
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    if done { Ok(()) } else { Err(refusal()) }
}

async fn finish(app: &App, visitor: &Visitor, answered: Answered) -> Result<SignedIn, ServiceError> {
    let user = users::find(app.database.read().await?.conn(), &answered.row.user).await?.filter(|user| !user.disabled);
    let Some(user) = user else { return Err(failed(app, visitor).await?) };
    let limits = Limits::of(app, &sign_in::account_key(&user.email), visitor).await?;
    let mut transaction = app.database.begin().await?;
    if note(app, &mut transaction, &answered).await?
        && let Entered::In(signed_in) = sign_in::pass(app, &mut transaction, visitor, &limits, &user, Proof::Passkey).await?
    {
        transaction.commit().await?;
        return Ok(signed_in);
    }
    drop(transaction);
    Err(failed(app, visitor).await?)
}

/// Keeps counter and flags; false when the passkey was used or removed meanwhile.
async fn note(app: &App, transaction: &mut Transaction, answered: &Answered) -> Result<bool, ServiceError> {
    Ok(passkeys::note_use(transaction.conn(), &answered.row, &answered.credential, app.now()).await?)
}

/// Compares an answer with what the ceremony waits for; none for whatever does not fit. The ceremony is used up in any case.
async fn examine(app: &App, ceremony: &str, answer: &str, purpose: Purpose, user: Option<&UserId>) -> Result<Option<Answered>, ServiceError> {
    let Some(state) = ceremony::take(app, ceremony, purpose, user).await? else { return Ok(None) };
    let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(None) };
    let mut reader = app.database.read().await?;
    let Some(row) = passkeys::find_by_credential(reader.conn(), &ceremony::credential_id(answer.get_credential_id())).await? else { return Ok(None) };
    // Without a named account the authenticator has to name the person (WebAuthn level 3, §7.2, step 6); with one it may.
    let named = match answer.get_user_unique_id() {
        Some(handle) => passkeys::user_of_handle(reader.conn(), &ceremony::handle_of(handle)).await?.as_ref() == Some(&row.user),
        None => user.is_some(),
    };
    if !named || user.is_some_and(|user| *user != row.user) {
        return Ok(None);
    }
    drop(reader);
    Ok(compare(app, &state, &answer, &row).map(|credential| Answered { row, credential }))
}

/// What is to be kept of the passkey after a right answer.
fn compare(app: &App, state: &str, answer: &PublicKeyCredential, row: &PasskeyRow) -> Option<String> {
    let mut passkey = ceremony::read(row)?;
    // The passkey as it is stored now takes the place of those that the ceremony began with: a findable one was not known then.
    let mut state: Value = serde_json::from_str(state).ok()?;
    let stored: Value = serde_json::from_str(&row.credential).ok()?;
    state["ast"]["credentials"] = Value::Array(vec![stored["cred"].clone()]);
    let state: PasskeyAuthentication = serde_json::from_value(state).ok()?;
    let result = ceremony::party(app).ok()?.finish_passkey_authentication(answer, &state).ok()?;
    if !result.user_verified() {
        return None;
    }
    passkey.update_credential(&result)?;
    serde_json::to_string(&passkey).ok()
}

/// Counts a failure against the address and records it.
async fn failed(app: &App, visitor: &Visitor) -> Result<ServiceError, ServiceError> {
    let mut transaction = app.database.begin().await?;
    limits::address_failed(app, &mut transaction, visitor.address).await?;
    let event = AuditEvent::refused("sign_in.failed", Target::default(), vec![Fact::Method(Proof::Passkey.as_str())]);
    audit::record(app, &mut transaction, visitor.into(), event).await?;
    transaction.commit().await?;
    Ok(refusal())
}

fn refusal() -> ServiceError {
    ServiceError::of(ErrorCode::LoginFailed).saying("This passkey does not work here, or no longer. Try again, or sign in another way.")
}
