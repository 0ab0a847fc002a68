//! What needs a person.

use leptos::prelude::*;

use crate::dto::NeedsYou;
use crate::ui::components::{Logo, StatusPill};

/// A card per connection that needs a person; nothing when all is well.
#[component]
pub fn Needs(needs: Vec<NeedsYou>) -> impl IntoView {
    let title = if needs.iter().any(|need| need.fix.is_some()) { "Needs you" } else { "What you may notice" };
    (!needs.is_empty()).then(|| {
        view! {
            <section class="mt-7" aria-labelledby="needs-h">
                <h2 class="sr-only" id="needs-h">
                    {title}
                </h2>
                <ul class="grid grid-cols-1 gap-4 lg:grid-cols-2">{needs.into_iter().map(|need| view! { <Card need=need /> }).collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn Card(need: NeedsYou) -> impl IntoView {
    let row = need.row;
    view! {
        <li class="lk-card flex flex-col">
            <div class="flex flex-1 gap-3.5 p-5 pb-4">
                <Logo connector=row.connector name=row.connector_name glyph=row.glyph />
                <div class="min-w-0 flex-1">
                    <div class="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
                        <h3 class="lk-h3">
                            {format!("{} ", row.name)} <span class="block text-xs font-normal text-muted">{row.account}</span>
                        </h3>
                        <StatusPill pill=row.pill />
                    </div>
                    <p class="mt-2.5 text-sm text-base-content">{need.sentence}</p>
                </div>
            </div>
            {need
                .fix
                .map(|(words, href)| {
                    view! {
                        <div class="lk-card-f">
                            <a class="btn btn-primary btn-sm" href=href>
                                {words}
                            </a>
                        </div>
                    }
                })}
        </li>
    }
}
