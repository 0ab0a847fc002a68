//! Members, open invitations, and those who have left.

mod invite;
mod people;

use axum::extract::Query;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

pub use self::invite::given_roles;

use self::invite::{Invitations, InviteForm};
use self::people::People;
use crate::dto::{GrantName, InvitationView, MemberListView};
use crate::services::{ErrorCode, invitations, members};
use crate::ui::components::FlashMessage;
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::ui::words::count;

/// What is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// `members`, `invited` or `removed`.
    show: String,
    /// Where the part begins.
    after: String,
}

/// `GET /members?show&after`
pub async fn get(member: Member, Query(shown): Query<Shown>) -> Response {
    let (app, actor) = (&member.app, &member.actor);
    let after = |wanted: bool| if wanted { shown.after.as_str() } else { "" };
    let invited = shown.show == "invited";
    let list = match members::list(app, actor, shown.show == "removed", after(!invited), members::MOST).await {
        // A place that no page gave is no reason to show nothing.
        Err(error) if error.code == ErrorCode::InvalidField => members::list(app, actor, shown.show == "removed", "", members::MOST).await,
        list => list,
    };
    let list = match list {
        Ok(list) => list,
        Err(error) => return member.refuse(error).await,
    };
    let choices = match members::grantable(app, actor).await {
        Ok(choices) => choices,
        Err(error) => return member.refuse(error).await,
    };
    let open = if invited { invitations::list(app, actor, after(true), invitations::MOST).await.map(|(open, _)| open) } else { Ok(Vec::new()) };
    member.page(open, move |open| page(list, open, choices, &shown.show)).await
}

/// Draws it.
pub fn page(list: MemberListView, open: Vec<InvitationView>, choices: Vec<GrantName>, show: &str) -> Page {
    let (here, gone) = list.counts;
    let segments = [("members", "Members", here), ("invited", "Invited", list.invited), ("removed", "Removed", gone)];
    let chosen = if matches!(show, "invited" | "removed") { show.to_owned() } else { "members".to_owned() };
    let segments: Vec<_> = segments
        .into_iter()
        .map(|(value, words, number)| {
            let current = (value == chosen).then_some("true");
            view! { <a href=format!("/members?show={value}") aria-current=current>{format!("{words} ")}<span>{number}</span></a> }
        })
        .collect();
    let next = list.next_cursor.clone().filter(|_| chosen != "invited").map(|after| {
        view! { <div class="lk-card-f"><a class="btn btn-quiet btn-sm" href=format!("/members?show={chosen}&after={after}")>"Show the next"</a></div> }
    });
    let invite = list.may_manage.then(|| view! { <InviteForm teams=list.teams.clone() choices=choices /> });
    let sentence = format!("{}, {}. A role says what someone may do in this organisation.", count(here, "member"), count(list.invited, "open invitation"));
    let now = list.now;
    let content = if chosen == "invited" {
        view! { <Invitations open=open now=now may_manage=list.may_manage /> }.into_any()
    } else {
        view! { <People members=list.members now=now /> }.into_any()
    };
    let body = view! {
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"Members and roles"</h1>
                <p class="lk-sub">{sentence}</p>
            </div>
            <div class="lk-actions"><a class="btn btn-quiet" href="/roles">"What each role may do"</a></div>
        </div>
        <FlashMessage class="mt-6" />
        {invite}
        <section class="lk-card mt-6" aria-labelledby="ppl">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="ppl">"People"</h2>
                <nav class="lk-seg" aria-label="Filter">{segments}</nav>
            </div>
            {content}
            {next}
        </section>
    };
    Page::in_sidebar("Members and roles", Place::Members, body)
}
