//! `/api/v1/auth/…`

use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use utoipa::ToSchema;

use super::body::Body;
use super::tokens::{self, LoggedIn};
use super::{Answer, data, message};
use crate::domain::{ActorKind, ApiKeyId, ApplicationId, MemberId, OrganizationId, Role, Scope};
use crate::services::{self, App, access};
use crate::vault::Secret;
use crate::web::envelope::{Done, Refused, Said};
use crate::web::middleware::Family;
use crate::web::{ApiError, Guest, Member, session};

/// What signing in takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The e-mail address of the account.
    #[schema(example = "dana@example.com")]
    email: String,
    /// The password of the account.
    #[schema(value_type = String, format = Password, write_only)]
    password: Secret<String>,
    /// Whether to answer tokens instead of a session cookie.
    #[serde(default)]
    tokens: bool,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// `member`, or `application` for a program's key.
    kind: &'static str,
    /// `mem_…`; of a program that of its key's maker.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
    /// The person's or the program's name.
    name: String,
    /// The role in the organization; of a program that of its key's maker.
    role: Role,
    /// The organization that the session is of.
    organization: OwnOrganization,
    /// The program; `null` for a person.
    #[schema(required)]
    application: Option<Program>,
}

/// A program that has signed in with a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Program {
    /// `app_…`.
    #[schema(value_type = String)]
    id: ApplicationId,
    /// `key_…`.
    #[schema(value_type = String)]
    key: ApiKeyId,
    /// What the key may be used for, as far as its maker's role allows it.
    scopes: Vec<Scope>,
}

/// An organization, where a member looks at its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnOrganization {
    /// `org_…`.
    #[schema(value_type = String)]
    id: OrganizationId,
    /// Its name.
    name: String,
}

/// Sign in.
///
/// The answer sets the session cookie, or brings tokens when `tokens` is true. Every wrong sign-in gets the same answer; after ten of one account within 15 minutes it is 429.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "login", tag = "auth", security(()),
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in.", body = LoggedIn, headers(("Set-Cookie" = String, description = "The session."))),
        (status = 401, description = "`login_failed`: wrong address or password.", body = Refused),
        (status = 429, description = "`slow_down`: too many tries.", body = Refused, headers(("Retry-After" = i64, description = "Seconds."))),
    )
)]
pub async fn login(State(app): State<App>, Guest(visitor): Guest, session: Session, Body(form): Body<SignIn>) -> Answer {
    let signed_in = services::sign_in::sign_in(&app, &visitor, &form.email, &form.password).await;
    let signed_in = signed_in.map_err(|error| ApiError::from(error).at(app.clock.now()))?;
    if form.tokens {
        return Ok(Json(LoggedIn::Tokens(Done::of(tokens::begin(&app, &visitor, &signed_in).await?))).into_response());
    }
    session::begin(&app, &session, &signed_in, false).await?;
    Ok(Json(LoggedIn::Session(Said::of("Signed in.".to_owned()))).into_response())
}

/// Sign out.
///
/// The session is gone at once; with an access token its sign-in and all of its tokens are. A program's key cannot sign out: end it on its application.
#[utoipa::path(post, path = "/auth/logout", operation_id = "logout", tag = "auth", responses((status = 200, description = "Signed out.", body = Said)))]
pub async fn logout(State(app): State<App>, Member(actor): Member, family: Option<Extension<Family>>, session: Session) -> Answer {
    access::person(&actor)?;
    if let Some(Extension(Family(family))) = family {
        services::tokens::end(&app, &actor, &family).await?;
        return Ok(message("Signed out."));
    }
    services::sign_in::sign_out(&app, &actor).await?;
    session::end(&session).await?;
    Ok(message("Signed out."))
}

/// Who is signed in.
#[utoipa::path(get, path = "/auth/me", operation_id = "view_me", tag = "auth", responses((status = 200, description = "The member.", body = Done<Me>)))]
pub async fn me(State(app): State<App>, Member(actor): Member) -> Answer {
    let name = services::shell::organization_name(&app, &actor).await?;
    let (kind, application) = match &actor.kind {
        ActorKind::Application { application, key, scopes, .. } => {
            ("application", Some(Program { id: application.clone(), key: key.clone(), scopes: scopes.iter().collect() }))
        }
        ActorKind::Member { .. } | ActorKind::Link { .. } | ActorKind::Job(_) => ("member", None),
    };
    let organization = OwnOrganization { id: actor.organization.clone(), name };
    let role = services::shell::role(&actor);
    Ok(data(Me { kind, member: actor.member().cloned(), name: actor.name().to_owned(), role, organization, application }))
}
