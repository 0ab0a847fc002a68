//! The last 24 hours as bars.

use std::fmt::Write as _;

use leptos::prelude::*;

use super::markup::Markup;
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
#[component]
pub fn UptimeBars(
    /// The bars.
    bars: Vec<Bar>,
    /// Whether it is the large drawing of a connection's page.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let mut out = Markup::default();
    uptime_bars(&mut out, &bars, large);
    out.into_view()
}

/// The bars as text: a dashed line per kind, broken where another kind stands, so that fifty rows stay light.
pub fn uptime_bars(out: &mut Markup, bars: &[Bar], large: bool) {
    let (step, width, height) = if large { (14, 6, 48) } else { (4, 2, 18) };
    let total = bars.len().saturating_sub(1) * step + width;
    out.raw(if large { r#"<svg class="lk-bars w-full" width=""# } else { r#"<svg class="lk-bars" width=""# });
    out.number(total).raw(r#"" height=""#).number(height).raw(r#"" viewBox="0 0 "#).number(total).raw(" ").number(height);
    out.raw(r#"" role="img" aria-label=""#).text(&bars_sentence(bars)).raw(r#"">"#);
    let kinds = [
        (Bar::Ok, r#"<path class="lk-b-ok" d=""#, height),
        (Bar::Slow, r#"<path class="lk-b-slow" d=""#, height * 2 / 3),
        (Bar::Fail, r#"<path class="lk-b-fail" d=""#, height / 3),
        (Bar::None, r#"<path class="lk-b-none" d=""#, 2),
    ];
    for (kind, path, tall) in kinds.into_iter().filter(|(kind, ..)| bars.contains(kind)) {
        out.raw(path);
        let mut first = 0;
        for run in bars.chunk_by(|one, next| one == next) {
            if run[0] == kind {
                out.raw("M").number(first * step).raw(" ").number(height - tall / 2).raw("h").number((run.len() - 1) * step + width);
            }
            first += run.len();
        }
        out.raw(r#"" stroke-width=""#).number(tall).raw(r#"" stroke-dasharray=""#).number(width).raw(" ").number(step - width).raw(r#""></path>"#);
    }
    out.raw("</svg>");
}
