//! The last 24 hours as bars.

use std::fmt::Write as _;

use leptos::prelude::*;

use crate::dto::Bar;

/// What the bars say, in one sentence.
pub fn bars_sentence(bars: &[Bar]) -> String {
    let count = |kind: Bar| bars.iter().filter(|bar| **bar == kind).count();
    let (passed, slow, failed, unchecked) = (count(Bar::Ok), count(Bar::Slow), count(Bar::Fail), count(Bar::None));
    if unchecked == bars.len() {
        return "Not checked in the last 24 hours".to_owned();
    }
    if slow + failed + unchecked == 0 {
        return "Every check of the last 24 hours passed".to_owned();
    }
    let mut sentence = format!("The last 24 hours by half hour: {passed} passed");
    for (number, words) in [(slow, "slow"), (failed, "failed"), (unchecked, "not checked")] {
        if number > 0 {
            let _ = write!(sentence, ", {number} {words}");
        }
    }
    sentence
}

/// Bars of half an hour each, oldest first: full height passed, two thirds slow, one third failed, a dot not checked.
///
/// At most four paths, one per kind, so that fifty rows stay light.
#[component]
pub fn UptimeBars(
    /// The bars.
    bars: Vec<Bar>,
    /// Whether it is the large drawing of a connection's page.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let (step, width, height) = if large { (14, 6, 48) } else { (4, 2, 18) };
    let total = bars.len().saturating_sub(1) * step + width;
    let path = |kind: Bar, class: &'static str, tall: usize| {
        let mut drawing = String::new();
        for (place, _) in bars.iter().enumerate().filter(|(_, bar)| **bar == kind) {
            let _ = write!(drawing, "M{} {}h{width}v{tall}h-{width}z", place * step, height - tall);
        }
        (!drawing.is_empty()).then(|| view! { <path class=class d=drawing></path> })
    };
    let paths = (
        path(Bar::Ok, "lk-b-ok", height),
        path(Bar::Slow, "lk-b-slow", height * 2 / 3),
        path(Bar::Fail, "lk-b-fail", height / 3),
        path(Bar::None, "lk-b-none", 2),
    );
    view! {
        <svg
            class=if large { "lk-bars w-full" } else { "lk-bars" }
            width=total.to_string()
            height=height.to_string()
            viewBox=format!("0 0 {total} {height}")
            role="img"
            aria-label=bars_sentence(&bars)
        >
            {paths}
        </svg>
    }
}
