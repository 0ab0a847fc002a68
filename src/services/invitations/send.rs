//! Writing, repeating and withdrawing invitations.

use unicode_normalization::UnicodeNormalization;

use super::KEPT_MS;
use crate::domain::{Action, Actor, Email, InvitationId, Role, TeamId};
use crate::dto::{InvitationView, TeamName};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::mail::{self, Letter};
use crate::services::members::{named, require_manager, require_role};
use crate::services::{App, ServiceError, access, limits, words};
use crate::store::invitations::{self, InvitationRow};
use crate::store::members::{Standing, find_line_of_user};
use crate::store::{Conn, Transaction, members, organizations, teams, users};
use crate::vault::{Secret, Token};

/// The most invitations of one page, and the most that are open at a time.
pub const MOST: usize = 200;

/// Who is invited, as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// The address.
    pub email: String,
    /// The role to be.
    pub role: Role,
    /// Id of the team to be put into; empty for none.
    pub team: String,
    /// Ids of the only connections to know; none for no limit.
    pub connections: Option<Vec<String>>,
}

/// Invites an address. Whether there is an account for it shows in nothing.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `InvalidField`, also for who is a member or invited already; `SlowDown`.
pub async fn invite(app: &App, actor: &Actor, wanted: &NewInvitation) -> Result<InvitationView, ServiceError> {
    require_manager(app, actor)?;
    let email = Email::parse(&wanted.email.nfkc().collect::<String>());
    let email = email.map_err(|_| ServiceError::invalid_field("email", "Use an address such as name@example.com."))?;
    require_role(actor, wanted.role)?;
    if wanted.connections.is_some() && !wanted.role.may_be_limited() {
        return Err(ServiceError::invalid_field("connections", "Only developers and viewers can be limited to connections."));
    }
    let only = match &wanted.connections {
        Some(ids) => Some(named(app, actor, ids).await?),
        None => None,
    };
    let (now, token) = (app.now(), Token::generate(app.random.as_ref()));
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    require_new(app, &mut transaction, actor, &email).await?;
    let row = InvitationRow {
        id: InvitationId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        email: email.as_str().to_owned(),
        role: wanted.role,
        team: team(transaction.conn(), actor, &wanted.team).await?,
        only,
        token_hash: token.hash().as_str().to_owned(),
        invited_by: access::member(actor)?.clone(),
        created_at: now,
        sent_at: now,
        expires_at: now.plus_millis(KEPT_MS),
        ended_at: None,
    };
    invitations::insert(transaction.conn(), &row).await?;
    send(app, &mut transaction, actor, &row, &token, &email).await?;
    let facts = vec![Fact::Role(row.role), Fact::LimitedTo(row.only.as_ref().map(Vec::len))];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("invitation.sent", Target::invitation(&row.id, &row.email), facts)).await?;
    let view = view(app, transaction.conn(), actor, row).await?;
    transaction.commit().await?;
    Ok(view)
}

/// Refuses an address that is a member or invited; what has expired makes room.
async fn require_new(app: &App, transaction: &mut Transaction, actor: &Actor, email: &Email) -> Result<(), ServiceError> {
    if let Some(user) = users::find_by_email(transaction.conn(), email).await? {
        let line = find_line_of_user(transaction.conn(), &actor.organization, &user.id).await?;
        match line.map(|line| line.standing) {
            Some(Standing::Active) => return Err(ServiceError::invalid_field("email", "This address belongs to a member already.")),
            Some(Standing::Deactivated) => {
                return Err(ServiceError::invalid_field("email", "This address belongs to a member who is turned off. Turn the membership on instead."));
            }
            Some(Standing::Pending | Standing::Removed) | None => {}
        }
    }
    match invitations::find_open_by_email(transaction.conn(), &actor.organization, email.as_str()).await? {
        Some(open) if open.expires_at > app.now() => {
            return Err(ServiceError::invalid_field("email", "This address is invited already. Send that invitation again instead."));
        }
        Some(expired) => drop(invitations::withdraw(transaction.conn(), &actor.organization, &expired.id, app.now()).await?),
        None => {}
    }
    let open = invitations::count_open(transaction.conn(), &actor.organization).await?;
    if usize::try_from(open).unwrap_or(usize::MAX) >= MOST {
        return Err(ServiceError::conflict(format!("{MOST} invitations are open, which is the most. Withdraw some first. Nothing was sent.")));
    }
    Ok(())
}

async fn team(on: Conn<'_>, actor: &Actor, id: &str) -> Result<Option<TeamId>, ServiceError> {
    if id.is_empty() {
        return Ok(None);
    }
    let found = match TeamId::parse(id) {
        Ok(id) => teams::find(on, &actor.organization, &id).await?,
        Err(_) => None,
    };
    found.map(|row| Some(row.id)).ok_or_else(|| ServiceError::invalid_field("team", "Choose a team of the list."))
}

