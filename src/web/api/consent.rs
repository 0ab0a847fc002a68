//! `/api/v1/connectors/{connector}/connections/start`

use axum::Extension;
use axum::extract::State;
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::ToSchema;

use super::body::Body;
use super::{Answer, created};
use crate::dto::StartedView;
use crate::services::consent::{self, StartWish};
use crate::services::{App, Entries, Wanted, access};
use crate::web::envelope::{Done, Refused};
use crate::web::middleware::Family;
use crate::web::{InPath, Member, session};

/// A connection to be, which a person allows at the provider.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = StartConnection)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The name people give it; made of the connector and the account when left out.
    #[serde(default)]
    #[schema(max_length = 120, example = "Lending")]
    name: String,
    /// Whether it is the member's alone.
    #[serde(default)]
    personal: bool,
    /// Id of the team that it belongs to, `tea_…`; as for creating a connection.
    #[serde(default)]
    #[schema(max_length = 30)]
    team: String,
    /// Id of the OAuth app to go by, `oap_…`; the connector's only one when left out.
    #[serde(default)]
    #[schema(max_length = 30)]
    app: String,
    /// Id of a connection to reconnect, `con_…`; a new one when left out. Name, team and fields count for new ones alone.
    #[serde(default)]
    #[schema(max_length = 30)]
    connection: String,
    /// The connector's fields by id, as its `fields_schema` says.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    fields: Entries,
}

/// Begin a connection that a person allows at the provider.
///
/// The same member opens `authorize_url` in a browser, signed in here, within ten minutes; the provider leads back to the console, where the check runs. With a
/// session the way back counts in this browser alone; with an access token in any browser in which the member is signed in to this organization. A program's key
/// cannot begin one.
#[utoipa::path(
    post, path = "/connectors/{connector}/connections/start", operation_id = "start_connection", tag = "connections", request_body = Start,
    responses(
        (status = 201, description = "Where to send the person.", body = Done<StartedView>),
        (status = 409, description = "`conflict`: nobody has to allow access for these entries; `name_taken`.", body = Refused),
    )
)]
pub async fn start(
    State(app): State<App>,
    Member(actor): Member,
    InPath(connector): InPath,
    family: Option<Extension<Family>>,
    session: Session,
    Body(body): Body<Start>,
) -> Answer {
    let binding = match family {
        None if access::person(&actor).is_ok() => Some(session::binding(&session, session::CONNECTING, app.random.as_ref()).await?),
        _ => None,
    };
    let wanted = Wanted { name: &body.name, personal: body.personal, team: &body.team };
    let wish = StartWish { wanted, app: &body.app, connection: &body.connection, fields: body.fields };
    Ok(created(consent::start(&app, &actor, &connector, wish, binding.as_deref()).await?))
}
