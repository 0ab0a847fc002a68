//! The permission receipt.

use leptos::prelude::*;

use super::{Icon, date_words};
use crate::dto::{PermissionView, ReceiptView};

/// What was asked for, what was granted, and what is not possible with it.
#[component]
pub fn Receipt(
    /// The receipt.
    receipt: ReceiptView,
    /// Classes for its place, such as `mt-6`.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let (asked, granted) = (receipt.permissions.len(), receipt.permissions.iter().filter(|permission| permission.granted).count());
    let summary = format!("Asked {asked}, granted {granted} on {}.", date_words(receipt.allowed_at));
    let besides = (!receipt.besides.is_empty()).then(|| {
        let scopes = receipt.besides.join(", ");
        view! { <p class="lk-card-b text-sm text-muted">"Granted besides: "<span class="lk-code break-all">{scopes}</span></p> }
    });
    let ends = match (receipt.refresh_ends_at, receipt.expires_at) {
        (Some(end), _) => format!("Unused, the access ends on {}.", date_words(end)),
        (None, None) => "The provider does not say when the access ends.".to_owned(),
        (None, Some(_)) => String::new(),
    };
    let ends = (!ends.is_empty()).then(|| view! { <p class="lk-card-f text-sm text-muted">{ends}</p> });
    view! {
        <section class=format!("lk-card overflow-hidden {class}") id="permissions" aria-labelledby="h-perm">
            <div class="lk-card-h">
                <div>
                    <h2 class="lk-h2" id="h-perm">"Permission receipt"</h2>
                    <p class="lk-cap">{summary}</p>
                </div>
            </div>
            <table class="lk-table lk-stack" role="table" aria-labelledby="h-perm">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Permission"</th>
                        <th role="columnheader" scope="col">"Granted"</th>
                        <th role="columnheader" scope="col">"Without it"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{receipt.permissions.into_iter().map(line).collect_view()}</tbody>
            </table>
            {besides} {ends}
        </section>
    }
}

fn line(permission: PermissionView) -> impl IntoView {
    let granted = if permission.granted {
        view! { <span class="lk-pill lk-pill-ok"><Icon name="i-check" />"Yes"</span> }.into_any()
    } else {
        view! { <span class="lk-pill lk-pill-loud lk-pill-warn"><Icon name="i-x" />"Not granted"</span> }.into_any()
    };
    let without = if permission.without.is_empty() { "–".to_owned() } else { permission.without };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                {permission.title}
                <span class="lk-code block text-xs font-normal break-all text-faint">{permission.id}</span>
            </th>
            <td role="cell" data-l="Granted">{granted}</td>
            <td role="cell" data-l="Without it" class="text-muted">{without}</td>
        </tr>
    }
}