async fn send(app: &App, transaction: &mut Transaction, actor: &Actor, row: &InvitationRow, token: &Token, to: &Email) -> Result<(), ServiceError> {
    if let Some(until) = limits::invitation(app, transaction, &actor.organization).await? {
        return Err(ServiceError::slow_down(until));
    }
    let organization = organizations::find(transaction.conn(), &actor.organization).await?.map(|row| row.name).unwrap_or_default();
    let text = format!(
        "{} invites you to {organization} on Latchkey, as {}.\n\n\
         Open this address to join:\n\n{}/invite/{}\n\n\
         It works once, until {}. If you did not expect this letter, you need not do anything.\n",
        actor.name(),
        row.role.title(),
        app.settings.public_url,
        token.expose(),
        words::date(row.expires_at),
    );
    let letter = Letter { subject: format!("Your invitation to {organization}"), text: Secret::new(text) };
    mail::queue(app, transaction, to, &letter).await
}

/// The open invitations, the oldest first, after `cursor` (empty for the first), and where the next page begins.
///
/// # Errors
/// `Forbidden`; `InvalidField` for a cursor that no page gave.
pub async fn list(app: &App, actor: &Actor, cursor: &str, limit: usize) -> Result<(Vec<InvitationView>, Option<String>), ServiceError> {
    access::require(actor, Action::SeeMembers)?;
    if !cursor.is_empty() && InvitationId::parse(cursor).is_err() {
        return Err(ServiceError::invalid_field("cursor", "Use the next_cursor of the page before."));
    }
    let limit = limit.clamp(1, MOST);
    let mut reader = app.database.read().await?;
    let mut rows = invitations::list_open(reader.conn(), &actor.organization, cursor, i64::try_from(limit + 1).unwrap_or(i64::MAX)).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.push(view(app, reader.conn(), actor, row).await?);
    }
    Ok((views, next))
}

/// Sends an invitation again, with a new link for seven days; the old link is dead.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `NotFound`; `SlowDown`.
pub async fn resend(app: &App, actor: &Actor, id: &str) -> Result<InvitationView, ServiceError> {
    require_manager(app, actor)?;
    let (now, token) = (app.now(), Token::generate(app.random.as_ref()));
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    let mut row = find(transaction.conn(), actor, id).await?;
    require_role(actor, row.role)?;
    row.token_hash = token.hash().as_str().to_owned();
    row.invited_by = access::member(actor)?.clone();
    row.sent_at = now;
    row.expires_at = now.plus_millis(KEPT_MS);
    invitations::renew(transaction.conn(), &row).await?;
    let email = Email::parse(&row.email).map_err(ServiceError::internal)?;
    send(app, &mut transaction, actor, &row, &token, &email).await?;
    let event = AuditEvent::done("invitation.sent_again", Target::invitation(&row.id, &row.email), vec![Fact::Role(row.role)]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    let view = view(app, transaction.conn(), actor, row).await?;
    transaction.commit().await?;
    Ok(view)
}

/// Ends an invitation, and says whose; its link is dead.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn withdraw(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    access::require_for(actor, Action::ManageMembers, None)?;
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    let row = find(transaction.conn(), actor, id).await?;
    invitations::withdraw(transaction.conn(), &actor.organization, &row.id, app.now()).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("invitation.withdrawn", Target::invitation(&row.id, &row.email), Vec::new())).await?;
    transaction.commit().await?;
    Ok(row.email)
}

async fn find(on: Conn<'_>, actor: &Actor, id: &str) -> Result<InvitationRow, ServiceError> {
    let id = InvitationId::parse(id).map_err(|_| ServiceError::not_found())?;
    invitations::find_open(on, &actor.organization, &id).await?.ok_or_else(ServiceError::not_found)
}

async fn view(app: &App, mut on: Conn<'_>, actor: &Actor, row: InvitationRow) -> Result<InvitationView, ServiceError> {
    let team = match &row.team {
        Some(team) => teams::find(on.again(), &actor.organization, team).await?.map(|team| TeamName { id: team.id.to_string(), name: team.name }),
        None => None,
    };
    let invited_by = members::name_of(on, &actor.organization, &row.invited_by).await?.unwrap_or_default();
    Ok(InvitationView {
        id: row.id.to_string(),
        role: row.role,
        team,
        limited_to: row.only.as_ref().map(Vec::len),
        invited_by,
        sent_at: row.sent_at,
        expires_at: row.expires_at,
        expired: row.expires_at <= app.now(),
        email: row.email,
    })
}
