//! The way to the connection's open issue.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::IssueView;
use crate::ui::components::{Ago, Icon};

/// Since when an issue is open, whether people were told, and a link to it; nothing when none is open.
#[component]
pub fn OpenIssue(issue: Option<IssueView>, now: Timestamp) -> impl IntoView {
    issue.map(|issue| {
        view! {
            <p class="mt-3 flex items-start gap-2 text-sm text-muted">
                <Icon name="i-inbox" class="mt-0.5" />
                <span>
                    "An issue is open since "
                    <Ago at=issue.opened_at now=now clock=true />
                    {if issue.told_at.is_some() { ". Those who look after it got a letter. " } else { ". " }}
                    <a class="link" href=format!("/issues#{}", issue.id)>"See the issue"</a>
                </span>
            </p>
        }
    })
}
