//! Bringing along what another program has.

use axum::response::Response;
use leptos::prelude::*;

use crate::services::import::{self, Applied, Outcome, Source};
use crate::services::words::count;
use crate::ui::components::{Breadcrumb, FieldError, FlashMessage, Icon, TextArea};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;

/// What an import would do, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Each connection.
    pub applied: Vec<Applied>,
    /// Whether nothing was tried.
    pub is_dry: bool,
}

/// `GET /import`.
pub async fn get(member: Member) -> Response {
    let may = import::plan(&member.app, &member.actor, Source::default(), &[]).await;
    member.page(may, |_| page()).await
}

/// Draws the form.
pub fn page() -> Page {
    let body = view! {
        <Breadcrumb href="/marketplace" above="Marketplace" here="Import" />
        <h1 class="lk-h1">"Import from another program"</h1>
        <p class="lk-sub">"Paste its .env file, or JSON. First see what would happen; then each one is checked live, and only what works is saved."</p>
        <FlashMessage class="mt-6" />
        {form()}
    };
    Page::in_sidebar("Import", Place::Marketplace, body)
}

/// Draws what would happen, or did, and the form once more, empty.
pub fn results(shown: &Shown) -> Page {
    let saved = shown.applied.iter().filter(|one| matches!(one.outcome, Outcome::Saved(..))).count();
    let ready = shown.applied.iter().filter(|one| one.planned.problems.is_empty()).count();
    let sentence = match (shown.applied.len(), shown.is_dry) {
        (0, _) => "Nothing of a known connector was found. Nothing was saved.".to_owned(),
        (all, true) => format!("{ready} of {} can be tried. Nothing was saved, and nobody was asked.", count(all, "connection", "connections")),
        (all, false) => format!("{saved} of {} connected.", count(all, "connection is", "connections are")),
    };
    let cards: Vec<_> = shown.applied.iter().map(|one| card(one, shown.is_dry)).collect();
    let title = if shown.is_dry { "What would happen" } else { "What happened" };
    let body = view! {
        <Breadcrumb href="/import" above="Import" here=title />
        <h1 class="lk-h1">{title}</h1>
        <p class="lk-sub" role="status">{sentence}</p>
        <ul class="mt-6 grid max-w-[48rem] gap-4">{cards}</ul>
        <h2 class="lk-h2 mt-8">{if shown.is_dry { "Do it" } else { "Import more" }}</h2>
        <p class="mt-1 text-sm text-muted">"What you pasted was not kept, so paste it again."</p>
        {form()}
    };
    Page::in_sidebar(title, Place::Marketplace, body)
}

fn form() -> impl IntoView {
    let wrong = flash().error("text");
    let described = if wrong.is_empty() { "text-help" } else { "text-error text-help" };
    view! {
        <form class="lk-card mt-6 max-w-[48rem]" method="post" action="/actions/import">
            <div class="lk-card-b">
                <div class="lk-field">
                    <div class="lk-label"><label for="text">".env file or JSON"</label></div>
                    <TextArea name="text" rows=10 described_by=described wrong=!wrong.is_empty() />
                    {(!wrong.is_empty()).then(|| view! { <FieldError id="text" text=wrong.clone() /> })}
                    <p class="lk-help" id="text-help">
                        "Lines such as STRIPE_API_KEY=…, with the connector\u{2019}s name first. It goes to this server alone, and comes back into no page."
                    </p>
                </div>
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit" name="do" value="plan">"Show what would happen"</button>
                <button class="btn btn-quiet" type="submit" name="do" value="apply">"Check and connect"</button>
                <a class="btn btn-ghost" href="/marketplace">"Cancel"</a>
            </div>
        </form>
    }
}

fn card(one: &Applied, is_dry: bool) -> impl IntoView + use<> {
    let planned = &one.planned;
    let name = if planned.name.is_empty() { planned.provider.clone() } else { format!("{} ({})", planned.provider, planned.name) };
    let found = |value: &import::PlannedValue| {
        let from = if value.variable.is_empty() { String::new() } else { format!(" from {}", value.variable) };
        view! { <li>{format!("{}: set, {}{from}", value.title, count(value.length, "character", "characters"))}</li> }
    };
    let values: Vec<_> = planned.values.iter().map(found).collect();
    let problems: Vec<_> = planned.problems.iter().map(problem).collect();
    let there = (!planned.there.is_empty()).then(
        || view! { <p class="mt-2 text-xs text-muted">{format!("There already: {}. The same account is not connected twice.", planned.there.join(", "))}</p> },
    );
    let frozen = (planned.freezes && !is_dry)
        .then(|| view! { <p class="mt-2 text-sm text-muted">"Its tokens are frozen until you say that the other program has stopped: the page of the connection has the button."</p> });
    view! {
        <li class="lk-card">
            <div class="lk-card-b">
                <h2 class="lk-h3 break-words">{name}</h2>
                <ul class="mt-2 grid gap-1 text-sm text-muted break-words">{values} {problems}</ul>
                {there}
                <p class="mt-3 flex items-start gap-2 text-sm font-medium">{outcome(one, is_dry)}</p>
                {frozen}
            </div>
        </li>
    }
}

fn problem(problem: &import::Problem) -> impl IntoView + use<> {
    let names = if problem.variables.is_empty() { String::new() } else { format!(" Read from {}.", problem.variables.join(" or ")) };
    view! { <li class="flex items-start gap-2"><Icon name="i-circle-alert" class="text-bad" /><span>{format!("{}: {}{names}", problem.title, problem.message)}</span></li> }
}

fn outcome(one: &Applied, is_dry: bool) -> AnyView {
    match &one.outcome {
        Outcome::Saved(name, id) => {
            view! { <Icon name="i-circle-check" class="text-ok" /><span>"Connected as "<a class="link" href=format!("/connections/{id}")>{name.clone()}</a>"."</span> }.into_any()
        }
        Outcome::Refused(why) => view! { <Icon name="i-circle-x" class="text-bad" /><span>{format!("Not connected. {why}")}</span> }.into_any(),
        Outcome::Skipped if !one.planned.problems.is_empty() => view! { <Icon name="i-minus" /><span>"Needs a change first."</span> }.into_any(),
        Outcome::Skipped if is_dry => view! { <Icon name="i-check" /><span>"Would be checked, and connected if the check passes."</span> }.into_any(),
        Outcome::Skipped => view! { <Icon name="i-minus" /><span>"Not tried."</span> }.into_any(),
    }
}
