//! How a person signs in, and where they are signed in.

mod places;
mod ways;

use axum::response::Response;
use leptos::prelude::*;

use self::places::Sessions;
use self::ways::{Authenticator, Passkeys, RecoveryCodes};
use crate::dto::SecurityView;
use crate::services::passkeys;
use crate::ui::components::Message;
use crate::ui::flash::FlashKind;
use crate::ui::page::Page;
use crate::ui::pages::account::{Section, framed};
use crate::ui::visit::Member;
use crate::web::session;

/// `GET /account/security`
pub async fn get(member: Member) -> Response {
    let view = match session::current(&member.session).await {
        Ok(current) => passkeys::security(&member.app, &member.actor, current.as_ref()).await,
        Err(error) => Err(error),
    };
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(view: &SecurityView) -> Page {
    let has_factor = view.app_on_since.is_some() || !view.passkeys.is_empty();
    let missing = view.missing.then(|| {
        view! {
            <Message
                kind=FlashKind::Warn
                strong="Your organisation asks for a second step."
                text="Set up an authenticator app or add a passkey. Everything else opens then."
            />
        }
    });
    let body = view! {
        {missing}
        <Authenticator since=view.app_on_since now=view.now />
        <Passkeys keys=view.passkeys.clone() possible=view.passkeys_possible fresh=view.fresh now=view.now />
        {has_factor.then(|| view! { <RecoveryCodes left=view.codes_left /> })}
        <Sessions sessions=view.sessions.clone() now=view.now />
    };
    framed(Section::Security, "Security", body)
}
