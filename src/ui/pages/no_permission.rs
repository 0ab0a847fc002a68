//! A page or an action that the role may not have.

use leptos::prelude::*;

use crate::dto::{HelpView, Helper};
use crate::ui::components::{Face, Icon};
use crate::ui::page::{Page, Place};
use crate::ui::words::a_role;

/// Why, who is signed in, and who can help.
pub fn page(help: HelpView, reason: &str) -> Page {
    let sentence = format!("{reason} You are signed in as {}, {} in {}. Nothing was changed.", help.person, a_role(&help.role), help.organization);
    let body = view! {
        <div class="mx-auto max-w-[34rem] pt-10 md:pt-24">
            <span class="grid size-11 place-items-center rounded-xl bg-idle-soft text-idle">
                <Icon name="i-lock-keyhole" class="lk-i-lg" />
            </span>
            <h1 class="lk-h1 mt-5">"You cannot open this page"</h1>
            <p class="lk-sub">{sentence}</p>
            <div class="lk-card mt-6">
                {(!help.helpers.is_empty()).then(|| view! { <Helpers helpers=help.helpers /> })}
                <div class="lk-card-f">
                    <a class="btn btn-primary" href="/connections">
                        "Go to connections"
                    </a>
                    <form method="post" action="/actions/sign-out">
                        <button class="btn btn-ghost" type="submit">
                            "Sign in as someone else"
                        </button>
                    </form>
                </div>
            </div>
        </div>
    };
    Page::in_sidebar("Not allowed", Place::Elsewhere, body)
}

#[component]
fn Helpers(helpers: Vec<Helper>) -> impl IntoView {
    view! {
        <div class="px-5 py-4">
            <h2 class="lk-h3">"Who can help"</h2>
            <ul class="mt-3 grid gap-3 text-sm">
                {helpers
                    .into_iter()
                    .map(|helper| {
                        view! {
                            <li class="flex items-center gap-3">
                                <Face name=helper.name.clone() />
                                <div class="flex-1">
                                    <p class="font-medium">{helper.name}</p>
                                    <p class="text-xs text-muted">{helper.role}</p>
                                </div>
                                <a class="link" href=format!("mailto:{}", helper.email)>
                                    {helper.email.clone()}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
}
