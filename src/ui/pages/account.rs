//! A person's own account: what every section shares, and the first of them.

mod profile;

use axum::response::Response;
use leptos::prelude::*;

use crate::services::accounts;
use crate::ui::components::FlashMessage;
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

pub use profile::page;

/// A section of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Name, address, password, theme.
    Profile,
    /// Second factor, passkeys, sessions.
    Security,
    /// The password and accounts at providers.
    Methods,
}

impl Section {
    const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::Profile, "/account", "Profile"), (Self::Security, "/account/security", "Security"), (Self::Methods, "/account/methods", "Ways to sign in")];
}

/// `GET /account`
pub async fn get(member: Member) -> Response {
    let view = accounts::view(&member.app, &member.actor).await;
    member.page(view, page).await
}

/// A section within the frame that all of them share.
pub fn framed(section: Section, title: &str, body: impl IntoView + 'static) -> Page {
    let entries = Section::ALL.map(|(own, href, words)| {
        view! {
            <a href=href aria-current=(own == section).then_some("page")>
                {words}
            </a>
        }
    });
    let body = view! {
        <h1 class="lk-h1">"Your account"</h1>
        <nav class="lk-tabs mt-4" aria-label="Your account">
            {entries}
        </nav>
        <FlashMessage class="mt-6" />
        <div class="mt-6 grid max-w-[42rem] gap-6">{body}</div>
    };
    Page::in_sidebar(format!("{title}, your account"), Place::Elsewhere, body)
}
