//! Who reads the credential.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::CredentialUse;
use crate::ui::components::{Ago, AppFace};

/// The keys of programs that read the credential in the last 30 days, the last first.
#[component]
pub fn Use(uses: Vec<CredentialUse>, now: Timestamp) -> impl IntoView {
    let line = |used: CredentialUse| {
        let with = if used.key_name.is_empty() { "with a key that is gone".to_owned() } else { format!("with the key {}", used.key_name) };
        let from = if used.user_agent.is_empty() { format!("from {}", used.address) } else { format!("from {}, {}", used.address, used.user_agent) };
        view! {
            <li>
                <Ago at=used.last_at now=now clock=true />
                <AppFace />
                <div class="min-w-0">
                    <p class="break-words">
                        <strong class="font-semibold">{used.application_name}</strong>
                        {format!(" read it {with}, {from}.")}
                    </p>
                    <p class="text-sm text-muted">{often(used.reads_7_days, used.reads_30_days)}</p>
                </div>
            </li>
        }
    };
    view! {
        <section class="lk-card" id="use" aria-labelledby="h-use">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="h-use">
                    "Use"
                </h2>
            </div>
            {if uses.is_empty() {
                view! { <p class="px-5 py-4 text-sm text-muted">"No program has read the credential in the last 30 days."</p> }.into_any()
            } else {
                view! { <ol class="lk-log">{uses.into_iter().map(line).collect_view()}</ol> }.into_any()
            }}
        </section>
    }
}

/// How often, in two spans: `Twice in 7 days, 40 times in 30.`
fn often(week: u64, month: u64) -> String {
    let said = format!("{} in 7 days, {} in 30.", times(week), times(month));
    let mut letters = said.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn times(count: u64) -> String {
    match count {
        0 => "not read".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}
