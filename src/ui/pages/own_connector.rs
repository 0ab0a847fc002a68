//! One connector of the organization's own: its text, what is to mend in it, the form it makes, and the last try.

use axum::response::Response;
use leptos::prelude::*;

use super::own::state_pill;
use crate::domain::{Action, CheckState};
use crate::dto::{CheckView, ConnectorView, Finding, OwnConnectorView};
use crate::services::{ServiceError, own};
use crate::ui::components::connector_form::{Filled, connector_fields, refused_fields};
use crate::ui::components::{Ago, Breadcrumb, FlashMessage, Icon, TextArea, check_card_head, check_steps};
use crate::ui::islands::FileIntoText;
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;
use crate::web::InPath;

/// The longest text, in characters; as many bytes are the limit.
const LONGEST: u32 = 65_536;

/// `GET /marketplace/own/new`.
pub async fn begin(member: Member) -> Response {
    let may = member.actor.may(Action::ManageConnectors, None);
    let view = if may { Ok(()) } else { Err(ServiceError::forbidden(Action::ManageConnectors)) };
    member.page(view, |()| fresh()).await
}

/// `GET /marketplace/own/{own}`.
pub async fn get(member: Member, InPath(id): InPath) -> Response {
    let view = own::view(&member.app, &member.actor, &id).await;
    member.page(view, |view| page(&view)).await
}

/// The page of a connector that has not been saved.
pub fn fresh() -> Page {
    let body = view! {
        <Breadcrumb href="/marketplace/own" above="Your connectors" here="New" />
        <h1 class="lk-h1">"Begin a connector"</h1>
        <p class="lk-sub">"Change the text below, or paste the file of a connector over it. Nothing is published until you say so."</p>
        <FlashMessage class="mt-6" />
        {editor("", own::STARTER, &[])}
    };
    Page::in_sidebar("Begin a connector", Place::Marketplace, body)
}

/// The page of a saved connector.
pub fn page(view: &OwnConnectorView) -> Page {
    let line = &view.line;
    let body = view! {
        <Breadcrumb href="/marketplace/own" above="Your connectors" here=line.name.clone() />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">{line.name.clone()}</h1>
                <p class="lk-sub">{meaning(&line.state)}" Changed "<Ago at=line.updated_at now=view.now />"."</p>
            </div>
            <div class="lk-actions">
                {state_pill(&line.state)}
                <a class="btn btn-quiet" href=format!("/marketplace/own/{}/export", line.id)><Icon name="i-file-down" />"Export"</a>
                {line.connector.as_ref().map(|id| view! { <a class="btn btn-quiet" href=format!("/marketplace/{id}")>"Open in the marketplace"</a> })}
            </div>
        </div>
        <FlashMessage class="mt-6" />
        {findings(view)}
        {editor(&line.id, &view.manifest, &view.findings)}
        {view.preview.as_ref().map(|preview| attempt(view, preview))}
        {ending(view)}
    };
    Page::in_sidebar(line.name.clone(), Place::Marketplace, body)
}

fn meaning(state: &str) -> &'static str {
    match state {
        "published" => "In the marketplace of your organisation.",
        "changed" => "In the marketplace as it was published last. The text below is a newer draft.",
        _ => "A draft. Only admins see it.",
    }
}

fn editor(id: &str, text: &str, findings: &[Finding]) -> impl IntoView + use<> {
    let (text, wrong) = (text.to_owned(), !findings.is_empty());
    view! {
        <form class="lk-card mt-6" method="post" action="/actions/own/save">
            <input type="hidden" name="id" value=id.to_owned() />
            <div class="lk-card-b">
                <div class="lk-field">
                    <div class="lk-label"><label for="manifest">"Manifest"</label></div>
                    <FileIntoText>
                        <TextArea name="manifest" value=text rows=28 longest=LONGEST described_by="manifest-help" wrong=wrong />
                    </FileIntoText>
                    <p class="lk-help" id="manifest-help">"At most 64 KiB. A secret may stand only where a request signs in; never write a real one here."</p>
                </div>
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit" name="then" value="check">"Check and preview"</button>
                <button class="btn btn-quiet" type="submit" name="then" value="publish">"Publish"</button>
            </div>
        </form>
    }
}

