//! Parts of pages: what must be escaped, and what times and bars say.

use latchkey::domain::{LocalPath, Timestamp};
use latchkey::dto::Bar;
use latchkey::ui::components::markup::Markup;
use latchkey::ui::components::{Field, TextArea, UptimeBars, ago, bars_sentence, clock_words, duration_words, initials};
use latchkey::ui::flash::Flash;
use latchkey::ui::redirect::{local, sign_in};
use latchkey::ui::words::{a_role, host_of, thousands};
use leptos::prelude::*;

/// Friday, 20 November 2026, 09:32 UTC.
const NOW: Timestamp = Timestamp::from_millis(1_795_167_120_000);
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn html(view: impl IntoView) -> String {
    Owner::new().with(|| view.into_view().to_html())
}

#[test]
fn text_cannot_leave_a_text_area() {
    let hostile = "</textarea><script>alert(1)</script>&amp;\"'";
    let html = html(view! { <TextArea name="note" value=hostile /> });
    assert!(!html.contains("</textarea><script>"), "{html}");
    assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;\"'</textarea>"), "{html}");
}

#[test]
fn a_text_area_keeps_its_first_line_break() {
    let html = html(view! { <TextArea name="note" value="\nsecond line" /> });
    assert!(html.contains(">\n\nsecond line</textarea>"), "{html}");
}

#[test]
fn text_cannot_leave_an_attribute_or_a_paragraph() {
    let hostile = "\"><script>alert(1)</script>";
    let html = html(view! { <Field name="n" label=hostile value=hostile help=hostile /> });
    assert!(!html.contains("<script>"), "{html}");
    assert!(!html.contains("value=\"\">"), "{html}");
}

#[test]
fn a_password_field_never_takes_a_value() {
    let html = html(view! { <Field name="password" label="Password" kind="password" value="hunter2-canary" /> });
    assert!(!html.contains("hunter2-canary"), "{html}");
}

#[test]
fn a_refused_field_points_to_its_reason() {
    let html = html(view! { <Field name="site" label="Site name" help="Often production." error="No such site." /> });
    assert!(html.contains("aria-invalid=\"true\"") && html.contains("aria-describedby=\"site-error\"") && html.contains("id=\"site-error\""), "{html}");
    assert!(!html.contains("Often production."), "{html}");
}

#[test]
fn times_are_said_relative_to_now() {
    let said = [
        (0, "just now"),
        (-2 * MINUTE, "2 min ago"),
        (-3 * HOUR, "3 h ago"),
        (-17 * HOUR, "yesterday 16:32"),
        (-2 * 24 * HOUR, "Wed 09:32"),
        (-17 * 24 * HOUR, "3 Nov 2026"),
        (28 * MINUTE, "in 28 min"),
        (5 * HOUR, "in 5 h"),
    ];
    for (moved, words) in said {
        assert_eq!(ago(NOW.plus_millis(moved), NOW), words);
    }
    assert_eq!(clock_words(NOW.plus_millis(-HOUR), NOW), "08:32");
    assert_eq!(clock_words(NOW.plus_millis(-17 * 24 * HOUR), NOW), "3 Nov");
    assert_eq!(ago(Timestamp::from_millis(i64::MIN), NOW), "1 Jan 1970");
}

#[test]
fn bars_and_durations_are_said_in_words() {
    assert_eq!(bars_sentence(&[Bar::Ok; 48]), "Every check of the last 24 hours passed");
    assert_eq!(bars_sentence(&[Bar::None; 48]), "Not checked in the last 24 hours");
    assert_eq!(bars_sentence(&[Bar::Ok, Bar::Slow, Bar::Fail, Bar::None]), "The last 24 hours by half hour: 1 passed, 1 slow, 1 failed, 1 not checked");
    assert_eq!((duration_words(312).as_str(), duration_words(1_900).as_str()), ("312 ms", "1.9 s"));
    assert_eq!([0, 999, 1_440, 1_000_000].map(thousands).join(" "), "0 999 1,440 1,000,000");
    assert_eq!((a_role("Org admin").as_str(), a_role("Viewer").as_str(), host_of("https://a.example:8443/x")), ("an org admin", "a viewer", "a.example:8443"));
    assert_eq!((initials("Dana Whitfield").as_str(), initials("  madonna ").as_str(), initials("").as_str()), ("DW", "M", ""));
}

#[test]
fn bars_are_dashes_of_their_kind_in_their_place() {
    let bars = vec![Bar::Ok, Bar::Ok, Bar::Fail, Bar::Ok, Bar::None];
    let drawn = html(view! { <UptimeBars bars=bars /> });
    assert!(drawn.contains(r#"class="lk-b-ok" d="M0 9h6M12 9h2" stroke-width="18" stroke-dasharray="2 2""#), "{drawn}");
    assert!(drawn.contains(r#"class="lk-b-fail" d="M8 15h2" stroke-width="6""#), "{drawn}");
    assert!(drawn.contains(r#"class="lk-b-none" d="M16 17h2" stroke-width="2""#) && !drawn.contains("lk-b-slow"), "{drawn}");
}

#[test]
fn what_is_put_together_as_text_is_escaped() {
    let hostile = "\"><script>&é";
    let mut out = Markup::default();
    out.raw("<i title=\"").text(hostile).raw("\">").text(hostile).number(7).raw("</i>");
    assert_eq!(html(out.into_view()), "<i title=\"&quot;&gt;&lt;script&gt;&amp;é\">&quot;&gt;&lt;script&gt;&amp;é7</i>");
}

#[test]
fn a_redirect_stays_on_this_site() {
    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "\r\nLocation: https://evil.example", "javascript:alert(1)", ""] {
        assert_eq!(local(elsewhere), LocalPath::home(), "{elsewhere}");
    }
    assert_eq!(sign_in("/connections?q=a&status=off").as_str(), "/sign-in?next=%2Fconnections%3Fq%3Da%26status%3Doff");
}

#[test]
fn a_message_keeps_what_was_typed_but_not_forever_long() {
    let flash = Flash::bad("No.", "Nothing was saved.").typed("email", &"x".repeat(2_000));
    assert_eq!((flash.value("email").len(), flash.value("other").as_str()), (1_000, ""));
}
