//! The table of members.

use leptos::prelude::*;

use crate::domain::{Role, Timestamp};
use crate::dto::{MemberView, Pill};
use crate::ui::components::{Ago, Face, Icon, StatusPill};

/// The members, with a menu for the role where the viewer may change it.
#[component]
pub fn People(
    /// The members.
    members: Vec<MemberView>,
    /// The present.
    now: Timestamp,
) -> impl IntoView {
    if members.is_empty() {
        return view! { <p class="lk-card-b text-sm text-muted">"Nobody here."</p> }.into_any();
    }
    let rows: Vec<_> = members.into_iter().map(|member| row(member, now)).collect();
    view! {
        <table class="lk-table lk-stack" role="table" aria-labelledby="ppl">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Person"</th>
                    <th role="columnheader" scope="col">"Role"</th>
                    <th role="columnheader" scope="col">"Team"</th>
                    <th role="columnheader" scope="col">"Sees"</th>
                    <th role="columnheader" scope="col">"Joined"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(member: MemberView, now: Timestamp) -> impl IntoView {
    let changeable = member.may_change && !member.you && member.role.is_given() && member.status == "active";
    let role = if changeable { role_menu(&member).into_any() } else { view! { <span class="font-medium">{member.role.title()}</span> }.into_any() };
    let teams: Vec<String> = member.teams.iter().map(|team| team.name.clone()).collect();
    let off = (member.status == "deactivated")
        .then(|| view! { <StatusPill pill=Pill { kind: "idle".into(), icon: "i-circle-pause".into(), label: "Turned off".into(), loud: true } /> });
    view! {
        <tr role="row">
            <td role="cell">
                <div class="flex items-center gap-3">
                    <Face name=member.name.clone() />
                    <div class="min-w-0">
                        <p class="font-semibold">
                            <a href=format!("/members/{}", member.id)>{member.name.clone()}</a>
                            {member.you.then(|| view! { " "<span class="lk-opt">"you"</span> })}
                            " "
                            {off}
                        </p>
                        <p class="truncate text-xs text-muted">{member.email.clone()}</p>
                    </div>
                </div>
            </td>
            <td role="cell" data-l="Role">{role}</td>
            <td role="cell" data-l="Team" class="text-muted">{if teams.is_empty() { "None".to_owned() } else { teams.join(", ") }}</td>
            <td role="cell" data-l="Sees" class="text-muted">{if member.limited { "Named connections" } else { "All connections" }}</td>
            <td role="cell" data-l="Joined" class="whitespace-nowrap text-muted lk-num"><Ago at=member.joined_at now=now /></td>
        </tr>
    }
}

/// What a role means, in a few words.
pub const fn meaning(role: Role) -> &'static str {
    match role {
        Role::SuperAdmin => "Runs this server",
        Role::OrgAdmin => "Everything in this organisation",
        Role::TeamLead => "Connections of their own teams",
        Role::Developer => "Reads details, own programs",
        Role::Viewer => "Sees status, changes nothing",
    }
}

fn role_menu(member: &MemberView) -> impl IntoView + use<> {
    let choices: Vec<_> = Role::ALL
        .into_iter()
        .filter(|role| role.is_given())
        .map(|role| {
            let chosen = (role == member.role).then(|| view! { <Icon name="i-check" /> });
            view! {
                <button type="submit" name="role" value=role.as_str()>
                    <span class="flex-1">{role.title()}<small>{meaning(role)}</small></span>
                    {chosen}
                </button>
            }
        })
        .collect();
    view! {
        <details class="lk-menu inline-block">
            <summary class="btn btn-ghost btn-sm -ms-3 font-medium">
                {member.role.title()}
                <Icon name="i-chevron-down" class="lk-i-sm" />
                <span class="sr-only">{format!(", change role of {}", member.name)}</span>
            </summary>
            <form class="lk-menu-panel start-0 end-auto w-72" method="post" action="/actions/members/role">
                <input type="hidden" name="id" value=member.id.clone() />
                {choices}
            </form>
        </details>
    }
}
