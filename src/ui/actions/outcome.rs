//! How an action ends.

use axum::response::Response;

use crate::domain::LocalPath;
use crate::services::sign_in::Entered;
use crate::services::{ErrorCode, ServiceError, SignedIn};
use crate::ui::flash::{Flash, FlashKind};
use crate::ui::page::bare_trouble;
use crate::ui::redirect::{confirm, local, see_other};
use crate::ui::visit::{Guest, Member};
use crate::web::session::{self, Half};

impl Guest {
    /// Leaves a message and goes on.
    pub async fn go(self, flash: Flash, to: &LocalPath) -> Response {
        flash.leave(&self.session).await;
        see_other(to)
    }

    /// Signs the person in who took every step that is due, and goes on; leads anybody else to the second step.
    pub async fn admit(self, entered: &Entered, keep: bool, to: &LocalPath) -> Response {
        match entered {
            Entered::In(signed_in) => self.enter(signed_in, keep, to).await,
            Entered::SecondStep(pending) => {
                let half = Half { pending: pending.clone(), keep, next: to.as_str().to_owned() };
                match session::begin_half(&self.session, half).await {
                    Ok(()) => see_other(&local("/sign-in/second-step")),
                    Err(error) => {
                        tracing::error!(%error, "a session could not begin");
                        bare_trouble(self.parts, self.options).await
                    }
                }
            }
        }
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
            Err(error) if error.code == ErrorCode::FreshSignInRequired => {
                let flash = Flash { kind: FlashKind::Info, ..Flash::bad("Confirm that it is you, then do it again.", "Nothing was changed yet.") };
                self.go(flash, &confirm(back.as_str())).await
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
