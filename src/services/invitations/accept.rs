//! What an invitation's link opens, and how somebody joins by it.

use crate::domain::{Action, Actor, DisplayName, Email, MemberId, Reach, UserId, Visitor, reach};
use crate::dto::{InviteView, Invitee};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::members::{join_team, limit};
use crate::services::{App, ErrorCode, FieldError, ServiceError, SignedIn, access, passwords, sign_in};
use crate::store::invitations::{self, InvitationRow};
use crate::store::members::{self, MemberRow, Standing};
use crate::store::users::{self, UserRow};
use crate::store::{Conn, StoreError, Transaction, connections, organizations};
use crate::vault::{Secret, TokenHash};

fn dead() -> ServiceError {
    ServiceError::of(ErrorCode::LinkInvalid)
}

/// An invitation that works now, with the name of who sent it: one whose sender could not invite any more is dead.
async fn find(app: &App, mut on: Conn<'_>, token: &str) -> Result<(InvitationRow, String), ServiceError> {
    let hash = TokenHash::of(token);
    let found = invitations::find_by_token(on.again(), hash.as_str(), app.now()).await?;
    let row = found.filter(|row| hash.matches(&row.token_hash)).ok_or_else(dead)?;
    let sender = members::find_active_member(on, &row.organization, &row.invited_by).await?.ok_or_else(dead)?;
    if !matches!(reach(sender.role(), Action::ManageMembers), Reach::Organization) || row.role < sender.role() {
        return Err(dead());
    }
    Ok((row, sender.name))
}

async fn account(on: Conn<'_>, row: &InvitationRow) -> Result<Option<UserRow>, ServiceError> {
    let email = Email::parse(&row.email).map_err(ServiceError::internal)?;
    Ok(users::find_by_email(on, &email).await?)
}

/// What the link shows to whoever holds it: it came by a letter to the address, so it may say what there is for the address.
///
/// # Errors
/// `LinkInvalid` for a link that is unknown, used, withdrawn, replaced or expired.
pub async fn look(app: &App, viewer: Option<&Actor>, token: &str) -> Result<InviteView, ServiceError> {
    let mut reader = app.database.read().await?;
    let (row, inviter) = find(app, reader.conn(), token).await?;
    let organization = organizations::find(reader.conn(), &row.organization).await?.map(|row| row.name).unwrap_or_default();
    let account = account(reader.conn(), &row).await?;
    let who = match (&account, viewer.map(access::person).transpose()?) {
        (Some(account), Some(user)) if account.id == *user => Invitee::Here,
        (_, Some(_)) => Invitee::Other,
        (None, None) => Invitee::New,
        (Some(account), None) if members::of_user(reader.conn(), &account.id).await?.is_empty() => Invitee::Returning,
        (Some(_), None) => Invitee::SignIn,
    };
    Ok(InviteView { organization, inviter, role: row.role, email: row.email, who, expires_at: row.expires_at })
}

/// Makes an account for the invited address and joins. The address counts as proven: the link came by a letter to it.
///
/// # Errors
/// `LinkInvalid`; `InvalidField`; `Conflict` when there is an account for the address; `SlowDown`.
pub async fn accept_new(app: &App, visitor: &Visitor, token: &str, name: &str, password: &Secret<String>) -> Result<SignedIn, ServiceError> {
    let mut reader = app.database.read().await?;
    let (row, _) = find(app, reader.conn(), token).await?;
    if account(reader.conn(), &row).await?.is_some() {
        return Err(known_already());
    }
    drop(reader);
    let name = parse(&row, name, password)?;
    let hash = sign_in::hash(app, password).await?;
    let user = UserRow {
        id: UserId::generate(app.clock.as_ref(), app.random.as_ref()),
        email: row.email,
        name: name.as_str().to_owned(),
        password_hash: Some(hash),
        super_admin: false,
        theme: String::new(),
        disabled: false,
        created_at: app.now(),
    };
    let mut transaction = app.database.begin().await?;
    let (row, _) = find(app, transaction.conn(), token).await?;
    users::insert(transaction.conn(), &user).await.map_err(|error| match error {
        StoreError::Duplicate(_) => known_already(),
        error => error.into(),
    })?;
    let member = join(app, &mut transaction, visitor, &row, &user).await?;
    transaction.commit().await?;
    Ok(SignedIn { user: user.id, organization: row.organization, member, confined: false })
}

fn known_already() -> ServiceError {
    ServiceError::conflict("There is an account for this address. Sign in, then open the link of the letter again. Nothing was changed.")
}

