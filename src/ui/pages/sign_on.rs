//! Signing in at a provider: where it is chosen, the page in between, and what did not work.

use axum::extract::Query;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use serde::Deserialize;
use url::Url;

use crate::domain::SignOnTrouble;
use crate::dto::{SignOnChoice, SignOnDoor};
use crate::services::sign_on::{self, Departure};
use crate::services::{ErrorCode, ServiceError};
use crate::ui::components::{Field, FlashMessage, Icon};
use crate::ui::page::{Page, flash};
use crate::ui::redirect::local;
use crate::ui::shell::Brand;
use crate::ui::visit::Guest;
use crate::web::InPath;

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Next {
    next: String,
}

/// `GET /sign-in/with`: finds the organization by an address.
pub async fn with(guest: Guest, Query(query): Query<Next>) -> Response {
    let next = local(&query.next).as_str().to_owned();
    guest.page(Ok(()), move |()| find_page(next)).await
}

/// `GET /sign-in/at/{organization}`: an organization's own providers.
pub async fn at(InPath(organization): InPath, guest: Guest, Query(query): Query<Next>) -> Response {
    let next = local(&query.next).as_str().to_owned();
    let view = sign_on::door(&guest.app, &organization).await;
    guest.page(view, move |view| door_page(view, next)).await
}

/// `GET /sign-in/trouble/{code}`: why nobody was signed in; the words are ours, whatever the provider said.
pub async fn trouble(InPath(code): InPath, guest: Guest) -> Response {
    match SignOnTrouble::parse(&code) {
        Some(trouble) => {
            let signed_in = guest.actor.is_some();
            guest.say(StatusCode::BAD_REQUEST, move || trouble_page(trouble, signed_in)).await
        }
        None => guest.page(Err::<(), _>(ServiceError::of(ErrorCode::NotFound)), |()| trouble_page(SignOnTrouble::StateInvalid, false)).await,
    }
}

/// Sends the browser to a provider. A form may lead to this site alone (`form-action`), so its answer is a page that goes on by itself.
pub async fn depart(guest: Guest, departure: Departure) -> Response {
    let refresh = HeaderValue::from_str(&format!("0; url={}", departure.url));
    let mut response = guest.say(StatusCode::OK, move || depart_page(&departure.label, &departure.url)).await;
    if let Ok(refresh) = refresh {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    response
}

fn frame(title: &str, body: impl IntoView + 'static) -> Page {
    let body = view! {
        <main id="main" tabindex="-1" class="flex min-h-dvh flex-col bg-base-100 px-6 py-8 sm:px-12">
            <div>
                <Brand href="/sign-in" />
            </div>
            <div class="mx-auto flex w-full max-w-[22.5rem] flex-1 flex-col justify-center py-10">{body}</div>
        </main>
    };
    Page::bare(title, body)
}

/// Asks for an address.
pub fn find_page(next: String) -> Page {
    let flash = flash();
    let body = view! {
        <h1 class="lk-h1">"Single sign-on"</h1>
        <p class="lk-sub">"Your address tells us which organisation you belong to. Nothing else is looked up."</p>
        <form class="mt-7 grid gap-4" method="post" action="/actions/sign-on/find">
            <FlashMessage />
            <input type="hidden" name="next" value=next />
            <Field name="email" label="Work e-mail" kind="email" autocomplete="username" value=flash.value("email") error=flash.error("email") />
            <button class="btn btn-primary mt-2 w-full" type="submit">
                "Continue"
            </button>
        </form>
        <p class="mt-6 text-sm">
            <a class="link" href="/sign-in">
                "Sign in another way"
            </a>
        </p>
    };
    frame("Single sign-on", body)
}

/// Draws an organization's providers.
pub fn door_page(view: SignOnDoor, next: String) -> Page {
    let title = format!("Sign in to {}", view.organization);
    let body = view! {
        <h1 class="lk-h1">{title.clone()}</h1>
        <p class="lk-sub">"You go on at your provider and come back here."</p>
        <div class="mt-7 grid gap-4">
            <FlashMessage />
            <Choices choices=view.choices next=next />
        </div>
        <p class="mt-6 text-sm">
            <a class="link" href="/sign-in">
                "Sign in another way"
            </a>
        </p>
    };
    frame(&title, body)
}

/// One button for each provider.
#[component]
pub fn Choices(
    /// The providers.
    choices: Vec<SignOnChoice>,
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let button = move |choice: SignOnChoice| {
        view! {
            <form method="post" action="/actions/sign-on/begin">
                <input type="hidden" name="provider" value=choice.provider />
                <input type="hidden" name="next" value=next.clone() />
                <button class="btn btn-quiet w-full" type="submit">
                    <Icon name="i-log-in" />
                    {format!("Continue with {}", choice.label)}
                </button>
            </form>
        }
    };
    view! { <div class="grid gap-2">{choices.into_iter().map(button).collect_view()}</div> }
}

/// The page in between.
pub fn depart_page(label: &str, url: &Url) -> Page {
    let body = view! {
        <h1 class="lk-h1">{format!("On to {label}")}</h1>
        <p class="lk-sub">"You are led there now, and come back here afterwards."</p>
        <p class="mt-7">
            <a class="btn btn-primary w-full" href=url.to_string() rel="noreferrer">
                {format!("Go to {label}")}
            </a>
        </p>
        <p class="mt-6 text-sm">
            <a class="link" href="/sign-in">
                "Stay here"
            </a>
        </p>
    };
    frame(&format!("On to {label}"), body)
}

/// Why nobody was signed in.
pub fn trouble_page(trouble: SignOnTrouble, signed_in: bool) -> Page {
    let (href, words) = if signed_in { ("/account/methods", "Back to your ways to sign in") } else { ("/sign-in", "Start again") };
    let body = view! {
        <span class="grid size-11 place-items-center rounded-xl bg-idle-soft text-idle">
            <Icon name="i-life-buoy" class="lk-i-lg" />
        </span>
        <h1 class="lk-h1 mt-5">"That did not work"</h1>
        <p class="lk-sub">{trouble.text()}</p>
        <p class="mt-7">
            <a class="btn btn-primary" href=href>
                {words}
            </a>
        </p>
    };
    frame("That did not work", body)
}
