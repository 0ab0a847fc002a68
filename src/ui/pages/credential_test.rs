//! The test of a new credential: while it runs, when it did not end well, and what has to be decided.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::{CheckState, Timestamp};
use crate::dto::{CheckView, CredentialDecision, CredentialEditView, GrantedCount, IdentityView};
use crate::services::credentials;
use crate::ui::components::wizard_frame::{note, wizard_head};
use crate::ui::components::{Ago, FlashMessage, Icon, Message, ago, check_card_head, check_progress, check_steps, date_words};
use crate::ui::flash::{Flash, FlashKind};
use crate::ui::islands::CheckProgress;
use crate::ui::page::Page;
use crate::ui::pages::credential::{self, frame, show};
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connections/{id}/credentials/test`
pub async fn get(InPath(id): InPath, member: Member) -> Response {
    let view = credentials::view(&member.app, &member.actor, &id).await;
    match view {
        Ok(view) if view.draft.is_none() => {
            let noun = &view.connector.credential_noun;
            let before = if view.keeps_before {
                "The one before is kept. You can go back to it under “Credential versions”."
            } else {
                "The one before is erased here, and the provider is asked to end it."
            };
            let done = Flash::ok(format!("The new {noun} is in use."), before);
            let flash = if view.done { done } else { Flash::default() };
            member.go(flash, &local(&format!("/connections/{id}"))).await
        }
        Ok(view) if view.check.is_none() => see_other(&local(&format!("/connections/{id}/credentials"))),
        view => Box::pin(show(member, &id, view, page)).await,
    }
}

/// The page of a change whose check was started.
pub fn page(view: &CredentialEditView) -> Page {
    match (&view.check, &view.decision) {
        (Some(check), Some(decision)) => decide(view, check, decision),
        // One that has just passed is swapped in the same moment.
        (Some(check), None) if matches!(check.state, CheckState::Running | CheckState::Passed) => running(view, check),
        (Some(check), None) => failed(view, check),
        (None, _) => credential::page(view),
    }
}

fn running(view: &CredentialEditView, check: &CheckView) -> Page {
    let at = format!("/connections/{}/credentials/test", view.connection);
    let noun = &view.connector.credential_noun;
    let card = check_progress(&at, &at, check);
    let body = view! {
        <noscript><meta http-equiv="refresh" content="1" /></noscript>
        {wizard_head(&view.connector.summary, &format!("Testing the new {noun}"), "The one in use stays in use until every step has passed.")}
        <CheckProgress draft=view.draft.clone().unwrap_or_default()>{card}</CheckProgress>
    };
    frame(view, body)
}

fn failed(view: &CredentialEditView, check: &CheckView) -> Page {
    let noun = view.connector.credential_noun.clone();
    let diagnosis = check.diagnosis.as_ref();
    let headline = diagnosis.map_or_else(|| "The test did not end".to_owned(), |diagnosis| diagnosis.headline.trim_end_matches('.').to_owned());
    let sentence = diagnosis.map(|diagnosis| diagnosis.sentence.trim_end_matches("Nothing was saved.").trim().to_owned()).unwrap_or_default();
    let sentence = format!("{sentence} Nothing was changed: the {noun} that was in use still is.").trim().to_owned();
    let steps: Vec<_> = diagnosis.map(|diagnosis| diagnosis.fix_steps.iter().map(|step| view! { <li>{step.clone()}</li> }).collect()).unwrap_or_default();
    let steps = (!steps.is_empty()).then(|| note("i-life-buoy", "To fix it", view! { <ol class="grid list-decimal gap-1.5 ps-4">{steps}</ol> }));
    let anchor = diagnosis.filter(|diagnosis| !diagnosis.field.is_empty()).map(|diagnosis| format!("#{}", diagnosis.field)).unwrap_or_default();
    let kept = view.kept_until.map(|until| format!("The other entries are kept until {}; the {noun} you typed was forgotten.", date_words(until)));
    let body = view! {
        {wizard_head(&view.connector.summary, &headline, &sentence)}
        <FlashMessage class="mb-6" />
        <section class="lk-card" aria-labelledby="res">
            {check_card_head(check, "res")} {check_steps(check)}
            <div class="lk-card-f">
                <a class="btn btn-primary" href=format!("/connections/{}/credentials{anchor}", view.connection)>"Change the entries"</a>
                {forget(&view.connection, "Forget the entries")}
            </div>
        </section>
        <div class="mt-6 grid gap-6">{steps}<p class="text-sm text-muted">{kept}</p></div>
    };
    frame(view, body)
}

fn forget(connection: &str, words: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/actions/connections/credentials/forget">
            <input type="hidden" name="id" value=connection.to_owned() />
            <button class="btn btn-ghost" type="submit">{words}</button>
        </form>
    }
}

fn decide(view: &CredentialEditView, check: &CheckView, decision: &CredentialDecision) -> Page {
    let (noun, provider) = (view.connector.credential_noun.clone(), view.connector.summary.name.clone());
    let title = if decision.other_account { format!("That is another {provider} account") } else { "Somebody was faster".to_owned() };
    let held = view.kept_until.map(|until| format!(" The new {noun} is held, sealed, until {}.", date_words(until))).unwrap_or_default();
    let other = decision.other_account.then(|| {
        let strong = format!("{provider} opened a different account.");
        let text = format!("After a swap, apps of {} would work with {}.", shown(&decision.before.account_name), shown(&decision.after.account_name));
        view! { <Message kind=FlashKind::Bad strong=strong text=text class="mb-5" /> }
    });
    let changed = decision.changed.clone().map(|(who, at)| {
        let strong = format!("{} changed this {noun} {}.", shown(&who), ago(view.now, at));
        view! { <Message kind=FlashKind::Warn strong=strong text="Look at both, then decide. Your entries are not lost." class="mb-5" /> }
    });
    let keep = if decision.other_account { format!("Swap to {} anyway", shown(&decision.after.account_name)) } else { format!("Swap to the new {noun}") };
    let body = view! {
        {wizard_head(&view.connector.summary, &title, &format!("Nothing was changed.{held}"))}
        <FlashMessage class="mb-5" />
        {other} {changed}
        <section class="lk-card overflow-hidden" aria-label="Before and after">
            {table(decision, check, view.now)}
            <div class="lk-card-f">
                {forget(&view.connection, "Throw the new one away")}
                <form method="post" action="/actions/connections/credentials/accept">
                    <input type="hidden" name="id" value=view.connection.clone() />
                    <input type="hidden" name="version" value=decision.version.to_string() />
                    <button class="btn btn-quiet" type="submit">{keep}</button>
                </form>
            </div>
        </section>
    };
    frame(view, body)
}

fn shown(name: &str) -> &str {
    if name.is_empty() { "somebody or something without a name" } else { name }
}

/// Both accounts, line by line.
fn table(decision: &CredentialDecision, check: &CheckView, now: Timestamp) -> impl IntoView + use<> {
    let (before, after) = (&decision.before, &decision.after);
    let mut rows = vec![
        line("Account", &before.account_name, &after.account_name),
        line("Account id", &before.account_id, &after.account_id),
        line("May be sent to", &decision.before_host, &decision.after_host),
    ];
    // Who signed in: the login at the provider where it tells, else the person here; nobody where nobody had to.
    let login = LOGINS.into_iter().find(|label| decision.allowed_by.is_some() && !fact(after, label).is_empty());
    for (label, value) in &after.facts {
        let was = fact(before, label);
        if *value != after.account_id && *value != after.account_name && login != Some(label.as_str()) {
            rows.push(line(label, &was, value));
        }
    }
    if let Some((was, is)) = login.map(|label| (fact(before, label), fact(after, label))).or_else(|| decision.allowed_by.clone()) {
        rows.push(row("Signed in as", &was, &is, if was == is { SAME } else { CHANGED }));
    }
    if let Some((was, is)) = &decision.permissions {
        let (was_shown, is_shown) = (was.as_ref().map(granted).unwrap_or_default(), granted(is));
        let same = was.as_ref() == Some(is);
        rows.push(row("Permissions", &was_shown, &is_shown, if same { SAME } else { CHANGED }));
    }
    let tested = view! { "Passed its test " <Ago at=check.started_at now=now /> };
    view! {
        <div class="lk-ba" role="table" aria-label="Before and after">
            <div class="lk-ba-row bg-base-200 text-xs text-faint max-sm:hidden" role="row">
                <div role="columnheader"><span class="sr-only">"What"</span></div>
                <div role="columnheader">"In use now"</div>
                <div role="columnheader">{if decision.allowed_by.is_some() { "The sign-in you just made" } else { "What you just entered" }}</div>
                <div role="columnheader"><span class="sr-only">"Result"</span></div>
            </div>
            {rows}
        </div>
        <p class="lk-card-b text-sm text-muted">{tested}</p>
    }
}

/// What identities call the login that a sign-in was made with, the plainest first.
const LOGINS: [&str; 4] = ["Signed in as", "E-mail", "Username", "Login"];

fn fact(identity: &IdentityView, label: &str) -> String {
    identity.facts.iter().find(|(other, _)| other == label).map(|(_, value)| value.clone()).unwrap_or_default()
}

fn granted(count: &GrantedCount) -> String {
    format!("{} of {}", count.granted.len(), count.asked)
}

type Verdict = (&'static str, &'static str, &'static str);
const SAME: Verdict = ("lk-pill lk-pill-ok", "i-equal", "Same");
const DIFFERENT: Verdict = ("lk-pill lk-pill-loud lk-pill-bad", "i-equal-not", "Different");
const CHANGED: Verdict = ("lk-pill lk-pill-loud lk-pill-info", "i-arrow-right-left", "Changed");

/// A line that decides whether these are two accounts.
fn line(label: &str, before: &str, after: &str) -> AnyView {
    row(label, before, after, if before == after { SAME } else { DIFFERENT })
}

fn row(label: &str, before: &str, after: &str, (class, icon, word): Verdict) -> AnyView {
    let dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let (label, was, is) = (label.to_owned(), dash(before), dash(after));
    view! {
        <div class="lk-ba-row" role="row">
            <div class="text-muted max-sm:font-medium max-sm:text-base-content" role="rowheader">{label}</div>
            <div role="cell" class="text-muted break-words"><span class="lk-cap sm:hidden">"Now: "</span>{was}</div>
            <div role="cell" class="font-medium break-words"><span class="lk-cap sm:hidden">"New: "</span>{is}</div>
            <div role="cell"><span class=class><Icon name=icon />{word}</span></div>
        </div>
    }
    .into_any()
}
