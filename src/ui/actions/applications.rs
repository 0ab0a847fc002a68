//! What the pages of programs and their keys send.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::services::ServiceError;
use crate::services::applications::{self, Edit, KeyWish, MadeKey};
use crate::ui::actions::day::end_of_day;
use crate::ui::flash::Flash;
use crate::ui::pages::api_key;
use crate::ui::redirect::local;
use crate::ui::visit::Member;

/// A new program.
#[derive(Debug, Deserialize)]
pub struct Create {
    name: String,
    purpose: String,
}

/// What is to change about a program.
#[derive(Debug, Deserialize)]
pub struct Change {
    id: String,
    name: String,
    #[serde(default)]
    purpose: Option<String>,
    #[serde(default)]
    owner: Option<String>,
}

/// Which program.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    id: String,
}

/// Which program, and its name once more.
#[derive(Debug, Deserialize)]
pub struct Confirmed {
    id: String,
    #[serde(default)]
    confirm: String,
}

/// Which key of which program.
#[derive(Debug, Deserialize)]
pub struct ChosenKey {
    id: String,
    #[serde(default)]
    key: String,
    /// Hours; only for a key that is replaced.
    #[serde(default)]
    overlap: String,
}

fn home(id: &str) -> String {
    format!("/applications/{id}")
}

/// `POST /actions/applications/create`.
pub async fn create(member: Member, Form(form): Form<Create>) -> Response {
    match applications::create(&member.app, &member.actor, &form.name, &form.purpose).await {
        Ok(id) => member.go(Flash::ok("It is added.", "Make its first key now."), &local(&home(id.as_str()))).await,
        Err(error) => {
            let typed = [("name", form.name), ("purpose", form.purpose)];
            back(member, error, "/applications/new", &typed).await
        }
    }
}

/// `POST /actions/applications/edit`: name, purpose and owner.
pub async fn edit(member: Member, Form(form): Form<Change>) -> Response {
    let edit = Edit { name: Some(form.name), purpose: form.purpose, owner: form.owner, active: None };
    let result = applications::edit(&member.app, &member.actor, &form.id, &edit).await;
    let remains = applications::view(&member.app, &member.actor, &form.id).await.is_ok();
    let page = local(&if remains { home(&form.id) } else { "/applications".to_owned() });
    member.end(result, &page.clone(), |()| (page, Flash::ok("Saved.", ""))).await
}

/// `POST /actions/applications/enable`.
pub async fn enable(member: Member, Form(form): Form<Chosen>) -> Response {
    switch(member, &form.id, true, "It is turned on.", "Its keys work again.").await
}

/// `POST /actions/applications/disable`.
pub async fn disable(member: Member, Form(form): Form<Chosen>) -> Response {
    switch(member, &form.id, false, "It is turned off.", "None of its keys works until you turn it on.").await
}

async fn switch(member: Member, id: &str, active: bool, strong: &'static str, text: &'static str) -> Response {
    let edit = Edit { active: Some(active), ..Edit::default() };
    let result = applications::edit(&member.app, &member.actor, id, &edit).await;
    let page = local(&home(id));
    member.end(result, &page.clone(), |()| (page, Flash::ok(strong, text))).await
}

/// `POST /actions/applications/delete`, with the name once more.
pub async fn delete(member: Member, Form(form): Form<Confirmed>) -> Response {
    let page = local(&home(&form.id));
    let result = match applications::view(&member.app, &member.actor, &form.id).await {
        Ok(view) if view.line.name == form.confirm.trim() => applications::delete(&member.app, &member.actor, &form.id).await,
        Ok(view) => Err(ServiceError::invalid_field("confirm", format!("Type {} to confirm.", view.line.name))),
        Err(error) => Err(error),
    };
    member.end(result, &page, |name| (local("/applications"), Flash::ok(format!("{name} is deleted."), "Its keys no longer work."))).await
}

/// `POST /actions/applications/keys/make`: answers with the key, which is told this once.
pub async fn make_key(member: Member, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let all = |key: &str| -> Vec<String> { pairs.iter().filter(|(name, _)| name == key).map(|(_, value)| value.clone()).collect() };
    let one = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default();
    let (id, name, ends) = (one("id"), one("name"), one("expires_at"));
    let connections = (one("which") == "named").then(|| all("connections"));
    let made = match end_of_day("expires_at", &ends) {
        Ok(expires_at) => {
            let wish = KeyWish { name: name.clone(), scopes: all("scopes"), connections, expires_at };
            applications::make_key(&member.app, &member.actor, &id, &wish).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => told(member, &id, made).await,
        Err(error) => {
            let typed = [
                ("name", name),
                ("expires_at", ends),
                ("which", one("which")),
                ("scopes", all("scopes").join(" ")),
                ("connections", all("connections").join(" ")),
            ];
            back(member, error, &format!("/applications/{id}/keys/new"), &typed).await
        }
    }
}

/// `POST /actions/applications/keys/rotate`: answers with the new key, which is told this once.
pub async fn rotate_key(member: Member, Form(form): Form<ChosenKey>) -> Response {
    let hours = form.overlap.parse().unwrap_or(24);
    match applications::rotate_key(&member.app, &member.actor, &form.id, &form.key, hours).await {
        Ok(made) => told(member, &form.id, made).await,
        Err(error) => back(member, error, &format!("/applications/{}/keys/{}", form.id, form.key), &[]).await,
    }
}

/// `POST /actions/applications/keys/end`.
pub async fn end_key(member: Member, Form(form): Form<ChosenKey>) -> Response {
    let result = applications::end_key(&member.app, &member.actor, &form.id, &form.key).await;
    let page = local(&home(&form.id));
    member.end(result, &page.clone(), |name| (page, Flash::ok(format!("{name} has ended."), "It no longer works."))).await
}

/// The page with the key. It is no redirect: the key is in this answer, and nowhere else.
async fn told(member: Member, id: &str, made: MadeKey) -> Response {
    let view = applications::view(&member.app, &member.actor, id).await;
    member.page(view, move |view| api_key::made(&view, &made)).await
}

async fn back(member: Member, error: ServiceError, path: &str, typed: &[(&str, String)]) -> Response {
    let to = local(path);
    if error.fields.is_empty() {
        let failed: Result<(), ServiceError> = Err(error);
        return member.end(failed, &to, |()| (local("/applications"), Flash::default())).await;
    }
    let flash = typed.iter().fold(Flash::refusal(&error), |flash, (key, value)| flash.typed(key, value));
    member.go(flash, &to).await
}
