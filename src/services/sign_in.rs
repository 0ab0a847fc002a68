//! Signing in and out, and who is behind a session.

mod confirm;
mod enter;
mod second_step;

pub use confirm::{Shown, confirm, confirm_view};
pub(in crate::services) use enter::pass;
pub use enter::{Entered, PENDING_MS, Pending, Proof, enter};
pub(in crate::services) use second_step::waiting;
pub use second_step::{second_step, second_step_view};

use unicode_normalization::UnicodeNormalization;

use crate::domain::{Actor, ActorKind, Email, MemberId, OrganizationId, Role, Timestamp, UserId, Visitor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::{Gate, Limits};
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::members::{self, MemberPerson, MemberRow};
use crate::store::users::{self, UserRow};
use crate::vault::{PasswordHasher, PasswordHashingError, Secret};

/// The longest password that is looked at, in bytes.
const LONGEST: usize = 1_024;

/// Who has just signed in, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub user: UserId,
    /// The organization.
    pub organization: OrganizationId,
    /// The membership.
    pub member: MemberId,
    /// Whether only the organization's own provider vouched for the person.
    pub confined: bool,
}

/// Takes the first step with a password.
///
/// # Errors
/// `LoginFailed`, the same for every reason; `SlowDown` with a time after too many tries.
pub async fn first_step(app: &App, visitor: &Visitor, email: &str, password: &Secret<String>) -> Result<Entered, ServiceError> {
    let account = account_key(email);
    let limits = Limits::of(app, &account, visitor).await?;
    if let Gate::Closed { until, first } = limits.enter(app).await? {
        return Err(closed(app, visitor, &limits, until, first).await?);
    }
    let found = find(app, &account).await?;
    let matches = verify(app, password, found.as_ref().and_then(|user| user.password_hash.as_deref())).await?;
    let Some(user) = found.filter(|_| matches) else {
        let mut transaction = app.database.begin().await?;
        limits.count_failure(app, &mut transaction).await?;
        let facts = vec![Fact::EmailMac(limits.account_mac().to_owned()), Fact::Method("password")];
        audit::record(app, &mut transaction, visitor.into(), AuditEvent::refused("sign_in.failed", Target::default(), facts)).await?;
        transaction.commit().await?;
        return Err(ServiceError::of(ErrorCode::LoginFailed));
    };
    let stronger = match user.password_hash.as_deref().filter(|stored| PasswordHasher::needs_rehash(stored)) {
        Some(weak) => rehash(app, password, weak).await?.map(|hash| (weak, hash)),
        None => None,
    };
    let mut transaction = app.database.begin().await?;
    if let Some((weak, hash)) = stronger {
        // One that was changed meanwhile stays.
        users::exchange_password_hash(transaction.conn(), &user.id, weak, &hash).await?;
    }
    let entered = pass(app, &mut transaction, visitor, &limits, &user, Proof::Password).await?;
    transaction.commit().await?;
    Ok(entered)
}

/// Signs a person in to the first organization they belong to, who has no second factor.
///
/// # Errors
/// Those of [`sign_in_with`].
pub async fn sign_in(app: &App, visitor: &Visitor, email: &str, password: &Secret<String>) -> Result<SignedIn, ServiceError> {
    sign_in_with(app, visitor, email, password, None).await
}

/// Signs a person in with a password and, where one is due, a code, in one call.
///
/// # Errors
/// `LoginFailed`, the same for every reason; `SecondFactorRequired` when the password is right and the code is missing or does not fit; `SlowDown` with a
/// time after too many tries.
pub async fn sign_in_with(
    app: &App,
    visitor: &Visitor,
    email: &str,
    password: &Secret<String>,
    code: Option<&Secret<String>>,
) -> Result<SignedIn, ServiceError> {
    match (first_step(app, visitor, email, password).await?, code) {
        (Entered::In(signed_in), _) => Ok(signed_in),
        (Entered::SecondStep(pending), Some(code)) => second_step(app, visitor, &pending, code).await,
        (Entered::SecondStep(_), None) => Err(ServiceError::of(ErrorCode::SecondFactorRequired)),
    }
}

/// The refusal of a try that comes too soon; the first of a window is noted.
async fn closed(app: &App, visitor: &Visitor, limits: &Limits, until: Timestamp, first: bool) -> Result<ServiceError, ServiceError> {
    if first {
        let fact = Fact::EmailMac(limits.account_mac().to_owned());
        audit::record_alone(app, visitor.into(), AuditEvent::refused("sign_in.locked", Target::default(), vec![fact])).await?;
    }
    Ok(ServiceError::slow_down(until))
}

