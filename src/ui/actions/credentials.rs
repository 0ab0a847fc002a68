//! Changing the credential of a saved connection.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use super::connect::{Pairs, take};
use super::connections::{Chosen, check_flash};
use crate::domain::CheckState;
use crate::dto::RestoredView;
use crate::services::credentials::Submitted;
use crate::services::{Entries, ErrorCode, credentials};
use crate::ui::flash::{Flash, FlashKind};
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;

/// Which connection, and the number of a version.
#[derive(Debug, Deserialize)]
pub struct VersionForm {
    id: String,
    #[serde(default)]
    version: String,
}

impl VersionForm {
    /// None when none was named; what is no number is one that no version has.
    fn number(&self) -> Option<i64> {
        (!self.version.is_empty()).then(|| self.version.parse().unwrap_or(-1))
    }
}

/// `POST /actions/connections/credentials`: takes the entries and starts the test. Entries that need a change wait in the draft.
pub async fn submit(member: Member, Form(pairs): Form<Pairs>) -> Response {
    let mut entries: Entries = pairs.into_iter().collect();
    let id = take(&mut entries, "id");
    let at = format!("/connections/{id}/credentials");
    let test = local(&format!("{at}/test"));
    match credentials::submit(&member.app, &member.actor, &id, entries).await {
        Ok(Submitted::Testing) => see_other(&test),
        Ok(Submitted::Consent(draft)) => see_other(&local(&format!("/connect/{draft}/consent"))),
        Err(error) if error.code == ErrorCode::InvalidField => see_other(&local(&at)),
        Err(error) => member.end(Err::<(), _>(error), &test, |()| (test.clone(), Flash::default())).await,
    }
}

/// `POST /actions/connections/credentials/accept`: puts the waiting credential in use.
pub async fn accept(member: Member, Form(form): Form<VersionForm>) -> Response {
    let test = local(&format!("/connections/{}/credentials/test", form.id));
    let accepted = credentials::accept(&member.app, &member.actor, &form.id, form.number().unwrap_or(-1)).await;
    member.end(accepted, &test, |()| (test.clone(), Flash::default())).await
}

/// `POST /actions/connections/credentials/forget`: forgets what was typed.
pub async fn forget(member: Member, Form(form): Form<Chosen>) -> Response {
    let back = local(&format!("/connections/{}", form.id));
    let forgotten = credentials::forget(&member.app, &member.actor, &form.id).await;
    member.end(forgotten, &back, |()| (back.clone(), Flash::ok("The entries are forgotten.", "Nothing was changed."))).await
}

/// `POST /actions/connections/credentials/restore`: puts an earlier version in use and says how its test went.
pub async fn restore(member: Member, Form(form): Form<VersionForm>) -> Response {
    let back = local(&format!("/connections/{}", form.id));
    let restored = credentials::restore(&member.app, &member.actor, &form.id, None, form.number()).await;
    member.end(restored, &back, |restored| (back.clone(), restored_flash(&restored))).await
}

fn restored_flash(restored: &RestoredView) -> Flash {
    let strong = format!("Version {} is in use again.", restored.version);
    let Some(check) = &restored.check else { return Flash { kind: FlashKind::Warn, ..Flash::ok(strong, "It could not be tested just now. Test it.") } };
    let tested = check_flash(check);
    let kind = if check.state == CheckState::Passed { FlashKind::Ok } else { FlashKind::Warn };
    Flash { kind, ..Flash::ok(strong, format!("{} {}", tested.strong, tested.text).trim().to_owned()) }
}
