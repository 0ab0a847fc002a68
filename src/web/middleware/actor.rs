//! From a session to an actor, anew on every request: who was removed is out at once.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_sessions::Session;

use super::bearer;
use super::device::{self, DeviceCookie};
use crate::domain::{Actor, ActorKind, Timestamp, Visitor};
use crate::services::{self, ErrorCode, ServiceError};
use crate::store::sessions::{self, SEEN_EVERY_MS};
use crate::vault::TokenHash;
use crate::web::plain::{is_api, refusal};
use crate::web::session::{self, SEEN, WHO, Who, unavailable};
use crate::web::{ApiError, Web};

/// Puts the [`Actor`] among the request's extensions and puts off the session's end.
pub(in crate::web) async fn actor(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let Some(session) = request.extensions().get::<Session>().cloned() else {
        return failure(&path, ServiceError { cause: Some("no session layer".into()), ..blank() });
    };
    let Some(visitor) = request.extensions().get::<Visitor>().cloned() else {
        return failure(&path, ServiceError { cause: Some("nobody observed the request".into()), ..blank() });
    };
    if bearer::is_presented(&request) {
        return bearer::actor(&web, Some(visitor), request, next).await;
    }
    match find(&web, &session, &visitor).await {
        Ok(Some(actor)) => {
            request.extensions_mut().insert(actor);
        }
        Ok(None) => {}
        Err(error) => return failure(&path, error),
    }
    let mut response = next.run(request).await;
    match keep(&web, &session, &visitor).await {
        Ok(Some(device)) => {
            response.extensions_mut().insert(device);
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(cause = error.cause.as_deref().map(tracing::field::display), "a session was not kept"),
    }
    response
}

async fn find(web: &Web, session: &Session, visitor: &Visitor) -> Result<Option<Actor>, ServiceError> {
    let Some(who) = session.get::<Who>(WHO).await.map_err(unavailable)? else { return Ok(None) };
    let mut actor = services::sign_in::actor_of(&web.app, &who.user, &who.organization, who.proven_at, visitor).await?;
    if let Some(Actor { kind: ActorKind::Member { confined, .. }, .. }) = &mut actor {
        *confined = who.confined;
    }
    if actor.is_none() {
        session::end(session).await?;
    }
    Ok(actor)
}

/// Notes that the session is used, at most once a minute.
async fn touch(web: &Web, session: &Session, visitor: &Visitor) -> Result<(), ServiceError> {
    let (now, Some(id)) = (web.app.clock.now(), session.id()) else { return Ok(()) };
    let seen = session.get::<Timestamp>(SEEN).await.map_err(unavailable)?.unwrap_or_default();
    if now.since(seen) < SEEN_EVERY_MS {
        return Ok(());
    }
    let mut transaction = web.app.database.begin().await?;
    let hash = TokenHash::of(&id.to_string());
    sessions::touch(transaction.conn(), hash.as_str(), now, &visitor.address.to_string(), &visitor.user_agent).await?;
    transaction.commit().await?;
    Ok(())
}

/// Notes the use of the session and puts off its end; the cookie of a browser that is to be known from now on.
async fn keep(web: &Web, session: &Session, visitor: &Visitor) -> Result<Option<DeviceCookie>, ServiceError> {
    let now = web.app.clock.now();
    let Some(who) = session.get::<Who>(WHO).await.map_err(unavailable)? else {
        if session.is_modified() {
            session.set_expiry(Some(session::GUEST));
        }
        return Ok(None);
    };
    touch(web, session, visitor).await?;
    let device = if who.is_new { Some(device::known(web, &who.user, visitor).await?) } else { None };
    if who.is_new {
        let (address, user_agent) = (visitor.address.to_string(), visitor.user_agent.clone());
        session.insert(WHO, Who { is_new: false, address, user_agent, ..who.clone() }).await.map_err(unavailable)?;
    } else if who.is_due(now) {
        session.insert(WHO, Who { renewed_at: now, ..who.clone() }).await.map_err(unavailable)?;
    }
    if session.is_modified() {
        session.set_expiry(Some(who.expiry()));
    }
    Ok(device)
}

fn blank() -> ServiceError {
    ServiceError::of(ErrorCode::Internal).saying("")
}

fn failure(path: &str, error: ServiceError) -> Response {
    if is_api(path) {
        return ApiError::from(error).into_response();
    }
    tracing::error!(cause = error.cause.as_deref().map(tracing::field::display), "nobody could be recognised");
    refusal(path, error.code, None, "Latchkey cannot answer right now", "Nothing was saved. Try again in a minute.")
}
