//! A check, step by step.

use leptos::prelude::*;

use super::Icon;
use crate::domain::{StepReport, StepState};
use crate::dto::{CheckView, DiagnosisView};

/// `312 ms` below a second, else `1.9 s`.
pub fn duration_words(millis: u32) -> String {
    if millis < 1_000 { format!("{millis} ms") } else { format!("{}.{} s", millis / 1_000, millis % 1_000 / 100) }
}

/// The six steps of a check with their times; the failed one carries the provider's words and the usual cause.
#[component]
pub fn CheckSteps(
    /// The check.
    check: CheckView,
) -> impl IntoView {
    let whole = check.steps.iter().map(|step| step.started_ms + step.took_ms).max().unwrap_or(0).max(1);
    let mut diagnosis = check.diagnosis;
    view! {
        <ol class="lk-check">
            {check
                .steps
                .into_iter()
                .map(|step| {
                    let diagnosis = if step.state == StepState::Failed { diagnosis.take() } else { None };
                    view! { <Step step=step whole=whole diagnosis=diagnosis /> }
                })
                .collect_view()}
        </ol>
    }
}

#[component]
fn Step(step: StepReport, whole: u32, diagnosis: Option<DiagnosisView>) -> impl IntoView {
    let (class, icon, turning, words) = match step.state {
        StepState::Passed => ("is-pass", "i-circle-check", "", "Passed"),
        StepState::Skipped => ("is-pass", "i-minus", "", "Not needed"),
        StepState::Failed => ("is-bad", "i-circle-x", "", "Failed"),
        StepState::Running => ("is-run", "i-loader-circle", "lk-spin", "Running"),
        StepState::Waiting => ("is-wait", "i-circle-dashed", "", "Waiting"),
        StepState::NotRun => ("is-wait", "i-circle-dashed", "", "Not run yet"),
    };
    let bar = match step.state {
        StepState::Passed => Some(""),
        StepState::Failed => Some("bad"),
        StepState::Running => Some("run"),
        StepState::Skipped | StepState::Waiting | StepState::NotRun => None,
    };
    let time = match step.state {
        StepState::Passed | StepState::Failed => duration_words(step.took_ms).into_any(),
        StepState::Running => "running".into_any(),
        StepState::Skipped => view! { <span class="text-faint">"not needed"</span> }.into_any(),
        StepState::Waiting => view! { <span class="text-faint">"waiting"</span> }.into_any(),
        StepState::NotRun => view! { <span class="text-faint">"not run"</span> }.into_any(),
    };
    view! {
        <li class=class>
            <Icon name=icon class=turning />
            <div>
                <b>{step.kind.title()}</b>
                <span class="sr-only">{format!(": {words}.")}</span>
                {(!step.detail.is_empty()).then(|| view! { <p>{step.detail}</p> })}
                {diagnosis.map(|diagnosis| view! { <Why diagnosis=diagnosis /> })}
            </div>
            <div class="text-end">
                <span class="lk-code lk-num text-muted">{time}</span>
                {bar.map(|bar| view! { <Waterfall class=bar start=step.started_ms took=step.took_ms whole=whole /> })}
            </div>
        </li>
    }
}

#[component]
fn Why(diagnosis: DiagnosisView) -> impl IntoView {
    view! {
        {(!diagnosis.cause.is_empty()).then(|| view! { <p class="mt-2">{diagnosis.cause}</p> })}
        {(!diagnosis.provider_said.is_empty())
            .then(|| {
                view! {
                    <details class="lk-fold mt-2">
                        <summary class="text-xs font-medium">
                            <Icon name="i-chevron-right" class="lk-i-turn lk-i-sm" />
                            "What the server sent, secrets removed"
                        </summary>
                        <pre class="lk-pre mt-2" tabindex="0">
                            {diagnosis.provider_said}
                        </pre>
                    </details>
                }
            })}
    }
}

#[component]
fn Waterfall(class: &'static str, start: u32, took: u32, whole: u32) -> impl IntoView {
    let scale = |millis: u32| f64::from(millis) * 144.0 / f64::from(whole);
    view! {
        <svg class="lk-wf hidden sm:block" viewBox="0 0 144 12" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bg" x="0" y="5.5" width="144" height="1"></rect>
            <rect class=class x=format!("{:.1}", scale(start)) y="3" width=format!("{:.1}", scale(took).max(1.5)) height="6" rx="2"></rect>
        </svg>
    }
}
