//! What the pages of members and invitations send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::domain::{Action, Role};
use crate::dto::InvitationView;
use crate::services::invitations::{self, NewInvitation};
use crate::services::members::{self, Change, Wish};
use crate::services::{ErrorCode, ServiceError, access};
use crate::ui::flash::Flash;
use crate::ui::redirect::local;
use crate::ui::visit::Member;
use crate::ui::words::{a_role, count};

/// Which member or invitation.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    id: String,
}

/// Which member, and the role to be.
#[derive(Debug, Deserialize)]
pub struct NewRole {
    id: String,
    #[serde(default)]
    role: String,
}

/// Which member, and who gets what is the member's alone.
#[derive(Debug, Deserialize)]
pub struct Ending {
    id: String,
    #[serde(default)]
    to: String,
}

fn role(text: &str) -> Result<Role, ServiceError> {
    Role::parse(text).map_err(|_| ServiceError::invalid_field("role", "Choose a role of the list."))
}

/// `POST /actions/members/invite`: sends an invitation; what was refused goes back into the form.
pub async fn invite(member: Member, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let value = |key: &str| pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default();
    let ticked: Vec<String> = pairs.iter().filter(|(name, _)| name == "connection").map(|(_, id)| id.clone()).collect();
    let typed = [("email", value("email")), ("role", value("role")), ("team", value("team")), ("connections", ticked.join(" "))];
    let sent = match role(&value("role")) {
        Ok(role) => {
            let wanted = NewInvitation { email: value("email"), role, team: value("team"), connections: (!ticked.is_empty()).then_some(ticked) };
            invitations::invite(&member.app, &member.actor, &wanted).await
        }
        // Who may not invite at all is told that first.
        Err(error) => access::require_for(&member.actor, Action::ManageMembers, None).and(Err(error)),
    };
    match sent {
        Err(error) if error.code == ErrorCode::InvalidField => {
            let flash = typed.iter().fold(Flash::refusal(&error), |flash, (key, value)| flash.typed(key, value));
            member.go(flash, &local("/members")).await
        }
        sent => {
            let done = |sent: InvitationView| {
                (local("/members?show=invited"), Flash::ok(format!("{} is invited.", sent.email), "The letter is on its way. Its link works for seven days."))
            };
            member.end(sent, &local("/members"), done).await
        }
    }
}

/// `POST /actions/members/resend`: sends an invitation again.
pub async fn resend(member: Member, Form(form): Form<Chosen>) -> Response {
    let page = local("/members?show=invited");
    let sent = invitations::resend(&member.app, &member.actor, &form.id).await;
    let done = |sent: InvitationView| (page.clone(), Flash::ok(format!("{} is invited again.", sent.email), "The link of the letter before no longer works."));
    member.end(sent, &page, done).await
}

/// `POST /actions/members/withdraw`: ends an invitation.
pub async fn withdraw(member: Member, Form(form): Form<Chosen>) -> Response {
    let page = local("/members?show=invited");
    let ended = invitations::withdraw(&member.app, &member.actor, &form.id).await;
    member.end(ended, &page, |email| (page.clone(), Flash::ok(format!("The invitation of {email} is withdrawn."), "Its link no longer works."))).await
}

/// `POST /actions/members/role`: gives another role.
pub async fn new_role(member: Member, Form(form): Form<NewRole>) -> Response {
    let page = local("/members");
    let changed = match role(&form.role) {
        Ok(role) => members::change(&member.app, &member.actor, &form.id, &Change { role: Some(role), ..Change::default() }).await,
        Err(error) => members::change(&member.app, &member.actor, &form.id, &Change::default()).await.and(Err(error)),
    };
    member.end(changed, &page, |view| (page.clone(), Flash::ok(format!("{} is now {}.", view.name, a_role(view.role.title())), ""))).await
}

/// `POST /actions/members/change`: role and limit.
pub async fn change(member: Member, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let value = |key: &str| pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    let id = value("id").unwrap_or_default().to_owned();
    let page = local(&format!("/members/{id}"));
    let limited = value("limited").map(|limited| limited == "yes");
    let ticked = pairs.iter().filter(|(name, _)| name == "connection").map(|(_, id)| id.clone()).collect();
    let wanted =
        Change { role: value("role").and_then(|text| Role::parse(text).ok()), status: None, limited, connections: (limited == Some(true)).then_some(ticked) };
    let changed = members::change(&member.app, &member.actor, &id, &wanted).await;
    member.end(changed, &page, |_| (page.clone(), Flash::ok("Saved.", "It counts from the person\u{2019}s next click on."))).await
}

async fn switch(member: Member, id: &str, wish: Wish, words: (&'static str, &'static str)) -> Response {
    let page = local(&format!("/members/{id}"));
    let changed = members::change(&member.app, &member.actor, id, &Change { status: Some(wish), ..Change::default() }).await;
    member.end(changed, &page, |view| (page.clone(), Flash::ok(format!("{} {}", view.name, words.0), words.1))).await
}

/// `POST /actions/members/deactivate`: turns a membership off.
pub async fn deactivate(member: Member, Form(form): Form<Chosen>) -> Response {
    switch(member, &form.id, Wish::Deactivated, ("is turned off.", "The person is signed out everywhere and cannot come in. Everything is kept.")).await
}

/// `POST /actions/members/reactivate`: turns a membership on.
pub async fn reactivate(member: Member, Form(form): Form<Chosen>) -> Response {
    switch(member, &form.id, Wish::Active, ("is turned on.", "The person can sign in again.")).await
}

/// `POST /actions/members/remove`: ends a membership.
pub async fn remove(member: Member, Form(form): Form<Ending>) -> Response {
    let removed = members::remove(&member.app, &member.actor, &form.id, &form.to).await;
    let back = local(&format!("/members/{}/remove", form.id));
    member.end(removed, &back, |name| (local("/members"), Flash::ok(format!("{name} is no longer a member."), "Every session here has ended."))).await
}

/// `POST /actions/members/transfer`: gives what a former member owns to somebody else.
pub async fn transfer(member: Member, Form(form): Form<Ending>) -> Response {
    let given = members::transfer(&member.app, &member.actor, &form.id, &form.to).await;
    let page = local(&format!("/members/{}", form.id));
    member
        .end(given, &page, |number| (page.clone(), Flash::ok(format!("{} given.", count(number, "connection")), "The new owner uses them from now on.")))
        .await
}
