//! Before a person goes to a provider, on the way, and what did not work there.

use axum::extract::Query;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use serde::Deserialize;
use url::Url;

use crate::domain::{ConnectionId, ConsentTrouble, DraftId};
use crate::dto::ConsentView;
use crate::services::consent::{self, Departure};
use crate::services::{ErrorCode, ServiceError};
use crate::ui::components::wizard_frame::{Standing, note, wizard_head, wizard_page};
use crate::ui::components::{FlashMessage, Icon, Select};
use crate::ui::flash::Flash;
use crate::ui::page::Page;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::{Guest, Member};
use crate::web::InPath;

/// `GET /connect/{draft}/consent`.
pub async fn get(InPath(draft): InPath, member: Member) -> Response {
    match consent::page(&member.app, &member.actor, &draft).await {
        // It has moved on: its wizard knows where to.
        Err(error) if error.code == ErrorCode::Conflict => see_other(&local(&format!("/connect/{draft}/details"))),
        view => member.page(view, |view| page(&view)).await,
    }
}

/// `GET /connections/{id}/reconnect`.
pub async fn reconnect(InPath(id): InPath, member: Member) -> Response {
    match consent::reconnect_view(&member.app, &member.actor, &id).await {
        Err(error) if error.code == ErrorCode::Conflict => member.go(Flash::refusal(&error), &local(&format!("/connections/{id}"))).await,
        view => member.page(view, |view| page(&view)).await,
    }
}

/// What will be asked for, by whom, and where it leads.
pub fn page(view: &ConsentView) -> Page {
    let tile = &view.connector.summary;
    let provider = tile.name.clone();
    let title = if view.reconnects.is_some() { format!("Allow access at {provider} again") } else { format!("Allow access at {provider}") };
    let sentence = format!("You sign in at {provider} and say yes or no there. Latchkey never sees your password.");
    let body = view! {
        {wizard_head(tile, &title, &sentence)}
        <FlashMessage class="mb-6" />
        <form class="lk-card" method="post" action=if view.draft.is_some() { "/actions/connect/leave" } else { "/actions/connections/reconnect" }>
            {hidden(view)}
            <div class="lk-card-b grid gap-6">{scopes(view)} {which_app(view)}</div>
            <div class="lk-card-f justify-between">
                <a class="btn btn-ghost" href=back(view)>{if view.reconnects.is_some() { "Leave unchanged" } else { "Back" }}</a>
                {leave(view)}
            </div>
        </form>
    };
    frame(view.reconnects.as_ref().map(|(id, name, _)| (id.as_str(), name.as_str())), view, body)
}

fn frame(reconnects: Option<(&str, &str)>, view: &ConsentView, body: impl IntoView + 'static) -> Page {
    let host = view.host.clone();
    let leads = (!host.is_empty()).then(|| {
        let body = view! { <p>"To "<span class="lk-code text-base-content">{host}</span>". You come back here by yourself, within ten minutes."</p> };
        note("i-arrow-up-right", "Where it leads", body)
    });
    match reconnects {
        Some((id, name)) => {
            let what = format!("Reconnect {name}");
            let body = view! { <div class="mx-auto grid max-w-[46rem] gap-6"><div>{body}</div>{leads}</div> };
            Page::focused(what.clone(), what, ("Leave unchanged", &format!("/connections/{id}")), body)
        }
        None => wizard_page(&Standing::at(3, &view.connector.summary, view.draft.as_deref()), body, leads),
    }
}

fn back(view: &ConsentView) -> String {
    match (&view.reconnects, &view.draft) {
        (Some((id, ..)), _) => format!("/connections/{id}"),
        (None, Some(draft)) => format!("/connect/{draft}/details"),
        (None, None) => "/marketplace".to_owned(),
    }
}

fn hidden(view: &ConsentView) -> AnyView {
    match (&view.draft, &view.reconnects) {
        (Some(draft), _) => view! { <input type="hidden" name="draft" value=draft.clone() /> }.into_any(),
        (None, Some((id, ..))) => view! { <input type="hidden" name="id" value=id.clone() /> }.into_any(),
        (None, None) => ().into_any(),
    }
}

fn scopes(view: &ConsentView) -> impl IntoView + use<> {
    let same = view.reconnects.as_ref().map(|(_, name, account)| {
        let account = if account.is_empty() { "the same account".to_owned() } else { account.clone() };
        view! { <p class="text-sm text-muted">{format!("{name} keeps its id. Choose {account} there; with another one you are asked first, and nothing changes until then.")}</p> }
    });
    let rows: Vec<_> = view
        .scopes
        .iter()
        .map(|(id, title)| {
            view! {
                <li class="flex gap-2.5">
                    <Icon name="i-check" class="mt-0.5 text-ok" />
                    <span>
                        <span class="font-medium">{title.clone()}</span>
                        <span class="lk-code block text-xs break-all text-faint">{id.clone()}</span>
                    </span>
                </li>
            }
        })
        .collect();
    let list = (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="asks">
                <h2 class="lk-h3" id="asks">"What will be asked for"</h2>
                <ul class="mt-3 grid gap-3 text-sm">{rows}</ul>
            </section>
        }
    });
    (same, list)
}