/// Whether the password is the stored one; without a stored one the same work is done.
async fn verify(app: &App, password: &Secret<String>, stored: Option<&str>) -> Result<bool, ServiceError> {
    let stored = stored.filter(|_| password.expose().len() <= LONGEST);
    app.passwords.verify(password, stored).await.or_else(|error| match error {
        PasswordHashingError::Busy => Err(not_hashed(app, error)),
        PasswordHashingError::Failed => Ok(false),
    })
}

/// One spelling per account: NFKC, trimmed, lower case.
pub(in crate::services) fn account_key(email: &str) -> String {
    email.nfkc().collect::<String>().trim().to_lowercase()
}

/// The person who may sign in. Asks the database the same number of questions whoever it is.
async fn find(app: &App, account: &str) -> Result<Option<UserRow>, ServiceError> {
    let mut reader = app.database.read().await?;
    let user = match Email::parse(account) {
        Ok(email) => users::find_by_email(reader.conn(), &email).await?,
        Err(_) => None,
    };
    let nobody = UserId::generate(app.clock.as_ref(), app.random.as_ref());
    let memberships = members::of_user(reader.conn(), user.as_ref().map_or(&nobody, |user| &user.id)).await?;
    Ok(user.filter(|user| !user.disabled && !memberships.is_empty()))
}

/// A hash under today's parameters; none when the hasher is busy: the next sign-in brings another chance. An imported hash has none: it counts once.
async fn rehash(app: &App, password: &Secret<String>, weak: &str) -> Result<Option<String>, ServiceError> {
    match hash(app, password).await {
        Ok(hash) => Ok(Some(hash)),
        Err(error) if PasswordHasher::is_imported(weak) => Err(error),
        Err(_) => Ok(None),
    }
}

/// The hash of a new password.
///
/// # Errors
/// `SlowDown` when too much is hashed at once.
pub(super) async fn hash(app: &App, password: &Secret<String>) -> Result<String, ServiceError> {
    app.passwords.hash(password, salt(app)).await.map_err(|error| not_hashed(app, error))
}

/// What a person is told whose password was not hashed.
pub(super) fn not_hashed(app: &App, error: PasswordHashingError) -> ServiceError {
    match error {
        PasswordHashingError::Busy => ServiceError::slow_down(app.now().plus_millis(3_000)).caused_by(error),
        PasswordHashingError::Failed => ServiceError::internal(error),
    }
}

/// A fresh salt.
fn salt(app: &App) -> [u8; 16] {
    let mut salt = [0; 16];
    app.random.fill(&mut salt);
    salt
}

/// The actor of a membership whose person proved at `proven_at` who they are.
pub(super) fn actor(member: &MemberRow, name: &str, super_admin: bool, proven_at: Timestamp, visitor: &Visitor) -> Actor {
    Actor {
        organization: member.organization.clone(),
        kind: ActorKind::Member {
            user: member.user.clone(),
            member: member.id.clone(),
            name: name.to_owned(),
            role: if super_admin { Role::SuperAdmin } else { member.role },
            teams: Vec::new(),
            proven_at,
            confined: false,
        },
        only: None,
        address: Some(visitor.address),
        user_agent: visitor.user_agent.clone(),
        request_id: visitor.request_id.clone(),
    }
}

/// Notes that the person left; the session itself is ended by the caller.
///
/// # Errors
/// [`ServiceError`] when it could not be recorded.
pub async fn sign_out(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    audit::record_alone(app, actor.into(), AuditEvent::done("sign_out.done", Target::default(), Vec::new())).await
}

/// The actor behind a session's user and organization, who proved at `proven_at` who they are; none when the membership has ended or the person is disabled.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn actor_of(app: &App, user: &UserId, organization: &OrganizationId, proven_at: Timestamp, visitor: &Visitor) -> Result<Option<Actor>, ServiceError> {
    let found = members::find_active(app.database.read().await?.conn(), organization, user).await?;
    Ok(found.map(|person| of_person(&person, proven_at, visitor)))
}

/// The actor of a membership, with the teams that the person leads and the connections that the person is limited to.
pub(super) fn of_person(person: &MemberPerson, proven_at: Timestamp, visitor: &Visitor) -> Actor {
    let mut actor = actor(&person.member, &person.name, person.super_admin, proven_at, visitor);
    actor.only.clone_from(&person.only);
    if let ActorKind::Member { teams, .. } = &mut actor.kind {
        teams.clone_from(&person.teams);
    }
    actor
}
