//! How an action ends.

use axum::response::Response;

use crate::domain::LocalPath;
use crate::services::{ErrorCode, ServiceError, SignedIn};
use crate::ui::flash::Flash;
use crate::ui::page::bare_trouble;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::{Guest, Member};
use crate::web::session;

impl Guest {
    /// Leaves a message and goes on.
    pub async fn go(self, flash: Flash, to: &LocalPath) -> Response {
        flash.leave(&self.session).await;
        see_other(to)
    }

    /// Signs the person in and goes on; the session gets a new id.
    pub async fn enter(self, signed_in: &SignedIn, keep: bool, to: &LocalPath) -> Response {
        match session::begin(&self.app, &self.session, signed_in, keep).await {
            Ok(()) => see_other(to),
            Err(error) => {
                tracing::error!(%error, "a session could not begin");
                bare_trouble(self.parts, self.options).await
            }
        }
    }
}

impl Member {
    /// Ends the session and goes to the sign-in page.
    pub async fn leave(self) -> Response {
        match session::end(&self.session).await {
            Ok(()) => see_other(&local("/sign-in")),
            Err(error) => {
                tracing::error!(%error, "a session could not end");
                bare_trouble(self.parts, self.options).await
            }
        }
    }

    /// Leaves a message and goes on.
    pub async fn go(self, flash: Flash, to: &LocalPath) -> Response {
        flash.leave(&self.session).await;
        see_other(to)
    }

    /// Ends an action: `done` says where to go with which message; what was expected to fail goes back with a message; what may not be
    /// or is not there becomes its page.
    pub async fn end<T>(self, result: Result<T, ServiceError>, back: &LocalPath, done: impl FnOnce(T) -> (LocalPath, Flash)) -> Response {
        match result {
            Ok(value) => {
                let (to, flash) = done(value);
                self.go(flash, &to).await
            }
            Err(error) if is_page(error.code) => self.refuse(error).await,
            Err(error) => {
                let flash = Flash::refusal(&error);
                self.go(flash, back).await
            }
        }
    }
}

const fn is_page(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotFound
            | ErrorCode::Forbidden
            | ErrorCode::SignInRequired
            | ErrorCode::SecretUnreadable
            | ErrorCode::StorageUnavailable
            | ErrorCode::Internal
    )
}
