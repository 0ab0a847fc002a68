//! Test now, edit, turn off and on, disconnect, delete.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::domain::CheckState;
use crate::dto::{CheckView, DisconnectView};
use crate::services::connections::Edit;
use crate::services::grants::Ensured;
use crate::services::{self, ErrorCode};
use crate::ui::components::duration_words;
use crate::ui::flash::{Flash, FlashKind};
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// Which connection.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    /// Its id.
    pub id: String,
}

/// What is written about which connection, and the version that was looked at.
#[derive(Debug, Deserialize)]
pub struct EditForm {
    id: String,
    version: i64,
    name: String,
    description: String,
    tags: String,
    /// Left out where there is nothing to choose.
    team: Option<String>,
}

/// Which connection, and its name typed again.
#[derive(Debug, Deserialize)]
pub struct DisconnectForm {
    id: String,
    confirm: String,
    /// `yes` when the provider is to be told.
    #[serde(default)]
    revoke: String,
}

/// Runs a check now and says how it went.
pub async fn test(member: Member, Form(form): Form<Chosen>) -> Response {
    let checked = services::connections::test(&member.app, &member.actor, &form.id).await;
    let back = local(&format!("/connections/{}", form.id));
    member.end(checked, &back.clone(), |check| (back, check_flash(&check))).await
}

/// Renews the token now and says how it went.
pub async fn renew(member: Member, Form(form): Form<Chosen>) -> Response {
    let renewed = services::grants::refresh_now(&member.app, &member.actor, &form.id).await;
    let back = local(&format!("/connections/{}", form.id));
    let told = |renewed: Ensured| {
        let flash = match &renewed.failure {
            None => Flash::ok("The token is renewed.", ""),
            Some(code) => Flash::bad("The token was not renewed.", services::words::renewal(code)),
        };
        (back.clone(), flash)
    };
    member.end(renewed, &back, told).await
}

/// Changes what is written about a connection; what was refused goes back into the form.
pub async fn edit(member: Member, Form(form): Form<EditForm>) -> Response {
    let tags = form.tags.split(',').map(str::to_owned).collect();
    let edit = Edit { name: Some(form.name.clone()), description: Some(form.description.clone()), tags: Some(tags), team: form.team.clone() };
    let page = format!("/connections/{}", form.id);
    match services::connections::edit(&member.app, &member.actor, &form.id, &edit, Some(form.version)).await {
        Err(error) if matches!(error.code, ErrorCode::InvalidField | ErrorCode::NameTaken | ErrorCode::Conflict) => {
            let version = form.version.to_string();
            let typed = [("version", &version), ("name", &form.name), ("description", &form.description), ("tags", &form.tags)];
            let team = form.team.iter().map(|team| ("team", team));
            let flash = typed.into_iter().chain(team).fold(Flash::refusal(&error), |flash, (key, value)| flash.typed(key, value));
            member.go(flash, &local(&page)).await
        }
        saved => member.end(saved, &local(&page), |_| (local(&page), Flash::ok("Saved.", ""))).await,
    }
}

/// Turns a connection on.
pub async fn enable(member: Member, Form(form): Form<Chosen>) -> Response {
    let done = services::connections::enable(&member.app, &member.actor, &form.id).await;
    let page = local(&format!("/connections/{}", form.id));
    member.end(done, &page, |view| (page.clone(), Flash::ok(format!("{} is turned on.", view.row.name), "Test it to see that it works."))).await
}

/// Lets Latchkey renew the tokens that were brought along.
pub async fn unfreeze(member: Member, Form(form): Form<Chosen>) -> Response {
    let done = services::import::unfreeze(&member.app, &member.actor, &form.id).await;
    let page = local(&format!("/connections/{}", form.id));
    let words = |name: String| (page.clone(), Flash::ok(format!("Latchkey renews the tokens of {name} from now on."), ""));
    member.end(done, &page, words).await
}

/// Turns a connection off.
pub async fn disable(member: Member, Form(form): Form<Chosen>) -> Response {
    let done = services::connections::disable(&member.app, &member.actor, &form.id).await;
    let page = local(&format!("/connections/{}", form.id));
    member
        .end(done, &page, |view| {
            (page.clone(), Flash::ok(format!("{} is turned off.", view.row.name), "Everything is kept. Nothing uses it until you turn it on."))
        })
        .await
}

/// Deletes a disconnected connection for good.
pub async fn delete(member: Member, Form(form): Form<Chosen>) -> Response {
    let done = services::connections::delete(&member.app, &member.actor, &form.id).await;
    let page = local(&format!("/connections/{}", form.id));
    member.end(done, &page, |name| (local("/connections"), Flash::ok(format!("{name} is deleted."), "Its audit entries stay."))).await
}

/// Ends a connection once its name has been typed.
pub async fn disconnect(member: Member, Form(form): Form<DisconnectForm>) -> Response {
    let back = local(&format!("/connections/{}/disconnect", form.id));
    let view = match services::connections::view(&member.app, &member.actor, &form.id).await {
        Ok(view) => view,
        Err(error) => return member.refuse(error).await,
    };
    if view.may_disconnect && view.row.name != form.confirm.trim() {
        let mut flash = Flash::bad("The name does not match.", "Nothing was changed.").typed("confirm", &form.confirm);
        flash.errors.insert("confirm".to_owned(), format!("Type {} as it is written here.", view.row.name));
        return member.go(flash, &back).await;
    }
    let done = services::connections::disconnect(&member.app, &member.actor, &form.id, form.revoke == "yes").await;
    let told = |done: DisconnectView| {
        let kind = if done.revoked == Some(false) { FlashKind::Warn } else { FlashKind::Ok };
        (local("/connections"), Flash { kind, ..Flash::ok(format!("{} is disconnected.", done.name), done.sentence) })
    };
    member.end(done, &back, told).await
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
