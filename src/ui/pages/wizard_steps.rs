//! Which step of the wizard fits a draft; every other step leads there.

use axum::response::Response;

use crate::domain::CheckState;
use crate::dto::{DraftView, DraftWait};
use crate::services::drafts;
use crate::ui::page::Page;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;

/// The steps that belong to a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// How signing in works.
    SignIn,
    /// The form.
    Details,
    /// On the way to the provider.
    Consent,
    /// Which account.
    Account,
    /// The live test.
    Test,
    /// The connection exists.
    Done,
}

impl Step {
    /// The last part of its address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Details => "details",
            Self::Consent => "consent",
            Self::Account => "account",
            Self::Test => "test",
            Self::Done => "done",
        }
    }
}

/// The step to show when `wanted` is asked for.
pub fn fitting(draft: &DraftView, wanted: Step) -> Step {
    let state = draft.check.as_ref().map(|check| check.state);
    match (draft.connection.is_some(), state, wanted) {
        (true, ..) => Step::Done,
        (_, Some(CheckState::Running | CheckState::Passed), _) | (_, Some(_), Step::Done) => Step::Test,
        (_, None, Step::Test | Step::Done | Step::Consent | Step::Account) => match draft.waits {
            DraftWait::Consent => Step::Consent,
            DraftWait::Account => Step::Account,
            DraftWait::Nothing => Step::Details,
        },
        _ => wanted,
    }
}

/// Renders a step, or leads to the one that fits.
pub async fn step<F>(member: Member, id: &str, wanted: Step, build: F) -> Response
where
    F: FnOnce(&DraftView) -> Page + Send + 'static,
{
    let draft = drafts::view(&member.app, &member.actor, id).await;
    match draft.as_ref().map(|draft| fitting(draft, wanted)) {
        Ok(fitting) if fitting != wanted => see_other(&local(&format!("/connect/{id}/{}", fitting.as_str()))),
        _ => member.page(draft, move |draft| build(&draft)).await,
    }
}
