//! How an action ends.

use axum::response::Response;

use crate::domain::LocalPath;
use crate::services::{ErrorCode, ServiceError};
use crate::ui::flash::Flash;
use crate::ui::redirect::see_other;
use crate::ui::visit::Member;

impl Member {
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
