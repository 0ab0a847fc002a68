//! The API as an OpenAPI 3.1 document, made from the handlers and the types that they answer.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{self, Components, ContentBuilder, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{OpenApi, ToSchema};

use super::{
    accounts, applications, audit, auth, connection, connections, connectors, consent, credentials, expiry, handout, invitations, issues, me, members,
    oauth_apps, organizations, own, requests, sessions, shortcut, sign_on, teams, tokens,
};
use crate::services::App;
use crate::web::Member;
use crate::web::envelope::Refused;
use crate::web::session::cookie_name;

/// Where the API is.
const BASE: &str = "/api/v1";
/// The names of the security schemes.
const SESSION: &str = "session";
const TOKEN: &str = "token";
/// What a hole of a path looks like: where it stands, name, what it means, pattern, example. Of those with one name the first that fits counts.
const HOLES: [(&str, &str, &str, &str, &str); 15] = [
    ("/auth/sessions/", "id", "The session's id.", "^ses_[0-9a-hjkmnp-tv-z]{26}$", "ses_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/keys/", "key", "The key's id.", "^key_[0-9a-hjkmnp-tv-z]{26}$", "key_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/applications/", "application", "The application's id.", "^app_[0-9a-hjkmnp-tv-z]{26}$", "app_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/members/", "id", "The membership's id.", "^mem_[0-9a-hjkmnp-tv-z]{26}$", "mem_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/invitations/", "id", "The invitation's id.", "^inv_[0-9a-hjkmnp-tv-z]{26}$", "inv_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/teams/", "id", "The team's id.", "^tea_[0-9a-hjkmnp-tv-z]{26}$", "tea_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/audit/{node}/", "seq", "The entry's place in its chain.", "^[1-9][0-9]{0,17}$", "48219"),
    ("/audit/", "node", "The chain: the node that wrote the entry.", "^[0-9A-Za-z._-]{1,63}$", "latchkey-1"),
    ("/apps/", "oauth_app", "The app's id.", "^oap_[0-9a-hjkmnp-tv-z]{26}$", "oap_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/expiry/", "date", "The date's id.", "^exp_[0-9a-hjkmnp-tv-z]{26}$", "exp_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/connectors/own/", "own", "The connector's own id.", "^own_[0-9a-hjkmnp-tv-z]{26}$", "own_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/connections/requests/", "id", "The link's id.", "^lnk_[0-9a-hjkmnp-tv-z]{26}$", "lnk_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/connections/", "id", "The connection's id.", "^con_[0-9a-hjkmnp-tv-z]{26}$", "con_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/organization/sign-on/", "provider", "The provider's id.", "^sso_[0-9a-hjkmnp-tv-z]{26}$", "sso_01jd3v8k6e5q2m9xw4r7t0abcd"),
    ("/connectors/", "connector", "The connector's id.", "^[a-z0-9][a-z0-9-]{0,62}$", "ventures"),
];
const ABOUT: &str = "Every answer is JSON: `{\"success\":true,\"data\":…}`, `{\"success\":true,\"message\":\"…\"}` or \
    `{\"success\":false,\"error\":{\"code\",\"message\",\"details\"}}`. Branch on `error.code`; `error.message` is for people. \
    An id that is unknown, malformed or of another organization is always the same 404. Times are UTC milliseconds since 1970. \
    A body is one JSON object of at most 1 MiB; unknown fields are refused. A wrong content type is 415, a wrong method 405 with `Allow`. \
    Secrets go in and come out by `read_credential` alone, for programs; tokens and keys are told once.\n\n\
    Calls that change something must come from this site: send `Origin` with the address of this server. \
    Calls with `Authorization: Bearer` need none. Send a session or a token, not both.";

#[derive(OpenApi)]
#[openapi(
    paths(
        view,
        applications::list,
        applications::create,
        applications::view,
        applications::edit,
        applications::delete,
        applications::create_key,
        applications::rotate_key,
        applications::end_key,
        audit::list,
        audit::export,
        audit::retention,
        audit::set_retention,
        audit::view,
        auth::login,
        auth::logout,
        sessions::confirm,
        sessions::list,
        sessions::end_others,
        sessions::end,
        accounts::register,
        accounts::verify_email,
        accounts::resend,
        accounts::forgot_password,
        accounts::reset_password,
        accounts::change_password,
        me::view,
        me::edit,
        tokens::refresh,
        invitations::accept,
        organizations::mine,
        organizations::create,
        organizations::view,
        organizations::rename,
        organizations::delete,
        organizations::leave,
        organizations::all,
        members::list,
        members::view,
        members::change,
        members::remove,
        members::transfer,
        invitations::list,
        invitations::create,
        invitations::withdraw,
        invitations::resend,
        issues::list,
        teams::list,
        teams::create,
        teams::view,
        teams::rename,
        teams::delete,
        teams::set_members,
        connectors::list,
        connectors::view,
        oauth_apps::list,
        oauth_apps::create,
        oauth_apps::view,
        oauth_apps::edit,
        oauth_apps::rotate,
        oauth_apps::delete,
        oauth_apps::doctor,
        shortcut::configure,
        shortcut::status,
        shortcut::disconnect,
        connections::list,
        connections::create,
        connections::test_unsaved,
        consent::start,
        connection::view,
        connection::edit,
        connection::delete,
        connections::preview,
        connections::test,
        connection::enable,
        connection::disable,
        connections::disconnect,
        connection::logs,
        connection::diagnostics,
        credentials::replace,
        credentials::restore,
        credentials::versions,
        expiry::list,
        expiry::create,
        expiry::edit,
        expiry::delete,
        handout::read,
        handout::refresh,
        handout::revoke,
        handout::used,
        own::list,
        own::create,
        own::check,
        own::view,
        own::save,
        own::publish,
        own::test,
        own::delete,
        requests::create,
        requests::view,
        requests::withdraw,
        sign_on::list,
        sign_on::create,
        sign_on::view,
        sign_on::edit,
        sign_on::prove,
        sign_on::delete,
    ),
    tags(
        (name = "auth", description = "Accounts, sessions, and tokens for programs."),
        (name = "applications", description = "Programs and their keys."),
        (name = "organizations", description = "The organizations that a person belongs to."),
        (name = "members", description = "Who belongs to the organization, and who is invited."),
        (name = "teams", description = "Groups of members that look after connections."),
        (name = "server", description = "For who runs the server."),
        (name = "connectors", description = "The catalogue: what can be connected, and what each needs."),
        (name = "own", description = "Connectors of the organization's own."),
        (name = "oauth_apps", description = "Apps that the organization registered with providers."),
        (name = "shortcut", description = "Connectors that an organization has once, such as Ventures."),
        (name = "connections", description = "Connected accounts."),
        (name = "expiry", description = "What ends, and when."),
        (name = "links", description = "One-time links for people without an account."),
        (name = "sign_on", description = "The organization's providers of single sign-on."),
        (name = "audit", description = "Who did what, and from where."),
        (name = "about", description = "This document."),
    ),
    components(schemas(Refused))
)]
struct VersionOne;

