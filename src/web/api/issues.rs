//! `/api/v1/issues`: what is wrong with connections.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::query::{Query, short};
use super::{Answer, data};
use crate::dto::IssuePage;
use crate::services::{App, issues};
use crate::web::envelope::Done;
use crate::web::{ApiError, Member};

/// Issues of one page unless told otherwise.
const USUAL: usize = 30;

/// Whether an issue lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// It lasts.
    #[default]
    Open,
    /// It has ended.
    Resolved,
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Part {
    /// Those that last, or those that have ended.
    #[param(inline)]
    state: IssueState,
    /// `next_cursor` of the part before.
    #[param(max_length = 200)]
    cursor: String,
    /// How many issues; 30 when left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// List issues.
///
/// Newest first, those that have ended by their end: what is wrong with the connections that you see. An issue opens once, tells people once, and ends by itself when its cause is gone.
#[utoipa::path(
    get, path = "/issues", operation_id = "list_issues", tag = "connections", params(Part),
    responses((status = 200, description = "The issues.", body = Done<IssuePage>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member, Query(part): Query<Part>) -> Answer {
    let limit = part.limit.unwrap_or(USUAL);
    if !(1..=issues::MOST).contains(&limit) {
        return Err(ApiError::field("limit", "Use 1 to 100."));
    }
    Ok(data(issues::list(&app, &actor, part.state == IssueState::Open, &short("cursor", part.cursor)?, limit).await?))
}
