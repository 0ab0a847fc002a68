//! How the test went that the visitor started.

use leptos::prelude::*;

use super::{frame, head};
use crate::domain::CheckState;
use crate::dto::VisitResult;
use crate::ui::components::{Ago, Icon, check_card_head, check_steps};
use crate::ui::page::Page;

/// The page of a test: running, failed or passed.
pub fn page(result: &VisitResult, token: &str) -> Page {
    match result.check.state {
        CheckState::Running => running(result, token),
        CheckState::Passed => passed(result),
        CheckState::Failed | CheckState::Stopped => failed(result, token),
    }
}

fn steps(result: &VisitResult) -> impl IntoView + use<> {
    let busy = (result.check.state == CheckState::Running).then_some("true");
    view! {
        <section class="lk-card mt-6" aria-labelledby="res" aria-busy=busy>
            {check_card_head(&result.check, "res")} {check_steps(&result.check)}
        </section>
    }
}

fn running(result: &VisitResult, token: &str) -> Page {
    let again = format!("/ask/{token}/{}", result.check.id);
    let title = format!("Testing at {}", result.connector.name);
    let body = view! {
        <meta http-equiv="refresh" content="1" />
        {head(&result.connector, &title, "Usually done in under three seconds.")}
        {steps(result)}
        <p class="mt-5 text-sm text-muted">"The page updates by itself. If it stands still, "<a class="link" href=again>"load the result"</a>"."</p>
    };
    frame(title, None, body)
}

fn passed(result: &VisitResult) -> Page {
    let (asker, organization) = (&result.asker, &result.organization);
    let next = format!("What you typed is sealed and handed over to {organization}. {asker} sees that it works, and never sees what you typed.");
    let body = view! {
        {head(&result.connector, "Thank you, it works", &next)}
        {steps(result)}
        <p class="mt-5 flex items-start gap-2 text-sm">
            <Icon name="i-circle-check" class="mt-0.5 text-ok" />
            <span>"The link has done its work and cannot be used again. You can close this page."</span>
        </p>
    };
    frame("Thank you, it works".to_owned(), None, body)
}

fn failed(result: &VisitResult, token: &str) -> Page {
    let asker = result.asker.clone();
    let reason = result.check.diagnosis.as_ref().map(|diagnosis| diagnosis.headline.clone()).unwrap_or_default();
    let code = result.check.diagnosis.as_ref().map(|diagnosis| diagnosis.code.clone()).filter(|code| !code.is_empty());
    let code = code.map(|code| view! { <p class="mt-3 text-xs text-muted">"If you ask for help, name this: "<span class="lk-code">{code}</span></p> });
    let retry = result.check.diagnosis.as_ref().and_then(|diagnosis| diagnosis.retry_at);
    let retry = retry.map(|at| view! { <p class="mt-3 text-sm">"Try again from "<Ago at=at now=result.now clock=true />" (UTC) on."</p> });
    let next = if result.again {
        view! {
            <a class="btn btn-primary" href=format!("/ask/{token}")>"Type it again"</a>
            <p class="text-xs text-muted">{format!("Or tell {asker}, if the reason is not yours to mend.")}</p>
        }
        .into_any()
    } else {
        view! { <p class="text-sm">{format!("This link takes no more tries. Ask {asker} for a new one.")}</p> }.into_any()
    };
    let body = view! {
        {head(&result.connector, "It does not work yet", &format!("{reason} Nothing was saved, and what you typed in secret is forgotten."))}
        {steps(result)} {retry} {code}
        <div class="mt-6 flex flex-wrap items-center gap-3">{next}</div>
    };
    frame("It does not work yet".to_owned(), result.again.then_some((result.expires_at, result.now)), body)
}
