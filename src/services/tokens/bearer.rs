//! Who is behind an `Authorization: Bearer …`.

use std::sync::Arc;

use crate::domain::{Actor, ActorKind, SessionId, Visitor};
use crate::services::applications::{Failure, Found};
use crate::services::limits::Failures;
use crate::services::tokens::family::end_gone;
use crate::services::tokens::signing;
use crate::services::{App, ErrorCode, ServiceError, applications, limits, sign_in};
use crate::store::members::MemberPerson;
use crate::store::token_families;
use crate::vault::{PresentedKey, TokenRefusal};

/// Who came, and with which sign-in, if it was one of a person.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// A member, or a program with a key.
    pub actor: Actor,
    /// The family of the access token; none for a key.
    pub family: Option<SessionId>,
}

/// Reads an access token or a program's key. Role, teams and limits are looked up, never taken from it.
///
/// # Errors
/// `TokenInvalid`, the same for every reason; `SlowDown` after too many that nobody knows from one address.
pub async fn recognise(app: &App, visitor: &Visitor, presented: &str) -> Result<Recognised, ServiceError> {
    if PresentedKey::looks_like_one(presented) {
        return by_key(app, visitor, presented).await;
    }
    let claims = match signing::verify(app, presented).await? {
        Ok(claims) => claims,
        // It was a good one, and clients find out this way that they need another.
        Err(TokenRefusal::Ended) => return Err(ServiceError::of(ErrorCode::TokenInvalid)),
        Err(TokenRefusal::Forged) => return Err(limits::refuse_token(app, visitor, Failures::Unknown).await?),
    };
    let family = token_families::find(app.database.read().await?.conn(), &claims.sid).await?;
    let family = family.filter(|family| family.works(app.now()) && family.user == claims.sub && family.organization == claims.org);
    let family = family.ok_or_else(|| ServiceError::of(ErrorCode::TokenInvalid))?;
    match sign_in::actor_of(app, &family.user, &family.organization, family.proven_at, visitor).await? {
        Some(actor) if actor.member() == Some(&family.member) => Ok(Recognised { actor, family: Some(family.id) }),
        _ => {
            end_gone(app, &family, visitor).await?;
            Err(ServiceError::of(ErrorCode::TokenInvalid))
        }
    }
}

/// A key works as far as its maker's role and limits go at this moment.
async fn by_key(app: &App, visitor: &Visitor, presented: &str) -> Result<Recognised, ServiceError> {
    let Some(presented) = PresentedKey::parse(presented) else { return Err(limits::refuse_token(app, visitor, Failures::Unknown).await?) };
    let Found { key, application_name, maker } = match applications::find_presented(app, &presented).await? {
        Ok(found) => found,
        Err(Failure::Unknown) => return Err(limits::refuse_token(app, visitor, Failures::Unknown).await?),
        Err(Failure::Known { key, why }) => return Err(limits::refuse_token(app, visitor, Failures::Known { key: &key, why }).await?),
    };
    let role = maker.role();
    let MemberPerson { member, teams, only, .. } = maker;
    applications::note_use(app, &key, visitor).await?;
    let only = match (key.connections, only) {
        (None, only) => only,
        (Some(named), None) => Some(Arc::new(named)),
        (Some(named), Some(only)) => Some(Arc::new(named.intersection(&only).cloned().collect())),
    };
    let kind = ActorKind::Application { application: key.application, key: key.id, maker: member.id, name: application_name, role, teams, scopes: key.scopes };
    let Visitor { address, user_agent, request_id, .. } = visitor.clone();
    let actor = Actor { organization: key.organization, kind, only, address: Some(address), user_agent, request_id };
    Ok(Recognised { actor, family: None })
}
