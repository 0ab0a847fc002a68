//! The list, and one connector that is being written.

use serde::{Deserialize, Serialize};

use super::examine::examine;
use super::{MOST, authorize, find_alone};
use crate::domain::{Actor, MemberId};
use crate::dto::{OwnConnectorLine, OwnConnectorView, OwnListView, TriedView};
use crate::services::{App, ServiceError, connections, views};
use crate::store::connections::users_of_connector;
use crate::store::members;
use crate::store::own_connectors::{self, OwnConnectorRow};

/// What the record keeps of the last try.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredTry {
    /// What was typed and what is wrong with it; its check is left out.
    pub seen: TriedView,
    /// The id of the check.
    pub check: Option<String>,
}

/// All connectors of the organization's own, drafts among them.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor) -> Result<OwnListView, ServiceError> {
    authorize(actor)?;
    let mut reader = app.database.read().await?;
    let mut connectors = Vec::new();
    for mark in own_connectors::list(reader.conn(), &actor.organization).await? {
        let updated_by = match MemberId::parse(&mark.updated_by) {
            Ok(member) => members::name_of(reader.conn(), &actor.organization, &member).await?.unwrap_or_default(),
            Err(_) => String::new(),
        };
        connectors.push(OwnConnectorLine {
            id: mark.id.to_string(),
            connector: mark.connector,
            name: mark.name,
            state: mark.state,
            updated_by,
            updated_at: mark.updated_at,
        });
    }
    Ok(OwnListView { connectors, most: MOST, now: app.now() })
}

/// One connector with its text, what is to mend in it, or the form it makes.
///
/// # Errors
/// `Forbidden`; `NotFound` for an unknown, foreign or malformed id.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<OwnConnectorView, ServiceError> {
    authorize(actor)?;
    let row = find_alone(app, actor, id).await?;
    let examined = examine(app, &actor.organization, Some(&row), &row.draft).await?;
    let now = app.now();
    let users = match &row.connector {
        Some(connector) => users_of_connector(app.database.read().await?.conn(), &actor.organization, connector).await?,
        None => Vec::new(),
    };
    let users = connections::names_for(app, actor, users).await?;
    let mut reader = app.database.read().await?;
    let stored: StoredTry = views::column("own_connectors", "tried", row.id.as_str(), &row.tried)?;
    let check = views::find_check(reader.conn(), &actor.organization, stored.check.as_deref()).await?;
    let check = check.map(|check| views::check_view(&check, now)).transpose()?;
    let updated_by = members::name_of(reader.conn(), &actor.organization, &row.updated_by).await?.unwrap_or_default();
    let (preview, findings) = match examined {
        Ok(manifest) => (Some(manifest.view(users.clone())), Vec::new()),
        Err(findings) => (None, findings),
    };
    Ok(OwnConnectorView {
        line: OwnConnectorLine {
            id: row.id.to_string(),
            state: state(&row).to_owned(),
            connector: row.connector,
            name: row.name,
            updated_by,
            updated_at: row.updated_at,
        },
        manifest: row.draft,
        findings,
        preview,
        tried: TriedView { check, ..stored.seen },
        connections: users,
        now,
    })
}

fn state(row: &OwnConnectorRow) -> &'static str {
    match &row.published {
        None => "draft",
        Some(published) if *published == row.draft => "published",
        Some(_) => "changed",
    }
}
