//! The entries of the sidebar; only what the role may open.

use leptos::prelude::*;

use crate::domain::{Action, Reach, reach};
use crate::dto::ShellView;
use crate::ui::components::Icon;
use crate::ui::page::Place;

type Entry = (Action, Place, &'static str, &'static str, &'static str);

/// What it takes to see an entry, where it leads, its symbol and its words.
const BUILD: &[Entry] = &[
    (Action::ManageApplications, Place::Applications, "/applications", "i-app-window", "Applications"),
    (Action::ManageOAuthApps, Place::OAuthApps, "/oauth-apps", "i-id-card", "OAuth apps"),
];
const GOVERN: &[Entry] = &[
    (Action::SeeMembers, Place::Members, "/members", "i-users-round", "Members and roles"),
    (Action::ManageTeams, Place::Teams, "/teams", "i-blocks", "Teams"),
    (Action::ManageOrganization, Place::Organisation, "/organisation", "i-building-2", "Organisation"),
    (Action::ManageOrganization, Place::Rules, "/organisation/security", "i-shield-check", "Sign-in rules"),
    (Action::ManageOrganization, Place::SignOn, "/organisation/sign-on", "i-log-in", "Single sign-on"),
    (Action::SeeAudit, Place::Audit, "/audit", "i-scroll-text", "Audit log"),
];
const SERVER: &[Entry] = &[(Action::SeeOrganizations, Place::ServerOrganisations, "/server/organisations", "i-building-2", "Organisations")];

/// The entries, with the numbers of connections and open issues.
#[component]
pub fn NavList(shell: ShellView, place: Place) -> impl IntoView {
    let current = |own: Place| (own == place).then_some("page");
    let may = |action: Action| reach(shell.role, action) != Reach::Nothing;
    let entries = |title: &'static str, entries: &'static [Entry]| {
        let shown: Vec<_> = entries
            .iter()
            .filter(|(action, ..)| may(*action))
            .map(|(_, own, href, icon, words)| view! { <li><a href=*href aria-current=current(*own)><Icon name=*icon />{*words}</a></li> })
            .collect();
        (!shown.is_empty()).then(|| view! { <p class="lk-nav-h">{title}</p><ul class="grid gap-0.5">{shown}</ul> })
    };
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
            <li>
                <a href="/issues" aria-current=current(Place::Issues)>
                    <Icon name="i-inbox" />
                    "Issues"
                    {(shell.issues > 0).then(|| view! { <span class="lk-count lk-count-bad">{shell.issues}<span class="sr-only">" open"</span></span> })}
                </a>
            </li>
            <li>
                <a href="/expiry" aria-current=current(Place::Expiry)>
                    <Icon name="i-calendar-clock" />
                    "Expiry calendar"
                </a>
            </li>
        </ul>
        {entries("Build", BUILD)}
        {entries("Govern", GOVERN)}
        {entries("This server", SERVER)}
    }
}
