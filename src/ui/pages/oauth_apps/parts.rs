//! What several pages of OAuth apps draw.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::{OAuthAppForm, OAuthAppLine, Pill};
use crate::ui::components::{Field, Icon, date_words, utc_words};
use crate::ui::flash::Flash;
use crate::ui::islands::CopyText;

/// A secret that ends within this time is said so, in milliseconds.
const SOON_MS: i64 = 30 * 24 * 3_600_000;

/// How an app is, in a word.
pub fn pill(line: &OAuthAppLine, now: Timestamp) -> Pill {
    let pill = |kind: &str, icon: &str, label: &str, loud| Pill { kind: kind.to_owned(), icon: icon.to_owned(), label: label.to_owned(), loud };
    match line.secret_ends_at {
        Some(end) if end <= now => pill("bad", "i-circle-x", "Secret has ended", true),
        Some(end) if end.since(now) < SOON_MS => pill("warn", "i-clock-alert", "Ends soon", true),
        _ if line.connections > 0 => pill("ok", "i-circle-check", "In use", false),
        _ => pill("idle", "i-circle-dashed", "Not used yet", false),
    }
}

/// Whether somebody has to see to an app.
pub fn needs_somebody(line: &OAuthAppLine, now: Timestamp) -> bool {
    line.secret_ends_at.is_some_and(|end| end.since(now) < SOON_MS)
}

/// When the secret ends, and its last characters.
pub fn secret_words(line: &OAuthAppLine) -> (String, String) {
    let ends = line.secret_ends_at.map_or_else(|| "Not known".to_owned(), date_words);
    let hint = if line.secret_hint.is_empty() { String::new() } else { format!("ends in …{}", line.secret_hint) };
    (ends, hint)
}

/// An address to give to a provider, to be copied or selected.
#[component]
pub fn CopyAddress(
    /// The address.
    address: String,
) -> impl IntoView {
    view! {
        <CopyText>
            <span class="lk-code min-w-0 flex-1 select-all break-all" data-copy="">
                {address}
            </span>
        </CopyText>
    }
}

/// How an app is registered with the provider.
pub fn guide(form: &OAuthAppForm) -> impl IntoView + use<> {
    let steps = form.steps.iter().map(|step| view! { <li>{step.clone()}</li> }).collect_view();
    let link = (!form.register_url.is_empty()).then(|| {
        view! {
            <a class="link inline-flex items-center gap-1 text-sm" href=form.register_url.clone() target="_blank" rel="noreferrer">
                {format!("Open {}", form.connector_name)} <Icon name="i-arrow-up-right" class="lk-i-sm" /> <span class="sr-only">" (opens in a new tab)"</span>
            </a>
        }
    });
    view! {
        <section class="lk-card" aria-labelledby="guide">
            <div class="lk-card-h">
                <h2 class="lk-h2" id="guide">
                    {format!("At {}", form.connector_name)}
                </h2>
                {link}
            </div>
            <div class="lk-card-b grid grid-cols-1 gap-4 text-sm">
                <ol class="grid list-decimal grid-cols-1 gap-2 ps-4 wrap-anywhere">{steps}</ol>
                <div class="grid grid-cols-1 gap-1.5">
                    <p class="font-medium">"Redirect address, character by character"</p>
                    <CopyAddress address=form.redirect_uri.clone() />
                </div>
            </div>
        </section>
    }
}

/// The day of an instant, as a date field holds it.
pub fn day(at: Option<Timestamp>) -> String {
    at.map(|at| utc_words(at).chars().take(10).collect()).unwrap_or_default()
}

/// The field with the last day of the secret.
pub fn ends_field(flash: &Flash, stored: String, help: &'static str) -> impl IntoView + use<> {
    let value = if flash.values.contains_key("secret_ends_on") { flash.value("secret_ends_on") } else { stored };
    view! { <Field name="secret_ends_on" label="Last day of the secret" kind="date" value=value error=flash.error("secret_ends_at") help=help optional=true /> }
}
