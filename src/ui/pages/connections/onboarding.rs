//! The first steps of a new organization; they tick themselves off.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::{ConnectorSummary, OnboardingView};
use crate::ui::components::{Ago, Icon, Logo};
use crate::ui::words::count;

/// The three steps.
#[component]
pub fn FirstSteps(steps: OnboardingView, shortcuts: Vec<ConnectorSummary>, now: Timestamp) -> impl IntoView {
    let done = [steps.key_copied_at.is_some(), steps.connected_at.is_some(), steps.colleague_at.is_some()];
    let current = done.iter().position(|done| !done);
    let services = format!("Browse {}", count(steps.services, "service"));
    let browse = if current == Some(1) { "btn btn-primary self-start" } else { "btn btn-quiet self-start" };
    view! {
        <div class="mx-auto max-w-[44rem] pt-6 md:pt-12">
            <div class="text-center">
                <KeyCut />
                <h1 class="lk-h1 mt-8">{format!("Welcome, {}. Nothing is connected yet", steps.first_name)}</h1>
                <p class="lk-sub mx-auto">"Three steps, about five minutes. They tick themselves off."</p>
            </div>
            <ol class="lk-card mt-8 divide-y divide-line">
                <Step number=1 title="Keep a copy of your key" done=done[0] current=current==Some(0) action=sheet_button(done[0], steps.may_copy_key)>
                    {match steps.key_copied_at {
                        Some(at) => {
                            view! {
                                "Recovery sheet downloaded "
                                <Ago at=at now=now />
                                ". Store it away from this server."
                            }
                                .into_any()
                        }
                        None => "Without it nothing stored can be read again. The recovery sheet says where it is and how to copy it.".into_any(),
                    }}
                </Step>
                <Step
                    number=2
                    title="Connect your first account"
                    done=done[1]
                    current=current==Some(1)
                    action=view! {
                        <a class=browse href="/marketplace">
                            {services}
                        </a>
                    }
                        .into_any()
                >
                    <p>"Pick a service. The guide tests it before anything is saved."</p>
                    <p class="mt-3 flex flex-wrap gap-2">{shortcuts.into_iter().map(|connector| view! { <Shortcut connector=connector /> }).collect_view()}</p>
                </Step>
                <Step
                    number=3
                    title="Bring a colleague"
                    done=done[2]
                    current=current==Some(2)
                    action=view! {
                        <a class="link text-sm" href="/members">
                            "Invite somebody"
                        </a>
                    }
                        .into_any()
                >
                    "A viewer sees whether things work and can change nothing."
                </Step>
            </ol>
        </div>
    }
}

fn sheet_button(done: bool, allowed: bool) -> AnyView {
    let (class, words) = if done { ("link text-sm", "Download again") } else { ("btn btn-primary self-start", "Download recovery sheet") };
    if allowed { view! { <SheetForm class=class words=words /> }.into_any() } else { ().into_any() }
}

/// Asks for the recovery sheet; the answer is a download, so the page stays.
#[component]
fn SheetForm(class: &'static str, words: &'static str) -> impl IntoView {
    view! {
        <form method="post" action="/recovery-sheet">
            <button class=class type="submit">
                {words}
            </button>
        </form>
    }
}

#[component]
fn Step(number: u8, title: &'static str, done: bool, current: bool, action: AnyView, children: Children) -> impl IntoView {
    let state = match (done, current) {
        (true, _) => " is-done",
        (false, true) => " is-now",
        (false, false) => "",
    };
    let dot = if done { view! { <Icon name="i-check" class="lk-i-sm" /> }.into_any() } else { number.into_any() };
    view! {
        <li class=format!("flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4{state}")>
            <span class="lk-dot self-start" aria-hidden="true">
                {dot}
            </span>
            <div class="min-w-0 flex-1 basis-56">
                <h2 class="font-semibold">{title} {done.then(|| view! { <span class="sr-only">", done"</span> })}</h2>
                <div class="text-sm text-muted">{children()}</div>
            </div>
            {action}
        </li>
    }
}

#[component]
fn Shortcut(connector: ConnectorSummary) -> impl IntoView {
    view! {
        <a class="btn btn-quiet btn-sm ps-1.5" href=format!("/marketplace/{}", connector.id)>
            <Logo connector=connector.id.clone() name=connector.name.clone() glyph=connector.glyph size="lk-logo-xs" />
            {connector.name}
        </a>
    }
}

/// Above the list as long as nobody has downloaded the recovery sheet.
#[component]
pub fn KeepTheKey() -> impl IntoView {
    view! {
        <div class="lk-flash lk-flash-warn mt-6">
            <Icon name="i-key-round" />
            <div class="flex min-w-0 flex-1 flex-wrap justify-between gap-x-4 gap-y-1">
                <p>
                    <strong class="font-semibold">"Keep a copy of your key."</strong>
                    " Without it nothing stored can be read again."
                </p>
                <SheetForm class="link" words="Download recovery sheet" />
            </div>
        </div>
    }
}

#[component]
fn KeyCut() -> impl IntoView {
    view! {
        <svg class="mx-auto block" width="260" height="104" viewBox="0 0 260 104" fill="none" aria-hidden="true">
            <path class="lk-ea-1" d="M8 52h50l8 12h14l8-12h12l5 7h16l5-7h14l10 15h12l10-15h80"></path>
            <path class="lk-ea-1" d="M8 84h34l6 9h18l6-9h30l9 14h18l9-14h22l5 7h12l5-7h60"></path>
            <g class="lk-ea-2">
                <path d="M74 20h104l9 6.500-9 6.500H74z"></path>
                <path class="lk-ea-cut" d="M92 20l5 6h6l5-6M114 20l7 8h6l7-8M142 20l4 5h7l4-5"></path>
                <circle cx="58" cy="26.500" r="18"></circle>
            </g>
            <circle class="lk-ea-hole" cx="53" cy="26.500" r="6"></circle>
        </svg>
    }
}
