//! From a service's answer to a page: the frame, the status, and the page for what went wrong.

use axum::response::Response;
use http::request::Parts;
use http::{Method, StatusCode};
use leptos::config::LeptosOptions;
use leptos::prelude::*;

use super::flash::Flash;
use super::pages::{no_permission, not_found, trouble};
use super::redirect;
use super::render::render;
use super::visit::{Guest, Member};
use crate::dto::ShellView;
use crate::services::{self, ErrorCode, ServiceError};
use crate::web::status_of;

/// Which entry of the sidebar is lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Connections, and everything about one.
    Connections,
    /// The expiry calendar.
    Expiry,
    /// What is wrong with connections.
    Issues,
    /// The marketplace.
    Marketplace,
    /// The organization's rules for signing in.
    Rules,
    /// The organization's providers of single sign-on.
    SignOn,
    /// Programs and their keys.
    Applications,
    /// Apps that the organization registered with providers.
    OAuthApps,
    /// Members and roles.
    Members,
    /// Teams.
    Teams,
    /// The organization itself.
    Organisation,
    /// The organizations of this server.
    ServerOrganisations,
    /// The audit log.
    Audit,
    /// None.
    Elsewhere,
}

/// What stands around a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Sidebar, or top bar on narrow screens; the body goes into `lk-page`.
    Sidebar(Place),
    /// One line with the mark, what is being done, and a way out; for the wizard and for confirm pages.
    Focused {
        /// What is being done, such as `Connect Stripe`.
        what: String,
        /// Words of the way out, such as `Cancel`.
        leave: String,
        /// Its address.
        href: String,
    },
    /// Nothing; the body brings its own `<main id="main" tabindex="-1">`.
    Bare,
}

/// A page before it is rendered.
#[derive(Debug)]
pub struct Page {
    /// `What, where`; ` · Latchkey` is added.
    pub title: String,
    /// What stands around it.
    pub frame: Frame,
    /// The content: one `h1`, and `<FlashMessage/>` where the content begins.
    pub body: AnyView,
}

impl Page {
    /// A page within the sidebar.
    pub fn in_sidebar(title: impl Into<String>, place: Place, body: impl IntoAny) -> Self {
        Self { title: title.into(), frame: Frame::Sidebar(place), body: body.into_any() }
    }

    /// A page with one thing to do.
    pub fn focused(title: impl Into<String>, what: impl Into<String>, leave: (&str, &str), body: impl IntoAny) -> Self {
        let frame = Frame::Focused { what: what.into(), leave: leave.0.to_owned(), href: leave.1.to_owned() };
        Self { title: title.into(), frame, body: body.into_any() }
    }

    /// A page that brings its own frame.
    pub fn bare(title: impl Into<String>, body: impl IntoAny) -> Self {
        Self { title: title.into(), frame: Frame::Bare, body: body.into_any() }
    }
}

/// Where this page is; in the context of every view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// The path, without the query.
    pub path: String,
    /// The path with the query: where an action such as the theme comes back to.
    pub full: String,
}

/// What the last action left for this page; empty when nothing.
pub fn flash() -> Flash {
    use_context::<Flash>().unwrap_or_default()
}

/// Who looks at this page and where; none for people who are not signed in.
pub fn shell() -> Option<ShellView> {
    use_context::<ShellView>()
}

impl Member {
    /// Renders what a service answered, or the page for what went wrong.
    pub async fn page<V, F>(self, view: Result<V, ServiceError>, build: F) -> Response
    where
        V: Send + 'static,
        F: FnOnce(V) -> Page + Send + 'static,
    {
        match view {
            Ok(view) => self.render(StatusCode::OK, move || build(view)).await,
            Err(error) => self.refuse(error).await,
        }
    }

    /// The page for a failed use case, with its status.
    pub async fn refuse(self, error: ServiceError) -> Response {
        note(&error);
        let status = status_of(error.code);
        match error.code {
            ErrorCode::NotFound | ErrorCode::SetupLinkInvalid => {
                let path = self.parts.uri.path().to_owned();
                self.render(status, move || not_found::page(&path)).await
            }
            ErrorCode::Forbidden => match services::help::view(&self.app, &self.actor).await {
                Ok(help) => self.render(status, move || no_permission::page(help, &error.message)).await,
                Err(failure) => self.render(StatusCode::INTERNAL_SERVER_ERROR, move || trouble::page(&failure.message)).await,
            },
            ErrorCode::FreshSignInRequired => {
                let path = self.parts.uri.path_and_query().filter(|_| self.parts.method == Method::GET).map_or("/connections", |path| path.as_str());
                redirect::see_other(&redirect::confirm(path))
            }
            ErrorCode::SignInRequired => redirect::see_other(&redirect::sign_in(self.parts.uri.path())),
            _ => self.render(status, move || trouble::page(&error.message)).await,
        }
    }

    async fn render(self, status: StatusCode, build: impl FnOnce() -> Page + Send + 'static) -> Response {
        match services::shell::view(&self.app, &self.actor).await {
            Ok(shell) => {
                let flash = Flash::take(&self.session).await;
                render(self.parts, self.options, status, Some(shell), flash, build).await
            }
            Err(error) => {
                note(&error);
                bare_trouble(self.parts, self.options).await
            }
        }
    }
}

impl Guest {
    /// Renders what a service answered to somebody who has not signed in, or the page for what went wrong.
    pub async fn page<V, F>(self, view: Result<V, ServiceError>, build: F) -> Response
    where
        V: Send + 'static,
        F: FnOnce(V) -> Page + Send + 'static,
    {
        let flash = Flash::take(&self.session).await;
        match view {
            Ok(view) => render(self.parts, self.options, StatusCode::OK, None, flash, move || build(view)).await,
            Err(error) => {
                note(&error);
                let path = self.parts.uri.path().to_owned();
                let build = move || match error.code {
                    ErrorCode::NotFound => not_found::stranger(&path),
                    _ => trouble::stranger(&error.message),
                };
                render(self.parts, self.options, status_of(error.code), None, flash, build).await
            }
        }
    }
}

impl Guest {
    /// Renders a page with this status, whoever looks at it.
    pub async fn say(self, status: StatusCode, build: impl FnOnce() -> Page + Send + 'static) -> Response {
        let flash = Flash::take(&self.session).await;
        render(self.parts, self.options, status, None, flash, build).await
    }
}

/// The page when nothing else can be said; it needs neither session nor database.
pub async fn bare_trouble(parts: Parts, options: LeptosOptions) -> Response {
    let build = || trouble::stranger("Latchkey cannot answer right now. Nothing was saved. Try again in a minute.");
    render(parts, options, StatusCode::INTERNAL_SERVER_ERROR, None, Flash::default(), build).await
}

fn note(error: &ServiceError) {
    if status_of(error.code).is_server_error() {
        tracing::error!(code = ?error.code, cause = error.cause.as_deref().map(tracing::field::display), "a page could not be made");
    }
}
