//! The versions of the credential, how to change it and how to go back.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::ConnectionView;
use crate::ui::components::{Ago, Icon};

/// The versions, newest first, with a way to a new one and back to an old one for those who may.
#[component]
pub fn Credential(view: ConnectionView) -> impl IntoView {
    let may = view.may_test && view.status.may_be_checked();
    let id = view.row.id.clone();
    let version = |(number, since, in_use): (u32, Timestamp, bool)| {
        let (icon, class, words) = if in_use { ("i-circle-check", "text-ok", ", in use since ") } else { ("i-circle-dashed", "text-faint", ", from ") };
        let back = (may && !in_use).then(|| restore(&id, number));
        view! {
            <li class="flex items-center gap-2.5">
                <Icon name=icon class=class />
                <span class="flex-1">
                    <span class="font-medium">{format!("Version {number}")}</span>
                    {words}
                    <Ago at=since now=view.now clock=true />
                </span>
                {back}
            </li>
        }
    };
    let in_use = view.versions.iter().any(|(.., in_use)| *in_use);
    let versions: Vec<_> = view.versions.iter().copied().map(version).collect();
    let (page, words) = if view.consents { ("reconnect", "Reconnect") } else { ("credentials", "Change the credential") };
    let href = format!("/connections/{}/{page}", view.row.id);
    let change = may.then(|| {
        view! {
            <a class="btn btn-quiet btn-sm mt-4" href=href>
                <Icon name="i-key-round" />
                {words}
            </a>
        }
    });
    let ends = (view.may_edit && in_use).then(|| {
        view! {
            <a class="btn btn-ghost btn-sm mt-4" href=format!("/expiry/new?connection={}", view.row.id)>
                <Icon name="i-calendar-clock" />
                "Note when it ends"
            </a>
        }
    });
    view! {
        <section class="lk-card" aria-labelledby="h-ver">
            <div class="lk-card-b">
                <h2 class="lk-h3" id="h-ver">
                    "Credential versions"
                </h2>
                <ul class="mt-3 grid gap-3 text-sm">{versions}</ul>
                {change}
                {ends}
            </div>
        </section>
    }
}

fn restore(id: &str, number: u32) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/actions/connections/credentials/restore">
            <input type="hidden" name="id" value=id.to_owned() />
            <input type="hidden" name="version" value=number.to_string() />
            <button class="btn btn-ghost btn-sm" type="submit" aria-label=format!("Go back to version {number}")>
                "Go back"
            </button>
        </form>
    }
}
