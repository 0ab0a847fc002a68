//! Going to another organization, making, naming, leaving and deleting one, and joining by invitation.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use crate::domain::{OrganizationId, Visitor};
use crate::services::{ErrorCode, ServiceError, invitations, members, organizations};
use crate::ui::flash::Flash;
use crate::ui::page::Page;
use crate::ui::redirect::{local, see_other};
use crate::ui::visit::{Guest, Member};
use crate::vault::Secret;
use crate::web::session;

/// Which organization.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    organization: String,
}

/// Its name.
#[derive(Debug, Deserialize)]
pub struct Named {
    name: String,
}

/// The name of another one.
#[derive(Debug, Deserialize)]
pub struct Another {
    new_name: String,
}

/// Its name, typed again.
#[derive(Debug, Deserialize)]
pub struct Confirmed {
    confirm: String,
}

/// What the page of an invitation sends.
#[derive(Debug, Deserialize)]
pub struct Joining {
    token: Secret<String>,
    #[serde(default)]
    name: String,
    password: Option<Secret<String>>,
}

impl Member {
    /// Where the request came from.
    fn visitor(&self) -> Result<Visitor, ServiceError> {
        self.parts.extensions.get::<Visitor>().cloned().ok_or_else(|| ServiceError::internal("no visitor"))
    }

    /// Goes on in another organization of the person.
    async fn enter(self, organization: &OrganizationId, flash: Flash) -> Response {
        match session::switch(&self.session, organization).await {
            Ok(()) => self.go(flash, &local("/connections")).await,
            Err(error) => self.refuse(error).await,
        }
    }

    /// Ends a session whose membership is no more, and says so on the sign-in page.
    async fn gone(self, flash: Flash) -> Response {
        match session::end(&self.session).await {
            Ok(()) => self.go(flash, &local("/sign-in")).await,
            Err(error) => self.refuse(error).await,
        }
    }
}

/// `POST /actions/organizations/switch`: goes on in another organization.
pub async fn switch(member: Member, Form(form): Form<Chosen>) -> Response {
    let visitor = match member.visitor() {
        Ok(visitor) => visitor,
        Err(error) => return member.refuse(error).await,
    };
    match organizations::switch(&member.app, &member.actor, &visitor, &form.organization).await {
        Ok(there) => member.enter(&there.organization, Flash::default()).await,
        Err(error) => member.refuse(error).await,
    }
}

/// `POST /actions/organizations/create`: makes an organization and goes there.
pub async fn create(member: Member, Form(form): Form<Another>) -> Response {
    let visitor = match member.visitor() {
        Ok(visitor) => visitor,
        Err(error) => return member.refuse(error).await,
    };
    match organizations::create(&member.app, &member.actor, &visitor, &form.new_name).await {
        Ok(there) => {
            let flash = Flash::ok(format!("{} is made.", form.new_name.trim()), "You are in it now, as its org admin.");
            member.enter(&there.organization, flash).await
        }
        Err(error) if error.code == ErrorCode::InvalidField => {
            let mut flash = Flash::refusal(&error).typed("new_name", &form.new_name);
            if let Some(message) = flash.errors.remove("name") {
                flash.errors.insert("new_name".to_owned(), message);
            }
            member.go(flash, &local("/organisation")).await
        }
        Err(error) => member.end(Err::<(), _>(error), &local("/organisation"), |()| (local("/organisation"), Flash::default())).await,
    }
}

/// `POST /actions/organizations/rename`: gives the organization another name.
pub async fn rename(member: Member, Form(form): Form<Named>) -> Response {
    let page = local("/organisation");
    match organizations::rename(&member.app, &member.actor, &form.name).await {
        Err(error) if error.code == ErrorCode::InvalidField => member.go(Flash::refusal(&error).typed("name", &form.name), &page).await,
        renamed => member.end(renamed, &page, |view| (page.clone(), Flash::ok(format!("It is called {} now.", view.name), ""))).await,
    }
}

/// `POST /actions/organizations/leave`: ends the own membership.
pub async fn leave(member: Member) -> Response {
    match members::leave(&member.app, &member.actor).await {
        Ok(()) => member.gone(Flash::ok("You have left the organisation.", "Sign in to go on in another one.")).await,
        Err(error) => member.end(Err::<(), _>(error), &local("/organisation/leave"), |()| (local("/"), Flash::default())).await,
    }
}

/// `POST /actions/organizations/delete`: erases the organization once its name has been typed.
pub async fn delete(member: Member, Form(form): Form<Confirmed>) -> Response {
    match organizations::delete(&member.app, &member.actor, &form.confirm).await {
        Ok(name) => member.gone(Flash::ok(format!("{name} is deleted."), "Its audit entries stay on this server.")).await,
        Err(error) => member.end(Err::<(), _>(error), &local("/organisation/delete"), |()| (local("/"), Flash::default())).await,
    }
}

/// `POST /actions/invite/accept`: joins, with the account that is signed in, a new one, or one that belongs to no organization.
pub async fn accept(guest: Guest, Form(form): Form<Joining>) -> Response {
    let token = form.token.expose().clone();
    let page = local(&format!("/invite/{token}"));
    let joined = match (&guest.actor, &form.password) {
        (Some(actor), _) => {
            let joined = invitations::accept(&guest.app, actor, &guest.visitor, &token).await;
            let switched = match joined {
                Ok(joined) => session::switch(&guest.session, &joined.organization).await,
                Err(error) => Err(error),
            };
            switched.map(|()| None)
        }
        (None, Some(password)) => invitations::accept_new(&guest.app, &guest.visitor, &token, &form.name, password).await.map(Some),
        (None, None) => match invitations::rejoin(&guest.app, &guest.visitor, &token).await {
            Ok(()) => return guest.go(Flash::ok("You have joined.", "Sign in with your password."), &local("/sign-in")).await,
            Err(error) => Err(error),
        },
    };
    match joined {
        Ok(Some(signed_in)) => guest.enter(&signed_in, false, &local("/connections")).await,
        Ok(None) => see_other(&local("/connections")),
        Err(error) if matches!(error.code, ErrorCode::InvalidField | ErrorCode::Conflict | ErrorCode::SlowDown | ErrorCode::Forbidden) => {
            guest.go(Flash::refusal(&error).typed("name", &form.name), &page).await
        }
        Err(error) => guest.page(Err::<Page, _>(error), |page| page).await,
    }
}
