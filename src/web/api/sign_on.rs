//! `/api/v1/organization/sign-on/…`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, created, data, listed, message};
use crate::dto::SignOnProviderView;
use crate::services::App;
use crate::services::sign_on::{self, Change, NewProvider};
use crate::vault::Secret;
use crate::web::envelope::{Done, Listed, Refused, Said};
use crate::web::{InPath, Member};

/// A provider to add.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewSignOn)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// `oidc`, `google`, `microsoft` or `github`.
    #[schema(example = "oidc")]
    kind: String,
    /// What its button says; the provider's own name when left out.
    #[serde(default)]
    label: String,
    /// Its issuer, to the letter; left out where the kind says it.
    #[serde(default)]
    #[schema(example = "https://login.example.com")]
    issuer: String,
    /// Who Latchkey is there.
    client_id: String,
    /// Latchkey's secret there.
    #[schema(value_type = String, format = Password, write_only)]
    client_secret: Secret<String>,
    /// Domains of people's addresses, at most 20.
    #[serde(default)]
    domains: Vec<String>,
    /// The role of people who join by it: `viewer`, `developer`, `team_lead`, or `none`.
    #[serde(default)]
    #[schema(example = "viewer")]
    join_role: String,
}

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChangeSignOn)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What its button says.
    label: Option<String>,
    /// Another secret.
    #[schema(value_type = Option<String>, format = Password, write_only)]
    client_secret: Option<Secret<String>>,
    /// The domains, all of them.
    domains: Option<Vec<String>>,
    /// `viewer`, `developer`, `team_lead`, or `none`.
    join_role: Option<String>,
    /// Whether people may use it.
    enabled: Option<bool>,
}

/// A domain to prove.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ProveDomain)]
#[serde(deny_unknown_fields)]
pub struct Prove {
    /// One of the provider's domains.
    #[schema(example = "example.com")]
    domain: String,
}

/// List the providers of single sign-on.
///
/// All of them, in one page.
#[utoipa::path(
    get, path = "/organization/sign-on", operation_id = "list_sign_on", tag = "sign_on",
    responses((status = 200, description = "Oldest first.", body = Done<Listed<SignOnProviderView>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member) -> Answer {
    Ok(listed(sign_on::list(&app, &actor).await?.providers, None))
}

/// Add a provider.
///
/// It must answer as one. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/organization/sign-on", operation_id = "create_sign_on", tag = "sign_on", request_body = New,
    responses(
        (status = 201, description = "The provider.", body = Done<SignOnProviderView>),
        (status = 409, description = "`conflict`: there are too many.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<New>) -> Answer {
    let New { kind, label, issuer, client_id, client_secret, domains, join_role } = body;
    Ok(created(sign_on::add(&app, &actor, &NewProvider { kind, label, issuer, client_id, client_secret, domains, join_role }).await?))
}

/// View a provider.
#[utoipa::path(
    get, path = "/organization/sign-on/{provider}", operation_id = "view_sign_on", tag = "sign_on",
    responses((status = 200, description = "The provider, never its secret.", body = Done<SignOnProviderView>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(sign_on::view(&app, &actor, &id).await?))
}

/// Change a provider.
///
/// Needs a sign-in of the last ten minutes.
#[utoipa::path(
    patch, path = "/organization/sign-on/{provider}", operation_id = "edit_sign_on", tag = "sign_on", request_body = Edit,
    responses(
        (status = 200, description = "The provider.", body = Done<SignOnProviderView>),
        (status = 409, description = "`conflict`.", body = Refused),
    )
)]
pub async fn edit(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Edit>) -> Answer {
    let Edit { label, client_secret, domains, join_role, enabled } = body;
    Ok(data(sign_on::change(&app, &actor, &id, &Change { label, client_secret, domains, join_role, enabled }).await?))
}

/// Prove a domain.
///
/// Looks for the text in its DNS. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/organization/sign-on/{provider}/prove", operation_id = "prove_sign_on_domain", tag = "sign_on", request_body = Prove,
    responses(
        (status = 200, description = "The provider.", body = Done<SignOnProviderView>),
        (status = 409, description = "`conflict`: the text is not there, or another provider holds the domain.", body = Refused),
    )
)]
pub async fn prove(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Body(body): Body<Prove>) -> Answer {
    Ok(data(sign_on::prove(&app, &actor, &id, &body.domain).await?))
}

/// Remove a provider.
///
/// Its secret is erased and everybody's accounts are disconnected. Needs a sign-in of the last ten minutes.
#[utoipa::path(
    delete, path = "/organization/sign-on/{provider}", operation_id = "delete_sign_on", tag = "sign_on",
    responses((status = 200, description = "A sentence.", body = Said))
)]
pub async fn delete(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let label = sign_on::remove(&app, &actor, &id).await?;
    Ok(message(&format!("{label} is removed.")))
}
