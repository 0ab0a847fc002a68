//! The organisation: its name, leaving it, deleting it, another one.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::OrganizationView;
use crate::services::organizations;
use crate::ui::components::{Field, FlashMessage, Icon, date_words};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;
use crate::ui::words::{a_role, count};

/// `GET /organisation`
pub async fn get(member: Member) -> Response {
    let view = organizations::view(&member.app, &member.actor).await;
    member.page(view, |view| page(&view)).await
}

/// `GET /organisation/leave`
pub async fn leave(member: Member) -> Response {
    let view = organizations::view(&member.app, &member.actor).await;
    member.page(view, |view| leaving(&view)).await
}

/// `GET /organisation/delete`
pub async fn delete(member: Member) -> Response {
    let view = organizations::view_to_delete(&member.app, &member.actor).await;
    member.page(view, |view| deleting(&view)).await
}

/// Draws it.
pub fn page(view: &OrganizationView) -> Page {
    let flash = flash();
    let name = if flash.value("name").is_empty() { view.name.clone() } else { flash.value("name") };
    let rename = view.may_manage.then(|| {
        view! {
            <form class="lk-card" method="post" action="/actions/organizations/rename" aria-labelledby="name-head">
                <div class="lk-card-h"><h2 class="lk-h2" id="name-head">"Name"</h2></div>
                <div class="lk-card-b"><Field name="name" label="Name of the organisation" autocomplete="organization" value=name error=flash.error("name") /></div>
                <div class="lk-card-f"><button class="btn btn-primary" type="submit">"Rename"</button></div>
            </form>
        }
    });
    let delete = view.may_manage.then(|| view! { <a class="btn btn-danger" href="/organisation/delete">"Delete the organisation"</a> });
    let body = view! {
        <h1 class="lk-h1">"Organisation"</h1>
        <p class="lk-sub">{format!("{}, since {}. You are {} here.", view.name, date_words(view.created_at), a_role(view.role.title()))}</p>
        <FlashMessage class="mt-6" />
        <div class="mt-6 grid max-w-[46rem] gap-6">
            {rename}
            <form class="lk-card" method="post" action="/actions/organizations/create" aria-labelledby="new-head">
                <div class="lk-card-h"><h2 class="lk-h2" id="new-head">"Another organisation"</h2></div>
                <div class="lk-card-b">
                    <Field
                        name="new_name"
                        label="Name of the new organisation"
                        autocomplete="off"
                        value=flash.value("new_name")
                        error=flash.error("new_name")
                        help="You become its org admin. Nothing of this one is in it."
                    />
                </div>
                <div class="lk-card-f"><button class="btn btn-quiet" type="submit">"Make it and go there"</button></div>
            </form>
            <section class="lk-card" aria-labelledby="out-head">
                <div class="lk-card-h"><h2 class="lk-h2" id="out-head">"Leave or end"</h2></div>
                <div class="lk-card-f">
                    <a class="btn btn-quiet" href="/organisation/leave">"Leave the organisation"</a>
                    {delete}
                </div>
            </section>
        </div>
    };
    Page::in_sidebar("Organisation", Place::Organisation, body)
}

#[component]
fn Consequence(icon: &'static str, text: String) -> impl IntoView {
    view! { <p class="flex gap-2.5"><Icon name=icon class="mt-0.5 text-faint" /><span>{text}</span></p> }
}

/// Draws the page before somebody leaves.
pub fn leaving(view: &OrganizationView) -> Page {
    let body = view! {
        <div class="mx-auto max-w-[40rem]">
            <FlashMessage class="mb-6" />
            <h1 class="lk-h1">{format!("Leave {}?", view.name)}</h1>
            <section class="lk-card mt-6" aria-label="What happens">
                <div class="lk-card-b grid gap-2.5 text-sm">
                    <Consequence icon="i-log-out" text="You are signed out of this organisation everywhere, and come back by invitation only. If it is your only organisation, you cannot sign in until somebody invites you.".to_owned() />
                    <Consequence icon="i-key-round" text="Keys and one-time links that you made here stop working.".to_owned() />
                    <Consequence icon="i-plug" text="Connections that are yours alone stay unused. Admins can end them or give them to somebody.".to_owned() />
                </div>
                <form class="lk-card-f" method="post" action="/actions/organizations/leave">
                    <button class="btn btn-error" type="submit">"Leave"</button>
                    <a class="btn btn-quiet" href="/organisation">"Stay"</a>
                </form>
            </section>
        </div>
    };
    Page::focused(format!("Leave {}?", view.name), format!("Leave {}", view.name), ("Cancel", "/organisation"), body)
}

/// Draws the page before an organisation is deleted.
pub fn deleting(view: &OrganizationView) -> Page {
    let open = view.connections.unwrap_or_default();
    let first = match open {
        0 => "Nothing is connected, so no provider still trusts a credential of it.".to_owned(),
        number => format!("{} must be disconnected first, other people\u{2019}s own ones too. Until then nothing is deleted.", count(number, "connection")),
    };
    let body = view! {
        <div class="mx-auto max-w-[40rem]">
            <FlashMessage class="mb-6" />
            <h1 class="lk-h1">{format!("Delete {}?", view.name)}</h1>
            <section class="lk-card mt-6" aria-label="What happens">
                <div class="lk-card-b grid gap-2.5 text-sm">
                    <Consequence icon="i-unplug" text=first />
                    <Consequence icon="i-eraser" text="Members, teams, invitations, connectors of its own, history: everything is erased. This cannot be undone.".to_owned() />
                    <Consequence icon="i-scroll-text" text="Audit entries stay on this server.".to_owned() />
                </div>
                <form method="post" action="/actions/organizations/delete">
                    <div class="lk-card-b border-t border-line">
                        <Field name="confirm" label="Type the name to confirm" autocomplete="off" help=view.name.clone() error=flash().error("confirm") />
                    </div>
                    <div class="lk-card-f">
                        <button class="btn btn-error" type="submit">"Delete for good"</button>
                        <a class="btn btn-quiet" href="/organisation">"Keep it"</a>
                    </div>
                </form>
            </section>
        </div>
    };
    Page::focused(format!("Delete {}?", view.name), format!("Delete {}", view.name), ("Cancel", "/organisation"), body)
}
