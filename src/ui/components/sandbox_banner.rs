//! The accounts of the sandbox providers.

use leptos::prelude::*;

use super::Icon;
use crate::dto::SandboxAccount;

/// Says that providers are emulated here and which values to type; nothing without accounts. With `only`, one connector's accounts.
#[component]
pub fn SandboxBanner(
    /// The accounts.
    accounts: Vec<SandboxAccount>,
    /// The connector's id; empty for all.
    #[prop(optional, into)]
    only: String,
    /// Classes for its place, such as `mt-6`.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let accounts: Vec<_> = accounts.into_iter().filter(|account| only.is_empty() || account.connector == only).collect();
    (!accounts.is_empty()).then(|| {
        view! {
            <div class=format!("lk-flash lk-flash-info {class}").trim_end().to_owned()>
                <Icon name="i-flask-conical" />
                <div class="min-w-0 flex-1">
                    <p>
                        <strong class="font-semibold">"Sandbox."</strong>
                        " Some services are emulated on this server. Nothing real is touched."
                    </p>
                    <details class="lk-fold mt-1">
                        <summary class="text-xs font-medium">
                            <Icon name="i-chevron-right" class="lk-i-turn lk-i-sm" />
                            "What to type"
                        </summary>
                        <ul class="mt-2 grid gap-2">{accounts.into_iter().map(|account| view! { <Account account=account /> }).collect_view()}</ul>
                    </details>
                </div>
            </div>
        }
    })
}

#[component]
fn Account(account: SandboxAccount) -> impl IntoView {
    view! {
        <li>
            <p class="font-medium">{account.title}</p>
            <dl class="flex flex-wrap gap-x-4 gap-y-1">
                {account
                    .values
                    .into_iter()
                    .map(|(label, value)| {
                        view! {
                            <div class="flex gap-1.5">
                                <dt class="text-muted">{label}</dt>
                                <dd class="lk-code break-all">{value}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </li>
    }
}
