//! Signing in and out, and who is behind a session.

use unicode_normalization::UnicodeNormalization;

use crate::domain::{Actor, ActorKind, Email, MemberId, OrganizationId, Role, Timestamp, UserId, Visitor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::{Gate, Limits};
use crate::services::{App, ErrorCode, ServiceError, access};
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
}

/// Signs a person in to the first organization they belong to.
///
/// # Errors
/// `LoginFailed`, the same for every reason; `SlowDown` with a time after too many tries.
pub async fn sign_in(app: &App, visitor: &Visitor, email: &str, password: &Secret<String>) -> Result<SignedIn, ServiceError> {
    let account = account_key(email);
    let limits = Limits::of(app, &account, visitor.address);
    if let Gate::Closed { until, first } = limits.enter(app).await? {
        if first {
            let fact = Fact::EmailMac(limits.account_mac().to_owned());
            audit::record_alone(app, visitor.into(), AuditEvent::refused("sign_in.locked", Target::default(), vec![fact])).await?;
        }
        return Err(ServiceError::slow_down(until));
    }
    let found = find(app, &account).await?;
    let stored = found.as_ref().filter(|_| password.expose().len() <= LONGEST).and_then(|(user, _)| user.password_hash.as_deref());
    let matches = app.passwords.verify(password, stored).await.or_else(|error| match error {
        PasswordHashingError::Busy => Err(ServiceError::slow_down(app.now().plus_millis(3_000)).caused_by(error)),
        PasswordHashingError::Failed => Ok(false),
    })?;
    match found {
        Some((user, member)) if matches => succeed(app, visitor, &limits, &user, member, password).await,
        _ => {
            let mut transaction = app.database.begin().await?;
            limits.count_failure(app, &mut transaction).await?;
            let fact = Fact::EmailMac(limits.account_mac().to_owned());
            audit::record(app, &mut transaction, visitor.into(), AuditEvent::refused("sign_in.failed", Target::default(), vec![fact])).await?;
            transaction.commit().await?;
            Err(ServiceError::of(ErrorCode::LoginFailed))
        }
    }
}

/// One spelling per account: NFKC, trimmed, lower case.
fn account_key(email: &str) -> String {
    email.nfkc().collect::<String>().trim().to_lowercase()
}

/// The person who may sign in and their oldest membership. Asks the database the same number of questions whoever it is.
async fn find(app: &App, account: &str) -> Result<Option<(UserRow, MemberRow)>, ServiceError> {
    let mut reader = app.database.read().await?;
    let user = match Email::parse(account) {
        Ok(email) => users::find_by_email(reader.conn(), &email).await?,
        Err(_) => None,
    };
    let nobody = UserId::generate(app.clock.as_ref(), app.random.as_ref());
    let memberships = members::of_user(reader.conn(), user.as_ref().map_or(&nobody, |user| &user.id)).await?;
    Ok(user.filter(|user| !user.disabled).zip(memberships.into_iter().next()))
}

async fn succeed(
    app: &App,
    visitor: &Visitor,
    limits: &Limits,
    user: &UserRow,
    member: MemberRow,
    password: &Secret<String>,
) -> Result<SignedIn, ServiceError> {
    let stronger = if user.password_hash.as_deref().is_some_and(PasswordHasher::needs_rehash) { rehash(app, password).await } else { None };
    let actor = actor(&member, &user.name, user.super_admin, app.now(), visitor);
    let mut transaction = app.database.begin().await?;
    limits.clear_account(&mut transaction).await?;
    if let Some(hash) = stronger {
        users::set_password_hash(transaction.conn(), &user.id, &hash).await?;
    }
    audit::record(app, &mut transaction, (&actor).into(), AuditEvent::done("sign_in.done", Target::default(), Vec::new())).await?;
    transaction.commit().await?;
    Ok(SignedIn { user: user.id.clone(), organization: member.organization, member: member.id })
}

/// A hash under today's parameters; none when the hasher is busy: the next sign-in brings another chance.
async fn rehash(app: &App, password: &Secret<String>) -> Option<String> {
    app.passwords.hash(password, salt(app)).await.ok()
}

/// A fresh salt.
pub(super) fn salt(app: &App) -> [u8; 16] {
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

/// Stores the chosen theme: `light`, `dark` or empty for the system's choice.
///
/// # Errors
/// `InvalidField` for any other text.
pub async fn set_theme(app: &App, actor: &Actor, theme: &str) -> Result<(), ServiceError> {
    let user = access::person(actor)?;
    if !matches!(theme, "" | "light" | "dark") {
        return Err(ServiceError::invalid_field("theme", "Choose light, dark, or follow system."));
    }
    let mut transaction = app.database.begin().await?;
    users::set_theme(transaction.conn(), user, theme).await?;
    let event = AuditEvent::done("account.theme_changed", Target::default(), vec![Fact::Theme(theme.to_owned())]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(())
}
