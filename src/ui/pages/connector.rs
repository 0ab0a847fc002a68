//! A connector's own page: step 1 of the wizard.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::Action;
use crate::dto::ConnectorView;
use crate::services::{access, marketplace};
use crate::ui::components::Icon;
use crate::ui::components::wizard_frame::{Standing, note, wizard_head, wizard_page};
use crate::ui::page::Page;
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /marketplace/{connector}`.
pub async fn connector(member: Member, InPath(id): InPath) -> Response {
    let may_connect = access::may_somewhere(&member.actor, Action::Connect);
    let view = marketplace::connector(&member.app, &member.actor, &id).await;
    member.page(view, move |view| page(&view, may_connect)).await
}

/// What one gets from a connector, and the button that begins a draft when the viewer may connect.
pub fn page(view: &ConnectorView, may_connect: bool) -> Page {
    let tile = &view.summary;
    let changes = (!view.changes.is_empty()).then(|| promise("i-pencil-line", "Your apps can change, if you allow it", &view.changes));
    let (time, need) = view.needs.split_once(". ").unwrap_or(("What you need", &view.needs));
    let body = view! {
        {wizard_head(tile, &format!("Connect {}", tile.name), &tile.summary)}
        <section class="lk-card px-5 py-1.5" aria-label="What you get">
            <ul class="divide-y divide-line">
                {promise("i-arrow-down-to-line", "Your apps can read", &view.reads)} {changes}
                {promise("i-ban", "Latchkey never does", &view.never)} {promise("i-lock-keyhole", "What is stored, who can use it", &view.stored)}
                {promise("i-timer", time, need)}
            </ul>
        </section>
        {if may_connect { go_on(view).into_any() } else { not_yours().into_any() }}
    };
    wizard_page(&Standing::at(1, tile, None), body, aside(view))
}

fn promise(symbol: &'static str, title: &str, text: &str) -> impl IntoView + use<> {
    let (title, text) = (title.to_owned(), text.to_owned());
    view! {
        <li class="flex gap-3.5 py-4">
            <Icon name=symbol class="lk-i-lg mt-0.5 text-primary" />
            <div>
                <p class="font-medium">{title}</p>
                <p class="mt-0.5 text-sm text-muted">{text}</p>
            </div>
        </li>
    }
}

fn go_on(view: &ConnectorView) -> impl IntoView + use<> {
    let id = view.summary.id.clone();
    let quick = view.quick.then(|| view! { <a class="btn btn-ghost" href=format!("/connect/{id}/quick")>"Connect on one page"</a> });
    view! {
        <div class="mt-6 flex flex-wrap items-center gap-3">
            <form method="post" action="/actions/connect/start">
                <input type="hidden" name="connector" value=id.clone() />
                <button class="btn btn-primary" type="submit">"Continue"<Icon name="i-arrow-right" /></button>
            </form>
            {quick}
            <form method="post" action="/actions/connect/start">
                <input type="hidden" name="connector" value=view.summary.id.clone() />
                <input type="hidden" name="ask" value="yes" />
                <button class="btn btn-ghost" type="submit">"Ask someone else"</button>
            </form>
        </div>
    }
}

fn not_yours() -> impl IntoView {
    view! { <p class="mt-6 text-sm text-muted">"Connecting it is for org admins. Ask one to do it; you can then see how it is."</p> }
}

fn aside(view: &ConnectorView) -> impl IntoView + use<> {
    let tile = &view.summary;
    let card = if tile.own {
        "Yours. An admin of your organisation added it; Latchkey checks its manifest, not its promises."
    } else if tile.tier == "ready" {
        "Ready. Its live test is proven with every release."
    } else {
        "Preview. It works, but its live test is not proven for every account yet."
    };
    let connected = (!view.connections.is_empty()).then(|| {
        let links: Vec<_> =
            view.connections.iter().map(|(name, id)| view! { <li><a class="link" href=format!("/connections/{id}")>{name.clone()}</a></li> }).collect();
        let count = match links.len() {
            1 => format!("1 {} account is connected.", tile.name),
            many => format!("{many} {} accounts are connected.", tile.name),
        };
        let body = view! {
            <p>{count}" Connecting another one is fine; the same one twice is pointed out."</p>
            <ul class="mt-2 grid gap-1">{links}</ul>
        };
        note("i-users-round", "Already connected", body)
    });
    (note("i-badge-check", "Report card", view! { <p>{card}</p> }), connected)
}
