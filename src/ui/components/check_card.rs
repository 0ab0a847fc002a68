//! The stepped check.

use leptos::prelude::*;

use super::Icon;
use crate::domain::{CheckState, StepKind, StepReport, StepState};
use crate::dto::CheckView;

/// Width of a waterfall in its own units.
const WATERFALL: f64 = 144.0;

/// `0.61 s`; below a tenth of a second `12 ms`.
pub fn seconds(millis: u32) -> String {
    if millis < 100 { format!("{millis} ms") } else { format!("{:.2} s", f64::from(millis) / 1000.0) }
}

/// `312 ms` below a second, else `1.9 s`.
pub fn duration_words(millis: u32) -> String {
    if millis < 1_000 { format!("{millis} ms") } else { format!("{}.{} s", millis / 1_000, millis % 1_000 / 100) }
}

fn done(check: &CheckView) -> usize {
    check.steps.iter().filter(|step| matches!(step.state, StepState::Passed | StepState::Skipped)).count()
}

fn running(check: &CheckView) -> Option<StepKind> {
    check.steps.iter().find(|step| step.state == StepState::Running).map(|step| step.kind)
}

/// The card of a running check whose result is shown at `result`; when the check has ended, it names the page to go to: `done` when it passed.
pub fn check_progress(result: &str, done: &str, check: &CheckView) -> impl IntoView + use<> {
    let running = check.state == CheckState::Running;
    let next = (!running).then(|| if check.state == CheckState::Passed { done } else { result }.to_owned());
    let (result, sentence) = (result.to_owned(), progress_sentence(check));
    view! {
        <section class="lk-card" aria-labelledby="run" aria-busy=running.then_some("true") data-next=next>
            {check_card_head(check, "run")} {check_meter(check)} {check_steps(check)}
            <div class="lk-card-f">
                <p class="text-sm text-muted">"The page updates by itself. If it stands still, " <a class="link" href=result>"load the result"</a> "."</p>
            </div>
        </section>
        <p class="sr-only" role="status">{sentence}</p>
    }
}

/// What a check is doing, for a headline: `Signing in`.
fn check_headline(check: &CheckView) -> String {
    match (check.state, running(check)) {
        (CheckState::Running, Some(StepKind::Resolve)) => "Finding the server".to_owned(),
        (CheckState::Running, Some(StepKind::Secure)) => "Securing the line".to_owned(),
        (CheckState::Running, Some(StepKind::Reach)) => "Reaching the service".to_owned(),
        (CheckState::Running, Some(StepKind::Authenticate)) => "Signing in".to_owned(),
        (CheckState::Running, Some(StepKind::Authorize)) => "Checking permissions".to_owned(),
        (CheckState::Running, Some(StepKind::Sample)) => "Reading a sample".to_owned(),
        (CheckState::Running, None) => "Starting".to_owned(),
        (CheckState::Passed, _) => "All steps passed".to_owned(),
        (CheckState::Failed | CheckState::Stopped, _) => format!("{} of {} steps passed", done(check), check.steps.len()),
    }
}

/// One sentence on a running check, for people who listen to the page.
fn progress_sentence(check: &CheckView) -> String {
    format!("{} of {} steps passed. {}.", done(check), check.steps.len(), check_headline(check))
}

/// The headline and the time of a check's card.
pub fn check_card_head(check: &CheckView, id: &'static str) -> impl IntoView + use<> {
    let (headline, took) = (check_headline(check), seconds(check.took_ms));
    view! {
        <div class="lk-card-h">
            <h2 class="lk-h2" id=id>{headline}</h2>
            <p class="lk-code lk-num text-muted">{took}</p>
        </div>
    }
}

/// How many steps are done, as a bar.
fn check_meter(check: &CheckView) -> impl IntoView + use<> {
    let (done, all) = (done(check), check.steps.len());
    view! {
        <div class="px-5 pt-4 pb-2">
            <progress class="lk-meter" max=all.to_string() value=done.to_string() aria-label=format!("Test progress: {done} of {all} steps done")></progress>
        </div>
    }
}

