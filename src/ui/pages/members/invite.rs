//! Inviting, and what is open.

use leptos::prelude::*;

use crate::domain::{Role, Timestamp};
use crate::dto::{GrantName, InvitationView, Pill, TeamName};
use crate::ui::components::{Ago, Field, FieldError, Icon, Select, StatusPill, date_words};
use crate::ui::flash::Flash;
use crate::ui::page::flash;

/// The roles to give, the least first.
pub fn given_roles() -> Vec<(String, String)> {
    Role::ALL.into_iter().rev().filter(|role| role.is_given()).map(|role| (role.as_str().to_owned(), role.title().to_owned())).collect()
}

/// The form that sends an invitation.
#[component]
pub fn InviteForm(
    /// The teams to choose from.
    teams: Vec<TeamName>,
    /// The connections that the invitation can be limited to.
    choices: Vec<GrantName>,
) -> impl IntoView {
    let flash = flash();
    let role = if flash.value("role").is_empty() { Role::Viewer.as_str().to_owned() } else { flash.value("role") };
    let columns = if teams.is_empty() { "sm:grid-cols-[minmax(0,1fr)_11rem_auto]" } else { "sm:grid-cols-[minmax(0,1fr)_11rem_11rem_auto]" };
    let team = (!teams.is_empty()).then(|| {
        let options: Vec<(String, String)> =
            [(String::new(), "No team".to_owned())].into_iter().chain(teams.into_iter().map(|team| (team.id, team.name))).collect();
        view! { <Select name="team" label="Team" options=options chosen=flash.value("team") error=flash.error("team") /> }
    });
    view! {
        <form class=format!("lk-card mt-7 grid items-end gap-4 p-5 {columns}") method="post" action="/actions/members/invite" aria-label="Invite someone">
            <Field name="email" label="Invite by e-mail" kind="email" autocomplete="off" value=flash.value("email") error=flash.error("email") />
            <Select name="role" label="Role" options=given_roles() chosen=role error=flash.error("role") />
            {team}
            <button class="btn btn-primary" type="submit">
                <Icon name="i-send" />
                "Send invitation"
            </button>
            {limit_to(choices, &flash)}
        </form>
    }
}

/// The connections to tick when the person is to know no others.
fn limit_to(choices: Vec<GrantName>, flash: &Flash) -> Option<impl IntoView + use<>> {
    let error = flash.error("connections");
    let ticked = flash.value("connections");
    let open = !ticked.is_empty() || !error.is_empty();
    let boxes: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let checked = ticked.contains(&choice.id);
            view! {
                <label class="flex items-center gap-2.5 text-sm">
                    <input class="checkbox" type="checkbox" name="connection" value=choice.id checked=checked />
                    <span>{choice.name}</span>
                </label>
            }
        })
        .collect();
    (!boxes.is_empty()).then(|| {
        view! {
            <details class="lk-fold col-span-full" open=open id="connections">
                <summary class="w-fit text-sm text-muted"><Icon name="i-chevron-right" class="lk-i-turn" />"Limit to some connections"</summary>
                <fieldset class="mt-3 grid gap-2">
                    <legend class="lk-help mb-2">"For developers and viewers. With none ticked, the person sees every connection."</legend>
                    {boxes}
                </fieldset>
                {(!error.is_empty()).then(|| view! { <FieldError id="connections" text=error /> })}
            </details>
        }
    })
}

/// The open invitations.
#[component]
pub fn Invitations(
    /// The invitations.
    open: Vec<InvitationView>,
    /// The present.
    now: Timestamp,
    /// Whether the viewer may send again and withdraw.
    may_manage: bool,
) -> impl IntoView {
    if open.is_empty() {
        return view! { <p class="lk-card-b text-sm text-muted">"Nobody is invited at the moment."</p> }.into_any();
    }
    let rows: Vec<_> = open.into_iter().map(|invitation| row(invitation, now, may_manage)).collect();
    view! {
        <table class="lk-table lk-stack" role="table" aria-labelledby="ppl">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Address"</th>
                    <th role="columnheader" scope="col">"Role"</th>
                    <th role="columnheader" scope="col">"Sent"</th>
                    <th role="columnheader" scope="col">"Works until"</th>
                    <th role="columnheader" scope="col"><span class="sr-only">"Actions"</span></th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(invitation: InvitationView, now: Timestamp, may_manage: bool) -> impl IntoView {
    let InvitationView { id, email, role, team, limited_to, invited_by, sent_at, expires_at, expired } = invitation;
    let more: Vec<String> = team
        .map(|team| team.name)
        .into_iter()
        .chain(limited_to.map(|number| format!("limited to {}", crate::ui::words::count(number, "connection"))))
        .collect();
    let until = if expired {
        view! { <StatusPill pill=Pill { kind: "warn".into(), icon: "i-hourglass".into(), label: "Has ended".into(), loud: true } /> }.into_any()
    } else {
        date_words(expires_at).into_any()
    };
    let actions = may_manage.then(|| {
        view! {
            <div class="lk-actions">
                <form method="post" action="/actions/members/resend">
                    <input type="hidden" name="id" value=id.clone() />
                    <button class="btn btn-quiet btn-sm" type="submit">"Send again"<span class="sr-only">{format!(" to {email}")}</span></button>
                </form>
                <form method="post" action="/actions/members/withdraw">
                    <input type="hidden" name="id" value=id />
                    <button class="btn btn-ghost btn-sm" type="submit">"Withdraw"<span class="sr-only">{format!(" the invitation of {email}")}</span></button>
                </form>
            </div>
        }
    });
    view! {
        <tr role="row">
            <td role="cell">
                <p class="font-semibold break-all">{email.clone()}</p>
                {(!more.is_empty()).then(|| view! { <p class="text-xs text-muted">{more.join(", ")}</p> })}
            </td>
            <td role="cell" data-l="Role">{role.title()}</td>
            <td role="cell" data-l="Sent" class="text-muted"><span><Ago at=sent_at now=now />{format!(" by {invited_by}")}</span></td>
            <td role="cell" data-l="Works until" class="whitespace-nowrap">{until}</td>
            <td role="cell">{actions}</td>
        </tr>
    }
}
