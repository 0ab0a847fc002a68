//! From a session to an actor, anew on every request: who was removed is out at once.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_sessions::Session;

use super::bearer;
use crate::domain::{Actor, Visitor};
use crate::services::{self, ErrorCode, ServiceError};
use crate::web::plain::{is_api, refusal};
use crate::web::session::{self, WHO, Who, unavailable};
use crate::web::{ApiError, Web};

/// Puts the [`Actor`] among the request's extensions and puts off the session's end.
pub(in crate::web) async fn actor(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let Some(session) = request.extensions().get::<Session>().cloned() else {
        return failure(&path, ServiceError { cause: Some("no session layer".into()), ..blank() });
    };
    let visitor = request.extensions().get::<Visitor>().cloned();
    if bearer::is_presented(&request) {
        return bearer::actor(&web, visitor, request, next).await;
    }
    match find(&web, &session, visitor).await {
        Ok(Some(actor)) => {
            request.extensions_mut().insert(actor);
        }
        Ok(None) => {}
        Err(error) => return failure(&path, error),
    }
    let response = next.run(request).await;
    if let Err(error) = keep(&web, &session).await {
        tracing::warn!(cause = error.cause.as_deref().map(tracing::field::display), "a session was not kept");
    }
    response
}

async fn find(web: &Web, session: &Session, visitor: Option<Visitor>) -> Result<Option<Actor>, ServiceError> {
    let Some(visitor) = visitor else { return Ok(None) };
    let Some(who) = session.get::<Who>(WHO).await.map_err(unavailable)? else { return Ok(None) };
    let actor = services::sign_in::actor_of(&web.app, &who.user, &who.organization, who.proven_at, &visitor).await?;
    if actor.is_none() {
        session::end(session).await?;
    }
    Ok(actor)
}

async fn keep(web: &Web, session: &Session) -> Result<(), ServiceError> {
    let now = web.app.clock.now();
    let Some(who) = session.get::<Who>(WHO).await.map_err(unavailable)? else {
        if session.is_modified() {
            session.set_expiry(Some(session::GUEST));
        }
        return Ok(());
    };
    if who.is_due(now) {
        session.insert(WHO, Who { renewed_at: now, ..who.clone() }).await.map_err(unavailable)?;
    }
    if session.is_modified() {
        session.set_expiry(Some(who.expiry()));
    }
    Ok(())
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
