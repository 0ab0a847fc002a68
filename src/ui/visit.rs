//! Who asks for a page or an action. A handler that takes a [`Member`] cannot be reached without one.

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::Method;
use http::request::Parts;
use leptos::config::LeptosOptions;
use tower_sessions::Session;

use super::{flash::Flash, page, redirect};
use crate::domain::{Actor, Visitor};
use crate::services::App;

/// What every handler of the pages is given.
#[derive(Clone, Debug)]
pub struct UiState {
    /// The use cases' world.
    pub app: App,
    /// Names of the built assets.
    pub options: LeptosOptions,
}

/// Somebody, signed in or not.
#[derive(Debug)]
pub struct Guest {
    /// The use cases' world.
    pub app: App,
    /// Names of the built assets.
    pub options: LeptosOptions,
    /// Who is signed in, if anybody.
    pub actor: Option<Actor>,
    /// Where the request came from.
    pub visitor: Visitor,
    /// The browser's session.
    pub session: Session,
    /// The request without its body.
    pub parts: Parts,
}

/// A signed-in member.
#[derive(Debug)]
pub struct Member {
    /// The use cases' world.
    pub app: App,
    /// Names of the built assets.
    pub options: LeptosOptions,
    /// The member.
    pub actor: Actor,
    /// Where the request came from.
    pub visitor: Visitor,
    /// The browser's session.
    pub session: Session,
    /// The request without its body.
    pub parts: Parts,
}

impl FromRequestParts<UiState> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &UiState) -> Result<Self, Response> {
        let session = parts.extensions.get::<Session>().cloned();
        let visitor = parts.extensions.get::<Visitor>().cloned();
        let (Some(session), Some(visitor)) = (session, visitor) else {
            tracing::error!("the session layer is missing");
            return Err(page::bare_trouble(parts.clone(), state.options.clone()).await);
        };
        let actor = parts.extensions.get::<Actor>().cloned();
        Ok(Self { app: state.app.clone(), options: state.options.clone(), actor, visitor, session, parts: parts.clone() })
    }
}

impl FromRequestParts<UiState> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &UiState) -> Result<Self, Response> {
        let Guest { app, options, actor, visitor, session, parts } = Guest::from_request_parts(parts, state).await?;
        match actor {
            Some(actor) => Ok(Self { app, options, actor, visitor, session, parts }),
            None if matches!(parts.method, Method::GET | Method::HEAD) => {
                let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
                Err(redirect::see_other(&redirect::sign_in(path)))
            }
            None => {
                Flash::bad("You are signed out.", "Nothing was saved. Sign in and try again.").leave(&session).await;
                Err(redirect::see_other(&redirect::sign_in("/connections")))
            }
        }
    }
}