fn which_app(view: &ConsentView) -> AnyView {
    let chosen = view.app.as_ref().map(|app| app.id.clone()).unwrap_or_default();
    if view.apps.len() > 1 {
        let options = view.apps.iter().map(|app| (app.id.clone(), app.label.clone())).collect();
        return view! { <Select name="oauth_app" label="OAuth app" options=options chosen=chosen help="Who asks for access at the provider." /> }.into_any();
    }
    match &view.app {
        Some(app) => view! { <p class="text-sm text-muted">{format!("Your organisation asks by its OAuth app “{}”.", app.label)}</p> }.into_any(),
        None => no_app(&view.connector.summary.id, &view.connector.summary.name, view.may_add),
    }
}

/// Says that there is no app to ask by, and who adds one.
pub fn no_app(connector: &str, provider: &str, may_add: bool) -> AnyView {
    let href = format!("/oauth-apps/new?connector={connector}");
    let next = if may_add {
        view! { <a class="link" href=href>"Add an OAuth app"</a>", then come back. What you typed is kept." }.into_any()
    } else {
        view! { "Ask an admin of your organisation to add one." }.into_any()
    };
    view! {
        <div class="lk-flash lk-flash-warn" role="status">
            <Icon name="i-triangle-alert" />
            <p class="flex-1"><strong class="font-semibold">{format!("There is no OAuth app for {provider} yet. ")}</strong>{next}</p>
        </div>
    }
    .into_any()
}

fn leave(view: &ConsentView) -> Option<AnyView> {
    let possible = view.app.is_some() || !view.apps.is_empty();
    let words = format!("Continue to {}", view.connector.summary.name);
    possible.then(|| view! { <button class="btn btn-primary" type="submit">{words}<Icon name="i-arrow-right" /></button> }.into_any())
}

/// Sends the browser to a provider. A form may lead to this site alone (`form-action`), so its answer is a page that goes on by itself.
pub async fn depart(member: Member, departure: Departure) -> Response {
    let refresh = HeaderValue::from_str(&format!("0; url={}", departure.url));
    let mut response = member.page(Ok(departure), |departure| depart_page(&departure.label, &departure.url)).await;
    if let Ok(refresh) = refresh {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    response
}

fn depart_page(label: &str, url: &Url) -> Page {
    let title = format!("On to {label}");
    let body = view! {
        <div class="mx-auto max-w-[30rem] py-10">
            <h1 class="lk-h1">{title.clone()}</h1>
            <p class="lk-sub">"You are led there now, and come back here afterwards."</p>
            <p class="mt-7">
                <a class="btn btn-primary" href=url.to_string() rel="noreferrer">{format!("Go to {label}")}</a>
            </p>
        </div>
    };
    Page::focused(title.clone(), title, ("Stay here", "/connections"), body)
}

/// What the person was about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct About {
    draft: String,
    connection: String,
}

/// `GET /oauth/trouble/{code}?draft&connection`: why nothing came of a trip; the words are ours, what the provider said stands in the message.
pub async fn trouble(InPath(code): InPath, guest: Guest, Query(about): Query<About>) -> Response {
    let Some(trouble) = ConsentTrouble::parse(&code) else {
        return guest.page(Err::<(), _>(ServiceError::of(ErrorCode::NotFound)), |()| trouble_page(ConsentTrouble::StateInvalid, "/connections", "")).await;
    };
    let draft = DraftId::parse(&about.draft).ok();
    let connection = ConnectionId::parse(&about.connection).ok();
    let (href, words) = match (connection, draft) {
        (Some(connection), _) => (format!("/connections/{connection}/reconnect"), "Back to the connection"),
        (None, Some(draft)) => (format!("/connect/{draft}/consent"), "Back to where you were"),
        (None, None) => ("/connections".to_owned(), "Back to the connections"),
    };
    guest.say(StatusCode::BAD_REQUEST, move || trouble_page(trouble, &href, words)).await
}

fn trouble_page(trouble: ConsentTrouble, href: &str, words: &'static str) -> Page {
    let href = href.to_owned();
    let body = view! {
        <main id="main" tabindex="-1" class="mx-auto flex min-h-dvh w-full max-w-[30rem] flex-col justify-center px-6 py-10">
            <span class="grid size-11 place-items-center rounded-xl bg-idle-soft text-idle"><Icon name="i-life-buoy" class="lk-i-lg" /></span>
            <h1 class="lk-h1 mt-5">{trouble.headline()}</h1>
            <p class="lk-sub">{trouble.text()}</p>
            <FlashMessage class="mt-6" />
            <p class="mt-7"><a class="btn btn-primary" href=href>{words}</a></p>
        </main>
    };
    Page::bare(trouble.headline(), body)
}
