//! Whose account it is.

use leptos::prelude::*;

use crate::dto::ConnectionView;
use crate::ui::components::date_words;

/// The account.
#[component]
pub fn Account(view: ConnectionView) -> impl IntoView {
    let identity = view.identity.map(|identity| {
        let facts = identity.facts.into_iter().map(|(label, value)| view! { <Fact label=label value=value /> }).collect_view();
        view! {
            <div>
                <dt class="lk-cap">{format!("{} account", view.row.connector_name)}</dt>
                <dd class="font-medium break-words">{identity.account_name.clone()}</dd>
                {(identity.account_id != identity.account_name).then(|| view! { <dd class="lk-code text-muted break-all">{identity.account_id}</dd> })}
            </div>
            {facts}
        }
    });
    view! {
        <section class="lk-card" aria-labelledby="h-acc">
            <div class="lk-card-b">
                <h2 class="lk-h3" id="h-acc">
                    "Account"
                </h2>
                <dl class="mt-3 grid gap-3 text-sm">
                    {identity}
                    <Fact label="Connected".to_owned() value=format!("{} by {}", date_words(view.connected_at), view.connected_by) />
                </dl>
            </div>
        </section>
    }
}

#[component]
fn Fact(label: String, value: String) -> impl IntoView {
    view! {
        <div>
            <dt class="lk-cap">{label}</dt>
            <dd class="break-words">{value}</dd>
        </div>
    }
}
