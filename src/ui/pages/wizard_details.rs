//! Step 3 of the wizard: the details.

use std::collections::BTreeMap;

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::CheckState;
use crate::dto::{ConnectorView, DiagnosisView, DraftView, FieldView, SelectOption};
use crate::ui::components::connector_form::{Filled, connector_fields, refused_fields};
use crate::ui::components::wizard_frame::{Standing, note, wizard_head, wizard_page};
use crate::ui::components::{FieldError, FlashMessage, Icon, Select};
use crate::ui::page::Page;
use crate::ui::pages::consent::no_app;
use crate::ui::pages::wizard_sign_in::{advice, destination};
use crate::ui::pages::wizard_steps::{Step, step};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connect/{draft}/details`.
pub async fn details(member: Member, InPath(draft): InPath) -> Response {
    step(member, &draft, Step::Details, page).await
}

/// The form of a draft with what was typed before, secrets left out.
pub fn page(draft: &DraftView) -> Page {
    let connector = &draft.connector;
    let form = with_app(draft);
    let count = form.fields.len().saturating_add(1);
    let refused = draft.check.as_ref().filter(|check| check.state == CheckState::Failed).and_then(|check| check.diagnosis.as_ref());
    let errors = if draft.errors.is_empty() { refused_fields(connector, refused) } else { draft.errors.clone() };
    let message = if draft.errors.is_empty() {
        refused.map(|diagnosis| refusal(connector, diagnosis).into_any())
    } else {
        Some(corrections(&form, &draft.errors).into_any())
    };
    let mut values = draft.values.clone();
    values.extend(draft.oauth.iter().filter_map(|oauth| Some((APP.to_owned(), oauth.chosen.clone()?))));
    let filled = Filled { values: &values, errors: &errors, symbols: true };
    let fields = connector_fields(&form.fields, filled);
    let consents = always_consents(draft);
    let missing = draft.oauth.as_ref().filter(|oauth| consents && oauth.apps.is_empty());
    let missing = missing.map(|oauth| no_app(&connector.summary.id, &connector.summary.name, oauth.may_add));
    let button = if consents { "Go on" } else { "Test the connection" };
    let body = view! {
        {wizard_head(&connector.summary, "Your details", &format!("{} things, all on this page. Nothing is saved until the test passes.", counted(count)))}
        <FlashMessage class="mb-6" />
        <form class="lk-card" id="details-form" method="post" action="/actions/connect/details">
            <input type="hidden" name="draft" value=draft.id.clone() />
            <div class="lk-card-b grid gap-6">{message} {missing} {name_field(&draft.name, errors.get("name"))} {who_field(draft, errors.get("team"))} {fields}</div>
            <div class="lk-card-f justify-between">
                <a class="btn btn-ghost" href=format!("/connect/{}/sign-in", draft.id)>"Back"</a>
                <button class="btn btn-primary" type="submit">{button}<Icon name="i-arrow-right" /></button>
            </div>
        </form>
    };
    let aside = (find(connector), destination(connector, &draft.destination), advice(connector), (!consents).then(|| someone_else(connector)));
    wizard_page(&Standing::at(3, &connector.summary, Some(&draft.id)), body, aside)
}

/// The form key of the app, where there are several to choose from.
const APP: &str = "oauth_app";

/// Whether a person has to allow access at the provider, whatever is typed.
fn always_consents(draft: &DraftView) -> bool {
    draft.oauth.as_ref().is_some_and(|oauth| oauth.when.is_none())
}

/// The connector with the choice of an app among its fields, where there are several.
fn with_app(draft: &DraftView) -> ConnectorView {
    let mut connector = draft.connector.clone();
    let Some(oauth) = draft.oauth.as_ref().filter(|oauth| oauth.apps.len() > 1 || draft.errors.contains_key(APP)) else { return connector };
    connector.fields.push(FieldView {
        id: APP.to_owned(),
        title: "OAuth app".to_owned(),
        help: "Who asks for access at the provider.".to_owned(),
        kind: "select".to_owned(),
        required: true,
        secret: false,
        default: String::new(),
        pattern: String::new(),
        example: String::new(),
        find_url: String::new(),
        find_label: String::new(),
        options: oauth.apps.iter().map(|app| SelectOption { value: app.id.clone(), title: app.label.clone() }).collect(),
        visible_when: oauth.when.clone().map(|(field, value)| (field, vec![value])),
    });
    connector
}

fn counted(number: usize) -> String {
    const WORDS: [&str; 9] = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    WORDS.get(number.saturating_sub(1)).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

fn name_field(name: &str, error: Option<&String>) -> impl IntoView + use<> {
    let name = name.to_owned();
    let described = if error.is_some() { "name-error name-help" } else { "name-help" };
    let wrong = error.is_some().then_some("true");
    let error = error.cloned().map(|text| view! { <FieldError id="name" text=text /> });
    view! {
        <div class="lk-field">
            <div class="lk-label"><label for="name">"Name for this connection "<span class="lk-opt">"optional"</span></label></div>
            <input type="text" class="input" id="name" name="name" value=name autocomplete="off" aria-describedby=described aria-invalid=wrong />
            {error}
            <p class="lk-help" id="name-help">"Everyone who can use it sees it. Left empty, it is named after the account."</p>
        </div>
    }
}

fn who_field(draft: &DraftView, wrong: Option<&String>) -> impl IntoView + use<> {
    let personal = draft.personal;
    let team = (!draft.teams.is_empty()).then(|| {
        let whole = (!draft.needs_team).then(|| (String::new(), "No team: the whole organisation".to_owned()));
        let options: Vec<(String, String)> = whole.into_iter().chain(draft.teams.iter().map(|team| (team.id.clone(), team.name.clone()))).collect();
        let help = "Its team leads look after the connection. It does not count for a connection that is yours alone.";
        view! { <Select name="team" label="Team" options=options chosen=draft.team.clone().unwrap_or_default() help=help error=wrong.cloned().unwrap_or_default() /> }
    });
    let choice = |value: &'static str, words: &'static str, help: &'static str, chosen: bool| {
        view! {
            <label class="flex items-start gap-2.5">
                <input type="radio" class="radio radio-sm mt-0.5" name="personal" value=value checked=chosen />
                <span>
                    <span class="font-medium">{words}</span>
                    <span class="block text-sm text-muted">{help}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset class="lk-field">
            <legend class="lk-label">"Who can use it"</legend>
            <div class="grid gap-2.5">
                {choice("no", "Everybody in the organisation", "As far as their role allows.", !personal)}
                {choice("yes", "Only me", "Admins see that it is there, and can end it. Nobody else sees it.", personal)}
            </div>
        </fieldset>
        {team}
    }
}

/// Says that entries need a change, with a link to each.
pub fn corrections(connector: &ConnectorView, errors: &BTreeMap<String, String>) -> impl IntoView + use<> {
    let title = |key: &str| match connector.fields.iter().find(|field| field.id == key) {
        Some(field) => field.title.clone(),
        None if key == "team" => "Team".to_owned(),
        None => "Name for this connection".to_owned(),
    };
    let links: Vec<_> = errors
        .keys()
        .enumerate()
        .map(|(index, key)| {
            let comma = if index == 0 { "" } else { ", " };
            view! { {comma}<a class="link" href=format!("#{key}")>{title(key)}</a> }
        })
        .collect();
    let headline = if links.len() == 1 { "One entry needs a change: ".to_owned() } else { format!("{} entries need a change: ", links.len()) };
    view! {
        <div class="lk-flash lk-flash-bad" role="alert" tabindex="-1" autofocus>
            <Icon name="i-circle-x" />
            <p class="flex-1"><strong class="font-semibold">{headline}</strong>{links}". Nothing was saved, and nothing was sent."</p>
        </div>
    }
}

/// Says what the provider turned down, and that its secret must be typed again.
pub fn refusal(connector: &ConnectorView, diagnosis: &DiagnosisView) -> impl IntoView + use<> {
    let headline = diagnosis.headline.trim_end_matches('.').to_owned();
    let secret = connector.fields.iter().find(|field| field.secret).map(|field| field.id.clone());
    let again = secret.map(|id| {
        view! { " "<a class="link" href=format!("#{id}")>{format!("Type the {} again", connector.credential_noun)}</a>"; we never fill it back in." }
    });
    view! {
        <div class="lk-flash lk-flash-bad" role="alert" tabindex="-1" autofocus>
            <Icon name="i-circle-x" />
            <p class="flex-1"><strong class="font-semibold">{headline}"."</strong>" Nothing was saved."{again}</p>
        </div>
    }
}

fn find(connector: &ConnectorView) -> impl IntoView + use<> {
    let steps: Vec<_> = connector.find_steps.iter().map(|step| view! { <li>{step.clone()}</li> }).collect();
    let guide = (!connector.docs_url.is_empty()).then(|| {
        view! {
            <p class="mt-3">
                <a class="link" href=connector.docs_url.clone() target="_blank" rel="noopener noreferrer">
                    {format!("The guide of {}", connector.summary.name)}<span class="sr-only">" (opens in a new tab)"</span>
                </a>
            </p>
        }
    });
    (!steps.is_empty()).then(|| {
        let body = view! { <ol class="grid list-decimal gap-1.5 ps-4">{steps}</ol>{guide} };
        note("i-map", &format!("Where to find the {}", connector.credential_noun), body)
    })
}

/// The way to ask a person who has what is missing; what was typed goes along.
fn someone_else(connector: &ConnectorView) -> impl IntoView + use<> {
    let text = format!(
        "Make a link that works once. The person types the {} there, without an account. What you typed here is kept; secrets are not.",
        connector.credential_noun
    );
    let body = view! {
        <p>{text}</p>
        <p class="mt-3">
            <button class="btn btn-quiet btn-sm" type="submit" form="details-form" formaction="/actions/connect/put-aside" formnovalidate>"Ask someone else"</button>
        </p>
    };
    note("i-send", "Does somebody else have it?", body)
}
