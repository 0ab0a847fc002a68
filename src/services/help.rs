//! Who can help those who may not.

use crate::domain::Actor;
use crate::dto::HelpView;
use crate::services::{App, ServiceError};

/// Who is signed in and who can help.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn view(app: &App, actor: &Actor) -> Result<HelpView, ServiceError> {
    todo!()
}
