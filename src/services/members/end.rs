//! Removing, leaving, and giving away what a former member owns.

use crate::domain::{Action, Actor, MemberId};
use crate::dto::LeaveView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::members::{self, begin, end, find, require_manager, require_touch, target};
use crate::services::{App, ServiceError, access, names};
use crate::store::Transaction;
use crate::store::connections::{give, hold, of_owner};
use crate::store::members::{MemberLine, Standing, find_active_member, list_active};

/// What a page says before a membership ends.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn view_end(app: &App, actor: &Actor, id: &str) -> Result<LeaveView, ServiceError> {
    access::require_for(actor, Action::ManageMembers, None)?;
    let member = members::view(app, actor, id).await?;
    if !member.may_change {
        require_touch(actor, &find(app.database.read().await?.conn(), actor, id).await?)?;
    }
    let people = list_active(app.database.read().await?.conn(), &actor.organization).await?;
    let others = people.into_iter().map(|person| (person.member.id.to_string(), person.name)).filter(|(other, _)| *other != member.id);
    Ok(LeaveView { heirs: others.collect(), member })
}

/// Ends a membership, says whose, and gives what is that person's alone to `heir` unless that is empty. The person's sessions here end at once.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `NotFound`; `InvalidField` for an heir who is no active member; `Conflict` when it has ended, and when nobody would
/// run the organization.
pub async fn remove(app: &App, actor: &Actor, id: &str, heir: &str) -> Result<String, ServiceError> {
    require_manager(app, actor)?;
    let mut transaction = begin(app, actor).await?;
    let line = find(transaction.conn(), actor, id).await?;
    require_touch(actor, &line)?;
    if line.standing == Standing::Removed {
        return Err(ServiceError::conflict("This person is no longer a member. Nothing was changed."));
    }
    if !heir.is_empty() {
        hand_over(app, &mut transaction, actor, &line, heir).await?;
    }
    end(app, &mut transaction, actor, &line).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("member.removed", target(&line), vec![Fact::RoleBefore(line.role)])).await?;
    transaction.commit().await?;
    Ok(line.name)
}

/// Ends the actor's own membership; every session of it is gone, this one too.
///
/// # Errors
/// `Forbidden` for programs; `FreshSignInRequired`; `Conflict` when nobody would run the organization.
pub async fn leave(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    access::require_fresh(app, actor)?;
    let mut transaction = begin(app, actor).await?;
    let line = find(transaction.conn(), actor, access::member(actor)?.as_str()).await?;
    end(app, &mut transaction, actor, &line).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("member.left", target(&line), vec![Fact::RoleBefore(line.role)])).await?;
    transaction.commit().await?;
    Ok(())
}

/// Gives the personal connections of a member who was turned off or removed to another member, and says how many; those of an active member are nobody's to give.
///
/// # Errors
/// `Forbidden`; `FreshSignInRequired`; `NotFound`; `InvalidField` for somebody who is no active member; `Conflict` while the membership counts.
pub async fn transfer(app: &App, actor: &Actor, id: &str, to: &str) -> Result<usize, ServiceError> {
    require_manager(app, actor)?;
    let mut transaction = begin(app, actor).await?;
    let line = find(transaction.conn(), actor, id).await?;
    require_touch(actor, &line)?;
    if line.standing == Standing::Active {
        return Err(ServiceError::conflict("What is an active member\u{2019}s alone stays so. Turn the membership off first. Nothing was changed."));
    }
    let given = hand_over(app, &mut transaction, actor, &line, to).await?;
    transaction.commit().await?;
    Ok(given)
}

async fn hand_over(app: &App, transaction: &mut Transaction, actor: &Actor, from: &MemberLine, to: &str) -> Result<usize, ServiceError> {
    let unfit = || ServiceError::invalid_field("to", "Choose another active member of your organisation.");
    let to = MemberId::parse(to).ok().filter(|to| *to != from.id).ok_or_else(unfit)?;
    find_active_member(transaction.conn(), &actor.organization, &to).await?.ok_or_else(unfit)?;
    let rows = of_owner(transaction.conn(), &actor.organization, &from.id).await?;
    let given = rows.len();
    for mut row in rows {
        hold(transaction.conn(), &actor.organization, &row.id).await?;
        let before = row.name.clone();
        row.name = names::free(transaction.conn(), &actor.organization, Some(&to), &before).await?;
        give(transaction.conn(), &row, &to).await?;
        let mut facts = vec![Fact::Owner(to.clone())];
        facts.extend((row.name != before).then_some(Fact::NameBefore(before)));
        audit::record(app, transaction, actor.into(), AuditEvent::done("connection.given", Target::connection(&row.id, &row.name), facts)).await?;
    }
    if given > 0 {
        let facts = vec![Fact::Owner(to), Fact::Given(given)];
        audit::record(app, transaction, actor.into(), AuditEvent::done("member.belongings_given", target(from), facts)).await?;
    }
    Ok(given)
}
