//! How long the audit log is kept.

use axum::response::Response;
use leptos::prelude::*;

use crate::dto::AuditRetention;
use crate::services::audit;
use crate::ui::components::{Breadcrumb, Field, FlashMessage, date_words};
use crate::ui::page::{Page, Place, flash};
use crate::ui::visit::Member;

/// `GET /organisation/audit`
pub async fn get(member: Member) -> Response {
    let view = audit::retention(&member.app, &member.actor).await;
    member.page(view, page).await
}

/// Draws it.
pub fn page(view: AuditRetention) -> Page {
    let left = flash();
    let typed = left.values.contains_key("keep");
    let forever = if typed { left.value("keep") == "always" } else { view.days == 0 };
    let days = if typed {
        left.value("days")
    } else if view.days == 0 {
        String::new()
    } else {
        view.days.to_string()
    };
    let erased = view.erased_before.map(|at| format!("What is older than {} has been erased.", date_words(at)));
    let body = view! {
        <Breadcrumb href="/audit" above="Audit log" here="How long it is kept" />
        <div class="lk-head">
            <div>
                <h1 class="lk-h1">"How long the audit log is kept"</h1>
                <p class="lk-sub">"Older entries lose their content. Their places and seals stay, so that the chain can still be verified."</p>
            </div>
        </div>
        <FlashMessage class="mt-6" />
        <section class="lk-card mt-6 max-w-[40rem]" aria-label="Retention">
            <form method="post" action="/actions/organisation/audit">
                <div class="lk-card-b grid gap-5">
                    <fieldset class="grid gap-2.5 text-sm">
                        <legend class="mb-2 font-medium">"Keep entries"</legend>
                        <label class="flex items-center gap-2.5">
                            <input class="radio radio-sm" type="radio" name="keep" value="always" checked=forever />
                            "For ever"
                        </label>
                        <label class="flex items-center gap-2.5">
                            <input class="radio radio-sm" type="radio" name="keep" value="days" checked=!forever />
                            "For a number of days"
                        </label>
                    </fieldset>
                    <Field
                        name="days"
                        label="Days"
                        kind="number"
                        autocomplete="off"
                        optional=true
                        value=days
                        error=left.error("days")
                        help="30 or more. Entries that are older are erased within an hour, and cannot be brought back."
                    />
                    {erased.map(|words| view! { <p class="lk-cap">{words}</p> })}
                </div>
                <div class="lk-card-f">
                    <button class="btn btn-primary" type="submit">
                        "Save"
                    </button>
                    <a class="btn btn-quiet" href="/audit">
                        "Leave it as it is"
                    </a>
                </div>
            </form>
        </section>
    };
    Page::in_sidebar("How long the audit log is kept", Place::Audit, body)
}
