//! What happened, and what is set.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::ActivityView;
use crate::ui::components::{Ago, AppFace, Face};

/// The last things that happened, newest first.
#[component]
pub fn Activity(activity: Vec<ActivityView>, now: Timestamp) -> impl IntoView {
    let entry = |entry: ActivityView| {
        let face = if entry.by_machine { view! { <AppFace /> }.into_any() } else { view! { <Face name=entry.actor.clone() small=true /> }.into_any() };
        view! {
            <li>
                <Ago at=entry.at now=now clock=true />
                {face}
                <div class="min-w-0">
                    <p>
                        <strong class="font-semibold">{entry.actor}</strong>
                        {format!(" {}", entry.what)}
                    </p>
                </div>
            </li>
        }
    };
    view! {
        <section class="lk-card" id="activity" aria-labelledby="h-act">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="h-act">
                    "Activity"
                </h2>
            </div>
            {if activity.is_empty() {
                view! { <p class="px-5 py-4 text-sm text-muted">"Nothing has happened yet."</p> }.into_any()
            } else {
                view! { <ol class="lk-log">{activity.into_iter().map(entry).collect_view()}</ol> }.into_any()
            }}
        </section>
    }
}

/// What is set, as label and value.
#[component]
pub fn Settings(settings: Vec<(String, String)>) -> impl IntoView {
    let setting = |(label, value): (String, String)| {
        view! {
            <div class="grid gap-x-6 gap-y-1 px-5 py-3.5 sm:grid-cols-[7.5rem_minmax(0,1fr)]">
                <dt class="text-sm text-muted">{label}</dt>
                <dd class="text-sm break-words">{value}</dd>
            </div>
        }
    };
    view! {
        <section class="lk-card" id="settings" aria-labelledby="h-set">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="h-set">
                    "Settings"
                </h2>
            </div>
            <dl class="divide-y divide-line">{settings.into_iter().map(setting).collect_view()}</dl>
        </section>
    }
}
