//! Second steps, sessions, and the organization's rule.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::sign_in::{self, Shown};
use crate::services::{ErrorCode, ServiceError, second_factor, sessions};
use crate::ui::flash::Flash;
use crate::ui::pages::recovery_codes;
use crate::ui::redirect::{confirm as confirm_page, local, sign_in as sign_in_page};
use crate::ui::visit::{Guest, Member};
use crate::vault::Secret;
use crate::web::session;

/// The page that these actions come from.
pub(super) const SECURITY: &str = "/account/security";
const SECOND_STEP: &str = "/sign-in/second-step";
const RULES: &str = "/organisation/security";

/// A code.
#[derive(Debug, Deserialize)]
pub struct Code {
    code: Secret<String>,
}

/// The password or a code, and where to go afterwards.
#[derive(Debug, Deserialize)]
pub struct Confirmation {
    password: Option<Secret<String>>,
    code: Option<Secret<String>>,
    #[serde(default)]
    next: String,
}

/// Which one.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    id: String,
}

/// Anything when the rule is to be on.
#[derive(Debug, Deserialize)]
pub struct Rule {
    #[serde(default)]
    wanted: String,
}

/// `POST /actions/second-step`: takes the second step with a code.
pub async fn second_step(guest: Guest, Form(form): Form<Code>) -> Response {
    let half = match session::half(&guest.session).await {
        Ok(Some(half)) => half,
        Ok(None) => return guest.go(Flash::bad("Sign in again.", "The second step has to follow within five minutes."), &sign_in_page("/connections")).await,
        Err(error) => return guest.go(Flash::refusal(&error), &local("/sign-in")).await,
    };
    match sign_in::second_step(&guest.app, &guest.visitor, &half.pending, &form.code).await {
        Ok(signed_in) => guest.enter(&signed_in, half.keep, &local(&half.next)).await,
        Err(error) => guest.step_back(&error, &half.next).await,
    }
}

impl Guest {
    /// Says why the second step was not taken, on its page, or on the sign-in page when it can no longer be taken.
    pub(super) async fn step_back(self, error: &ServiceError, next: &str) -> Response {
        let to = if error.code == ErrorCode::SignInRequired { sign_in_page(next) } else { local(SECOND_STEP) };
        self.go(Flash::refusal(error), &to).await
    }
}

impl Member {
    /// Gives the session of somebody who confirmed who they are its new id and goes on; otherwise back with the reason.
    pub(super) async fn confirmed(self, outcome: Result<(), ServiceError>, next: &str) -> Response {
        let proven = match outcome {
            Ok(()) => session::prove(&self.app, &self.session, true).await,
            Err(error) => Err(error),
        };
        let to = local(next);
        self.end(proven, &confirm_page(next), |()| (to, Flash::default())).await
    }
}

/// `POST /actions/confirm`: confirms who the person is, by password or code.
pub async fn confirm(member: Member, Form(form): Form<Confirmation>) -> Response {
    let Some(shown) = form.password.map(Shown::Password).or(form.code.map(Shown::Code)) else {
        return member.go(Flash::default(), &confirm_page(&form.next)).await;
    };
    let outcome = sign_in::confirm(&member.app, &member.actor, &member.visitor, &shown).await;
    member.confirmed(outcome, &form.next).await
}

/// `POST /actions/second-factor/begin`: makes the key of an authenticator app.
pub async fn begin(member: Member) -> Response {
    let begun = second_factor::begin(&member.app, &member.actor).await;
    member.end(begun, &local(SECURITY), |()| (local("/account/security/app"), Flash::default())).await
}

/// `POST /actions/second-factor/on`: turns the app on; the recovery codes are the answer itself, because they are shown once and kept nowhere.
pub async fn turn_on(member: Member, Form(form): Form<Code>) -> Response {
    match second_factor::turn_on(&member.app, &member.actor, &form.code).await {
        Ok(Some(codes)) => recovery_codes::show(member, "Signing in takes a second step from now on.", codes).await,
        Ok(None) => member.go(Flash::ok("The authenticator app is on.", "Your recovery codes stay as they are."), &local(SECURITY)).await,
        Err(error) => member.end::<()>(Err(error), &local("/account/security/app"), |()| (local(SECURITY), Flash::default())).await,
    }
}

/// `POST /actions/second-factor/off`: turns the app off, with a code.
pub async fn turn_off(member: Member, Form(form): Form<Code>) -> Response {
    let off = second_factor::turn_off(&member.app, &member.actor, &form.code).await;
    let done = |()| (local(SECURITY), Flash::ok("The authenticator app is off.", "Signing in no longer asks for its code."));
    member.end(off, &local(SECURITY), done).await
}

/// `POST /actions/second-factor/codes`: makes new recovery codes; they are the answer itself.
pub async fn new_codes(member: Member) -> Response {
    match second_factor::new_codes(&member.app, &member.actor).await {
        Ok(codes) => recovery_codes::show(member, "These take the place of the old ones.", codes).await,
        Err(error) => member.end::<()>(Err(error), &local(SECURITY), |()| (local(SECURITY), Flash::default())).await,
    }
}

/// `POST /actions/second-factor/rule`: sets whether the organization asks for a second factor.
pub async fn set_rule(member: Member, Form(form): Form<Rule>) -> Response {
    let wanted = !form.wanted.is_empty();
    let set = second_factor::set_rule(&member.app, &member.actor, wanted).await;
    let flash = if wanted {
        Flash::ok("Everybody needs a second step now.", "Who has none is led to set one up.")
    } else {
        Flash::ok("A second step is everybody's own choice now.", "Those that are set up stay.")
    };
    member.end(set, &local(RULES), |()| (local(RULES), flash)).await
}

/// `POST /actions/sessions/end`: ends one session.
pub async fn end(member: Member, Form(form): Form<Chosen>) -> Response {
    let ended = sessions::end(&member.app, &member.actor, &form.id).await;
    let done = |()| (local(SECURITY), Flash::ok("That session has ended.", "Whoever used it is signed out."));
    member.end(ended, &local(SECURITY), done).await
}

/// `POST /actions/sessions/end-others`: ends all sessions but this one.
pub async fn end_others(member: Member) -> Response {
    let ended = match session::current(&member.session).await {
        Ok(current) => sessions::end_others(&member.app, &member.actor, current.as_ref()).await,
        Err(error) => Err(error),
    };
    let done = |_| (local(SECURITY), Flash::ok("All your other sessions have ended.", "You are signed in here alone."));
    member.end(ended, &local(SECURITY), done).await
}
