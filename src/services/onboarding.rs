//! The first steps of a new organization.

use crate::domain::Actor;
use crate::dto::OnboardingView;
use crate::services::{App, ServiceError};

/// How far the first steps are.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn view(app: &App, actor: &Actor) -> Result<OnboardingView, ServiceError> {
    todo!()
}

/// How to keep a copy of the key, as plain text: fingerprint, place and steps, never the key. Ticks the step.
///
/// # Errors
/// `Forbidden` for roles that do not run this server.
pub async fn recovery_sheet(app: &App, actor: &Actor) -> Result<String, ServiceError> {
    todo!()
}
