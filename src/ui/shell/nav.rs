//! The entries of the sidebar; only what the role may open.

use leptos::prelude::*;

use crate::domain::{Action, Reach, reach};
use crate::dto::ShellView;
use crate::ui::components::Icon;
use crate::ui::page::Place;

/// The entries, with the number of connections.
#[component]
pub fn NavList(shell: ShellView, place: Place) -> impl IntoView {
    let current = |own: Place| (own == place).then_some("page");
    let may = |action: Action| reach(shell.role, action) != Reach::Nothing;
    view! {
        <ul class="grid gap-0.5">
            <li>
                <a href="/connections" aria-current=current(Place::Connections)>
                    <Icon name="i-plug" />
                    "Connections"
                    <span class="lk-count">{shell.connections}</span>
                </a>
            </li>
            {may(Action::SeeMarketplace)
                .then(|| {
                    view! {
                        <li>
                            <a href="/marketplace" aria-current=current(Place::Marketplace)>
                                <Icon name="i-layout-grid" />
                                "Marketplace"
                            </a>
                        </li>
                    }
                })}
        </ul>
        {may(Action::SeeAudit)
            .then(|| {
                view! {
                    <p class="lk-nav-h">"Govern"</p>
                    <ul class="grid gap-0.5">
                        <li>
                            <a href="/audit" aria-current=current(Place::Audit)>
                                <Icon name="i-scroll-text" />
                                "Audit log"
                            </a>
                        </li>
                    </ul>
                }
            })}
    }
}
