//! `/api/v1/connections…`

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::body::Body;
use super::query::Query;
use super::{Answer, created, data};
use crate::dto::ConnectionFilter;
use crate::services::{self, App, Entries};
use crate::web::{ApiError, InPath, Member};

/// Rows of one page, as [`ConnectionFilter::page`] counts them.
const PAGE: usize = 50;

/// What the list can be narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Narrowed {
    q: String,
    status: String,
    sort: String,
    cursor: String,
}

/// A connection to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    connector: String,
    #[serde(default)]
    name: String,
    fields: Entries,
}

/// Entries to try.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    connector: String,
    fields: Entries,
}

/// The connections that match, 50 at a time.
pub async fn list(State(app): State<App>, Member(actor): Member, Query(narrowed): Query<Narrowed>) -> Answer {
    let page = match narrowed.cursor.as_str() {
        "" => 1,
        cursor => cursor
            .parse::<u32>()
            .ok()
            .filter(|page| (2..=1_000_000).contains(page))
            .ok_or_else(|| ApiError::field("cursor", "Use the next_cursor of the page before."))?,
    };
    let filter = ConnectionFilter { q: narrowed.q, status: narrowed.status, sort: narrowed.sort, page };
    let view = services::connections::list(&app, &actor, &filter).await?;
    let shown = usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(PAGE);
    let next = (view.matching > shown).then(|| page.saturating_add(1).to_string());
    Ok(data(json!({"items": view.rows, "next_cursor": next})))
}

/// One connection.
pub async fn view(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(services::connections::view(&app, &actor, &id).await?))
}

/// Which stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chosen {
    stream: String,
}

/// The first rows of a stream; nothing of them is stored.
pub async fn preview(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Query(chosen): Query<Chosen>) -> Answer {
    Ok(data(services::preview::view(&app, &actor, &id, &chosen.stream).await?))
}

/// Proves the entries and saves them as a connection.
pub async fn create(State(app): State<App>, Member(actor): Member, Body(body): Body<Create>) -> Answer {
    Ok(created(services::connections::create(&app, &actor, &body.connector, &body.name, body.fields).await?))
}

/// Proves the entries and saves nothing.
pub async fn test_unsaved(State(app): State<App>, Member(actor): Member, Body(body): Body<Try>) -> Answer {
    Ok(data(services::connections::test_unsaved(&app, &actor, &body.connector, body.fields).await?))
}

/// Proves a saved connection now.
pub async fn test(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(services::connections::test(&app, &actor, &id).await?))
}

/// Ends a connection and erases its credential.
pub async fn disconnect(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(services::connections::disconnect(&app, &actor, &id).await?))
}
