//! Before a connection ends: what stops, what is erased, what stays.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::{Action, ConnectionStatus};
use crate::dto::ConnectionView;
use crate::services::{self, ServiceError};
use crate::ui::components::{Field, FlashMessage, Icon, Logo};
use crate::ui::page::{Page, flash};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connections/{id}/disconnect`
pub async fn get(InPath(id): InPath, member: Member) -> Response {
    let view = services::connections::view(&member.app, &member.actor, &id).await;
    let view = view.and_then(|view| if view.may_disconnect { Ok(view) } else { Err(ServiceError::forbidden(Action::Disconnect)) });
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: ConnectionView) -> Page {
    let name = view.row.name.clone();
    let (id, may_turn_off) = (view.row.id.clone(), view.may_edit && view.status != ConnectionStatus::Disabled);
    let href = format!("/connections/{}", view.row.id);
    let what = format!("{}, {name}", view.row.connector_name);
    let told = match &view.revocation {
        Some(note) => format!("{} is told to end the access. {note} You will see whether it agreed.", view.row.connector_name),
        None => format!("{} has no way to be told. The credential works there until you change or delete it.", view.row.connector_name),
    };
    let shared = (view.frozen_at.is_some() && view.revocation.is_some()).then(|| {
        let text = format!(
            "Its tokens are frozen because another program may use them. Telling {} ends that program\u{2019}s access too: untick it to leave the program alone.",
            view.row.connector_name
        );
        view! { <Consequence icon="i-triangle-alert" text=text /> }
    });
    let body = view! {
        <div class="mx-auto max-w-[40rem]">
            <FlashMessage class="mb-6" />
            <div class="mb-6 flex items-start gap-4">
                <Logo connector=view.row.connector name=view.row.connector_name.clone() glyph=view.row.glyph size="lk-logo-lg" />
                <div>
                    <h1 class="lk-h1">{format!("Disconnect {name}?")}</h1>
                    <p class="lk-sub">"It stops at once."</p>
                </div>
            </div>
            <section class="lk-card" aria-label="What happens">
                <div class="lk-card-b grid gap-2.5 text-sm">
                    <Consequence icon="i-unplug" text=told />
                    {shared}
                    <Consequence icon="i-eraser" text="The sealed credential is erased, with every kept version. This cannot be undone.".to_owned() />
                    <Consequence icon="i-scroll-text" text="History and audit entries stay.".to_owned() />
                </div>
                <form method="post" action="/actions/connections/disconnect">
                    <input type="hidden" name="id" value=view.row.id />
                    {view.revocation.is_some().then(|| view! { <Tell provider=view.row.connector_name.clone() /> })}
                    <div class="lk-card-b border-t border-line">
                        <Field name="confirm" label="Type the name to confirm" autocomplete="off" help=name error=flash().error("confirm") />
                    </div>
                    <div class="lk-card-f">
                        <button class="btn btn-error" type="submit">
                            "Disconnect and erase"
                        </button>
                        <a class="btn btn-quiet" href=href.clone()>
                            "Keep it"
                        </a>
                        {may_turn_off
                            .then(|| {
                                view! {
                                    <button class="btn btn-ghost sm:ms-auto" type="submit" form="turn-off">
                                        "Turn off instead"
                                    </button>
                                }
                            })}
                    </div>
                </form>
                {may_turn_off
                    .then(|| {
                        view! {
                            <form id="turn-off" method="post" action="/actions/connections/disable">
                                <input type="hidden" name="id" value=id />
                            </form>
                        }
                    })}
            </section>
        </div>
    };
    Page::focused(format!("Disconnect {}?", view.row.name), what, ("Cancel", &href), body)
}

#[component]
fn Tell(provider: String) -> impl IntoView {
    view! {
        <div class="lk-card-b border-t border-line">
            <label class="flex items-start gap-2.5">
                <input class="checkbox" type="checkbox" name="revoke" value="yes" checked=true />
                <span>{format!("Tell {provider} to end the access")}</span>
            </label>
        </div>
    }
}

#[component]
fn Consequence(icon: &'static str, text: String) -> impl IntoView {
    view! {
        <p class="flex gap-2.5">
            <Icon name=icon class="mt-0.5 text-faint" />
            <span>{text}</span>
        </p>
    }
}