/// View this document.
///
/// Any member may read it.
#[utoipa::path(get, path = "/openapi.json", operation_id = "view_document", tag = "about", responses((status = 200, description = "OpenAPI 3.1.", body = serde_json::Value)))]
pub(super) async fn view(State(app): State<App>, Member(_): Member) -> Response {
    Json(document(app.settings.public_url.starts_with("https://"))).into_response()
}

/// The whole document; `secure` when people come over https, which decides the name of the session cookie.
pub fn document(secure: bool) -> openapi::OpenApi {
    let mut document = VersionOne::openapi();
    document.info.title = "Latchkey".to_owned();
    document.info.description = Some(ABOUT.to_owned());
    document.info.contact = None;
    document.paths.paths = std::mem::take(&mut document.paths.paths).into_iter().map(|(path, item)| (format!("{BASE}{path}"), item)).collect();
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            complete(path, operation);
        }
    }
    let cookie = ApiKeyValue::with_description(cookie_name(secure), "The session that signing in sets.");
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An access token, or the key of a program: `lk_live_…`."));
    components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer.build()));
    document.security = Some([SESSION, TOKEN].map(|name| SecurityRequirement::new::<_, [&str; 0], &str>(name, [])).into());
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

/// Adds what follows from the shape of an operation: the holes of its path, and the refusals that layers and extractors make.
fn complete(path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let fits = |(place, name, ..): &&(&str, &str, &str, &str, &str)| path.contains(&format!("{place}{{{name}}}"));
    for (_, name, about, pattern, example) in HOLES.iter().filter(fits) {
        if !parameters.iter().any(|parameter| parameter.name == *name && parameter.parameter_in == ParameterIn::Path) {
            parameters.insert(0, hole(name, about, pattern, example));
        }
    }
    for parameter in parameters.iter_mut() {
        // The library says of a header that may be left out that it may be `null`, which no header is.
        if let Some(RefOr::T(openapi::Schema::Object(schema))) = &mut parameter.schema
            && let SchemaType::Array(types) = &mut schema.schema_type
        {
            types.retain(|kind| *kind != Type::Null);
        }
    }
    let sent = |place: &ParameterIn| parameters.iter().any(|parameter| parameter.parameter_in == *place);
    let body = operation.request_body.is_some();
    let open = operation.security.is_some();
    let changes =
        body || operation.operation_id.as_deref().is_some_and(|id| !id.starts_with("list_") && !id.starts_with("view_") && !id.starts_with("preview_"));
    let refusals = [
        (
            "400",
            !open || body || sent(&ParameterIn::Header),
            "`invalid_json`: the body is not JSON; `invalid_field`: a header cannot be read, or there is a session beside a token.",
        ),
        ("401", true, "`sign_in_required`: nobody is signed in; `token_invalid`: the token does not work."),
        ("403", !open || changes, "`forbidden`: the role does not allow it; `cross_site`: the call came from another site."),
        ("404", sent(&ParameterIn::Path), "`not_found`: unknown, malformed and of another organization alike."),
        ("413", body, "`body_too_large`: more than 1 MiB."),
        ("415", body, "`wrong_content_type`: not application/json."),
        ("422", body || sent(&ParameterIn::Query), "`invalid_field` and `unknown_field` with the fields; `check_failed` with the diagnosis."),
        ("429", !open, "`slow_down`: too many tokens of this address that nobody knows."),
        ("500", true, "`internal`; `secret_unreadable`: a stored secret cannot be opened. The log of the server says why."),
        ("503", true, "`storage_unavailable`: the database does not answer; `audit_unavailable`: it cannot be recorded. Nothing was saved."),
    ];
    for (status, _, words) in refusals.into_iter().filter(|(_, applies, _)| *applies) {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| refusal(words));
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
}

fn hole(name: &str, about: &str, pattern: &str, example: &str) -> Parameter {
    let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).pattern(Some(pattern));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(about))
        .schema(Some(text))
        .example(Some(example.into()))
        .build()
}

fn refusal(words: &str) -> RefOr<openapi::Response> {
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name(Refused::name())))).build();
    ResponseBuilder::new().description(words).content("application/json", content).build().into()
}
