//! That another program still renews the tokens.

use leptos::prelude::*;

use crate::dto::ConnectionView;
use crate::ui::components::{Message, date_words};
use crate::ui::flash::FlashKind;

/// The note, with the way to end it for those who may.
#[component]
pub fn Frozen(view: ConnectionView) -> impl IntoView {
    view.frozen_at.map(|since| {
        let text = format!(
            "They were brought along on {}, and the program that they come from may still renew them. Each renewal ends the token that the other has, so Latchkey \
             waits. Stop the other program first.",
            date_words(since)
        );
        let action = view.may_unfreeze.then(|| {
            view! {
                <form method="post" action="/actions/connections/unfreeze">
                    <input type="hidden" name="id" value=view.row.id.clone() />
                    <button class="btn btn-primary btn-sm" type="submit">
                        "The other program has stopped"
                    </button>
                </form>
            }
            .into_any()
        });
        view! { <Message kind=FlashKind::Warn strong="Its tokens are frozen." text=text class="mt-6" action=action.into_any() /> }
    })
}
