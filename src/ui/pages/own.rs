//! What the pages of the organization's own connectors share, and the file of one.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use leptos::prelude::*;

use crate::dto::Pill;
use crate::services::own;
use crate::ui::components::StatusPill;
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /marketplace/own/{own}/export`: the manifest as a file, as it was last saved.
pub async fn export(member: Member, InPath(id): InPath) -> Response {
    let view = match own::view(&member.app, &member.actor, &id).await {
        Ok(view) => view,
        Err(error) => return member.refuse(error).await,
    };
    let connector = view.line.connector.or_else(|| view.preview.map(|preview| preview.summary.id));
    let file = connector.unwrap_or_else(|| "connector".to_owned());
    let mut response = view.manifest.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    // An id that passed validation holds letters, digits, `-` and `_` alone.
    if let Ok(attachment) = HeaderValue::from_str(&format!("attachment; filename=\"{file}.toml\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment);
    }
    response
}

/// Whether a connector is a draft, published, or published with a newer draft.
pub fn state_pill(state: &str) -> impl IntoView + use<> {
    let (kind, icon, label) = match state {
        "published" => ("ok", "i-circle-check", "Published"),
        "changed" => ("info", "i-pencil-line", "Published, newer draft"),
        _ => ("idle", "i-circle-dashed", "Draft"),
    };
    view! { <StatusPill pill=Pill { kind: kind.to_owned(), icon: icon.to_owned(), label: label.to_owned(), loud: false } /> }
}
