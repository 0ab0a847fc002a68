//! Before a membership ends: what stops, what stays, and who gets what.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::LeaveView;
use crate::services::members;
use crate::ui::components::{FlashMessage, Icon, Select};
use crate::ui::page::{Page, flash};
use crate::ui::visit::Member;
use crate::ui::words::count;
use crate::web::InPath;

/// `GET /members/{id}/remove`
pub async fn get(InPath(id): InPath, member: Member) -> Response {
    let view = members::view_end(&member.app, &member.actor, &id).await;
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: LeaveView) -> Page {
    let LeaveView { member, heirs } = view;
    let name = member.name.clone();
    let href = format!("/members/{}", member.id);
    let owns = member.owns.unwrap_or_default();
    let fate = match owns {
        0 => "The person owns no connection, so nothing is left without an owner.".to_owned(),
        number => format!(
            "{} belong to this person alone. Nobody else can use them, and an admin can only end them, unless you give them to somebody here.",
            count(number, "connection")
        ),
    };
    let heir = (owns > 0).then(|| {
        let nobody = [(String::new(), "Nobody".to_owned())];
        let options: Vec<(String, String)> = nobody.into_iter().chain(heirs).collect();
        view! { <div class="lk-card-b border-t border-line"><Select name="to" label="Give them to" options=options error=flash().error("to") /></div> }
    });
    let body = view! {
        <div class="mx-auto max-w-[40rem]">
            <FlashMessage class="mb-6" />
            <h1 class="lk-h1">{format!("Remove {name}?")}</h1>
            <p class="lk-sub">"It counts at once."</p>
            <section class="lk-card mt-6" aria-label="What happens">
                <div class="lk-card-b grid gap-2.5 text-sm">
                    <p class="flex gap-2.5"><Icon name="i-log-out" class="mt-0.5 text-faint" /><span>"The person is signed out of this organisation everywhere, and cannot come back without an invitation."</span></p>
                    <p class="flex gap-2.5"><Icon name="i-key-round" class="mt-0.5 text-faint" /><span>"Keys and one-time links that the person made stop working."</span></p>
                    <p class="flex gap-2.5"><Icon name="i-plug" class="mt-0.5 text-faint" /><span>{fate}</span></p>
                    <p class="flex gap-2.5"><Icon name="i-scroll-text" class="mt-0.5 text-faint" /><span>"Connections of the organisation, history and audit entries stay."</span></p>
                </div>
                <form method="post" action="/actions/members/remove">
                    <input type="hidden" name="id" value=member.id.clone() />
                    {heir}
                    <div class="lk-card-f">
                        <button class="btn btn-error" type="submit">{format!("Remove {name}")}</button>
                        <a class="btn btn-quiet" href=href.clone()>"Keep the membership"</a>
                    </div>
                </form>
            </section>
        </div>
    };
    Page::focused(format!("Remove {}?", member.name), format!("Remove {}", member.name), ("Cancel", &href), body)
}
