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
    region: String,
    sign_in: String,
    tier: String,
}

/// The connectors that match, all in one page.
pub async fn list(State(app): State<App>, Member(actor): Member, Query(narrowed): Query<Narrowed>) -> Answer {
    let Narrowed { q, category, region, sign_in, tier } = narrowed;
    let filter = MarketplaceFilter { q, category, region, sign_in, tier };
    let view = services::marketplace::list(&app, &actor, &filter).await?;
    let matching: Vec<_> = view.matching(&filter).collect();
    Ok(data(json!({"items": matching, "next_cursor": null})))
}

/// One connector with its form.
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(services::marketplace::connector(&app, &actor, &id).await?))
}
