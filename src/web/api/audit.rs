//! `/api/v1/audit…`: the audit log.

use axum::body::Body as Answered;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt as _;
use http::header;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::Body;
use super::query::{Query, short};
use super::{Answer, data, listed};
use crate::dto::{AuditEntryPage, AuditEntryView, AuditFilter, AuditRetention};
use crate::services::audit::{self, Filter, Format};
use crate::services::{App, ServiceError};
use crate::web::envelope::{Done, Listed, Refused};
use crate::web::{ApiError, Member};

/// Entries of one page unless told otherwise.
const USUAL: usize = 50;

/// Which entries.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Part {
    /// Part of a name, an address or an id; a whole id is found at once.
    #[param(max_length = 200)]
    q: String,
    /// `people`, `apps`, `latchkey`, or the id of one member or app.
    #[param(max_length = 200)]
    who: String,
    /// `sign-in`, `connections`, `credentials`, `people`, `apps` or `settings`.
    #[param(max_length = 200)]
    what: String,
    /// `today` (UTC), `7d` or `30d`.
    #[param(max_length = 200)]
    when: String,
    /// `server` for what belongs to no organization; for super admins.
    #[param(max_length = 200)]
    of: String,
    /// `next_cursor` of the part before.
    #[param(max_length = 200)]
    cursor: String,
    /// How many entries; 50 when left out. A part can hold fewer, and even none, while there is a `next_cursor`.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// What to export, and how.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Export {
    /// `jsonl` (when left out) or `csv`.
    #[param(max_length = 200)]
    format: String,
    /// As in the list.
    #[param(max_length = 200)]
    q: String,
    /// As in the list.
    #[param(max_length = 200)]
    who: String,
    /// As in the list.
    #[param(max_length = 200)]
    what: String,
    /// As in the list.
    #[param(max_length = 200)]
    when: String,
    /// As in the list.
    #[param(max_length = 200)]
    of: String,
}

/// How long to keep entries.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = KeepAudit)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// Days, 30 or more; 0 for always.
    #[schema(minimum = 0, maximum = 36500, example = 365)]
    days: i64,
}

/// List the audit log.
///
/// Newest first. Admins see everything of the organization, team leads what concerns connections of their teams and what they did themselves, developers what
/// they and their apps did.
#[utoipa::path(
    get, path = "/audit", operation_id = "list_audit_entries", tag = "audit", params(Part),
    responses((status = 200, description = "The entries.", body = Done<Listed<AuditEntryView>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member, Query(part): Query<Part>) -> Answer {
    let Part { q, who, what, when, of, cursor, limit } = part;
    let limit = limit.unwrap_or(USUAL);
    if !(1..=audit::MOST).contains(&limit) {
        return Err(ApiError::field("limit", "Use 1 to 200."));
    }
    let wanted = Filter::read(&AuditFilter { q, who, what, when, of })?;
    let found = audit::list(&app, &actor, &wanted, &short("cursor", cursor)?, limit).await?;
    Ok(listed(found.items, found.next_cursor))
}

/// View one entry.
///
/// With its place in the chain.
#[utoipa::path(
    get, path = "/audit/{node}/{seq}", operation_id = "view_audit_entry", tag = "audit",
    responses((status = 200, description = "The entry.", body = Done<AuditEntryPage>))
)]
pub async fn view(State(app): State<App>, Member(actor): Member, InChain(node, seq): InChain) -> Answer {
    Ok(data(audit::view(&app, &actor, &node, &seq).await?))
}

/// Export the audit log.
///
/// Newest first, as a stream. The export is recorded.
#[utoipa::path(
    get, path = "/audit/export", operation_id = "view_audit_export", tag = "audit", params(Export),
    responses((status = 200, description = "One JSON object per line, or CSV with a head.", content((String = "application/x-ndjson"), (String = "text/csv"))))
)]
pub async fn export(State(app): State<App>, Member(actor): Member, Query(export): Query<Export>) -> Answer {
    let Export { format, q, who, what, when, of } = export;
    let format = match format.as_str() {
        "" => Format::Jsonl,
        name => Format::parse(name).ok_or_else(|| ApiError::field("format", "Use jsonl or csv."))?,
    };
    let wanted = Filter::read(&AuditFilter { q, who, what, when, of })?;
    Ok(file(&app, &actor, wanted, format).await?)
}

/// View how long the audit log is kept.
#[utoipa::path(
    get, path = "/audit/retention", operation_id = "view_audit_retention", tag = "audit",
    responses((status = 200, description = "In days; 0 for always.", body = Done<AuditRetention>))
)]
pub async fn retention(State(app): State<App>, Member(actor): Member) -> Answer {
    Ok(data(audit::retention(&app, &actor).await?))
}

/// Set how long the audit log is kept.
///
/// Needs a sign-in of the last ten minutes. Older entries lose their content within an hour; their places and MACs stay, so that the chain can be verified.
#[utoipa::path(
    put, path = "/audit/retention", operation_id = "set_audit_retention", tag = "audit", request_body = Keep,
    responses(
        (status = 200, description = "As it is now.", body = Done<AuditRetention>),
        (status = 403, description = "`forbidden`; `fresh_sign_in_required`: sign in again first; `cross_site`.", body = Refused),
    )
)]
pub async fn set_retention(State(app): State<App>, Member(actor): Member, Body(keep): Body<Keep>) -> Answer {
    audit::set_retention(&app, &actor, keep.days).await?;
    Ok(data(audit::retention(&app, &actor).await?))
}

/// An export as the answer to a request.
///
/// # Errors
/// As [`audit::export`].
pub async fn file(app: &App, actor: &crate::domain::Actor, wanted: Filter, format: Format) -> Result<Response, ServiceError> {
    let lines = audit::export(app, actor, wanted, format).await?;
    // What was sent so far cannot be taken back: the answer ends in the middle, which the client notices.
    let lines = lines.inspect_err(|error| tracing::error!(%error, "an export broke off"));
    let name = format!("attachment; filename=\"latchkey-audit.{}\"", format.as_str());
    let headers = [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Answered::from_stream(lines)).into_response())
}

/// The two holes of an entry's path; what is no text becomes a character that no chain has.
#[derive(Debug)]
pub struct InChain(pub String, pub String);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for InChain {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut http::request::Parts, state: &S) -> Result<Self, Self::Rejection> {
        let found = Path::<(String, String)>::from_request_parts(parts, state).await;
        let none = || (char::REPLACEMENT_CHARACTER.to_string(), String::new());
        let (node, seq) = found.map_or_else(|_| none(), |Path(both)| both);
        Ok(Self(node, seq))
    }
}
