//! The second step of signing in.

use axum::response::Response;
use leptos::prelude::*;

use super::sign_in::{Door, passkey_form};
use crate::dto::ProofView;
use crate::services::sign_in;
use crate::ui::components::{Field, FlashMessage};
use crate::ui::flash::Flash;
use crate::ui::page::{Page, flash};
use crate::ui::redirect::{local, see_other, sign_in as sign_in_page};
use crate::ui::visit::Guest;
use crate::web::session;

/// `GET /sign-in/second-step`; without a first step, or too late, back to the sign-in page.
pub async fn get(guest: Guest) -> Response {
    if guest.actor.is_some() {
        return see_other(&local("/connections"));
    }
    let half = match session::half(&guest.session).await {
        Ok(Some(half)) => half,
        Ok(None) => return see_other(&local("/sign-in")),
        Err(error) => return guest.page(Err(error), |()| Page::bare("", ())).await,
    };
    match sign_in::second_step_view(&guest.app, &half.pending).await {
        Ok(view) => {
            let version = guest.app.settings.version.clone();
            guest.page(Ok(view), move |view| page(view, &version)).await
        }
        Err(error) => guest.go(Flash::refusal(&error), &sign_in_page(&half.next)).await,
    }
}

/// Draws it.
pub fn page(view: ProofView, version: &str) -> Page {
    let help = if view.by_app { "Six digits from your authenticator app, or a recovery code." } else { "A recovery code, such as 4f2k-9x0m-c7aq-1tz8." };
    let label = if view.by_app { "Code" } else { "Recovery code" };
    let body = view! {
        <Door foot=format!("Latchkey {version}. Sign-ins, and failed ones, are on the audit log.")>
        <h1 class="lk-h1">"One more step"</h1>
        <p class="lk-sub">"Your account asks for a second proof. You have five minutes."</p>
        {view.by_passkey.then(|| view! { <div class="mt-7">{passkey_form("second_step", "/actions/passkeys/second-step", "Use a passkey", String::new())}</div> })}
        <form class="mt-7 grid gap-4" method="post" action="/actions/second-step">
            <FlashMessage />
            <Field name="code" label=label autocomplete="one-time-code" class="lk-code" help=help error=flash().error("code") />
            <button class="btn btn-primary mt-2 w-full" type="submit">"Go on"</button>
        </form>
        <p class="mt-6 text-sm text-muted">"Lost your phone and your recovery codes? Ask whoever runs this server." " "<a class="link" href="/sign-in">"Sign in as somebody else"</a></p>
        </Door>
    };
    Page::bare("Second step", body)
}
