//! The accounts of the sandbox providers.

use leptos::prelude::*;

use super::Icon;
use crate::dto::{SandboxAccount, ShellView};

/// Says that providers are emulated here; nothing unless the operator runs them. With `only`, it is about that connector and tells which values to type.
#[component]
pub fn SandboxBanner(
    /// The connector's id; empty for all.
    #[prop(optional, into)]
    only: String,
    /// Classes for its place, such as `mt-6`.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let accounts = use_context::<ShellView>().map(|shell| shell.sandbox).unwrap_or_default();
    let mut connectors: Vec<&str> = accounts.iter().map(|account| account.connector.as_str()).collect();
    connectors.dedup();
    let count = connectors.len();
    let is_shown = if only.is_empty() { count > 0 } else { connectors.contains(&only.as_str()) };
    let words = match (only.is_empty(), count) {
        (false, _) => " This provider is emulated on this server. Nothing real is touched.".to_owned(),
        (true, 1) => " One provider is emulated on this server. Connect it to see what to type.".to_owned(),
        (true, _) => format!(" {count} providers are emulated on this server. Connect one to see what to type."),
    };
    let accounts: Vec<SandboxAccount> = accounts.into_iter().filter(|account| account.connector == only).collect();
    is_shown.then(|| {
        view! {
            <div class=format!("lk-flash lk-flash-info {class}").trim_end().to_owned()>
                <Icon name="i-flask-conical" />
                <div class="min-w-0 flex-1">
                    <p>
                        <strong class="font-semibold">"Sandbox."</strong>
                        {words}
                    </p>
                    {(!accounts.is_empty()).then(|| view! { <Accounts accounts=accounts /> })}
                </div>
            </div>
        }
    })
}

#[component]
fn Accounts(accounts: Vec<SandboxAccount>) -> impl IntoView {
    let value = |(label, value): (String, String)| {
        view! {
            <div class="flex min-w-0 gap-1.5">
                <dt class="shrink-0 text-muted">{label}</dt>
                <dd class="lk-code min-w-0 break-all">{value}</dd>
            </div>
        }
    };
    let account = |account: SandboxAccount| {
        view! {
            <li class="min-w-0">
                <p class="font-medium">{account.title}</p>
                <dl class="grid gap-0.5">{account.values.into_iter().map(value).collect_view()}</dl>
            </li>
        }
    };
    view! {
        <details class="lk-fold mt-1">
            <summary class="text-xs font-medium">
                <Icon name="i-chevron-right" class="lk-i-turn lk-i-sm" />
                "What to type, and what each one shows"
            </summary>
            <ul class="mt-3 grid gap-x-6 gap-y-3 md:grid-cols-2 xl:grid-cols-3">{accounts.into_iter().map(account).collect_view()}</ul>
        </details>
    }
}
