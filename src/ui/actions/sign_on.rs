//! Going to a provider of single sign-on, coming back, and what the pages around it send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::domain::{LocalPath, SignOnPurpose};
use crate::services::ServiceError;
use crate::services::sign_on::{self, Arrived, CameBack, Ended, Wish};
use crate::ui::flash::Flash;
use crate::ui::page::bare_trouble;
use crate::ui::pages::sign_on::depart;
use crate::ui::redirect::{local, see_other, sign_in};
use crate::ui::visit::{Guest, Member};
use crate::vault::Secret;
use crate::web::{InPath, session};

/// The key of what ties attempts to this browser's session.
const BINDING: &str = "sign_on";
/// Where the person's ways to sign in are.
const METHODS: &str = "/account/methods";

/// Which provider, and where to go afterwards.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    provider: String,
    #[serde(default)]
    next: String,
}

/// Whose organization.
#[derive(Debug, Deserialize)]
pub struct Find {
    email: String,
    #[serde(default)]
    next: String,
}

/// `POST /actions/sign-on/find`: to the page of the organization that has proven the address's domain.
pub async fn find(guest: Guest, Form(form): Form<Find>) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(local(&form.next).as_str().as_bytes()).collect();
    match sign_on::organization_of(&guest.app, &form.email).await {
        Ok(Some(organization)) => see_other(&local(&format!("/sign-in/at/{organization}?next={next}"))),
        Ok(None) => {
            let flash = Flash::bad(
                "No organisation signs in by this address's domain.",
                "Ask your admin for your organisation's own address, or sign in with your password.",
            );
            guest.go(flash.typed("email", &form.email), &local(&format!("/sign-in/with?next={next}"))).await
        }
        Err(error) => guest.go(Flash::refusal(&error), &local("/sign-in/with")).await,
    }
}

/// `POST /actions/sign-on/begin`: to a provider, to sign in.
pub async fn begin(guest: Guest, Form(form): Form<Chosen>) -> Response {
    leave(guest, &form.provider, SignOnPurpose::SignIn, &local(&form.next)).await
}

/// `POST /actions/sign-on/link`: to a provider, to connect an account there.
pub async fn link(guest: Guest, Form(form): Form<Chosen>) -> Response {
    leave(guest, &form.provider, SignOnPurpose::Link, &local(METHODS)).await
}

/// `POST /actions/sign-on/confirm`: to a provider, to prove once more who is signed in.
pub async fn confirm(guest: Guest, Form(form): Form<Chosen>) -> Response {
    leave(guest, &form.provider, SignOnPurpose::Confirm, &local(&form.next)).await
}

/// `POST /actions/sign-on/disconnect`
pub async fn disconnect(member: Member, Form(form): Form<Chosen>) -> Response {
    let done = sign_on::disconnect(&member.app, &member.actor, &form.provider).await;
    let page = local(METHODS);
    member.end(done, &page.clone(), |label| (page, Flash::ok(format!("{label} is disconnected."), "You cannot sign in there any more."))).await
}

async fn leave(guest: Guest, provider: &str, purpose: SignOnPurpose, next: &LocalPath) -> Response {
    if purpose != SignOnPurpose::SignIn && guest.actor.is_none() {
        let flash = Flash::bad("You are signed out.", "Nothing was saved. Sign in and try again.");
        return guest.go(flash, &sign_in(METHODS)).await;
    }
    let Ok(binding) = session::binding(&guest.session, BINDING, guest.app.random.as_ref()).await else { return bare_trouble(guest.parts, guest.options).await };
    let wish = Wish { provider, purpose, next, binding: &binding };
    match sign_on::begin(&guest.app, &guest.visitor, guest.actor.as_ref(), wish).await {
        Ok(departure) => depart(guest, departure).await,
        Err(ended) => give_up(guest, ended).await,
    }
}

/// A known end has a page of its own; other failures are told where the person came from.
async fn give_up(guest: Guest, ended: Ended) -> Response {
    let error = match ended {
        Ended::Trouble(trouble) => return see_other(&local(&format!("/sign-in/trouble/{}", trouble.as_str()))),
        Ended::Failed(error) => error,
    };
    let Guest { app, options, actor, session, parts, visitor } = guest;
    match actor {
        Some(actor) => {
            let failed: Result<(), ServiceError> = Err(error);
            Member { app, options, actor, visitor, session, parts }.end(failed, &local(METHODS), |()| (local(METHODS), Flash::default())).await
        }
        None => Guest { app, options, actor: None, session, parts, visitor }.go(Flash::refusal(&error), &local("/sign-in")).await,
    }
}

/// `GET /sign-in/callback/{provider}`: always answered by a redirect, so that the code leaves the address at once.
pub async fn arrive(InPath(provider): InPath, guest: Guest) -> Response {
    let back = came_back(provider, guest.parts.uri.query().unwrap_or_default());
    let binding = guest.session.get::<String>(BINDING).await.ok().flatten();
    let arrived = match &back {
        Some(back) => sign_on::arrive(&guest.app, &guest.visitor, guest.actor.as_ref(), binding.as_deref(), back).await,
        None => sign_on::arrive(&guest.app, &guest.visitor, None, None, &CameBack::default()).await,
    };
    match arrived {
        Ok(Arrived::Entered(entered, next)) => guest.admit(&entered, false, &next).await,
        Ok(Arrived::Linked(label, next)) => guest.go(Flash::ok(format!("{label} is connected."), "From now on you can sign in there."), &next).await,
        Ok(Arrived::Confirmed(_, next)) => match session::prove(&guest.app, &guest.session, false).await {
            Ok(()) => see_other(&next),
            Err(error) => guest.go(Flash::refusal(&error), &local(METHODS)).await,
        },
        Err(Ended::Trouble(trouble)) => see_other(&local(&format!("/sign-in/trouble/{}", trouble.as_str()))),
        Err(Ended::Failed(error)) => {
            tracing::warn!(cause = error.cause.as_deref().map(tracing::field::display), "a way back from a provider failed");
            let to = if guest.actor.is_some() { METHODS } else { "/sign-in" };
            guest.go(Flash::refusal(&error), &local(to)).await
        }
    }
}

/// Reads the query; none when a key stands twice, which no provider does.
fn came_back(provider: String, query: &str) -> Option<CameBack> {
    let mut back = CameBack { provider, ..CameBack::default() };
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let taken = match &*key {
            "state" => back.state.replace(value.into_owned()).is_some(),
            "code" => back.code.replace(Secret::new(value.into_owned())).is_some(),
            "error" => back.error.replace(value.into_owned()).is_some(),
            "iss" => back.iss.replace(value.into_owned()).is_some(),
            _ => false,
        };
        if taken {
            return None;
        }
    }
    Some(back)
}
