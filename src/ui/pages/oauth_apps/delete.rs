//! Before an app is deleted: what uses it, what is erased, what stays.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::OAuthAppView;
use crate::services::oauth_apps;
use crate::ui::components::{Field, FlashMessage, Logo};
use crate::ui::page::{Page, flash};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /oauth-apps/{oauth_app}/delete`.
pub async fn get(member: Member, InPath(id): InPath) -> Response {
    let view = oauth_apps::view(&member.app, &member.actor, id.as_str()).await;
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(view: &OAuthAppView) -> Page {
    let line = &view.line;
    let home = format!("/oauth-apps/{}", line.id);
    let title = format!("Delete {}?", line.label);
    let what = format!("{}, {}", line.connector_name, line.label);
    let inside = if view.used_by.is_empty() { ask(view).into_any() } else { refuse(view).into_any() };
    let body = view! {
        <div class="mx-auto max-w-[40rem]">
            <FlashMessage class="mb-6" />
            <div class="mb-6 flex items-start gap-4">
                <Logo connector=line.connector.clone() name=line.connector_name.clone() glyph=line.glyph.clone() size="lk-logo-lg" />
                <h1 class="lk-h1">{title.clone()}</h1>
            </div>
            <section class="lk-card" aria-label="What happens">
                {inside}
            </section>
        </div>
    };
    Page::focused(title, what, ("Cancel", &home), body)
}

fn ask(view: &OAuthAppView) -> impl IntoView + use<> {
    let line = &view.line;
    view! {
        <form method="post" action="/actions/oauth-apps/delete">
            <input type="hidden" name="id" value=line.id.clone() />
            <div class="lk-card-b grid gap-5 text-sm">
                <p>
                    {format!("No connection uses it. Its secrets are erased here; at {} the app stays until you delete it there. This cannot be undone.", line.connector_name)}
                </p>
                <Field name="confirm" label="Type the name to confirm" autocomplete="off" help=line.label.clone() error=flash().error("confirm") />
            </div>
            <div class="lk-card-f">
                <button class="btn btn-error" type="submit">
                    "Delete the app"
                </button>
                <a class="btn btn-quiet" href=format!("/oauth-apps/{}", line.id)>
                    "Keep it"
                </a>
            </div>
        </form>
    }
}

fn refuse(view: &OAuthAppView) -> impl IntoView + use<> {
    let links: Vec<_> = view
        .used_by
        .iter()
        .map(|named| {
            view! {
                <li>
                    <a class="link" href=format!("/connections/{}", named.id)>
                        {named.name.clone()}
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <div class="lk-card-b text-sm">
            <p>"It cannot be deleted while these connections use it:"</p>
            <ul class="mt-2 grid gap-1">{links}</ul>
        </div>
        <div class="lk-card-f">
            <a class="btn btn-quiet" href=format!("/oauth-apps/{}", view.line.id)>
                "Keep it"
            </a>
        </div>
    }
}
