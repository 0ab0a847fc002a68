//! The buttons that turn a connection off, end it and forget it.

use leptos::prelude::*;

use crate::domain::ConnectionStatus;
use crate::dto::ConnectionView;

/// Turn off or on, disconnect, and delete: what the viewer may do in this state.
#[component]
pub fn End(view: ConnectionView) -> impl IntoView {
    let id = view.row.id.clone();
    let switch = view.may_edit.then(|| view! { <Switch id=id.clone() off=view.status == ConnectionStatus::Disabled /> });
    let disconnect = view.may_disconnect.then(|| {
        let words = format!("Erases the credential here and stops all checks. What happens at {} stands on the next page.", view.row.connector_name);
        let action = view! {
            <a class="btn btn-danger btn-sm" href=format!("/connections/{id}/disconnect")>
                "Disconnect…"
            </a>
        };
        view! { <Line words=words action=action.into_any() /> }
    });
    let delete = view.may_delete.then(|| view! { <Delete id=id.clone() /> });
    (view.may_edit || view.may_disconnect || view.may_delete).then(|| {
        view! {
            <div class="mt-6">
                <section class="lk-card border-bad-line" aria-labelledby="h-danger">
                    <div class="lk-card-h">
                        <h2 class="lk-h2" id="h-danger">
                            {if view.may_delete { "Delete" } else { "Turn off or disconnect" }}
                        </h2>
                    </div>
                    <div class="divide-y divide-line">{switch} {disconnect} {delete}</div>
                </section>
            </div>
        }
    })
}

#[component]
fn Line(words: String, action: AnyView) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-center justify-between gap-3 px-5 py-4">
            <p class="max-w-[34rem] text-sm text-muted">{words}</p>
            {action}
        </div>
    }
}

#[component]
fn Switch(id: String, off: bool) -> impl IntoView {
    let (words, action, button) = if off {
        ("It is turned off. Turned on, it is checked and used again as before.", "/actions/connections/enable", "Turn on")
    } else {
        ("Turned off, everything is kept, and nothing uses it until somebody turns it on.", "/actions/connections/disable", "Turn off")
    };
    let action = view! {
        <form method="post" action=action>
            <input type="hidden" name="id" value=id />
            <button class="btn btn-quiet btn-sm" type="submit">
                {button}
            </button>
        </form>
    };
    view! { <Line words=words.to_owned() action=action.into_any() /> }
}

#[component]
fn Delete(id: String) -> impl IntoView {
    let words = "Removes it from every list, with its checks. Its audit entries stay. This cannot be undone.";
    let action = view! {
        <form method="post" action="/actions/connections/delete">
            <input type="hidden" name="id" value=id />
            <button class="btn btn-danger btn-sm" type="submit">
                "Delete for good"
            </button>
        </form>
    };
    view! { <Line words=words.to_owned() action=action.into_any() /> }
}
