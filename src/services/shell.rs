//! The frame around every page.

use crate::domain::{Action, Actor, ActorKind, ConnectionStatus, Role};
use crate::dto::ShellView;
use crate::services::{App, ErrorCode, ServiceError, access};
use crate::store::{connections, issues, organizations};

/// What the frame shows this member: four look-ups by key on one connection.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn view(app: &App, actor: &Actor) -> Result<ShellView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let user = access::person(actor)?;
    let mut reader = app.database.read().await?;
    let frame = organizations::frame(reader.conn(), &actor.organization, user).await?;
    let (organization, theme) = frame.ok_or_else(|| ServiceError::of(ErrorCode::SignInRequired))?;
    let mine = organizations::of_user(reader.conn(), user).await?;
    let counts = connections::count_by_status(reader.conn(), &actor.organization, access::sight(actor)).await?;
    let open = issues::count_open(reader.conn(), &actor.organization, access::sight(actor)).await?;
    let sum = |numbers: &[(ConnectionStatus, i64)]| -> usize {
        let total: i64 = numbers.iter().filter(|(status, _)| *status != ConnectionStatus::Revoked).map(|(_, count)| count).sum();
        usize::try_from(total).unwrap_or_default()
    };
    Ok(ShellView {
        organization,
        others: mine.into_iter().filter(|(row, _)| row.id != actor.organization).map(|(row, _)| (row.id.to_string(), row.name)).collect(),
        person: actor.name().to_owned(),
        role: role(actor),
        connections: sum(&counts),
        issues: sum(&open),
        theme,
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
