//! `/api/v1/connections…`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::{Body, OptionalBody};
use super::once::OnceBody;
use super::query::{Query, short};
use super::{Answer, data, listed};
use crate::domain::Action;
use crate::dto::{CheckView, ConnectionFilter, ConnectionRow, ConnectionView, DisconnectView, PreviewView};
use crate::services::{self, App, Entries, Wanted};
use crate::web::envelope::{Done, Listed, Refused};
use crate::web::{ApiError, InPath, Member};

/// Rows of one page, as [`ConnectionFilter::page`] counts them.
const PAGE: usize = 50;

/// What the list can be narrowed to.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Narrowed {
    /// Words of the name, the account or the id.
    #[param(max_length = 200)]
    q: String,
    /// Only those that stand so; all but the disconnected when left out.
    #[param(inline)]
    status: Option<StatusFilter>,
    /// One tag, whole.
    #[param(max_length = 200)]
    tag: String,
    /// The order; by name when left out.
    #[param(inline)]
    sort: Option<Sort>,
    /// `next_cursor` of the part before.
    #[param(value_type = Option<String>, pattern = "^([2-9]|[1-9][0-9]{1,5})$")]
    cursor: Option<String>,
}

/// How connections stand.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusFilter {
    /// Somebody has to act.
    Needs,
    /// The last check passed.
    Working,
    /// Turned off.
    Off,
    /// Disconnected.
    Disconnected,
    /// Those of other people alone.
    Personal,
}

/// In which order.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum Sort {
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, backwards.
    #[serde(rename = "-name")]
    NameDescending,
    /// By the last check, the oldest first.
    #[serde(rename = "checked")]
    Checked,
    /// By the last check, the newest first.
    #[serde(rename = "-checked")]
    CheckedDescending,
}

/// A connection to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CreateConnection)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// The connector's id.
    #[schema(example = "ventures")]
    connector: String,
    /// The name people give it; made of the connector and the account when left out.
    #[serde(default)]
    #[schema(max_length = 120, example = "Lending")]
    name: String,
    /// Whether it is the member's alone.
    #[serde(default)]
    personal: bool,
    /// Id of the team that it belongs to, `tea_…`. The whole organization when left out; a team lead's only team, and one that leads several has to choose.
    #[serde(default)]
    #[schema(max_length = 30)]
    team: String,
    /// The connector's fields by id, as its `fields_schema` says. Secrets are sealed and never answered.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"username": "api_user", "password": "what the provider gave you", "site": "test_integration"}))]
    fields: Entries,
}

/// Entries to try.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TryEntries)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// The connector's id.
    #[schema(example = "ventures")]
    connector: String,
    /// The connector's fields by id, as its `fields_schema` says.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"username": "api_user", "password": "what the provider gave you", "site": "test_integration"}))]
    fields: Entries,
}

/// List connections.
///
/// 50 at a time.
#[utoipa::path(
    get, path = "/connections", operation_id = "list_connections", tag = "connections", params(Narrowed),
    responses((status = 200, description = "The connections.", body = Done<Listed<ConnectionRow>>))
)]
pub async fn list(State(app): State<App>, Member(actor): Member, Query(narrowed): Query<Narrowed>) -> Answer {
    let page = match narrowed.cursor.as_deref() {
        None => 1,
        Some(cursor) => cursor
            .parse::<u32>()
            .ok()
            .filter(|page| (2..=999_999).contains(page) && page.to_string() == cursor)
            .ok_or_else(|| ApiError::field("cursor", "Use the next_cursor of the page before."))?,
    };
    let status = narrowed.status.map_or("", StatusFilter::as_str).to_owned();
    let sort = narrowed.sort.map_or("", Sort::as_str).to_owned();
    let filter = ConnectionFilter { q: short("q", narrowed.q)?, status, tag: short("tag", narrowed.tag)?, sort, page };
    let view = services::connections::list(&app, &actor, &filter).await?;
    let shown = usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(PAGE);
    let next = (view.matching > shown).then(|| page.saturating_add(1).to_string());
    Ok(listed(view.rows, next))
}

/// Which stream.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct Chosen {
    /// The stream's id; the connector's first when left out.
    stream: String,
}

