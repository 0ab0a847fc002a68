//! The second factor: an authenticator app, recovery codes, and what an organization asks for.

mod app_codes;
mod operator;
mod recovery;
mod rule;

use zeroize::Zeroizing;

pub use operator::take_away;
pub use recovery::new_codes;
pub use rule::{misses, rule, set_rule};

use crate::domain::{Actor, Email, UserId};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::{Gate, Limits};
use crate::services::mail::{self, Letter};
use crate::services::{App, ErrorCode, ServiceError, access, sign_in};
use crate::store::authenticators::{self, AuthenticatorRow};
use crate::store::users::{self, UserRow};
use crate::store::{Transaction, recovery_codes};
use crate::vault::{Binding, Secret};

/// What kind of code was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Used {
    /// One of the authenticator app.
    App,
    /// A recovery code, which is gone now.
    Recovery,
}

/// The key of an authenticator app that is being set up.
#[derive(Debug)]
pub struct SetUp {
    /// How many squares wide and high the picture is.
    pub size: usize,
    /// The dark squares as an SVG path.
    pub squares: Secret<String>,
    /// The key as text, in groups of four.
    pub key: Secret<String>,
}

/// Uses a code of the authenticator app, or a recovery code, up; none when it does not fit or was used before.
pub(super) async fn use_code(app: &App, transaction: &mut Transaction, user: &UserRow, code: &Secret<String>) -> Result<Option<Used>, ServiceError> {
    let row = authenticators::find(transaction.conn(), &user.id).await?.filter(|row| row.turned_on_at.is_some());
    if let Some(row) = row
        && use_app_code(app, transaction, user, &row, code).await?
    {
        return Ok(Some(Used::App));
    }
    Ok(recovery::use_up(app, transaction, user, code).await?.then_some(Used::Recovery))
}

async fn use_app_code(app: &App, transaction: &mut Transaction, user: &UserRow, row: &AuthenticatorRow, code: &Secret<String>) -> Result<bool, ServiceError> {
    let seed = open(app, row)?;
    match app_codes::step_of(&seed, &user.email, code.expose(), app.now())? {
        Some(step) => Ok(authenticators::use_step(transaction.conn(), &user.id, row.version, step).await?),
        None => Ok(false),
    }
}

/// Begins to set up an authenticator app, in place of a set-up that was not ended.
///
/// # Errors
/// `FreshSignInRequired`; `Conflict` when an app is on.
pub async fn begin(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    access::require_fresh(app, actor)?;
    access::require_own_account(app, actor).await?;
    let user = access::person(actor)?;
    let mut transaction = app.database.begin().await?;
    let before = authenticators::find(transaction.conn(), user).await?;
    let version = before.map_or(1, |row| row.version.saturating_add(1));
    let mut seed = Zeroizing::new([0_u8; app_codes::SEED_BYTES]);
    app.random.fill(seed.as_mut_slice());
    let sealed = app.keyring.seal(&binding(user, version), seed.as_slice(), app.random.as_ref()).bytes().to_vec();
    let row = AuthenticatorRow { user: user.clone(), version, sealed, turned_on_at: None, created_at: app.now() };
    if !authenticators::begin(transaction.conn(), &row, &app.keyring.active_id().to_hex()).await? {
        return Err(ServiceError::conflict("An authenticator app is on already. Turn it off first to set up another one. Nothing was changed."));
    }
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("second_factor.begun", Target::default(), Vec::new())).await?;
    transaction.commit().await?;
    Ok(())
}

/// The key of the app that is being set up, as a picture and as text: the only time it leaves the vault.
///
/// # Errors
/// `FreshSignInRequired`; `NotFound` when none is being set up.
pub async fn set_up_view(app: &App, actor: &Actor) -> Result<SetUp, ServiceError> {
    access::require_fresh(app, actor)?;
    access::require_own_account(app, actor).await?;
    let (user, row) = pending(app, actor).await?;
    app_codes::picture(&open(app, &row)?, &user.email)
}

/// Turns the app on, with a code that it shows; the recovery codes when these are the first.
///
/// # Errors
/// `FreshSignInRequired`; `NotFound` when none is being set up; `InvalidField` for a code that does not fit.
pub async fn turn_on(app: &App, actor: &Actor, code: &Secret<String>) -> Result<Option<Vec<Secret<String>>>, ServiceError> {
    access::require_fresh(app, actor)?;
    access::require_own_account(app, actor).await?;
    let (user, row) = pending(app, actor).await?;
    let limits = count_try(app, actor, &user).await?;
    let mut transaction = app.database.begin().await?;
    if !use_app_code(app, &mut transaction, &user, &row, code).await? {
        drop(transaction);
        return Err(refuse(app, actor, "second_factor.on", "Nothing was turned on.").await?);
    }
    limits.clear_account(&mut transaction).await?;
    if !authenticators::turn_on(transaction.conn(), &user.id, row.version, app.now()).await? {
        return Err(ServiceError::of(ErrorCode::Conflict));
    }
    let codes = recovery::ensure(app, &mut transaction, &user.id).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("second_factor.on", Target::default(), vec![Fact::Method("app")])).await?;
    tell(app, &mut transaction, &user, "Signing in takes a second step now", "An authenticator app was added to your account.").await?;
    transaction.commit().await?;
    Ok(codes)
}

