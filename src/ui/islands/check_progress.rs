//! Follows a running check.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{check_card_head, check_meter, check_steps, progress_sentence};
use crate::domain::CheckState;
use crate::dto::CheckView;

/// Time between two looks at a running check.
const PAUSE: Duration = Duration::from_millis(250);
/// Looks without an answer after which the page stops asking; the link to load the result stays.
const PATIENCE: u32 = 20;

/// How the last check of a draft stands.
///
/// # Errors
/// When nobody is signed in, the draft is unknown to the actor, or it has not been checked.
#[server(prefix = "/actions", endpoint = "connect/progress")]
pub async fn follow_check(
    /// The draft's id.
    draft: String,
) -> Result<CheckView, ServerFnError> {
    crate::ui::actions::progress::of(&draft).await
}

/// The card of a running check: shows each step as it ends, then goes on to the result.
#[island]
pub fn CheckProgress(
    /// The draft's id.
    draft: String,
    /// How the check stood when the page was made.
    check: CheckView,
) -> impl IntoView {
    let (current, set_current) = signal(check);
    let result = format!("/connect/{draft}/test");
    Effect::new(move |_| look(draft.clone(), set_current, 0));
    view! {
        <section class="lk-card" aria-labelledby="run" aria-busy="true">
            {move || current.with(|check| check_card_head(check, "run"))}
            {move || current.with(check_meter)}
            {move || current.with(check_steps)}
            <div class="lk-card-f">
                <p class="text-sm text-muted">
                    "The page updates by itself. If it stands still, "<a class="link" href=result>"load the result"</a>"."
                </p>
            </div>
        </section>
        <p class="sr-only" role="status">{move || current.with(progress_sentence)}</p>
    }
}

fn look(draft: String, show: WriteSignal<CheckView>, misses: u32) {
    set_timeout(
        move || {
            spawn_local(async move {
                match follow_check(draft.clone()).await {
                    Ok(check) if check.state == CheckState::Running => {
                        show.set(check);
                        look(draft, show, 0);
                    }
                    Ok(check) => {
                        show.set(check.clone());
                        leave(&draft, check.state);
                    }
                    Err(_) if misses < PATIENCE => look(draft, show, misses.saturating_add(1)),
                    Err(_) => {}
                }
            });
        },
        PAUSE,
    );
}

fn leave(draft: &str, state: CheckState) {
    let step = if state == CheckState::Passed { "done" } else { "test" };
    let _gone = window().location().replace(&format!("/connect/{draft}/{step}"));
}
