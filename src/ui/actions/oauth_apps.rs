//! What the pages of OAuth apps send.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Form;
use axum::response::Response;
use axum::routing::post;

use super::day::end_of_day;
use crate::catalogue::CLIENT_ID;
use crate::domain::LocalPath;
use crate::dto::SecretProof;
use crate::services::oauth_apps::{self, Edit, NewApp, NewSecret, Saved};
use crate::services::{Entries, ServiceError};
use crate::ui::flash::{Flash, FlashKind};
use crate::ui::redirect::local;
use crate::ui::visit::{Member, UiState};
use crate::vault::Secret;

/// What belongs to the page and not to the app's own fields.
const OF_PAGE: [&str; 6] = ["anyway", "confirm", "connector", "id", "label", "secret_ends_on"];

/// The actions, without their prefix.
pub(super) fn routes() -> Router<UiState> {
    Router::new()
        .route("/oauth-apps/create", post(create))
        .route("/oauth-apps/edit", post(edit))
        .route("/oauth-apps/secret", post(secret))
        .route("/oauth-apps/delete", post(delete))
}

/// A form of named values; the app's own fields go on as guarded entries.
type Sent = Form<BTreeMap<String, Secret<String>>>;

struct Typed {
    page: BTreeMap<&'static str, String>,
    entries: Entries,
}

impl Typed {
    fn of(mut form: Entries) -> Self {
        let page = OF_PAGE.into_iter().map(|key| (key, form.remove(key).map(|value| value.expose().clone()).unwrap_or_default())).collect();
        Self { page, entries: form }
    }

    fn get(&self, key: &str) -> &str {
        self.page.get(key).map_or("", String::as_str)
    }

    fn ends(&self) -> Result<Option<crate::domain::Timestamp>, ServiceError> {
        end_of_day("secret_ends_at", self.get("secret_ends_on"))
    }

    /// The texts of the entries, for a form without secrets.
    fn open(&self) -> BTreeMap<String, String> {
        self.entries.iter().map(|(id, value)| (id.clone(), value.expose().clone())).collect()
    }
}

fn home(id: &str) -> LocalPath {
    local(&format!("/oauth-apps/{id}"))
}

/// `POST /actions/oauth-apps/create`: adds an app once the provider was asked about its secret.
async fn create(member: Member, Form(form): Sent) -> Response {
    let typed = Typed::of(form);
    let (connector, label) = (typed.get("connector").to_owned(), typed.get("label").to_owned());
    let page = local(&format!("/oauth-apps/new?connector={}", url::form_urlencoded::byte_serialize(connector.as_bytes()).collect::<String>()));
    let asked = oauth_apps::form(&member.app, &member.actor, &connector).await;
    let asked = match asked {
        Ok(asked) => asked,
        Err(error) => return member.refuse(error).await,
    };
    let open = asked.fields.iter().filter(|field| !field.secret);
    let mut kept: Vec<(String, String)> =
        open.filter_map(|field| typed.entries.get(&field.id).map(|value| (field.id.clone(), value.expose().clone()))).collect();
    kept.extend(["label", "secret_ends_on"].map(|key| (key.to_owned(), typed.get(key).to_owned())));
    let result = match typed.ends() {
        Ok(secret_ends_at) => oauth_apps::create(&member.app, &member.actor, &connector, NewApp { label, entries: typed.entries, secret_ends_at }).await,
        Err(error) => Err(error),
    };
    ended(member, result, &page, kept, "It is added.").await
}

/// `POST /actions/oauth-apps/edit`: label, open fields and the end of the secret.
async fn edit(member: Member, Form(form): Sent) -> Response {
    let typed = Typed::of(form);
    let id = typed.get("id").to_owned();
    let page = home(&id);
    let mut fields = typed.open();
    let kept: Vec<(String, String)> =
        fields.clone().into_iter().chain(["label", "secret_ends_on"].map(|key| (key.to_owned(), typed.get(key).to_owned()))).collect();
    let client_id = fields.remove(CLIENT_ID);
    let result = match typed.ends() {
        Ok(ends) => {
            let edit = Edit { label: Some(typed.get("label").to_owned()), client_id, fields, secret_ends_at: Some(ends) };
            oauth_apps::edit(&member.app, &member.actor, id.as_str(), edit, None).await
        }
        Err(error) => Err(error),
    };
    match result {
        Err(error) if !error.fields.is_empty() => member.go(with_typed(&error, kept), &page).await,
        result => member.end(result, &page.clone(), |()| (page, Flash::ok("Saved.", ""))).await,
    }
}

/// `POST /actions/oauth-apps/secret`: puts another secret in use once the provider takes it.
async fn secret(member: Member, Form(form): Sent) -> Response {
    let typed = Typed::of(form);
    let id = typed.get("id").to_owned();
    let page = local(&format!("/oauth-apps/{id}/secret"));
    let kept = vec![("secret_ends_on".to_owned(), typed.get("secret_ends_on").to_owned())];
    let result = match typed.ends() {
        Ok(ends_at) => {
            let new = NewSecret { ends_at, accept_unproven: typed.get("anyway") == "yes", entries: typed.entries };
            oauth_apps::rotate(&member.app, &member.actor, id.as_str(), new).await
        }
        Err(error) => Err(error),
    };
    ended(member, result, &page, kept, "The new secret is in use.").await
}

/// `POST /actions/oauth-apps/delete`, with the label once more.
async fn delete(member: Member, Form(form): Sent) -> Response {
    let typed = Typed::of(form);
    let id = typed.get("id");
    let page = local(&format!("/oauth-apps/{id}/delete"));
    let result = match oauth_apps::view(&member.app, &member.actor, id).await {
        Ok(view) if view.line.label == typed.get("confirm").trim() => oauth_apps::delete(&member.app, &member.actor, id).await,
        Ok(view) => Err(ServiceError::invalid_field("confirm", format!("Type {} to confirm.", view.line.label))),
        Err(error) => Err(error),
    };
    member.end(result, &page, |label| (local("/oauth-apps"), Flash::ok(format!("{label} is deleted."), "Its secrets are erased."))).await
}

async fn ended(member: Member, result: Result<Saved, ServiceError>, page: &LocalPath, kept: Vec<(String, String)>, done: &'static str) -> Response {
    match result {
        Err(error) if !error.fields.is_empty() => member.go(with_typed(&error, kept), page).await,
        result => member.end(result, page, |saved| (home(saved.id.as_str()), said(done, saved.proof.as_ref()))).await,
    }
}

/// What the provider said of the secret, in a message.
fn said(done: &str, proof: Option<&SecretProof>) -> Flash {
    match proof {
        None => Flash::ok(done, ""),
        Some(proof) if proof.proven => Flash::ok(done, "The provider takes its secret."),
        Some(proof) => {
            let text = format!("The provider did not say whether it takes the secret ({}). The first connection will show.", proof.code);
            Flash { kind: FlashKind::Warn, ..Flash::ok(done, text) }
        }
    }
}

fn with_typed(error: &ServiceError, kept: Vec<(String, String)>) -> Flash {
    kept.iter().fold(Flash::refusal(error), |flash, (key, value)| flash.typed(key, value))
}
