//! The teams that somebody manages, and one of them.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{TeamLine, TeamListView, TeamMember, TeamView};
use crate::services::teams;
use crate::ui::components::{Breadcrumb, Field, FlashMessage};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;
use crate::ui::words::count;
use crate::web::InPath;

/// `GET /teams`
pub async fn get(member: Member) -> Response {
    let view = teams::list(&member.app, &member.actor).await;
    member.page(view, |view| page(&view)).await
}

/// `GET /teams/{id}`
pub async fn one(InPath(id): InPath, member: Member) -> Response {
    let view = teams::view(&member.app, &member.actor, &id).await;
    member.page(view, team).await
}

/// Draws the list.
pub fn page(view: &TeamListView) -> Page {
    let rows: Vec<_> = view.teams.iter().map(line).collect();
    let list = if rows.is_empty() {
        view! { <p class="lk-card lk-card-b mt-6 text-sm text-muted">"No team yet. A connection can belong to a team, and its team leads look after it."</p> }
            .into_any()
    } else {
        view! { <ul class="mt-6 grid gap-4">{rows}</ul> }.into_any()
    };
    let make = view.may_make.then(|| {
        let flash = flash();
        view! {
            <form class="lk-card mt-7 grid items-end gap-4 p-5 sm:grid-cols-[minmax(0,1fr)_auto]" method="post" action="/actions/teams/create" aria-label="Make a team">
                <Field name="name" label="Name of a new team" autocomplete="off" value=flash.value("name") error=flash.error("name") />
                <button class="btn btn-primary" type="submit">"Make the team"</button>
            </form>
        }
    });
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Teams"</h1>
                <p class="lk-sub">"A team lead connects, tests, edits and disconnects what belongs to their own teams."</p>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {make}
        {list}
    };
    Page::in_sidebar("Teams", Place::Teams, body)
}

fn line(line: &TeamLine) -> impl IntoView + use<> {
    view! {
        <li class="lk-card lk-lift relative p-5">
            <h2 class="lk-h3"><a class="lk-stretch" href=format!("/teams/{}", line.id)>{line.name.clone()}</a></h2>
            <p class="lk-cap">{format!("{}, {}", count(line.members, "member"), count(line.connections, "connection"))}</p>
        </li>
    }
}

/// Draws one team.
pub fn team(view: TeamView) -> Page {
    let boxes: Vec<_> = view.members.iter().map(person).collect();
    let connections: Vec<_> =
        view.connections.iter().map(|(name, id)| view! { <li><a class="link" href=format!("/connections/{id}")>{name.clone()}</a></li> }).collect();
    let connections = if connections.is_empty() {
        view! { <p class="text-sm text-muted">"None yet. Choose the team when you connect something, or on a connection\u{2019}s page."</p> }.into_any()
    } else {
        view! { <ul class="grid gap-1.5 text-sm">{connections}</ul> }.into_any()
    };
    let manage = view.may_rename.then(|| view! { <Manage id=view.id.clone() name=view.name.clone() /> });
    let body = view! {
        <Breadcrumb href="/teams" above="Teams" here=view.name.clone() />
        <h1 class="lk-h1">{view.name.clone()}</h1>
        <p class="lk-sub">"Being in a team changes nobody\u{2019}s role. Those of its members who are team leads look after its connections."</p>
        <FlashMessage class="mt-6" />
        <div class="mt-6 grid max-w-[46rem] gap-6">
            <form class="lk-card" method="post" action="/actions/teams/members" aria-labelledby="who-head">
                <div class="lk-card-h"><h2 class="lk-h2" id="who-head">"Who is in it"</h2></div>
                <input type="hidden" name="id" value=view.id.clone() />
                <div class="lk-card-b grid gap-2.5" id="members">{boxes}</div>
                <div class="lk-card-f"><button class="btn btn-primary" type="submit">"Save who is in it"</button></div>
            </form>
            <section class="lk-card" aria-labelledby="con-head">
                <div class="lk-card-h"><h2 class="lk-h2" id="con-head">"Connections"</h2></div>
                <div class="lk-card-b">{connections}</div>
            </section>
            {manage}
        </div>
    };
    Page::in_sidebar(format!("{}, teams", view.name), Place::Teams, body)
}

fn person(member: &TeamMember) -> impl IntoView + use<> {
    view! {
        <label class="flex items-center gap-2.5 text-sm">
            <input class="checkbox" type="checkbox" name="member" value=member.id.clone() checked=member.inside />
            <span class="font-medium">{member.name.clone()}</span>
            <span class="text-muted">{member.role.title()}</span>
        </label>
    }
}

#[component]
fn Manage(id: String, name: String) -> impl IntoView {
    let flash = flash();
    let value = if flash.value("name").is_empty() { name } else { flash.value("name") };
    view! {
        <section class="lk-card" aria-labelledby="name-head">
            <div class="lk-card-h"><h2 class="lk-h2" id="name-head">"Name and end"</h2></div>
            <form class="lk-card-b grid items-end gap-4 sm:grid-cols-[minmax(0,1fr)_auto]" method="post" action="/actions/teams/rename">
                <input type="hidden" name="id" value=id.clone() />
                <Field name="name" label="Name" autocomplete="off" value=value error=flash.error("name") />
                <button class="btn btn-quiet" type="submit">"Rename"</button>
            </form>
            <form class="lk-card-f" method="post" action="/actions/teams/delete">
                <input type="hidden" name="id" value=id />
                <button class="btn btn-danger" type="submit">"Delete the team"</button>
                <p class="text-xs text-muted">"Its connections stay, and belong to the whole organisation then. Nobody loses a role."</p>
            </form>
        </section>
    }
}
