//! The accounts of the sandbox providers.

use leptos::prelude::*;

use super::Icon;
use crate::dto::{SandboxAccount, ShellView};

/// Says that providers are emulated here and which values to type; nothing unless the operator runs them. With `only`, one connector's accounts.
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
    let mut connectors: Vec<(String, Vec<SandboxAccount>)> = Vec::new();
    for account in accounts.into_iter().filter(|account| only.is_empty() || account.connector == only) {
        match connectors.iter_mut().find(|(connector, _)| *connector == account.connector) {
            Some((_, accounts)) => accounts.push(account),
            None => connectors.push((account.connector.clone(), vec![account])),
        }
    }
    (!connectors.is_empty()).then(|| {
        let names = connectors.iter().map(|(connector, _)| capital(connector)).collect::<Vec<_>>().join(" and ");
        let verb = if connectors.len() == 1 { "is" } else { "are" };
        view! {
            <div class=format!("lk-flash lk-flash-info {class}").trim_end().to_owned()>
                <Icon name="i-flask-conical" />
                <div class="min-w-0 flex-1">
                    <p>
                        <strong class="font-semibold">"Sandbox."</strong>
                        {format!(" {names} {verb} emulated on this server. Nothing real is touched.")}
                    </p>
                    <details class="lk-fold mt-1">
                        <summary class="text-xs font-medium">
                            <Icon name="i-chevron-right" class="lk-i-turn lk-i-sm" />
                            "What to type, and what each one shows"
                        </summary>
                        {connectors.into_iter().map(|(connector, accounts)| view! { <Accounts connector=connector accounts=accounts /> }).collect_view()}
                    </details>
                </div>
            </div>
        }
    })
}

fn capital(connector: &str) -> String {
    let mut letters = connector.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[component]
fn Accounts(connector: String, accounts: Vec<SandboxAccount>) -> impl IntoView {
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
        <p class="mt-3 font-semibold">{capital(&connector)}</p>
        <ul class="mt-1.5 grid gap-x-6 gap-y-3 md:grid-cols-2 xl:grid-cols-3">{accounts.into_iter().map(account).collect_view()}</ul>
    }
}
