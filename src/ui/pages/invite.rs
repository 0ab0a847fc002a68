//! An invitation, opened by the letter's link.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{InviteView, Invitee};
use crate::services::invitations;
use crate::ui::components::{Field, FlashMessage, date_words};
use crate::ui::page::{Page, flash};
use crate::ui::redirect::{local, sign_in};
use crate::ui::shell::Brand;
use crate::ui::visit::Guest;
use crate::ui::words::a_role;
use crate::web::InPath;

/// `GET /invite/{token}`: opening it changes nothing, so that a scanner of letters does not use it up.
pub async fn get(InPath(token): InPath, guest: Guest) -> Response {
    let view = invitations::look(&guest.app, guest.actor.as_ref(), &token).await;
    guest.page(view, move |view| page(&view, &token)).await
}

/// Draws it.
pub fn page(view: &InviteView, token: &str) -> Page {
    let what = match view.who {
        Invitee::New => new(token, &view.email).into_any(),
        Invitee::Here => one_button(token, "Join", "You join with the account that you are signed in with.").into_any(),
        Invitee::Returning => one_button(token, "Join", "There is an account for this address. Join, then sign in with its password.").into_any(),
        Invitee::SignIn => {
            let href = sign_in(local(&format!("/invite/{token}")).as_str());
            view! {
                <p class="mt-6 text-sm">"There is an account for this address. Sign in with it, and you come back here."</p>
                <a class="btn btn-primary mt-4 w-full" href=href.as_str().to_owned()>"Sign in to join"</a>
            }
            .into_any()
        }
        Invitee::Other => view! {
            <p class="mt-6 text-sm">"You are signed in with another address. Sign out, then open the link of the letter again."</p>
            <form class="mt-4" method="post" action="/actions/sign-out"><button class="btn btn-primary w-full" type="submit">"Sign out"</button></form>
        }
        .into_any(),
    };
    let sentence = format!("{} invites {} to {} as {}.", view.inviter, view.email, view.organization, a_role(view.role.title()));
    let body = view! {
        <main id="main" tabindex="-1" class="mx-auto flex min-h-dvh w-full max-w-[24rem] flex-col px-4 py-8">
            <div><Brand href="/sign-in" /></div>
            <div class="flex flex-1 flex-col justify-center py-10">
                <h1 class="lk-h1">{format!("Join {}", view.organization)}</h1>
                <p class="lk-sub break-words">{sentence}</p>
                <FlashMessage class="mt-6" />
                {what}
                <p class="lk-cap mt-6">{format!("The link works once, until {}.", date_words(view.expires_at))}</p>
            </div>
        </main>
    };
    Page::bare(format!("Join {}", view.organization), body)
}

fn new(token: &str, email: &str) -> impl IntoView + use<> {
    let flash = flash();
    view! {
        <form class="mt-7 grid gap-4" method="post" action="/actions/invite/accept">
            <input type="hidden" name="token" value=token.to_owned() />
            <input class="sr-only" type="email" name="email" value=email.to_owned() autocomplete="username" readonly=true tabindex="-1" aria-hidden="true" />
            <Field name="name" label="Your name" autocomplete="name" value=flash.value("name") error=flash.error("name") />
            <Field
                name="password"
                label="Password"
                kind="password"
                autocomplete="new-password"
                min_length=8
                help="At least 8 characters and not a common one. A short sentence is easy to remember and hard to guess."
                error=flash.error("password")
            />
            <button class="btn btn-primary mt-2 w-full" type="submit">"Make the account and join"</button>
        </form>
    }
}

fn one_button(token: &str, words: &'static str, sentence: &'static str) -> impl IntoView + use<> {
    view! {
        <form class="mt-6 grid gap-4" method="post" action="/actions/invite/accept">
            <input type="hidden" name="token" value=token.to_owned() />
            <p class="text-sm">{sentence}</p>
            <button class="btn btn-primary w-full" type="submit">{words}</button>
        </form>
    }
}
