//! Asking somebody else: the page on which a one-time link is made, and watched until it is used.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::{AskChoice, AskView, EntryLinkState, EntryLinkView};
use crate::services::entry_links;
use crate::ui::components::wizard_frame::{Standing, note, wizard_head, wizard_page};
use crate::ui::components::{Ago, FieldError, FlashMessage, Icon, TextArea, clock_words};
use crate::ui::page::{Page, flash};
use crate::ui::pages::wizard_steps::{Step, fitting};
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;
use crate::vault::Secret;
use crate::web::InPath;

/// How long a link can work: hours and words.
const TIMES: [(&str, &str); 4] = [("1", "1 hour"), ("24", "1 day"), ("72", "3 days"), ("168", "7 days")];

/// `GET /connect/{draft}/ask`.
pub async fn ask(member: Member, InPath(draft): InPath) -> Response {
    let view = entry_links::page(&member.app, &member.actor, &draft).await;
    match view.as_ref().map(|view| fitting(&view.draft, Step::Details)) {
        Ok(fitting) if fitting != Step::Details => see_other(&local(&format!("/connect/{draft}/{}", fitting.as_str()))),
        _ => member.page(view, |view| page(&view, None)).await,
    }
}

/// The page; `address` is that of a link just made, which is told this once.
pub fn page(ask: &AskView, address: Option<&Secret<String>>) -> Page {
    let connector = &ask.draft.connector;
    let noun = &connector.credential_noun;
    let works = ask.link.as_ref().is_some_and(|link| link.state.works());
    let form = if works {
        view! {
            <details class="lk-fold mt-6">
                <summary class="text-sm font-medium"><Icon name="i-chevron-right" class="lk-i-turn lk-i-sm" />"Make another link in its place"</summary>
                <div class="mt-3">{form(ask)}</div>
            </details>
        }
        .into_any()
    } else {
        view! { <div class="mt-6">{form(ask)}</div> }.into_any()
    };
    let sentence = format!("Make a link that works once. Whoever opens it types the {noun}, without an account and without seeing anything else.");
    let body = view! {
        {wizard_head(&connector.summary, "Ask someone else", &sentence)}
        <FlashMessage class="mb-6" />
        {address.map(|address| fresh(address.expose()))} {ask.link.as_ref().map(|link| followed(link, &ask.draft.id))} {form}
        <p class="mt-6"><a class="btn btn-ghost" href=format!("/connect/{}/details", ask.draft.id)>"Back to the details"</a></p>
    };
    let aside = (
        note(
            "i-eye-off",
            "What the person sees",
            view! { <p>"Your name, your organisation, your note and the fields you ask for. Of what you filled in only the names of the fields."</p> },
        ),
        note("i-shield-check", "Send it with care", view! { <p>"Whoever has the link can use it once. A message to one person is better than a channel."</p> }),
    );
    wizard_page(&Standing { note: "Asking someone else".to_owned(), ..Standing::at(3, &connector.summary, Some(&ask.draft.id)) }, body, aside)
}

/// The address, to be copied now.
fn fresh(address: &str) -> impl IntoView + use<> {
    let address = address.to_owned();
    view! {
        <section class="lk-card mb-6" aria-labelledby="link-h">
            <div class="lk-card-h"><h2 class="lk-h2" id="link-h">"Here is the link"</h2></div>
            <div class="lk-card-b">
                <div class="lk-field">
                    <div class="lk-label"><label for="link">"Copy it now and send it"</label></div>
                    <input class="input lk-code" id="link" type="text" readonly value=address autocomplete="off" spellcheck="false" aria-describedby="link-help" />
                    <p class="lk-help" id="link-help">"It is shown this once. If it gets lost, make another one; this one then stops working."</p>
                </div>
            </div>
        </section>
    }
}

/// How a link stands, in words: a symbol, its colour, the words.
pub fn state_words(link: &EntryLinkView) -> (&'static str, &'static str, &'static str) {
    match link.state {
        EntryLinkState::Waiting => ("i-timer", "text-faint", "Nobody has opened it yet"),
        EntryLinkState::Opened => ("i-eye", "text-info", "It was opened"),
        EntryLinkState::Used => ("i-circle-check", "text-ok", "It was used, and the test passed"),
        EntryLinkState::Withdrawn => ("i-ban", "text-faint", "Withdrawn"),
        EntryLinkState::Expired => ("i-timer", "text-faint", "Its time is over"),
        EntryLinkState::Spent => ("i-circle-x", "text-bad", "Every try failed"),
    }
}