fn parse(row: &InvitationRow, name: &str, password: &Secret<String>) -> Result<DisplayName, ServiceError> {
    let parsed = DisplayName::parse(name);
    let objection = passwords::objection(password.expose(), Email::parse(&row.email).ok().as_ref(), "");
    let mut wrong = Vec::new();
    if parsed.is_err() {
        wrong.push(FieldError { field: "name".to_owned(), message: "Tell us your name, 1 to 120 characters.".to_owned() });
    }
    if let Some(message) = objection {
        wrong.push(FieldError { field: "password".to_owned(), message: message.to_owned() });
    }
    parsed.ok().filter(|_| wrong.is_empty()).ok_or_else(|| ServiceError::invalid_fields(wrong))
}

/// Joins with the account that is signed in, whose address must be the invited one.
///
/// # Errors
/// `LinkInvalid`; `Forbidden` for another address; `Conflict` for who is a member already.
pub async fn accept(app: &App, actor: &Actor, visitor: &Visitor, token: &str) -> Result<SignedIn, ServiceError> {
    let user = access::require_unconfined(actor)?.clone();
    let mut transaction = app.database.begin().await?;
    let (row, _) = find(app, transaction.conn(), token).await?;
    let account = account(transaction.conn(), &row).await?.filter(|account| account.id == user && !account.disabled);
    let account = account.ok_or_else(|| {
        let message =
            format!("This invitation is for {}. You are signed in with another address. Sign out, then open the link again. Nothing was changed.", row.email);
        ServiceError::of(ErrorCode::Forbidden).saying(message)
    })?;
    let member = join(app, &mut transaction, visitor, &row, &account).await?;
    transaction.commit().await?;
    Ok(SignedIn { user, organization: row.organization, member, confined: false })
}

/// Joins with an account that belongs to no organization, so that nobody can sign in with it; afterwards it can. Nobody is signed in by this.
///
/// # Errors
/// `LinkInvalid`, also for an account that could sign in.
pub async fn rejoin(app: &App, visitor: &Visitor, token: &str) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    let (row, _) = find(app, transaction.conn(), token).await?;
    let account = account(transaction.conn(), &row).await?.filter(|account| !account.disabled).ok_or_else(dead)?;
    if !members::of_user(transaction.conn(), &account.id).await?.is_empty() {
        return Err(known_already());
    }
    join(app, &mut transaction, visitor, &row, &account).await?;
    transaction.commit().await?;
    Ok(())
}

async fn join(app: &App, transaction: &mut Transaction, visitor: &Visitor, row: &InvitationRow, user: &UserRow) -> Result<MemberId, ServiceError> {
    organizations::hold(transaction.conn(), &row.organization).await?;
    let now = app.now();
    if !invitations::accept(transaction.conn(), &row.organization, &row.token_hash, now).await? {
        return Err(dead());
    }
    let before = members::find_line_of_user(transaction.conn(), &row.organization, &user.id).await?;
    let member = MemberRow {
        id: before.as_ref().map_or_else(|| MemberId::generate(app.clock.as_ref(), app.random.as_ref()), |line| line.id.clone()),
        organization: row.organization.clone(),
        user: user.id.clone(),
        role: row.role,
        active: true,
        created_at: now,
    };
    match before.map(|line| line.standing) {
        None => members::insert(transaction.conn(), &member).await?,
        Some(Standing::Removed | Standing::Pending) => drop(members::revive(transaction.conn(), &row.organization, &member.id, row.role, now).await?),
        Some(Standing::Active) => return Err(ServiceError::conflict("You are a member already. Nothing was changed.")),
        Some(Standing::Deactivated) => {
            return Err(ServiceError::conflict("Your membership is turned off. Ask an admin of the organisation to turn it on. Nothing was changed."));
        }
    }
    let actor = sign_in::actor(&member, &user.name, user.super_admin, now, visitor);
    if let Some(team) = &row.team {
        join_team(transaction, &actor, &member.id, team).await?;
    }
    let mut facts = vec![Fact::Role(row.role)];
    if let Some(only) = &row.only {
        let mut still_there = Vec::new();
        for id in only {
            still_there.extend(connections::find(transaction.conn(), &row.organization, id).await?.filter(|row| row.owner.is_none()).map(|row| row.id));
        }
        facts.push(limit(transaction, &actor, &member.id, Some(&still_there)).await?);
    }
    let event = AuditEvent::done("member.joined", Target::invitation(&row.id, &row.email), facts);
    audit::record(app, transaction, (&actor).into(), event).await?;
    Ok(member.id)
}
