//! How it has been.

use leptos::prelude::*;

use super::attention;
use crate::domain::{CheckState, StepState, Timestamp};
use crate::dto::{CheckView, ConnectionView};
use crate::ui::components::{Ago, UptimeBars, check_steps, clock_words, duration_words};
use crate::ui::words::thousands;

/// The bars of 24 hours and the figures of 30 days.
#[component]
pub fn Health(view: ConnectionView) -> impl IntoView {
    let hours = [24, 18, 12, 6].map(|hours: i64| clock_words(view.now.plus_millis(-hours * 3_600_000), view.now));
    view! {
        <section class="lk-card" id="health" aria-labelledby="h-health">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="h-health">
                    "Health"
                </h2>
                {attention(&view.row.pill).is_none().then(|| view! { <p class="lk-cap">{view.sentence.clone()}</p> })}
            </div>
            <div class="lk-card-b">
                <div class="overflow-hidden">
                    <UptimeBars bars=view.row.bars.clone() large=true />
                    <div class="mt-2 flex justify-between text-xs text-faint lk-num" aria-hidden="true">
                        {hours.map(|words| view! { <span>{words}</span> }).collect_view()}
                        <span>"Now"</span>
                    </div>
                </div>
                {view.may_see_details.then(|| view! { <Figures view=view.clone() /> })}
            </div>
        </section>
    }
}

#[component]
fn Figures(view: ConnectionView) -> impl IntoView {
    let (passed, all) = view.passed;
    let share = if all == 0 { "–".to_owned() } else { format!("{} %", share_words(passed, all)) };
    let (typical, slowest) =
        view.typical_ms.map_or(("–".to_owned(), "–".to_owned()), |(typical, slowest)| (duration_words(typical), duration_words(slowest)));
    let (failed_at, failed_why) = match view.last_failure {
        Some((at, why)) => (view! { <Ago at=at now=view.now clock=true /> }.into_any(), why),
        None => ("None".into_any(), "in 30 days".to_owned()),
    };
    view! {
        <dl class="mt-5 grid grid-cols-2 gap-4 border-t border-line pt-4 sm:grid-cols-4">
            <Figure title="Passed, 30 days" value=share.into_any() note=format!("{} of {}", thousands(passed), thousands(all)) />
            <Figure title="Typical answer" value=typical.into_any() note="median".to_owned() />
            <Figure title="Slowest" value=slowest.into_any() note="in 30 days".to_owned() />
            <Figure title="Last failure" value=failed_at note=failed_why />
        </dl>
    }
}

fn share_words(passed: u32, all: u32) -> String {
    let tenths = u64::from(passed) * 1_000 / u64::from(all.max(1));
    if tenths == 1_000 { "100".to_owned() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

#[component]
fn Figure(title: &'static str, value: AnyView, note: String) -> impl IntoView {
    view! {
        <div>
            <dt class="lk-cap">{title}</dt>
            <dd class="mt-0.5 text-lg font-semibold tracking-tight lk-num">{value}</dd>
            <dd class="lk-cap">{note}</dd>
        </div>
    }
}

/// The steps of the last check.
#[component]
pub fn LastCheck(check: CheckView, now: Timestamp) -> impl IntoView {
    let passed = check.steps.iter().filter(|step| matches!(step.state, StepState::Passed | StepState::Skipped)).count();
    let headline = match check.state {
        CheckState::Passed => "Last check passed".to_owned(),
        CheckState::Failed => format!("Last check: {passed} of {} steps passed", check.steps.len()),
        CheckState::Running => "A check is running".to_owned(),
        CheckState::Stopped => "Last check did not end".to_owned(),
    };
    view! {
        <section class="lk-card" aria-labelledby="h-last">
            <div class="lk-card-h">
                <div>
                    <h2 class="lk-h2" id="h-last">
                        {headline}
                    </h2>
                    <p class="lk-cap">
                        <Ago at=check.started_at now=now />
                    </p>
                </div>
                <p class="lk-code lk-num text-muted">{duration_words(check.took_ms)}</p>
            </div>
            {check_steps(&check)}
        </section>
    }
}
