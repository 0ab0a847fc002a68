//! The permission check that every use case begins with.

use crate::domain::{Action, Actor, ActorKind, MemberId, Reach, TeamId, UserId};
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::connections::{ConnectionRow, Sight};
use crate::store::members;

/// How long a proof of who somebody is counts as fresh, in milliseconds.
pub const FRESH_MS: i64 = 10 * 60 * 1_000;

/// Refuses actors whose role never allows `action`, before anything is looked up.
pub fn require(actor: &Actor, action: Action) -> Result<(), ServiceError> {
    if matches!(actor.reach(action), Reach::Nothing) { Err(ServiceError::forbidden(action)) } else { Ok(()) }
}

/// Refuses actors who may do `action` to nothing: neither in the whole organization nor in a team of theirs.
pub fn require_somewhere(actor: &Actor, action: Action) -> Result<(), ServiceError> {
    if may_somewhere(actor, action) { Ok(()) } else { Err(ServiceError::forbidden(action)) }
}

/// Whether the actor may do `action` in the whole organization or in a team of theirs.
pub fn may_somewhere(actor: &Actor, action: Action) -> bool {
    match actor.reach(action) {
        Reach::Organization => true,
        Reach::OwnTeams => !actor.teams().is_empty(),
        Reach::Own | Reach::Nothing => false,
    }
}

/// The connections that there are for the actor: every list and count is asked for with it, as every look-up by id goes through `services::connections`.
pub fn sight(actor: &Actor) -> Sight<'_> {
    Sight { member: actor.member(), only: actor.only.as_deref() }
}

/// Refuses actors who may not do `action` to something of `team`; `None` is a thing of the whole organization.
pub fn require_for(actor: &Actor, action: Action, team: Option<&TeamId>) -> Result<(), ServiceError> {
    if actor.may(action, team) { Ok(()) } else { Err(ServiceError::forbidden(action)) }
}

/// Refuses actors who may not do `action` to this connection.
pub fn require_on(actor: &Actor, action: Action, row: &ConnectionRow) -> Result<(), ServiceError> {
    if may_on(actor, action, row) { Ok(()) } else { Err(ServiceError::forbidden(action)) }
}

/// Whether the actor may do `action` to this connection.
pub fn may_on(actor: &Actor, action: Action, row: &ConnectionRow) -> bool {
    actor.may_with(action, row.team.as_ref(), row.owner.as_ref())
}

/// The person behind the actor; programs and jobs have none and are refused.
pub fn person(actor: &Actor) -> Result<&UserId, ServiceError> {
    match &actor.kind {
        ActorKind::Member { user, .. } => Ok(user),
        ActorKind::Application { .. } => Err(ServiceError::of(ErrorCode::Forbidden).saying("This is for people. A program's key cannot do it.")),
        ActorKind::Link { .. } | ActorKind::Job(_) => Err(ServiceError::of(ErrorCode::SignInRequired)),
    }
}

/// Refuses everybody who did not prove in the last ten minutes who they are: for what a stolen session must not do.
pub fn require_fresh(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    person(actor)?;
    match &actor.kind {
        ActorKind::Member { proven_at, .. } if app.now().since(*proven_at) <= FRESH_MS => Ok(()),
        _ => Err(ServiceError::of(ErrorCode::FreshSignInRequired)),
    }
}

/// Refuses everybody for whom only an organization's own provider vouches: what that organization's admin makes the provider say counts there alone.
pub fn require_unconfined(actor: &Actor) -> Result<&UserId, ServiceError> {
    let user = person(actor)?;
    match &actor.kind {
        ActorKind::Member { confined: true, .. } => {
            let message = "You signed in with your organisation's provider, which counts in this organisation alone. Sign out, and in again with your password or \
                           a passkey. Nothing was changed.";
            Err(ServiceError::of(ErrorCode::Forbidden).saying(message))
        }
        _ => Ok(user),
    }
}

/// The same for what concerns the account itself; a person who belongs to no other organization has nothing that this could open.
pub async fn require_own_account(app: &App, actor: &Actor) -> Result<(), ServiceError> {
    if require_unconfined(actor).is_err() && members::of_user(app.database.read().await?.conn(), person(actor)?).await?.len() > 1 {
        require_unconfined(actor)?;
    }
    Ok(())
}

/// The membership behind the actor; jobs have none and are refused.
pub fn member(actor: &Actor) -> Result<&MemberId, ServiceError> {
    actor.member().ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))
}
