//! Step 2 of the wizard: how signing in works.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{ConnectorView, DraftView};
use crate::ui::components::Icon;
use crate::ui::components::wizard_frame::{Standing, note, wizard_head, wizard_page};
use crate::ui::page::Page;
use crate::ui::pages::wizard_steps::{Step, step};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connect/{draft}/sign-in`.
pub async fn sign_in(member: Member, InPath(draft): InPath) -> Response {
    step(member, &draft, Step::SignIn, page).await
}

/// How signing in works, before anything is typed.
pub fn page(draft: &DraftView) -> Page {
    let connector = &draft.connector;
    let noun = &connector.credential_noun;
    let sentence = match &draft.oauth {
        Some(oauth) if oauth.when.is_none() => format!("You allow access at {}. It is tested live, then sealed.", connector.summary.name),
        _ => format!("You type the {noun} here once. It is tested live, then sealed."),
    };
    let steps: Vec<_> = connector.sign_in_steps.iter().enumerate().map(|(index, step)| guide_step(index.saturating_add(1), &step.title, &step.text)).collect();
    let body = view! {
        {wizard_head(&connector.summary, "How sign-in works", &sentence)}
        <ol class="mb-7 grid gap-4">{steps}</ol>
        <div class="mt-6 flex flex-wrap items-center gap-3">
            <a class="btn btn-primary" href=format!("/connect/{}/details", draft.id)>"Continue"<Icon name="i-arrow-right" /></a>
            <a class="btn btn-ghost" href=format!("/marketplace/{}", connector.summary.id)>"Back"</a>
        </div>
    };
    let aside = (destination(connector, &draft.destination), advice(connector));
    wizard_page(&Standing::at(2, &connector.summary, Some(&draft.id)), body, aside)
}

fn guide_step(number: usize, title: &str, text: &str) -> impl IntoView + use<> {
    let (title, text) = (title.to_owned(), text.to_owned());
    view! {
        <li class="flex gap-3.5">
            <span class="lk-dot flex-none bg-base-100" aria-hidden="true">{number}</span>
            <div class="pt-0.5">
                <p class="font-medium">{title}</p>
                <p class="text-sm text-muted">{text}</p>
            </div>
        </li>
    }
}

/// Where the credential may go; nothing while that is not known.
pub fn destination(connector: &ConnectorView, host: &str) -> impl IntoView + use<> {
    let noun = connector.credential_noun.clone();
    let host = host.to_owned();
    (!host.is_empty()).then(|| {
        let title = format!("Where this {noun} can go");
        let body = view! {
            <p>"Only to "<span class="lk-code text-base-content">{host}</span>". Latchkey refuses to send it anywhere else, whoever asks."</p>
        };
        note("i-shield-check", &title, body)
    })
}

/// The connector's advice beside the form; nothing when it has none.
pub fn advice(connector: &ConnectorView) -> impl IntoView + use<> {
    let advice = connector.advice.clone();
    (!advice.is_empty()).then(|| note("i-bot", "Use a robot, not a person", view! { <p>{advice}</p> }))
}
