//! The form that changes the credential of a saved connection.

use std::collections::BTreeMap;

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::CheckState;
use crate::dto::{CredentialEditView, DiagnosisView, FieldView};
use crate::services::{ErrorCode, ServiceError, credentials};
use crate::ui::components::connector_form::{Filled, connector_fields, refused_fields};
use crate::ui::components::wizard_frame::wizard_head;
use crate::ui::components::{FlashMessage, Icon, Message};
use crate::ui::flash::{Flash, FlashKind};
use crate::ui::page::Page;
use crate::ui::pages::wizard_details::corrections;
use crate::ui::pages::wizard_sign_in::destination;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::Member;
use crate::web::InPath;

/// `GET /connections/{id}/credentials`
pub async fn get(InPath(id): InPath, member: Member) -> Response {
    let view = credentials::view(&member.app, &member.actor, &id).await;
    let under_way = |view: &CredentialEditView| view.check.as_ref().is_some_and(|check| matches!(check.state, CheckState::Running | CheckState::Passed));
    match view {
        Ok(view) if under_way(&view) => see_other(&local(&format!("/connections/{id}/credentials/test"))),
        Ok(view) if view.consents => see_other(&local(&format!("/connections/{id}/reconnect"))),
        view => Box::pin(show(member, &id, view, page)).await,
    }
}

/// Renders a view of the change; a connection that is at rest is shown itself, with the reason.
pub async fn show(member: Member, id: &str, view: Result<CredentialEditView, ServiceError>, build: fn(&CredentialEditView) -> Page) -> Response {
    match view {
        Err(error) if error.code == ErrorCode::Conflict => member.go(Flash::refusal(&error), &local(&format!("/connections/{id}"))).await,
        view => member.page(view, move |view| build(&view)).await,
    }
}

/// A page of the change, which one leaves with everything unchanged.
pub fn frame(view: &CredentialEditView, body: impl IntoView + 'static) -> Page {
    let (noun, name) = (&view.connector.credential_noun, &view.name);
    let title = format!("Change the {noun} of {name}");
    let body = view! { <div class="mx-auto max-w-[46rem]">{body}</div> };
    Page::focused(title.clone(), title, ("Leave unchanged", &format!("/connections/{}", view.connection)), body)
}

/// The fields with what is stored or was typed; secrets are never filled in.
pub fn page(view: &CredentialEditView) -> Page {
    let connector = &view.connector;
    let noun = &connector.credential_noun;
    let fields: Vec<FieldView> = connector.fields.iter().map(|field| keepable(field, &view.kept)).collect();
    let refused = view.check.as_ref().filter(|check| check.state == CheckState::Failed).and_then(|check| check.diagnosis.as_ref());
    let errors = if view.errors.is_empty() { refused_fields(connector, refused) } else { view.errors.clone() };
    let message = message(view, refused);
    let form = connector_fields(&fields, Filled { values: &view.values, errors: &errors, symbols: true });
    let sentence = format!("The {noun} in use keeps working until the new one has passed its test.");
    let body = view! {
        {wizard_head(&connector.summary, &format!("Change the {noun}"), &sentence)}
        <FlashMessage class="mb-6" />
        <form class="lk-card" method="post" action="/actions/connections/credentials">
            <input type="hidden" name="id" value=view.connection.clone() />
            <div class="lk-card-b grid gap-6">{message} {form}</div>
            <div class="lk-card-f">
                <button class="btn btn-primary" type="submit">"Test, then swap"<Icon name="i-arrow-right" /></button>
                <a class="btn btn-ghost" href=format!("/connections/{}", view.connection)>"Leave unchanged"</a>
            </div>
        </form>
        <div class="mt-6">{destination(connector, &view.destination)}</div>
    };
    frame(view, body)
}

/// A secret that is stored may be left empty.
fn keepable(field: &FieldView, kept: &[String]) -> FieldView {
    if !kept.contains(&field.id) {
        return field.clone();
    }
    let help = format!("Leave it empty to keep the stored one. {}", field.help);
    FieldView { required: false, help: help.trim().to_owned(), ..field.clone() }
}

fn message(view: &CredentialEditView, refused: Option<&DiagnosisView>) -> Option<AnyView> {
    let errors: &BTreeMap<String, String> = &view.errors;
    if !errors.is_empty() {
        return Some(corrections(&view.connector, errors).into_any());
    }
    let diagnosis = refused?;
    let text = format!("Nothing was changed. Leave the {} empty to go on with the stored one.", view.connector.credential_noun);
    let strong = format!("{}.", diagnosis.headline.trim_end_matches('.'));
    Some(view! { <Message kind=FlashKind::Bad strong=strong text=text focus=true /> }.into_any())
}
