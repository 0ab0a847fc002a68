//! One open issue.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::{IssueCard, IssueStep};
use crate::ui::components::{Ago, Logo, StatusPill};

/// Apps that are named; of more, the number is told.
const NAMED: usize = 3;

/// What is wrong, since when, what it means, and the one thing to do next.
#[component]
pub fn Card(card: IssueCard, now: Timestamp) -> impl IntoView {
    let about = [card.connector_name.as_str(), card.name.as_str(), card.account.as_str()];
    let mut parts: Vec<&str> = Vec::new();
    for part in about {
        if !part.is_empty() && !parts.contains(&part) {
            parts.push(part);
        }
    }
    let about = parts.join(" \u{b7} ");
    let step = card.step.map(|step| view! { <Step step=step connection=card.connection.clone() name=card.name.clone() /> });
    let fact = |title: &'static str, words: AnyView| {
        view! { <div class="flex gap-1.5"><dt class="flex-none text-faint">{title}</dt><dd class="min-w-0 break-words text-muted">{words}</dd></div> }
    };
    let since = view! { <Ago at=card.opened_at now=now clock=true />{format!(", {}", card.lasts)} };
    view! {
        <li class="flex gap-4 p-5" id=card.id>
            <Logo connector=card.connector name=card.connector_name.clone() glyph=card.glyph />
            <div class="min-w-0 flex-1">
                <div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-1.5">
                    <h3 class="lk-h3 min-w-0 break-words">
                        <a class="hover:underline" href=format!("/connections/{}", card.connection)>{card.title}</a>
                        <span class="block text-xs font-normal text-muted">{about}</span>
                    </h3>
                    <StatusPill pill=card.pill />
                </div>
                <p class="mt-2 max-w-[44rem] text-sm">{card.sentence}</p>
                <dl class="mt-2.5 flex flex-wrap gap-x-6 gap-y-1 text-xs">
                    {fact("Since", since.into_any())}
                    {card.token_until.map(|until| fact("Token works until", view! { <Ago at=until now=now clock=true /> }.into_any()))}
                    {(!card.apps.is_empty()).then(|| fact("Used by", named(&card.apps).into_any()))}
                    {card.told_at.map(|at| fact("Told by letter", view! { <Ago at=at now=now clock=true /> }.into_any()))}
                </dl>
                {step}
            </div>
        </li>
    }
}

/// `Ledger sync, Cash-flow report and 2 more`.
fn named(apps: &[String]) -> String {
    let shown = apps.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if apps.len() > NAMED { format!("{shown} and {} more", apps.len() - NAMED) } else { shown }
}

#[component]
fn Step(step: IssueStep, connection: String, name: String) -> impl IntoView {
    let which = format!(": {name}");
    if step.sends {
        view! {
            <form class="mt-4" method="post" action=step.path>
                <input type="hidden" name="id" value=connection />
                <button class="btn btn-primary btn-sm" type="submit">{step.words}<span class="sr-only">{which}</span></button>
            </form>
        }
        .into_any()
    } else {
        view! { <p class="mt-4"><a class="btn btn-primary btn-sm" href=step.path>{step.words}<span class="sr-only">{which}</span></a></p> }.into_any()
    }
}
