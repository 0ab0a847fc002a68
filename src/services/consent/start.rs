//! Beginning from the API: a draft and an attempt in one call.

use crate::domain::{Action, Actor};
use crate::dto::StartedView;
use crate::services::consent::{APP_FIELD, begin, choose, moved_on, reconnect};
use crate::services::drafts::{self, Submitted};
use crate::services::{App, Entries, ServiceError, Wanted, access, connections, entries, marketplace};
use crate::vault::Secret;

/// What is to be connected.
#[derive(Debug, Default)]
pub struct StartWish<'a> {
    /// How it is to be called, and whose it is to be.
    pub wanted: Wanted<'a>,
    /// The app to go by; empty for the only one.
    pub app: &'a str,
    /// The connection that is to be reconnected; empty for a new one.
    pub connection: &'a str,
    /// The connector's open fields.
    pub fields: Entries,
}

/// Begins a connection, or reconnects one; the person opens the answered address in a browser in which they are signed in.
///
/// # Errors
/// `Forbidden`; `NotFound`; `InvalidField`; `NameTaken`; `Conflict` when nobody has to allow access for these entries.
pub async fn start(app: &App, actor: &Actor, connector: &str, wish: StartWish<'_>, binding: Option<&str>) -> Result<StartedView, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    access::person(actor)?;
    let manifest = marketplace::manifest(app, &actor.organization, connector).await?;
    let draft = if wish.connection.is_empty() {
        let ready = entries::accept(app, &manifest, &wish.fields).map_err(ServiceError::invalid_fields)?;
        if ready.consent(&manifest).is_none() {
            return Err(ServiceError::conflict("Nobody has to allow access for these entries. Create the connection instead. Nothing was saved."));
        }
        choose(app, actor, &manifest, wish.app).await?;
        let mut transaction = app.database.begin().await?;
        let draft = drafts::insert(app, &mut transaction, actor, &manifest, drafts::CALLED).await?;
        transaction.commit().await?;
        let mut entries = wish.fields;
        entries.insert(APP_FIELD.to_owned(), Secret::new(wish.app.to_owned()));
        match drafts::submit(app, actor, draft.id.as_str(), wish.wanted, entries).await {
            Ok(Submitted::Consent) => draft.id,
            Ok(Submitted::Testing) => return Err(moved_on()),
            Err(error) => {
                drafts::discard(app, actor, draft.id.as_str()).await?;
                return Err(error);
            }
        }
    } else {
        if connections::find(app, actor, wish.connection).await?.connector != connector {
            return Err(ServiceError::not_found());
        }
        reconnect(app, actor, wish.connection, wish.app).await?
    };
    let departure = begin(app, actor, draft.as_str(), binding).await?;
    Ok(StartedView { authorize_url: departure.url.to_string(), state: departure.state, draft: draft.to_string() })
}