/// Look at the first rows of a stream.
///
/// They are read from the provider now; nothing of them is stored.
#[utoipa::path(
    get, path = "/connections/{id}/preview", operation_id = "preview_connection", tag = "connections", params(Chosen),
    responses(
        (status = 200, description = "The rows, or why they could not be read.", body = Done<PreviewView>),
        (status = 409, description = "`conflict`: it is turned off or disconnected.", body = Refused),
    )
)]
pub async fn preview(State(app): State<App>, Member(actor): Member, InPath(id): InPath, Query(chosen): Query<Chosen>) -> Answer {
    Ok(data(services::preview::view(&app, &actor, &id, &chosen.stream).await?))
}

/// Create a connection.
///
/// Proves the entries at the provider and saves them when the check passes. Nothing is saved when it fails.
#[utoipa::path(
    post, path = "/connections", operation_id = "create_connection", tag = "connections",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names this request: the same key with the same body creates once within 24 hours.",
        min_length = 1, max_length = 255, pattern = "^[!-~]([ -~]{0,253}[!-~])?$")),
    request_body = Create,
    responses(
        (status = 201, description = "The new connection.", body = Done<ConnectionView>,
            headers(("Idempotency-Replayed" = String, description = "`true` when the answer was made by an earlier request with the same key."))),
        (status = 404, description = "`not_found`: there is no such connector.", body = Refused),
        (status = 409, description = "`name_taken`; `conflict`: the account is connected already, or the key belongs to another request or to one that runs.", body = Refused),
    )
)]
pub async fn create(State(app): State<App>, Member(actor): Member, OnceBody { body, once }: OnceBody<Create>) -> Answer {
    let (inner, who) = (app.clone(), actor.clone());
    let work = async move {
        let wanted = Wanted { name: &body.name, personal: body.personal, team: &body.team };
        services::connections::create(&inner, &who, &body.connector, wanted, body.fields).await
    };
    once.created(&app, &actor, Action::Connect, "POST /api/v1/connections", work).await
}

/// Try entries.
///
/// Proves them at the provider and saves no connection. A check that fails is an answer, not a refusal.
#[utoipa::path(
    post, path = "/connections/test", operation_id = "test_entries", tag = "connections", request_body = Try,
    responses(
        (status = 200, description = "The check.", body = Done<CheckView>),
        (status = 404, description = "`not_found`: there is no such connector.", body = Refused),
    )
)]
pub async fn test_unsaved(State(app): State<App>, Member(actor): Member, Body(body): Body<Try>) -> Answer {
    Ok(data(services::connections::test_unsaved(&app, &actor, &body.connector, body.fields).await?))
}

/// Test a connection now.
///
/// Waits for the end of the check, at most ten seconds.
#[utoipa::path(
    post, path = "/connections/{id}/test", operation_id = "test_connection", tag = "connections",
    responses(
        (status = 200, description = "The check.", body = Done<CheckView>),
        (status = 409, description = "`conflict`: it is turned off or disconnected, or somebody changed it meanwhile.", body = Refused),
    )
)]
pub async fn test(State(app): State<App>, Member(actor): Member, InPath(id): InPath) -> Answer {
    Ok(data(services::connections::test(&app, &actor, &id).await?))
}

/// How to end a connection.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = EndConnection)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Whether the provider is told, where it can be.
    #[serde(default = "yes")]
    revoke: bool,
}

impl Default for Ending {
    fn default() -> Self {
        Self { revoke: yes() }
    }
}

const fn yes() -> bool {
    true
}

/// Disconnect a connection.
///
/// Every version of its credential is erased here; the provider is told where it can be, unless the body says otherwise. The body may be left out.
#[utoipa::path(
    post, path = "/connections/{id}/disconnect", operation_id = "disconnect_connection", tag = "connections",
    request_body = Option<Ending>,
    responses(
        (status = 200, description = "What was erased and what you should still do.", body = Done<DisconnectView>),
        (status = 409, description = "`conflict`: it is disconnected already, or somebody changed it meanwhile.", body = Refused),
    )
)]
pub async fn disconnect(State(app): State<App>, Member(actor): Member, InPath(id): InPath, OptionalBody(ending): OptionalBody<Ending>) -> Answer {
    Ok(data(services::connections::disconnect(&app, &actor, &id, ending.revoke).await?))
}

impl StatusFilter {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Needs => "needs",
            Self::Working => "working",
            Self::Off => "off",
            Self::Disconnected => "disconnected",
            Self::Personal => "personal",
        }
    }
}

impl Sort {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameDescending => "-name",
            Self::Checked => "checked",
            Self::CheckedDescending => "-checked",
        }
    }
}