/// What is to mend, each with its line, its key and the words of the line.
fn findings(view: &OwnConnectorView) -> impl IntoView + use<> {
    let count = view.findings.len();
    let items: Vec<_> = view.findings.iter().map(|finding| mend(finding, &view.manifest)).collect();
    let headline = if count == 1 { "One thing to mend".to_owned() } else { format!("{count} things to mend") };
    (count > 0).then(|| {
        view! {
            <section class="lk-card mt-6" aria-labelledby="mend">
                <div class="lk-card-h"><h2 class="lk-h2" id="mend">{headline}</h2></div>
                <ol class="lk-card-b grid list-decimal gap-4 ps-4 text-sm">{items}</ol>
            </section>
        }
    })
}

fn mend(finding: &Finding, text: &str) -> impl IntoView + use<> {
    let words = finding.line.and_then(|line| text.lines().nth(line.saturating_sub(1))).map(str::trim).filter(|words| !words.is_empty());
    let words = words.map(|words| view! { <pre class="lk-pre mt-2 text-xs">{words.chars().take(200).collect::<String>()}</pre> });
    let place = match finding.line {
        Some(line) => format!("Line {line}"),
        None => "In the file".to_owned(),
    };
    let key = (!finding.key.is_empty()).then(|| view! { <span class="lk-code">{finding.key.clone()}</span>" " });
    view! {
        <li>
            <a class="link" href="#manifest">{place}</a>": "{key}{finding.message.clone()}"."
            {words}
        </li>
    }
}

/// The form that the manifest makes; its button runs a real test of which nothing becomes a connection.
fn attempt(view: &OwnConnectorView, preview: &ConnectorView) -> impl IntoView + use<> {
    let check = view.tried.check.as_ref();
    let refused = check.filter(|check| check.state == CheckState::Failed).and_then(|check| check.diagnosis.as_ref());
    let errors = if view.tried.errors.is_empty() { refused_fields(preview, refused) } else { view.tried.errors.clone() };
    let fields = connector_fields(&preview.fields, Filled { values: &view.tried.values, errors: &errors, symbols: true });
    view! {
        <form class="lk-card mt-6" method="post" action="/actions/own/test" aria-labelledby="try">
            <input type="hidden" name="id" value=view.line.id.clone() />
            <div class="lk-card-h"><h2 class="lk-h2" id="try">{format!("The form of {}", preview.summary.name)}</h2></div>
            <div class="lk-card-b grid gap-6">
                <p class="text-sm text-muted">"This is what people will see. Type a real account to try it: the test is real, secrets are forgotten, and no connection is saved."</p>
                {fields}
            </div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">"Try it live"<Icon name="i-arrow-right" /></button>
            </div>
        </form>
        {check.map(outcome)}
    }
}

fn outcome(check: &CheckView) -> impl IntoView + use<> {
    let said = match (&check.diagnosis, &check.identity) {
        (Some(diagnosis), _) => format!("{}. {}", diagnosis.headline.trim_end_matches('.'), diagnosis.sentence),
        (None, Some(identity)) if !identity.account_name.is_empty() => format!("The account is {}.", identity.account_name),
        _ => String::new(),
    };
    let said = (!said.is_empty()).then(|| view! { <p class="px-5 pt-4 text-sm">{said}</p> });
    view! {
        <section class="lk-card mt-6" aria-labelledby="res">
            {check_card_head(check, "res")} {said} {check_steps(check)}
        </section>
    }
}

fn ending(view: &OwnConnectorView) -> impl IntoView + use<> {
    let id = view.line.id.clone();
    let links: Vec<_> =
        view.connections.iter().map(|(name, id)| view! { <li><a class="link" href=format!("/connections/{id}")>{name.clone()}</a></li> }).collect();
    let body = if links.is_empty() {
        view! {
            <form class="lk-card-b grid gap-4 text-sm" method="post" action="/actions/own/delete">
                <input type="hidden" name="id" value=id />
                <p>"No connection uses it. Export it first if you may need it again; this cannot be undone."</p>
                <div><button class="btn btn-error" type="submit">"Delete this connector"</button></div>
            </form>
        }
        .into_any()
    } else {
        view! {
            <div class="lk-card-b text-sm">
                <p>"It cannot be deleted while these connections use it:"</p>
                <ul class="mt-2 grid gap-1">{links}</ul>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="lk-card mt-6" aria-labelledby="end">
            <div class="lk-card-h"><h2 class="lk-h2" id="end">"Delete"</h2></div>
            {body}
        </section>
    }
}
