//! The frame around every page.

use crate::domain::Actor;
use crate::dto::ShellView;
use crate::services::{App, ServiceError};

/// What the frame shows this member.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn view(app: &App, actor: &Actor) -> Result<ShellView, ServiceError> {
    todo!()
}