fn followed(link: &EntryLinkView, draft: &str) -> impl IntoView + use<> {
    let (symbol, colour, words) = state_words(link);
    let now = link.now;
    let moment = |label: &'static str, at| view! { <dt>{label}</dt><dd><Ago at=at now=now clock=true />" (UTC)"</dd> };
    let opened = link.opened_at.map(|at| moment("Opened at", at));
    let used = link.used_at.map(|at| moment("Used at", at));
    let tries = (link.tries > 0).then(|| view! { <dt>"Tests"</dt><dd>{format!("{} begun, {} left", link.tries, link.tries_left)}</dd> });
    let filled = (!link.filled.is_empty()).then(|| view! { <dt>"Filled in by you"</dt><dd>{link.filled.join(", ")}</dd> });
    let note = (!link.note.is_empty()).then(|| view! { <dt>"Your note"</dt><dd class="whitespace-pre-line">{link.note.clone()}</dd> });
    let end = link.state.works().then(|| {
        view! {
            <div class="lk-card-f">
                <a class="btn btn-quiet" href=format!("/connect/{draft}/ask")>"Look again"</a>
                <form class="sm:ms-auto" method="post" action="/actions/connect/withdraw">
                    <input type="hidden" name="draft" value=draft.to_owned() />
                    <button class="btn btn-ghost" type="submit">"Withdraw the link"</button>
                </form>
            </div>
        }
    });
    view! {
        <section class="lk-card" aria-labelledby="state-h">
            <div class="lk-card-h">
                <h2 class="lk-h2 flex items-center gap-2" id="state-h"><Icon name=symbol class=colour />{words}</h2>
            </div>
            <div class="lk-card-b">
                <dl class="lk-kv">
                    {opened} {used} <dt>"Works until"</dt><dd>{format!("{} (UTC)", clock_words(link.expires_at, now))}</dd> {tries}
                    <dt>"Asks for"</dt><dd>{link.asked.join(", ")}</dd> {filled} {note}
                </dl>
            </div>
            {end}
        </section>
    }
}

fn form(ask: &AskView) -> impl IntoView + use<> {
    let flash = flash();
    let chosen = flash.values.get("fields").map(|fields| fields.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let boxes: Vec<_> = ask.choices.iter().map(|choice| tick(choice, chosen.as_deref())).collect();
    let hours = if flash.value("valid_hours").is_empty() { "24".to_owned() } else { flash.value("valid_hours") };
    let times = TIMES.map(|(value, words)| view! { <option value=value selected=value == hours>{words}</option> }).into_iter().collect_view();
    let wrong = |field: &'static str| flash.errors.get(field).cloned().map(|text| view! { <FieldError id=field text=text /> });
    view! {
        <form class="lk-card" method="post" action="/actions/connect/ask">
            <input type="hidden" name="draft" value=ask.draft.id.clone() />
            <div class="lk-card-b grid gap-6">
                <fieldset class="lk-field" id="fields">
                    <legend class="lk-label">"What to ask for"</legend>
                    <div class="grid gap-2">{boxes}</div>
                    {wrong("fields")}
                    <p class="lk-help">"What you leave unticked stays as you typed it, and is not shown."</p>
                </fieldset>
                <div class="lk-field">
                    <div class="lk-label"><label for="note">"A note to the person "<span class="lk-opt">"optional"</span></label></div>
                    <TextArea name="note" value=flash.value("note") rows=3 optional=true described_by="note-help" wrong=flash.errors.contains_key("note") />
                    {wrong("note")}
                    <p class="lk-help" id="note-help">"Shown on the page of the link. Say what you need it for; never write a secret here."</p>
                </div>
                <div class="lk-field">
                    <div class="lk-label"><label for="valid_hours">"How long it works"</label></div>
                    <select class="select" id="valid_hours" name="valid_hours">{times}</select>
                    {wrong("valid_hours")}
                </div>
            </div>
            <div class="lk-card-f"><button class="btn btn-primary" type="submit"><Icon name="i-link-2" />"Make the link"</button></div>
        </form>
    }
}

fn tick(choice: &AskChoice, chosen: Option<&[String]>) -> impl IntoView + use<> {
    let ticked = choice.always || chosen.map_or(choice.asked, |chosen| chosen.contains(&choice.id));
    let (id, title) = (choice.id.clone(), choice.title.clone());
    let always = choice.always;
    view! {
        <label class="flex items-center gap-2.5 text-sm">
            <input class="checkbox" type="checkbox" name="field" value=id checked=ticked disabled=always />
            <span>{title}{always.then(|| view! { " "<span class="lk-opt">"always asked for"</span> })}</span>
        </label>
    }
}
