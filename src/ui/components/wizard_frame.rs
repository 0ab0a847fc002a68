//! The frame of the five steps from a connector's page to a connection.

use leptos::prelude::*;

use crate::dto::ConnectorSummary;
use crate::ui::components::{Icon, Logo, SandboxBanner};
use crate::ui::page::Page;

/// The steps, in order.
pub const STEPS: [&str; 5] = ["What you get", "How sign-in works", "Your details", "Live test", "Done"];

/// Where a wizard stands.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// The step, from 1 to 5.
    pub step: usize,
    /// The provider.
    pub connector: &'a ConnectorSummary,
    /// The draft, when steps that are done can be opened again.
    pub draft: Option<&'a str>,
    /// A few words below the current step, such as `Running`.
    pub note: String,
    /// Whether the current step failed.
    pub failed: bool,
}

impl<'a> Standing<'a> {
    /// A standing without a note.
    pub const fn at(step: usize, connector: &'a ConnectorSummary, draft: Option<&'a str>) -> Self {
        Self { step, connector, draft, note: String::new(), failed: false }
    }

    fn link(&self, step: usize) -> Option<String> {
        let draft = self.draft?;
        match step {
            1 => Some(format!("/marketplace/{}", self.connector.id)),
            2 => Some(format!("/connect/{draft}/sign-in")),
            3 => Some(format!("/connect/{draft}/details")),
            _ => None,
        }
    }
}

/// A whole wizard page: the steps, `body` and the help beside it.
pub fn wizard_page(standing: &Standing<'_>, body: impl IntoView + 'static, aside: impl IntoView + 'static) -> Page {
    let current = STEPS.get(standing.step.saturating_sub(1)).copied().unwrap_or_default();
    let name = standing.connector.name.clone();
    let number = standing.step;
    let view = view! {
        <div class="grid gap-x-10 gap-y-6 lg:grid-cols-[12.5rem_minmax(0,1fr)] xl:grid-cols-[12.5rem_minmax(0,37rem)_17.5rem] xl:justify-between">
            <div class="hidden lg:block">
                <div class="lg:sticky lg:top-8">
                    <ol class="lk-steps" aria-label="Steps">
                        {steps(standing)}
                    </ol>
                </div>
            </div>
            <div class="min-w-0">
                <div class="mb-5 lg:hidden">
                    <p class="mb-2 text-xs font-medium text-muted">{format!("Step {number} of 5 · ")} <span class="text-base-content">{current}</span></p>
                    <div class="lk-seg5" aria-hidden="true">
                        {(1..=STEPS.len()).map(|step| view! { <i class=if step <= number { "on" } else { "" }></i> }).collect_view()}
                    </div>
                </div>
                <SandboxBanner class="mb-6" only=standing.connector.id.clone() />
                {body}
            </div>
            <aside class="grid content-start gap-6 lg:col-start-2 xl:col-start-3" aria-label="Help">
                {aside}
            </aside>
        </div>
    };
    let title = format!("Connect {name}: {}", current.to_lowercase());
    Page::focused(title, format!("Connect {name}"), ("Back to marketplace", "/marketplace"), view)
}

fn steps(standing: &Standing<'_>) -> Vec<AnyView> {
    STEPS.iter().enumerate().map(|(index, title)| step(standing, index.saturating_add(1), title).into_any()).collect()
}

fn step(standing: &Standing<'_>, number: usize, title: &'static str) -> impl IntoView + use<> {
    let here = number == standing.step;
    let done = number < standing.step || number == STEPS.len() && here;
    let failed = here && standing.failed;
    let class = match (failed, done, here) {
        (true, ..) => "is-fail",
        (_, true, _) => "is-done",
        (.., true) => "is-now",
        _ => "",
    };
    let dot = match (failed, done) {
        (true, _) => view! { <Icon name="i-x" class="lk-i-sm" /> }.into_any(),
        (_, true) => view! { <Icon name="i-check" class="lk-i-sm" /> }.into_any(),
        _ => number.to_string().into_any(),
    };
    let past = number < standing.step;
    let words = match standing.link(number).filter(|_| past) {
        Some(path) => view! { <a class="hover:underline" href=path>{title}</a> }.into_any(),
        None => title.into_any(),
    };
    let note = (here && !standing.note.is_empty()).then(|| view! { <small>{standing.note.clone()}</small> });
    view! {
        <li class=class aria-current=here.then_some("step")>
            <span class="lk-dot" aria-hidden="true">{dot}</span>
            <span class="lk-step-t">{words}{past.then(|| view! { <span class="sr-only">", done"</span> })}{note}</span>
        </li>
    }
}

/// The provider's mark, the headline and the sentence below it.
pub fn wizard_head(connector: &ConnectorSummary, title: &str, sentence: &str) -> impl IntoView + use<> {
    let (title, sentence) = (title.to_owned(), sentence.to_owned());
    view! {
        <div class="mb-6 flex items-start gap-4">
            <Logo connector=connector.id.clone() name=connector.name.clone() glyph=connector.glyph.clone() size="lk-logo-lg" />
            <div>
                <h1 class="lk-h1">{title}</h1>
                <p class="lk-sub">{sentence}</p>
            </div>
        </div>
    }
}

/// One note of the help beside a step.
pub fn note<B: IntoView + 'static>(symbol: &'static str, title: &str, body: B) -> impl IntoView + use<B> {
    let title = title.to_owned();
    view! {
        <section class="text-sm">
            <h2 class="flex items-center gap-2 font-semibold"><Icon name=symbol class="text-faint" />{title}</h2>
            <div class="mt-2 text-muted">{body}</div>
        </section>
    }
}
