//! Members: who they are, what they may do, and how a membership ends.

mod change;
mod end;
mod list;

pub use change::{Change, Wish, change};
pub use end::{leave, remove, transfer, view_end};
pub use list::{MOST, grantable, list, view};

use crate::domain::{Action, Actor, ConnectionId, MemberId, Role, TeamId};
use crate::services::audit::{Fact, Target};
use crate::services::{App, ServiceError, access, connections, shell};
use crate::store::members::{self, MemberLine, Standing};
use crate::store::{Conn, Transaction, expiry_feeds, member_grants, organizations, sessions, teams, token_families};

/// The most connections that a member is limited to.
const MOST_GRANTS: usize = 200;

/// The membership of this id in the actor's organization, whatever became of it; every other text gets the one answer.
async fn find(on: Conn<'_>, actor: &Actor, id: &str) -> Result<MemberLine, ServiceError> {
    let id = MemberId::parse(id).map_err(|_| ServiceError::not_found())?;
    members::find_line(on, &actor.organization, &id).await?.ok_or_else(ServiceError::not_found)
}

/// Whether the actor may change this membership: nobody reaches above the own role.
fn may_touch(actor: &Actor, line: &MemberLine) -> bool {
    actor.may(Action::ManageMembers, None) && line.role >= shell::role(actor)
}

/// Refuses actors whose own role is below that of the membership.
fn require_touch(actor: &Actor, line: &MemberLine) -> Result<(), ServiceError> {
    if may_touch(actor, line) {
        Ok(())
    } else {
        Err(ServiceError::forbidden(Action::ManageMembers).saying("Only a super admin changes the membership of a super admin. Nothing was changed."))
    }
}

/// Refuses a change after which nobody would run the organization; the transaction must hold the organization, and end without a commit when this fails.
async fn require_admin(transaction: &mut Transaction, actor: &Actor) -> Result<(), ServiceError> {
    if members::count_admins(transaction.conn(), &actor.organization).await? > 0 {
        return Ok(());
    }
    Err(ServiceError::conflict("Somebody has to run the organisation, and this is its last admin. Make somebody else an org admin first. Nothing was changed."))
}

/// Refuses a role that an organization does not give, or that is above the actor's own.
pub(super) fn require_role(actor: &Actor, role: Role) -> Result<(), ServiceError> {
    if !role.is_given() {
        return Err(ServiceError::invalid_field("role", "Super admins are named on the server. Choose another role."));
    }
    if role < shell::role(actor) {
        return Err(ServiceError::invalid_field("role", "Choose a role that is not above your own."));
    }
    Ok(())
}

/// The connections that somebody is to be limited to: those that the actor sees and that are nobody's alone. One answer for every other id.
pub(super) async fn named(app: &App, actor: &Actor, ids: &[String]) -> Result<Vec<ConnectionId>, ServiceError> {
    if ids.len() > MOST_GRANTS {
        return Err(ServiceError::invalid_field("connections", format!("Choose at most {MOST_GRANTS} connections.")));
    }
    let mut found = Vec::new();
    for id in ids {
        let row = connections::find(app, actor, id).await.ok().filter(|row| row.owner.is_none());
        let row = row.ok_or_else(|| ServiceError::invalid_field("connections", "Choose connections of the list, none of them one person\u{2019}s alone."))?;
        if !found.contains(&row.id) {
            found.push(row.id);
        }
    }
    Ok(found)
}

/// Limits a membership to these connections, or lifts the limit.
pub(super) async fn limit(transaction: &mut Transaction, actor: &Actor, member: &MemberId, only: Option<&[ConnectionId]>) -> Result<Fact, ServiceError> {
    members::set_limited(transaction.conn(), &actor.organization, member, only.is_some()).await?;
    member_grants::replace(transaction.conn(), &actor.organization, member, only.unwrap_or_default()).await?;
    Ok(Fact::LimitedTo(only.map(<[ConnectionId]>::len)))
}

/// Ends what a membership that counts no more opens: its sessions and tokens are gone when the transaction is committed. Refused when nobody would run the server.
async fn shut_out(app: &App, transaction: &mut Transaction, actor: &Actor, line: &MemberLine) -> Result<(), ServiceError> {
    expiry_feeds::delete(transaction.conn(), &actor.organization, &line.id).await?;
    sessions::delete_of_member(transaction.conn(), &actor.organization, &line.user).await?;
    token_families::end_of_member(transaction.conn(), &actor.organization, &line.id, app.now(), "member_gone").await?;
    if line.role == Role::SuperAdmin && members::count_operators(transaction.conn()).await? == 0 {
        return Err(ServiceError::conflict("Somebody has to run this server, and nobody else could sign in to do so. Nothing was changed."));
    }
    Ok(())
}

/// Ends a membership with everything that hangs on it but what the person owns.
async fn end(app: &App, transaction: &mut Transaction, actor: &Actor, line: &MemberLine) -> Result<(), ServiceError> {
    members::set_status(transaction.conn(), &actor.organization, &line.id, Standing::Removed).await?;
    teams::take_out_of_all(transaction.conn(), &actor.organization, &line.id).await?;
    limit(transaction, actor, &line.id, None).await?;
    require_admin(transaction, actor).await?;
    shut_out(app, transaction, actor, line).await
}

/// Begins a transaction that changes members of the organization, one after another.
async fn begin(app: &App, actor: &Actor) -> Result<Transaction, ServiceError> {
    let mut transaction = app.database.begin().await?;
    organizations::hold(transaction.conn(), &actor.organization).await?;
    Ok(transaction)
}

fn target(line: &MemberLine) -> Target {
    Target::member(&line.id, &line.name)
}

/// Refuses everybody who may not change members or did not prove lately who they are.
pub(super) fn require_manager(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    access::require_for(actor, Action::ManageMembers, None)?;
    access::require_fresh(app, actor)
}

/// Puts a new member into a team that is still there.
pub(super) async fn join_team(transaction: &mut Transaction, actor: &Actor, member: &MemberId, team: &TeamId) -> Result<(), ServiceError> {
    if teams::find(transaction.conn(), &actor.organization, team).await?.is_some() {
        teams::put_in(transaction.conn(), &actor.organization, team, member).await?;
    }
    Ok(())
}
