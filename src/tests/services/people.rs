//! Members, invitations, teams, limits and organizations.

mod grants;
mod invitations;
mod last_admin;
mod members;
mod organizations;
mod teams;

use latchkey::domain::{Actor, OrganizationId, Role};
use latchkey::services::invitations::NewInvitation;
use latchkey::services::{ErrorCode, ServiceError, sign_in};
use latchkey::store::Database;

use super::world::{World, visitor};
use crate::support::letters;

/// The code of a refusal.
fn code<T>(result: Result<T, ServiceError>) -> ErrorCode {
    result.err().expect("refused").code
}

/// The field that was refused.
fn field<T>(result: Result<T, ServiceError>) -> String {
    let error = result.err().expect("refused");
    assert_eq!(error.code, ErrorCode::InvalidField, "{error}");
    error.fields[0].field.clone()
}

fn to(email: &str, role: Role) -> NewInvitation {
    NewInvitation { email: email.to_owned(), role, team: String::new(), connections: None }
}

/// The actor of a member as the next request would have it; none when the membership has ended.
async fn again(world: &World, actor: &Actor) -> Option<Actor> {
    let user = latchkey::services::access::person(actor).unwrap();
    sign_in::actor_of(&world.app, user, &actor.organization, world.app.now(), &visitor()).await.unwrap()
}

/// The token in the newest letter to this address.
async fn token(world: &World, email: &str) -> String {
    letters::token(&world.app, email, "/invite/").await
}

/// What kind of things the newest audit entries of an organization say, newest first.
async fn audited(world: &World, organization: &OrganizationId) -> Vec<String> {
    let sql = "SELECT action FROM audit_log WHERE org_id = $1 ORDER BY seq DESC";
    let found: Vec<(String,)> = match &world.app.database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).bind(organization.as_str()).fetch_all(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(sql).bind(organization.as_str()).fetch_all(pool).await.unwrap(),
    };
    found.into_iter().map(|(action,)| action).collect()
}
