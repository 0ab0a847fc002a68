//! Drawing a page into an answer: context, policy, status, one piece of HTML.

use std::pin::Pin;

use axum::body::Body;
use axum::response::Response;
use futures_util::{Stream, StreamExt as _, stream};
use http::request::Parts;
use http::{HeaderValue, Request, StatusCode, header};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::app::document;
use super::flash::Flash;
use super::page::{Here, Page};
use crate::dto::ShellView;

/// Answers with a page. What was left for it, who looks and where it is are in the context of the view.
pub async fn render(
    parts: Parts,
    options: LeptosOptions,
    status: StatusCode,
    shell: Option<ShellView>,
    flash: Flash,
    build: impl FnOnce() -> Page + Send + 'static,
) -> Response {
    let here = Here { path: parts.uri.path().to_owned(), full: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string) };
    let app = move || {
        provide_context(here);
        provide_context(flash);
        if let Some(shell) = &shell {
            provide_context(shell.clone());
        }
        document(build(), shell, options)
    };
    let context = move || {
        if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) {
            response.set_status(status);
            if let Ok(policy) = HeaderValue::from_str(&csp(&nonce)) {
                response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
        }
    };
    leptos_axum::handle_response_inner(context, app, Request::from_parts(parts, Body::empty()), whole).await
}

type Html = Pin<Box<dyn Stream<Item = String> + Send>>;

/// Nothing on a page is awaited while it is drawn, so it goes out in one piece.
fn whole(page: AnyView, rest: Box<dyn FnOnce() -> Html + Send>, _: bool) -> Pin<Box<dyn Future<Output = Html> + Send>> {
    let html = page.to_html();
    Box::pin(async move {
        let html: Html = Box::pin(stream::iter([html]).chain(rest()));
        html
    })
}

fn csp(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
