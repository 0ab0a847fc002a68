//! One entry in the list.

use leptos::prelude::*;

use crate::dto::{AuditEntryView, AuditParts, Pill};
use crate::ui::components::{Face, Icon, StatusPill, second_words, utc_words};

/// Time, face, sentence, from where, and the place in the chain.
#[component]
pub fn Line(entry: AuditEntryView) -> impl IntoView {
    let from = [entry.address.as_str(), entry.parts.agent.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
    let href = format!("/audit/{}/{}", entry.node, entry.seq);
    let class = "lk-audit grid grid-cols-[3.25rem_1.875rem_minmax(0,1fr)] items-start gap-x-3 gap-y-0.5 px-5 py-3 \
                 lg:grid-cols-[4.25rem_1.875rem_minmax(0,1fr)_13.5rem_4.5rem]";
    view! {
        <li class=class>
            <a class="lk-num pt-1 text-xs text-muted underline decoration-line underline-offset-4 hover:decoration-current" href=href aria-label=format!("Entry {} of {}, {}", entry.seq, entry.node, second_words(entry.at))>
                <time datetime=utc_words(entry.at)>{second_words(entry.at)}</time>
            </a>
            <Who parts=entry.parts.clone() />
            <p class="pt-0.5 text-sm [overflow-wrap:anywhere]">
                <Said parts=entry.parts />
            </p>
            <p class="pt-1 text-xs text-muted max-lg:col-start-3 [overflow-wrap:anywhere]">{from}</p>
            <p class="lk-code pt-0.5 text-end text-faint max-lg:hidden">{entry.seq}</p>
        </li>
    }
}

/// A person's initials, a program's, a cog for Latchkey itself, or a question mark for nobody known.
#[component]
fn Who(parts: AuditParts) -> impl IntoView {
    if !parts.by_machine {
        return view! { <Face name=parts.subject /> }.into_any();
    }
    let inner = match parts.subject.as_str() {
        "Latchkey" => view! { <Icon name="i-cog" /> }.into_any(),
        "Somebody" => view! { <Icon name="i-circle-help" /> }.into_any(),
        name => crate::ui::components::initials(name).into_any(),
    };
    view! {
        <span class="lk-face lk-face-app" aria-hidden="true">
            {inner}
        </span>
    }
    .into_any()
}

/// The sentence, its subject and its thing in bold, and a pill when it was not done.
#[component]
pub fn Said(parts: AuditParts) -> impl IntoView {
    let thing = (!parts.thing.is_empty()).then(|| view! { <strong class="font-semibold">{parts.thing}</strong> });
    let icon = if parts.pill == "Failed" { "i-circle-x" } else { "i-ban" };
    let pill = (!parts.pill.is_empty()).then(|| Pill { kind: "bad".to_owned(), icon: icon.to_owned(), label: parts.pill, loud: true });
    let more = if parts.more.is_empty() { String::new() } else { format!(" {}", parts.more) };
    view! {
        <strong class="font-semibold">{parts.subject}</strong>
        {format!(" {}", parts.before)}
        {thing}
        {parts.after}
        {more}
        {pill.map(|pill| view! { " " <StatusPill pill=pill /> })}
    }
}
