//! Test now, and disconnect.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::domain::CheckState;
use crate::dto::CheckView;
use crate::services;
use crate::ui::components::duration_words;
use crate::ui::flash::Flash;
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// Which connection.
#[derive(Debug, Deserialize)]
pub struct TestForm {
    /// Its id.
    pub id: String,
}

/// Which connection, and its name typed again.
#[derive(Debug, Deserialize)]
pub struct DisconnectForm {
    id: String,
    confirm: String,
}

/// Runs a check now and says how it went.
pub async fn test(member: Member, Form(form): Form<TestForm>) -> Response {
    let checked = services::connections::test(&member.app, &member.actor, &form.id).await;
    let back = local(&format!("/connections/{}", form.id));
    member.end(checked, &back.clone(), |check| (back, check_flash(&check))).await
}

/// Ends a connection once its name has been typed.
pub async fn disconnect(member: Member, Form(form): Form<DisconnectForm>) -> Response {
    let back = local(&format!("/connections/{}/disconnect", form.id));
    let view = match services::connections::view(&member.app, &member.actor, &form.id).await {
        Ok(view) => view,
        Err(error) => return member.refuse(error).await,
    };
    if view.row.name != form.confirm.trim() {
        let mut flash = Flash::bad("The name does not match.", "Nothing was changed.").typed("confirm", &form.confirm);
        flash.errors.insert("confirm".to_owned(), format!("Type {} as it is written here.", view.row.name));
        return member.go(flash, &back).await;
    }
    let done = services::connections::disconnect(&member.app, &member.actor, &form.id).await;
    member.end(done, &back, |done| (local("/connections"), Flash::ok(format!("{} is disconnected.", done.name), done.sentence))).await
}

/// How a check went, as a message.
pub fn check_flash(check: &CheckView) -> Flash {
    match (&check.diagnosis, check.state) {
        (_, CheckState::Passed) => {
            let account = check.identity.as_ref().map_or_else(String::new, |identity| format!("The account is {}.", identity.account_name));
            Flash::ok(format!("Test passed in {}.", duration_words(check.took_ms)), account)
        }
        (Some(diagnosis), _) => Flash::bad(format!("{}.", diagnosis.headline.trim_end_matches('.')), diagnosis.sentence.clone()),
        (None, _) => Flash::bad("The test did not end.", "Nothing was changed. Test again."),
    }
}
