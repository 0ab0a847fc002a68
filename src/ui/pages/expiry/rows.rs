//! The rows of the expiry calendar.

use leptos::prelude::*;
use time::OffsetDateTime;
use time::macros::format_description;

use super::{SOON, days_left, is_over};
use crate::domain::Timestamp;
use crate::dto::{ExpiryLine, ExpiryReminder};
use crate::ui::components::Icon;

/// The rows, in a card.
pub fn rows(lines: &[&ExpiryLine], now: Timestamp) -> impl IntoView + use<> {
    let rows: Vec<_> = lines.iter().map(|line| row(line, now)).collect();
    view! { <ul class="lk-card divide-y divide-line">{rows}</ul> }
}

fn row(line: &ExpiryLine, now: Timestamp) -> impl IntoView + use<> {
    let (over, left) = (is_over(line, now), days_left(line.ends_at, now));
    let soon = !line.renews && left <= SOON;
    let day = if over {
        "lk-day lk-day-bad"
    } else if soon {
        "lk-day lk-day-warn"
    } else {
        "lk-day"
    };
    let tone = match (over, soon) {
        (true, _) => "text-sm font-semibold text-bad max-lg:col-start-2",
        (false, true) => "text-sm font-semibold text-warn max-lg:col-start-2",
        (false, false) => "text-sm text-muted max-lg:col-start-2",
    };
    let (iso, month, number) = parts(line.ends_at);
    let owner = line.owner.as_ref().filter(|owner| !owner.name.is_empty()).map(|owner| format!("owner {}", owner.name));
    let about: Vec<String> = Some(line.about.clone()).filter(|about| !about.is_empty()).into_iter().chain(owner).collect();
    let note = (!line.note.is_empty()).then(|| view! { <p class="mt-0.5 text-xs text-muted whitespace-pre-line break-words">{line.note.clone()}</p> });
    view! {
        <li class="grid grid-cols-[3rem_minmax(0,1fr)] items-center gap-x-4 gap-y-2 px-5 py-3.5 lg:grid-cols-[3rem_minmax(0,1fr)_8.5rem_9.5rem_9.5rem]">
            <div class=day aria-hidden="true"><span>{month}</span><b>{number}</b></div>
            <div class="min-w-0">
                <p class="font-semibold break-words"><time datetime=iso.clone() class="sr-only">{format!("{iso}: ")}</time>{line.title.clone()}</p>
                <p class="text-xs text-muted break-words">{about.join(" \u{b7} ")}</p>
                {note}
            </div>
            <p class=tone>{when(left, over)}</p>
            <div class="max-lg:col-start-2">{state(line)}</div>
            <div class="max-lg:col-start-2 lg:text-end">{step(line, over || soon)}</div>
        </li>
    }
}

/// What is done about it: reminders, or nothing because nobody has to do anything.
fn state(line: &ExpiryLine) -> AnyView {
    if let Some(provider) = &line.ended_early_by {
        return view! { <span class="text-xs text-muted">{format!("Ended early, by {provider}")}</span> }.into_any();
    }
    if line.renews {
        return view! { <span class="lk-pill lk-pill-ok"><Icon name="i-refresh-cw" />"Renews itself"</span> }.into_any();
    }
    let reminders: Vec<_> = line.reminders.iter().map(reminder).collect();
    (!reminders.is_empty()).then(|| view! { <ul class="lk-rem" aria-label="Reminders, days before">{reminders}</ul> }).into_any()
}

fn reminder(reminder: &ExpiryReminder) -> AnyView {
    let days = reminder.days;
    if reminder.sent {
        view! { <li class="is-sent"><Icon name="i-check" />{days}<span class="sr-only">" days before, sent"</span></li> }.into_any()
    } else {
        view! { <li>{days}<span class="sr-only">" days before, planned"</span></li> }.into_any()
    }
}

/// The next step, and the way to the date itself for who may change it.
fn step(line: &ExpiryLine, now: bool) -> impl IntoView + use<> {
    let class = if now { "btn btn-primary btn-sm" } else { "btn btn-quiet btn-sm" };
    let change = line.id.as_ref().filter(|_| line.may_edit).map(|id| format!("/expiry/{id}"));
    let label = |words: &str| format!("{words}: {}", line.title);
    let to_date = change
        .clone()
        .filter(|change| *change != line.path)
        .map(|href| view! { <a class="btn btn-ghost btn-sm" href=href aria-label=label("Change the date")>"Change"</a> });
    let to_thing = (!line.path.is_empty()).then(|| {
        let class = if change.as_ref() == Some(&line.path) { "btn btn-quiet btn-sm" } else { class };
        view! { <a class=class href=line.path.clone() aria-label=label(&line.step)>{line.step.clone()}</a> }
    });
    view! { {to_date} {to_thing} }
}

/// `In 6 days`, `Ended yesterday`.
fn when(left: i64, over: bool) -> String {
    match (over, left) {
        (true, 0) => "Ended today".to_owned(),
        (true, -1) => "Ended yesterday".to_owned(),
        (true, left) => format!("Ended {} days ago", -left),
        (false, 0) => "Ends today".to_owned(),
        (false, 1) => "Tomorrow".to_owned(),
        (false, left) => format!("In {left} days"),
    }
}

/// `2026-11-26`, `NOV`, `26`.
fn parts(at: Timestamp) -> (String, String, String) {
    let day = OffsetDateTime::from_unix_timestamp(at.millis().div_euclid(1_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let iso = day.format(format_description!("[year]-[month]-[day]")).unwrap_or_default();
    let month = day.format(format_description!("[month repr:short]")).unwrap_or_default().to_uppercase();
    (iso, month, day.day().to_string())
}
