//! Whether providers can lead browsers back here.

use axum::response::Response;
use leptos::prelude::*;

use super::parts::CopyAddress;
use crate::dto::{RedirectDoctor, RedirectFinding, RedirectState};
use crate::services::oauth_apps::{self, Reached};
use crate::ui::components::{Breadcrumb, FlashMessage, Icon};
use crate::ui::islands::BrowserOrigin;
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

/// `GET /oauth-apps/doctor`.
pub async fn get(member: Member, reached: Reached) -> Response {
    let view = oauth_apps::doctor(&member.app, &member.actor, &reached);
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(view: &RedirectDoctor) -> Page {
    let settings: Vec<_> = view.findings.iter().filter(|finding| !finding.setting.is_empty()).map(setting).collect();
    let change = (!settings.is_empty()).then(|| {
        view! {
            <section class="lk-card mt-6" aria-labelledby="change">
                <div class="lk-card-h">
                    <h2 class="lk-h2" id="change">
                        "What to change"
                    </h2>
                </div>
                <dl class="lk-card-b lk-kv">{settings}</dl>
            </section>
        }
    });
    let body = view! {
        <Breadcrumb href="/oauth-apps" above="OAuth apps" here="Redirect doctor" />
        <h1 class="lk-h1">"Redirect doctor"</h1>
        <p class="lk-sub">
            "Providers send people back to one fixed address. It is made from a setting of this server alone, whatever a request says; here it is compared with yours."
        </p>
        <FlashMessage class="mt-6" />
        {card(view)}
        <BrowserOrigin public_url=view.public_url.clone() />
        {change}
        <p class="mt-6">
            <a class="btn btn-quiet" href="/oauth-apps/doctor">
                <Icon name="i-rotate-cw" />
                "Look again"
            </a>
        </p>
    };
    Page::in_sidebar("Redirect doctor", Place::OAuthApps, body)
}

fn setting(finding: &RedirectFinding) -> impl IntoView + use<> {
    let variable = format!("LATCHKEY_{}", finding.setting.replace('.', "__").to_uppercase());
    view! {
        <dt>{finding.title.clone()}</dt>
        <dd>
            <span class="lk-code">{finding.setting.clone()}</span>
            ", or in the environment "
            <span class="lk-code">{variable}</span>
        </dd>
    }
}

/// The address and what was looked at.
pub fn card(view: &RedirectDoctor) -> impl IntoView + use<> {
    let failed = view.findings.iter().any(|finding| finding.state == RedirectState::Failed);
    let unknown = view.findings.iter().any(|finding| finding.state == RedirectState::Unknown);
    let headline = match (failed, unknown) {
        (true, _) => "Something about your redirect addresses is not right",
        (false, true) => "Your redirect addresses look right",
        (false, false) => "Your redirect addresses work",
    };
    let findings: Vec<_> = view.findings.iter().map(found).collect();
    view! {
        <section class="lk-card mt-6" aria-labelledby="doctor">
            <div class="grid grid-cols-1 gap-6 p-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.35fr)] lg:gap-10">
                <div>
                    <h2 class="lk-h2" id="doctor">
                        {headline}
                    </h2>
                    <p class="mt-1 text-sm text-muted">"Register each app’s own address at its provider, character by character."</p>
                    <div class="mt-3">
                        <CopyAddress address=view.redirect_uri.clone() />
                    </div>
                    <p class="mt-2.5 lk-cap">
                        "The first part is the setting " <span class="lk-code">"server.public_url"</span> ", the last the connector. "
                        <a class="link" href="/oauth-apps/doctor">
                            "Redirect doctor"
                        </a>
                    </p>
                </div>
                <ul class="grid content-start gap-x-8 gap-y-4 border-line sm:grid-cols-2 lg:border-s lg:ps-10">{findings}</ul>
            </div>
        </section>
    }
}

fn found(finding: &RedirectFinding) -> impl IntoView + use<> {
    let (icon, class, word) = match finding.state {
        RedirectState::Passed => ("i-circle-check", "mt-0.5 text-ok", ": passed"),
        RedirectState::Failed => ("i-circle-x", "mt-0.5 text-bad", ": not right"),
        RedirectState::Unknown => ("i-circle-help", "mt-0.5 text-faint", ": not known"),
    };
    view! {
        <li class="flex gap-3">
            <Icon name=icon class=class />
            <div class="min-w-0">
                <p class="text-sm font-medium">{finding.title.clone()} <span class="sr-only">{word}</span></p>
                <p class="text-xs text-muted [overflow-wrap:anywhere]">{finding.sentence.clone()}</p>
            </div>
        </li>
    }
}
