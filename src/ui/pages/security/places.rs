//! The sessions of a person.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::{Pill, SessionView};
use crate::ui::components::{Ago, StatusPill};

/// Where the person is signed in; each place can be ended, and all others at once.
#[component]
pub fn Sessions(sessions: Vec<SessionView>, now: Timestamp) -> impl IntoView {
    let others = sessions.iter().any(|session| !session.current);
    view! {
        <section class="lk-card" aria-labelledby="sessions">
            <div class="lk-card-b">
                <h2 class="lk-h2" id="sessions">"Where you are signed in"</h2>
                <p class="mt-1 text-sm text-muted">"Browsers say themselves what they are. End whatever you do not know, and change your password."</p>
                <ul class="mt-4 grid gap-4">{sessions.into_iter().map(|session| view! { <Session session=session now=now /> }).collect_view()}</ul>
            </div>
            {others
                .then(|| {
                    view! {
                        <form class="lk-card-f" method="post" action="/actions/sessions/end-others">
                            <button class="btn btn-quiet" type="submit">"End all other sessions"</button>
                        </form>
                    }
                })}
        </section>
    }
}

#[component]
fn Session(session: SessionView, now: Timestamp) -> impl IntoView {
    let here = || Pill { kind: "ok".to_owned(), icon: "i-circle-check".to_owned(), label: "This one".to_owned(), loud: false };
    let from = if session.address.is_empty() { "not used yet".to_owned() } else { format!("from {}", session.address) };
    let name = format!("End {}", session.device);
    let end = if session.current {
        view! { <StatusPill pill=here() /> }.into_any()
    } else {
        view! {
            <form method="post" action="/actions/sessions/end">
                <input type="hidden" name="id" value=session.id />
                <button class="btn btn-quiet btn-sm" type="submit" aria-label=name>"End"</button>
            </form>
        }
        .into_any()
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3">
            <div class="min-w-0">
                <p class="font-medium">{session.device}</p>
                <p class="text-xs text-muted">
                    "Last seen " <Ago at=session.seen_at now=now /> {format!(", {from}. Signed in ")} <Ago at=session.created_at now=now /> "."
                </p>
            </div>
            {end}
        </li>
    }
}
