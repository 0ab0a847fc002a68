//! Step 4 of the wizard: the live test, while it runs and when it did not end well.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::{CheckState, StepState};
use crate::dto::{CheckView, ConnectorView, DiagnosisView, DraftView};
use crate::ui::components::wizard_frame::{Standing, note, wizard_head, wizard_page};
use crate::ui::components::{Ago, Icon, check_card_head, check_progress, check_steps, date_words};
use crate::ui::islands::CheckProgress;
use crate::ui::page::Page;
use crate::ui::pages::wizard_details;
use crate::ui::pages::wizard_steps::{Step, step};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connect/{draft}/test`.
pub async fn test(member: Member, InPath(draft): InPath) -> Response {
    step(member, &draft, Step::Test, page).await
}

/// The page of a draft's check: running, failed, or passed with an account that is connected already.
pub fn page(draft: &DraftView) -> Page {
    match (&draft.check, &draft.duplicate) {
        (Some(check), Some((id, name))) if check.state == CheckState::Passed => duplicate(draft, check, id, name),
        (Some(check), _) if matches!(check.state, CheckState::Failed | CheckState::Stopped) => failed(draft, check),
        (Some(check), _) => running(draft, check),
        (None, _) => wizard_details::page(draft),
    }
}

fn running(draft: &DraftView, check: &CheckView) -> Page {
    let connector = &draft.connector;
    let standing = Standing { note: "Running".to_owned(), ..Standing::at(4, &connector.summary, None) };
    let card = check_progress(&format!("/connect/{}/test", draft.id), &format!("/connect/{}/done", draft.id), check);
    let body = view! {
        <noscript><meta http-equiv="refresh" content="1" /></noscript>
        {wizard_head(&connector.summary, &format!("Testing {}", if draft.name.is_empty() { &connector.summary.name } else { &draft.name }), "Usually done in under three seconds.")}
        <CheckProgress draft=draft.id.clone()>{card}</CheckProgress>
    };
    let text = format!("The {} stays sealed. It is saved only if every step passes.", connector.credential_noun);
    wizard_page(&standing, body, note("i-lock-keyhole", "During the test", view! { <p>{text}</p> }))
}

fn failed(draft: &DraftView, check: &CheckView) -> Page {
    let connector = &draft.connector;
    let diagnosis = check.diagnosis.clone().unwrap_or_else(|| unended(connector));
    let stopped = check.steps.iter().find(|step| step.state == StepState::Failed);
    let words = stopped.map_or_else(|| "Stopped".to_owned(), |step| format!("Stopped at “{}”", step.kind.title()));
    let standing = Standing { note: words, failed: true, ..Standing::at(4, &connector.summary, Some(&draft.id)) };
    let fix = if diagnosis.fix.is_empty() { format!("Change the {}", connector.credential_noun) } else { diagnosis.fix.clone() };
    let anchor = if diagnosis.field.is_empty() { String::new() } else { format!("#{}", diagnosis.field) };
    let body = view! {
        {wizard_head(&connector.summary, diagnosis.headline.trim_end_matches('.'), &diagnosis.sentence)}
        <section class="lk-card" aria-labelledby="res">
            {check_card_head(check, "res")} {check_steps(check)}
            <div class="lk-card-f">
                <a class="btn btn-primary" href=format!("/connect/{}/details{anchor}", draft.id)>{fix}</a>
                {discard(&draft.id)}
            </div>
        </section>
    };
    wizard_page(&standing, body, help(draft, check, &diagnosis))
}

fn unended(connector: &ConnectorView) -> DiagnosisView {
    DiagnosisView {
        code: String::new(),
        headline: "The test did not end".to_owned(),
        sentence: format!("The server stopped meanwhile. Nothing was saved; type the {} again to repeat the test.", connector.credential_noun),
        cause: String::new(),
        fix: "Test again".to_owned(),
        fix_steps: Vec::new(),
        field: String::new(),
        provider_said: String::new(),
        retry_at: None,
    }
}

fn discard(draft: &str) -> impl IntoView + use<> {
    view! {
        <form class="sm:ms-auto" method="post" action="/actions/connect/discard">
            <input type="hidden" name="draft" value=draft.to_owned() />
            <button class="btn btn-ghost" type="submit">"Forget the entries"</button>
        </form>
    }
}

fn help(draft: &DraftView, check: &CheckView, diagnosis: &DiagnosisView) -> impl IntoView + use<> {
    let noun = draft.connector.credential_noun.clone();
    let steps: Vec<_> = diagnosis.fix_steps.iter().map(|step| view! { <li>{step.clone()}</li> }).collect();
    let steps = (!steps.is_empty()).then(|| note("i-life-buoy", "To fix it", view! { <ol class="grid list-decimal gap-1.5 ps-4">{steps}</ol> }));
    let (started, retry) = (check.started_at, diagnosis.retry_at);
    let retry = retry.map(|at| note("i-timer", "When to try again", view! { <p>"From "<Ago at=at now=started clock=true />" on."</p> }));
    let kept = format!("Nothing was saved as a connection. The other entries are kept until {}; the {noun} was forgotten.", date_words(draft.kept_until));
    (steps, retry, note("i-archive-restore", "What happened to your entries", view! { <p>{kept}</p> }))
}

fn duplicate(draft: &DraftView, check: &CheckView, id: &str, name: &str) -> Page {
    let connector = &draft.connector;
    let account = check.identity.as_ref().map_or_else(|| "This account".to_owned(), |identity| identity.account_name.clone());
    let sentence = format!("{account} is already connected, as {name}. The test passed, and nothing was saved yet.");
    let standing = Standing { note: "Waits for you".to_owned(), ..Standing::at(4, &connector.summary, None) };
    let body = view! {
        {wizard_head(&connector.summary, "This account is connected already", &sentence)}
        <section class="lk-card" aria-labelledby="res">
            {check_card_head(check, "res")} {check_steps(check)}
            <div class="lk-card-f">
                <a class="btn btn-primary" href=format!("/connections/{id}")>{format!("Open {name}")}</a>
                <form method="post" action="/actions/connect/keep">
                    <input type="hidden" name="draft" value=draft.id.clone() />
                    <button class="btn btn-quiet" type="submit">"Connect it anyway"<Icon name="i-arrow-right" /></button>
                </form>
                {discard(&draft.id)}
            </div>
        </section>
    };
    let text = format!("Two connections to one account both count against its limits. The {} stays sealed here until you decide.", connector.credential_noun);
    wizard_page(&standing, body, note("i-info", "Why you are asked", view! { <p>{text}</p> }))
}
