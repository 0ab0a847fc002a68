//! The frame around every page.

use crate::domain::{Action, Actor, ActorKind, Role};
use crate::dto::ShellView;
use crate::services::{App, ErrorCode, ServiceError, access};
use crate::store::organizations;

/// What the frame shows this member.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn view(app: &App, actor: &Actor) -> Result<ShellView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let user = access::person(actor)?;
    let mut reader = app.database.read().await?;
    let frame = organizations::frame(reader.conn(), &actor.organization, user, access::sight(actor)).await?;
    let frame = frame.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))?;
    let mine = organizations::of_user(reader.conn(), user).await?;
    drop(reader);
    Ok(ShellView {
        organization: frame.name,
        others: mine.into_iter().filter(|(row, _)| row.id != actor.organization).map(|(row, _)| (row.id.to_string(), row.name)).collect(),
        person: actor.name().to_owned(),
        role: role(actor),
        connections: usize::try_from(frame.connections).unwrap_or_default(),
        issues: usize::try_from(frame.issues).unwrap_or_default(),
        theme: frame.theme,
        sandbox: app.settings.sandbox.clone(),
    })
}

/// The name of the actor's organization; every member and every program may know it.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn organization_name(app: &App, actor: &Actor) -> Result<String, ServiceError> {
    let found = organizations::find(app.database.read().await?.conn(), &actor.organization).await?;
    found.map(|row| row.name).ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))
}

/// The role of a member, of a program that of its key's maker; the least for anything else.
pub const fn role(actor: &Actor) -> Role {
    match &actor.kind {
        ActorKind::Member { role, .. } | ActorKind::Application { role, .. } => *role,
        ActorKind::Link { .. } | ActorKind::Job(_) => Role::Viewer,
    }
}