/// Turns the app off, with a code.
///
/// # Errors
/// `FreshSignInRequired`; `NotFound` when none is on; `InvalidField` for a code that does not fit; `SlowDown` after too many.
pub async fn turn_off(app: &App, actor: &Actor, code: &Secret<String>) -> Result<(), ServiceError> {
    access::require_fresh(app, actor)?;
    access::require_own_account(app, actor).await?;
    let user = person(app, actor).await?;
    authenticators::find(app.database.read().await?.conn(), &user.id).await?.filter(|row| row.turned_on_at.is_some()).ok_or_else(ServiceError::not_found)?;
    let limits = count_try(app, actor, &user).await?;
    let mut transaction = app.database.begin().await?;
    if use_code(app, &mut transaction, &user, code).await?.is_none() {
        drop(transaction);
        return Err(refuse(app, actor, "second_factor.off", "The app is still on.").await?);
    }
    limits.clear_account(&mut transaction).await?;
    authenticators::delete(transaction.conn(), &user.id).await?;
    drop_codes_of_nothing(&mut transaction, &user.id).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("second_factor.off", Target::default(), vec![Fact::Method("app")])).await?;
    tell(app, &mut transaction, &user, "Your authenticator app was turned off", "Signing in no longer asks for a code of your authenticator app.").await?;
    transaction.commit().await?;
    Ok(())
}

/// Recovery codes stand in for a factor; without one they open nothing and go.
pub(super) async fn drop_codes_of_nothing(transaction: &mut Transaction, user: &UserId) -> Result<(), ServiceError> {
    if !authenticators::has_second_factor(transaction.conn(), user).await? {
        recovery_codes::delete(transaction.conn(), user).await?;
    }
    Ok(())
}

/// The recovery codes of somebody who has none left; none otherwise.
pub(super) async fn ensure_codes(app: &App, transaction: &mut Transaction, user: &UserId) -> Result<Option<Vec<Secret<String>>>, ServiceError> {
    recovery::ensure(app, transaction, user).await
}

/// Tells a person by letter that something about signing in has changed.
pub(super) async fn tell(app: &App, transaction: &mut Transaction, user: &UserRow, subject: &str, what: &str) -> Result<(), ServiceError> {
    let Ok(to) = Email::parse(&user.email) else { return Ok(()) };
    let url = &app.settings.public_url;
    let text = format!("Hello {},\n\n{what}\n\nIf that was not you, change your password and end all other sessions:\n{url}/account/security\n", user.name);
    mail::queue(app, transaction, &to, &Letter { subject: subject.to_owned(), text: Secret::new(text) }).await
}

/// The person behind a member.
pub(super) async fn person(app: &App, actor: &Actor) -> Result<UserRow, ServiceError> {
    let user = access::person(actor)?;
    users::find(app.database.read().await?.conn(), user).await?.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))
}

async fn pending(app: &App, actor: &Actor) -> Result<(UserRow, AuthenticatorRow), ServiceError> {
    let user = person(app, actor).await?;
    let row = authenticators::find(app.database.read().await?.conn(), &user.id).await?;
    row.filter(|row| row.turned_on_at.is_none()).map(|row| (user, row)).ok_or_else(ServiceError::not_found)
}

/// Codes are counted wherever they are tried, so that no door lets somebody guess on.
async fn count_try(app: &App, actor: &Actor, user: &UserRow) -> Result<Limits, ServiceError> {
    let limits = Limits::of_actor(app, &sign_in::account_key(&user.email), actor);
    match limits.enter(app).await? {
        Gate::Open => Ok(limits),
        Gate::Closed { until, .. } => Err(ServiceError::slow_down(until)),
    }
}

/// Records a code that did not fit and words the refusal.
async fn refuse(app: &App, actor: &Actor, action: &'static str, rest: &str) -> Result<ServiceError, ServiceError> {
    audit::record_alone(app, actor.into(), AuditEvent::refused(action, Target::default(), vec![Fact::Method("code")])).await?;
    let message = "This code does not fit, or was used before. Wait for the next one.";
    Ok(ServiceError::invalid_field("code", message).saying(format!("{message} {rest}")))
}

fn open(app: &App, row: &AuthenticatorRow) -> Result<Secret<Vec<u8>>, ServiceError> {
    Ok(app.keyring.open(&binding(&row.user, row.version), &row.sealed)?)
}

fn binding(user: &UserId, version: i64) -> Binding<'_> {
    Binding { organization: "system", kind: "authenticator", record: user.as_str(), field: "seed", version: version.unsigned_abs() }
}