/// The steps of a check in order, each with its time and its place in the waterfall.
pub fn check_steps(check: &CheckView) -> impl IntoView + use<> {
    let total = check.steps.iter().map(|step| step.started_ms.saturating_add(step.took_ms)).max().unwrap_or(0).max(check.took_ms).max(1);
    let under_way = check.state == CheckState::Running;
    let diagnosis = check.diagnosis.as_ref();
    let cause = diagnosis.map(|diagnosis| diagnosis.cause.clone()).unwrap_or_default();
    let said = diagnosis.map(|diagnosis| diagnosis.provider_said.clone()).unwrap_or_default();
    let rows: Vec<_> = check
        .steps
        .iter()
        .map(|step| {
            let more = (step.state == StepState::Failed).then(|| failure(&cause, &said).into_any());
            row(step, total, under_way, more)
        })
        .collect();
    view! { <ol class="lk-check">{rows}</ol> }
}

fn failure(cause: &str, said: &str) -> impl IntoView + use<> {
    let cause = (!cause.is_empty()).then(|| view! { <p class="mt-2">{cause.to_owned()}</p> });
    let said = (!said.is_empty()).then(|| {
        view! {
            <details class="lk-fold mt-2">
                <summary class="text-xs font-medium">
                    <Icon name="i-chevron-right" class="lk-i-turn lk-i-sm" />
                    "What the provider said, secrets removed"
                </summary>
                <pre class="lk-pre mt-2 text-xs" tabindex="0" role="group" aria-label="What the provider said">{said.to_owned()}</pre>
            </details>
        }
    });
    (cause, said)
}

fn row(step: &StepReport, total: u32, under_way: bool, more: Option<AnyView>) -> impl IntoView + use<> {
    let (class, icon, word) = match step.state {
        StepState::Passed => ("is-pass", "i-circle-check", "Passed."),
        StepState::Running => ("is-run", "i-loader-circle", "Running."),
        StepState::Failed => ("is-bad", "i-circle-x", "Failed."),
        StepState::Skipped => ("is-wait", "i-minus", "Not needed."),
        StepState::Waiting | StepState::NotRun => ("is-wait", "i-circle-dashed", "Not run yet."),
    };
    let spin = if step.state == StepState::Running { "lk-spin" } else { "" };
    let detail = (!step.detail.is_empty()).then(|| view! { <p>{step.detail.clone()}</p> });
    let time = match step.state {
        StepState::Passed | StepState::Running | StepState::Failed => timed(step, total).into_any(),
        StepState::Skipped => untimed("not needed").into_any(),
        StepState::Waiting | StepState::NotRun => untimed(if under_way { "waiting" } else { "not run" }).into_any(),
    };
    view! {
        <li class=class>
            <Icon name=icon class=spin />
            <div>
                <b>{step.kind.title()}</b>
                <span class="sr-only">{format!(": {word}")}</span>
                {detail}
                {more}
            </div>
            <div class="text-end">{time}</div>
        </li>
    }
}

fn untimed(words: &'static str) -> impl IntoView {
    view! { <span class="lk-code lk-num text-muted"><span class="text-faint">{words}</span></span> }
}

fn timed(step: &StepReport, total: u32) -> impl IntoView + use<> {
    let part = |millis: u32| (f64::from(millis) / f64::from(total) * WATERFALL).min(WATERFALL);
    let start = part(step.started_ms).min(WATERFALL - 2.0);
    let width = part(step.took_ms).max(2.0).min(WATERFALL - start);
    let class = match step.state {
        StepState::Running => "run",
        StepState::Failed => "bad",
        _ => "",
    };
    view! {
        <span class="lk-code lk-num text-muted">{duration_words(step.took_ms)}</span>
        <svg class="lk-wf hidden sm:block" viewBox="0 0 144 12" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bg" x="0" y="5.5" width="144" height="1"></rect>
            <rect class=class x=format!("{start:.1}") y="3" width=format!("{width:.1}") height="6" rx="2"></rect>
        </svg>
    }
}
