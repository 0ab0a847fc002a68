//! The token: until when it works, and how to renew it.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::ConnectionView;
use crate::ui::components::{Ago, Icon};

/// Until when the token works, when it is renewed, what went wrong with that, and a button for those who may.
#[component]
pub fn Token(view: ConnectionView) -> impl IntoView {
    view.token.map(|token| {
        let now = view.now;
        let line = move |title: &'static str, at: Option<Timestamp>| {
            at.map(|at| {
                view! {
                    <li class="flex items-center justify-between gap-2.5">
                        <span class="text-muted">{title}</span>
                        <Ago at=at now=now clock=true />
                    </li>
                }
            })
        };
        let trouble = (!token.sentence.is_empty()).then(|| {
            view! {
                <p class="mt-3 flex items-start gap-2 text-sm">
                    <Icon name="i-triangle-alert" class="text-warn" />
                    <span>{token.sentence}</span>
                </p>
            }
        });
        let renew = token.may_renew.then(|| {
            view! {
                <form method="post" action="/actions/connections/renew">
                    <input type="hidden" name="id" value=view.row.id />
                    <button class="btn btn-quiet btn-sm mt-4" type="submit">
                        <Icon name="i-refresh-cw" />
                        "Renew the token now"
                    </button>
                </form>
            }
        });
        view! {
            <section class="lk-card" aria-labelledby="h-token">
                <div class="lk-card-b">
                    <h2 class="lk-h3" id="h-token">
                        "Token"
                    </h2>
                    <ul class="mt-3 grid gap-2 text-sm">
                        {line("Renewed", Some(token.obtained_at))} {line("Works until", token.expires_at)} {line("Renewed next", token.due_at)}
                        {line("Can be renewed until", token.renewable_until)}
                    </ul>
                    {trouble}
                    {renew}
                </div>
            </section>
        }
    })
}
