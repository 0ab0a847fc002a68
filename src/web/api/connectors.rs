//! `/api/v1/connectors…`: the catalogue.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::query::Query;
use super::{Answer, data};
use crate::dto::MarketplaceFilter;
use crate::services::{self, App};
use crate::web::{InPath, Member};

/// What the list can be narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Narrowed {
    q: String,
    category: String,
}

/// The connectors that match, all in one page.
pub async fn list(State(app): State<App>, Member(actor): Member, Query(narrowed): Query<Narrowed>) -> Answer {
    let filter = MarketplaceFilter { q: narrowed.q, category: narrowed.category };
    let view = services::marketplace::list(&app, &actor, &filter).await?;
    Ok(data(json!({"items": view.connectors, "next_cursor": null})))
}

/// One connector with its form.
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(services::marketplace::connector(&app, &actor, &id).await?))
}
