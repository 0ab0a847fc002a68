//! What is wrong with connections: what lasts, then what ended lately.

mod card;
mod ended;

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;

use self::card::Card;
use self::ended::Ended;
use crate::dto::IssuesView;
use crate::services::words::count;
use crate::services::{ErrorCode, issues};
use crate::ui::components::{FlashMessage, Icon};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

/// `GET /issues?show&before`
pub async fn get(member: Member, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let solved = query.get("show").is_some_and(|show| show == "solved");
    let before = query.get("before").map_or("", String::as_str);
    let view = match issues::overview(&member.app, &member.actor, solved, before).await {
        // A place that no page gave is no reason to show nothing.
        Err(error) if error.code == ErrorCode::InvalidField => issues::overview(&member.app, &member.actor, solved, "").await,
        view => view,
    };
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: IssuesView) -> Page {
    let (now, solved) = (view.now, view.solved_alone);
    let next = view.next_cursor.as_ref().map(|before| {
        let show = if solved { "solved" } else { "open" };
        view! { <div class="lk-card-f"><a class="btn btn-quiet btn-sm" href=format!("/issues?show={show}&before={before}")>"Show older"</a></div> }.into_any()
    });
    let segment = |show: &'static str, words: &'static str, number: usize, chosen: bool| {
        view! { <a href=format!("/issues?show={show}") aria-current=chosen.then_some("true")>{format!("{words} ")}<span>{number}</span></a> }
    };
    let filter = view! {
        <nav class="lk-seg mt-6" aria-label="Filter issues">
            {segment("open", "Open", view.open, !solved)} {segment("solved", "Solved", view.solved, solved)}
        </nav>
    };
    let head = headline(&view);
    let lists = if solved {
        view! { <Ended title="Solved" ended=view.ended now=now all=None next=next /> }.into_any()
    } else {
        let cards: Vec<_> = view.cards.into_iter().map(|card| view! { <Card card=card now=now /> }).collect();
        let open = if cards.is_empty() {
            view! { <Nothing only_looks=view.only_looks /> }.into_any()
        } else {
            view! {
                <section class="lk-card" aria-labelledby="h-open">
                    <h2 class="sr-only" id="h-open">"Open"</h2>
                    <ul class="divide-y divide-line">{cards}</ul>
                    {next}
                </section>
            }
            .into_any()
        };
        let lately = (!view.ended.is_empty())
            .then(|| view! { <Ended title="Solved in the last seven days" ended=view.ended now=now all=Some(view.solved) next=None /> });
        view! { {open} {lately} }.into_any()
    };
    let told = (!view.only_looks).then(|| view! { <Told /> });
    let columns = if view.only_looks { "mt-4 grid grid-cols-1 gap-6" } else { "mt-4 grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,1fr)_19rem]" };
    let body = view! {
        <div class="lk-head">
            <div>
                {head}
                <p class="lk-sub">"One issue per problem, however often it repeats. It closes by itself when the connection works again."</p>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {filter}
        <div class=columns>
            <div class="grid min-w-0 grid-cols-1 content-start gap-6">{lists}</div>
            {told}
        </div>
    };
    Page::in_sidebar("Issues", Place::Issues, body)
}

/// The answer that the page opens with.
fn headline(view: &IssuesView) -> impl IntoView + use<> {
    let (number, rest) = match (view.open, view.needs) {
        (0, _) => (None, "No open issues".to_owned()),
        (open, _) if view.only_looks => (None, count(open, "open issue", "open issues")),
        (_, 0) => (None, "No issue needs you".to_owned()),
        (_, needs) => (Some(count(needs, "issue", "issues")), if needs == 1 { " needs you".to_owned() } else { " need you".to_owned() }),
    };
    view! { <h1 class="lk-h1 lk-h1-xl">{number.map(|number| view! { <span class="text-bad">{number}</span> })}{rest}</h1> }
}

#[component]
fn Nothing(only_looks: bool) -> impl IntoView {
    let text = if only_looks {
        "No connection that you see has stopped. When one does, it stands here until it is mended."
    } else {
        "When a connection cannot be renewed, or a check of it fails, it stands here with what to do next, and leaves by itself when it works again."
    };
    view! {
        <section class="lk-card" aria-labelledby="none">
            <div class="lk-card-b">
                <h2 class="lk-h2" id="none">"Nothing is open"</h2>
                <p class="mt-2 max-w-[44rem] text-sm text-muted">{text}</p>
            </div>
        </section>
    }
}

/// To whom the letter about a failed renewal goes.
#[component]
fn Told() -> impl IntoView {
    let line = |icon: &'static str, who: &'static str, what: &'static str| {
        view! {
            <li class="flex items-start gap-3 py-3">
                <Icon name=icon class="mt-0.5 text-faint" />
                <div class="min-w-0 flex-1">
                    <p class="text-sm font-medium">{who}</p>
                    <p class="text-xs text-muted">{what}</p>
                </div>
            </li>
        }
    };
    view! {
        <section class="lk-card self-start p-5" aria-labelledby="h-told">
            <h2 class="lk-h3" id="h-told">"Who is told"</h2>
            <ul class="mt-1 divide-y divide-line">
                {line("i-mail", "Who made the connection, and the admins", "One letter for each issue, when a renewal fails.")}
                {line("i-user-round", "Of a personal connection its owner alone", "The same letter.")}
            </ul>
        </section>
    }
}
