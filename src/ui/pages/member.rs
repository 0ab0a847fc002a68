//! One member: role, limit, whether the membership counts, and how it ends.

mod end;
mod forms;

use axum::response::Response;
use leptos::prelude::*;

pub use self::end::get as end;

use self::forms::{Membership, RoleForm};
use crate::dto::{GrantName, MemberView};
use crate::services::members;
use crate::ui::components::{Breadcrumb, Face, FlashMessage, date_words};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /members/{id}`
pub async fn get(InPath(id): InPath, member: Member) -> Response {
    let view = match members::view(&member.app, &member.actor, &id).await {
        Ok(view) => view,
        Err(error) => return member.refuse(error).await,
    };
    let choices = members::grantable(&member.app, &member.actor).await;
    let heirs = if view.status == "active" { Ok(Vec::new()) } else { members::view_end(&member.app, &member.actor, &id).await.map(|end| end.heirs) };
    let both = choices.and_then(|choices| Ok((choices, heirs?)));
    member.page(both, move |(choices, heirs)| page(&view, choices, heirs)).await
}

/// Draws it.
pub fn page(view: &MemberView, choices: Vec<GrantName>, heirs: Vec<(String, String)>) -> Page {
    let teams: Vec<String> = view.teams.iter().map(|team| team.name.clone()).collect();
    let teams = if teams.is_empty() { "in no team".to_owned() } else { format!("in {}", teams.join(", ")) };
    let forms = (view.may_change && view.status != "removed").then(|| view! { <RoleForm view=view.clone() choices=choices /> });
    let status = match view.status.as_str() {
        "deactivated" => "Turned off. ",
        "removed" => "No longer a member. ",
        _ => "",
    };
    let body = view! {
        <Breadcrumb href="/members" above="Members and roles" here=view.name.clone() />
        <div class="flex items-center gap-4">
            <Face name=view.name.clone() />
            <div>
                <h1 class="lk-h1">{view.name.clone()}</h1>
                <p class="lk-sub">{format!("{status}{}, {teams}. {}. Joined {}.", view.role.title(), view.email, date_words(view.joined_at))}</p>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        <div class="mt-6 grid max-w-[46rem] gap-6">
            {forms}
            {view.may_change.then(|| view! { <Membership view=view.clone() heirs=heirs /> })}
        </div>
    };
    Page::in_sidebar(format!("{}, members", view.name), Place::Members, body)
}
