//! From an account that a provider proved to a person here.

use super::Ended;
use super::provider::Provider;
use crate::connect::oidc::Proven;
use crate::domain::{Actor, DisplayName, Email, MemberId, OrganizationId, Role, SignOnTrouble, UserId, Visitor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::Limits;
use crate::services::sign_in::{Entered, Proof, account_key, actor, pass};
use crate::services::{App, ErrorCode, ServiceError, SignedIn, access};
use crate::store::identities::{self, IdentityRow};
use crate::store::members::{self, MemberRow};
use crate::store::users::{self, UserRow};
use crate::store::{StoreError, sign_on_domains};

/// Signs in whoever the account is connected with, or lets the person join where the provider's organization wants that.
pub(super) async fn enter(app: &App, visitor: &Visitor, provider: &Provider, proven: &Proven) -> Result<Entered, Ended> {
    let mut attempt = 1;
    loop {
        if let Some(user) = known(app, provider, proven).await? {
            return finish(app, visitor, &user, provider, proven).await;
        }
        match join(app, visitor, provider, proven).await {
            // Another tab was first: then the account is known now.
            Err(Ended::Failed(error)) if is_race(&error) && attempt == 1 => attempt += 1,
            Err(ended) => return Err(ended),
            Ok(()) => {}
        }
    }
}

fn is_race(error: &ServiceError) -> bool {
    error.cause.as_ref().and_then(|cause| cause.downcast_ref::<StoreError>()).is_some_and(|cause| matches!(cause, StoreError::Duplicate(_)))
}

async fn known(app: &App, provider: &Provider, proven: &Proven) -> Result<Option<UserRow>, ServiceError> {
    let mut reader = app.database.read().await?;
    let Some(identity) = identities::find(reader.conn(), provider.owner(), &proven.issuer, &proven.subject).await? else { return Ok(None) };
    Ok(users::find(reader.conn(), &identity.user).await?)
}

/// Ends a sign-in by a provider: whom it signed in, and where, or that a second step is due. What an organization's own provider says counts in that
/// organization alone: its admin decides what it says.
///
/// # Errors
/// The person does not belong here any more.
pub async fn finish(app: &App, visitor: &Visitor, user: &UserRow, provider: &Provider, proven: &Proven) -> Result<Entered, Ended> {
    let limits = Limits::of(app, &account_key(&user.email), visitor).await?;
    let mut transaction = app.database.begin().await?;
    identities::touch(transaction.conn(), provider.owner(), &proven.issuer, &proven.subject, &shown_email(proven), app.now()).await?;
    let proof = Proof::SignOn { within: provider.organization.clone() };
    let entered = pass(app, &mut transaction, visitor, &limits, user, proof).await.map_err(|error| match error.code {
        ErrorCode::LoginFailed => SignOnTrouble::NoAccess.into(),
        _ => Ended::from(error),
    })?;
    transaction.commit().await?;
    Ok(entered)
}

/// Makes an account for somebody whose address is of a proven domain, verified by the provider, and nobody's here.
async fn join(app: &App, visitor: &Visitor, provider: &Provider, proven: &Proven) -> Result<(), Ended> {
    let (Some(organization), Some(role)) = (&provider.organization, provider.join_role) else { return Err(SignOnTrouble::UnknownAccount.into()) };
    let Ok(email) = Email::parse(&proven.email) else { return Err(SignOnTrouble::UnknownAccount.into()) };
    if !proven.email_verified {
        return Err(SignOnTrouble::EmailUnverified.into());
    }
    let domain = email.as_str().rsplit_once('@').map_or("", |(_, domain)| domain);
    let mut transaction = app.database.begin().await?;
    let id = crate::domain::SignOnId::parse(&provider.key).map_err(ServiceError::internal)?;
    let domains = sign_on_domains::list(transaction.conn(), organization, &id).await?;
    if !domains.iter().any(|known| known.domain == domain && known.verified_at.is_some()) {
        return Err(SignOnTrouble::UnknownAccount.into());
    }
    if users::find_by_email(transaction.conn(), &email).await?.is_some() {
        return Err(SignOnTrouble::AccountExists.into());
    }
    let (user, member) = newcomer(app, organization, role, &email, &proven.name);
    users::insert(transaction.conn(), &user).await?;
    members::insert(transaction.conn(), &member).await?;
    identities::insert(transaction.conn(), &identity(app, &user.id, provider, proven)).await?;
    let who = actor(&member, &user.name, false, app.now(), visitor);
    let facts = vec![Fact::Provider(provider.key.clone()), Fact::Issuer(proven.issuer.clone()), Fact::Domain(domain.to_owned())];
    audit::record(app, &mut transaction, (&who).into(), AuditEvent::done("member.joined", Target::default(), facts)).await?;
    transaction.commit().await?;
    Ok(())
}

fn newcomer(app: &App, organization: &OrganizationId, role: Role, email: &Email, name: &str) -> (UserRow, MemberRow) {
    let (clock, random, now) = (app.clock.as_ref(), app.random.as_ref(), app.now());
    let shown = DisplayName::parse(name).map_or_else(|_| email.as_str().split('@').next().unwrap_or_default().to_owned(), |name| name.as_str().to_owned());
    let user = UserRow {
        id: UserId::generate(clock, random),
        email: email.as_str().to_owned(),
        name: shown,
        password_hash: None,
        super_admin: false,
        theme: String::new(),
        disabled: false,
        created_at: now,
    };
    let member =
        MemberRow { id: MemberId::generate(clock, random), organization: organization.clone(), user: user.id.clone(), role, active: true, created_at: now };
    (user, member)
}

fn identity(app: &App, user: &UserId, provider: &Provider, proven: &Proven) -> IdentityRow {
    IdentityRow {
        owner: provider.owner().to_owned(),
        issuer: proven.issuer.clone(),
        subject: proven.subject.clone(),
        user: user.clone(),
        provider: provider.key.clone(),
        email: shown_email(proven),
        created_at: app.now(),
        used_at: app.now(),
    }
}

/// The address as it is shown: one that can be an address, or none.
fn shown_email(proven: &Proven) -> String {
    Email::parse(&proven.email).map_or_else(|_| String::new(), |email| email.as_str().to_owned())
}

/// Connects the account with the person who is signed in.
pub(super) async fn link(app: &App, actor: &Actor, provider: &Provider, proven: &Proven) -> Result<(), Ended> {
    let user = access::person(actor)?;
    access::require_own_account(app, actor).await?;
    let mut transaction = app.database.begin().await?;
    users::hold(transaction.conn(), user).await?;
    if let Some(identity) = identities::find(transaction.conn(), provider.owner(), &proven.issuer, &proven.subject).await? {
        return if identity.user == *user { Ok(()) } else { Err(SignOnTrouble::AlreadyLinked.into()) };
    }
    match identities::insert(transaction.conn(), &identity(app, user, provider, proven)).await {
        Err(StoreError::Duplicate(_)) => return Err(SignOnTrouble::AlreadyLinked.into()),
        inserted => inserted?,
    }
    let facts = vec![Fact::Provider(provider.key.clone()), Fact::Issuer(proven.issuer.clone())];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("sign_on.connected", Target::sign_on(&provider.key, &provider.label), facts)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Takes the account as a proof of who is signed in, when it is that person's.
pub(super) async fn confirm(app: &App, actor: &Actor, provider: &Provider, proven: &Proven) -> Result<SignedIn, Ended> {
    let user = access::person(actor)?;
    let member = access::member(actor)?;
    let counts_here = provider.organization.as_ref().is_none_or(|organization| *organization == actor.organization);
    if !counts_here || known(app, provider, proven).await?.is_none_or(|known| known.id != *user) {
        return Err(SignOnTrouble::NotYou.into());
    }
    let facts = vec![Fact::Provider(provider.key.clone())];
    audit::record_alone(app, actor.into(), AuditEvent::done("sign_in.confirmed", Target::default(), facts)).await?;
    Ok(SignedIn { user: user.clone(), organization: actor.organization.clone(), member: member.clone(), confined: false })
}
