//! `/api/v1/connectors…`: the catalogue.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::query::{Query, short};
use super::{Answer, data, listed};
use crate::dto::{ConnectorSummary, ConnectorView, MarketplaceFilter};
use crate::services::{self, App};
use crate::web::envelope::{Done, Listed};
use crate::web::{InPath, Member};

/// What the list can be narrowed to.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Narrowed {
    /// Words of the name, the summary or the category.
    #[param(max_length = 200)]
    q: String,
    /// Machine name of a category, such as `payments`.
    #[param(max_length = 200)]
    category: String,
    /// A region, such as `US`; what is used everywhere belongs to each.
    #[param(max_length = 200)]
    region: String,
    /// A kind of signing in.
    #[param(inline)]
    sign_in: Option<SignInFilter>,
    /// How well it is known.
    #[param(inline)]
    tier: Option<TierFilter>,
}

/// Kinds of signing in.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignInFilter {
    /// A key or token.
    Key,
    /// User name and password.
    Password,
    /// Signed requests.
    Signed,
    /// Nothing.
    None,
}

/// How well a connector is known.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TierFilter {
    /// Proven.
    Ready,
    /// Not yet.
    Preview,
}

/// A connector with what programs need to fill in its form.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectorContract {
    #[serde(flatten)]
    connector: ConnectorView,
    /// What can be done with it: `check`, `identity`, `preview`, `revoke`, `login`, as they apply.
    capabilities: Vec<&'static str>,
    /// The fields as JSON Schema 2020-12: what `fields` of a new connection must satisfy.
    #[schema(value_type = Object)]
    fields_schema: serde_json::Value,
}

/// List connectors.
///
/// All that match, by name, in one part.
#[utoipa::path(
    get, path = "/connectors", operation_id = "list_connectors", tag = "connectors", params(Narrowed),
    responses((status = 200, description = "The connectors.", body = Done<Listed<ConnectorSummary>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member, Query(narrowed): Query<Narrowed>) -> Answer {
    let filter = MarketplaceFilter {
        q: short("q", narrowed.q)?,
        category: short("category", narrowed.category)?,
        region: short("region", narrowed.region)?,
        sign_in: narrowed.sign_in.map_or("", SignInFilter::as_str).to_owned(),
        tier: narrowed.tier.map_or("", TierFilter::as_str).to_owned(),
    };
    let view = services::marketplace::list(&app, &actor, &filter).await?;
    Ok(listed(view.matching(&filter).cloned().collect(), None))
}

/// View a connector.
///
/// With its form, what it can do, and the JSON Schema of its fields.
#[utoipa::path(
    get, path = "/connectors/{connector}", operation_id = "view_connector", tag = "connectors",
    responses((status = 200, description = "The connector.", body = Done<ConnectorContract>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    let connector = services::marketplace::connector(&app, &actor, &id).await?;
    let (capabilities, fields_schema) = services::marketplace::contract(&app, &actor, &id).await?;
    Ok(data(ConnectorContract { connector, capabilities, fields_schema }))
}

impl SignInFilter {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Password => "password",
            Self::Signed => "signed",
            Self::None => "none",
        }
    }
}

impl TierFilter {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Preview => "preview",
        }
    }
}
