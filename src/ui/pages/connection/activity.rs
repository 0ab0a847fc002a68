//! What happened, and what is set.

use leptos::prelude::*;
use url::form_urlencoded::Serializer;

use super::edit::EditForm;
use crate::domain::Timestamp;
use crate::dto::{ActivityView, ConnectionView};
use crate::ui::components::{Ago, AppFace, Face, Icon};

/// The last things that happened, newest first.
#[component]
pub fn Activity(id: String, activity: Vec<ActivityView>, older: Option<String>, now: Timestamp) -> impl IntoView {
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
            {older
                .map(|place| {
                    let query = Serializer::new(String::new()).append_pair("before", &place).finish();
                    view! {
                        <div class="lk-card-f">
                            <a class="link text-sm" href=format!("/connections/{id}?{query}#activity")>
                                "Show older"
                            </a>
                        </div>
                    }
                })}
        </section>
    }
}

/// What is set: what people may change as a form, the rest as label and value.
#[component]
pub fn Settings(view: ConnectionView) -> impl IntoView {
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
            {view.may_edit.then(|| view! { <EditForm view=view.clone() /> })}
            <dl class="divide-y divide-line border-t border-line">{view.settings.into_iter().map(setting).collect_view()}</dl>
            <div class="lk-card-f">
                <a class="link inline-flex items-center gap-1 text-sm" href=format!("/connections/{}/diagnostics", view.row.id) download>
                    <Icon name="i-file-down" class="lk-i-sm" />
                    "Download diagnostics for support"
                </a>
            </div>
        </section>
    }
}
