//! Adding, changing, publishing and deleting.

use super::examine::examine;
use super::{MOST, authorize, find, find_alone};
use crate::catalogue::{LARGEST_MANIFEST, text_at};
use crate::domain::{Actor, OwnConnectorId};
use crate::dto::Finding;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::{App, ErrorCode, FieldError, ServiceError, access, connections, names};
use crate::store::Transaction;
use crate::store::connections::users_of_connector;
use crate::store::own_connectors::{self, OwnConnectorRow};

/// The name of a connector whose text has none yet.
const UNNAMED: &str = "Unnamed connector";
/// How often a text is saved anew because the record was changed in the same moment.
const ATTEMPTS: usize = 5;
/// The longest name in lists, in characters.
const LONGEST_NAME: usize = 120;

/// Keeps a text as a new draft, whatever is to mend in it.
///
/// # Errors
/// `Forbidden`; `InvalidField` for a text that is too large; `Conflict` when there are too many.
pub async fn create(app: &App, actor: &Actor, text: &str) -> Result<OwnConnectorId, ServiceError> {
    authorize(actor)?;
    let draft = acceptable(text)?;
    let member = access::member(actor)?;
    let now = app.now();
    let row = OwnConnectorRow {
        id: OwnConnectorId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        connector: None,
        name: name_of(&draft).unwrap_or_else(|| UNNAMED.to_owned()),
        draft,
        published: None,
        tried: "{}".to_owned(),
        created_by: member.clone(),
        created_at: now,
        updated_by: member.clone(),
        updated_at: now,
        row_version: 1,
    };
    let mut transaction = app.database.begin().await?;
    let count = own_connectors::count(transaction.conn(), &actor.organization).await?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= MOST {
        return Err(ServiceError::conflict(format!(
            "Your organisation has {MOST} connectors of its own, which is the most. Delete one first. Nothing was saved."
        )));
    }
    own_connectors::insert(transaction.conn(), &row).await?;
    record(app, &mut transaction, actor, "connector.added", &row).await?;
    transaction.commit().await?;
    Ok(row.id)
}

/// Keeps a text as the draft of a connector, whatever is to mend in it. What is published stays in use.
///
/// # Errors
/// `Forbidden`; `NotFound`; `InvalidField` for a text that is too large.
pub async fn save(app: &App, actor: &Actor, id: &str, text: &str) -> Result<(), ServiceError> {
    authorize(actor)?;
    let mut attempt = 1;
    loop {
        match Box::pin(try_save(app, actor, id, text)).await {
            Err(error) if error.code == ErrorCode::Conflict && attempt < ATTEMPTS => attempt += 1,
            ended => return ended,
        }
    }
}

async fn try_save(app: &App, actor: &Actor, id: &str, text: &str) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    let mut row = find(transaction.conn(), actor, id).await?;
    let draft = acceptable(text)?;
    if row.draft == draft {
        return Ok(());
    }
    if let Some(name) = name_of(&draft).filter(|_| row.published.is_none()) {
        row.name = name;
    }
    row.draft = draft;
    touch(app, actor, &mut row)?;
    own_connectors::update(transaction.conn(), &row).await?;
    own_connectors::keep_tried(transaction.conn(), &row.organization, &row.id, "{}").await?;
    record(app, &mut transaction, actor, "connector.edited", &row).await?;
    transaction.commit().await?;
    Ok(())
}

/// Puts the draft into use for the whole organization.
///
/// # Errors
/// `Forbidden`; `NotFound`; `InvalidField` with line and key of everything that is to mend; `Conflict` when it was changed in the same moment.
pub async fn publish(app: &App, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    authorize(actor)?;
    let mut row = find_alone(app, actor, id).await?;
    let manifest = match examine(app, &actor.organization, Some(&row), &row.draft).await? {
        Ok(manifest) => manifest,
        Err(findings) => return Err(unsound(findings)),
    };
    if row.published.as_ref() == Some(&row.draft) {
        return Ok(());
    }
    row.connector = Some(manifest.id.clone());
    row.name = shown(&manifest.name);
    row.published = Some(row.draft.clone());
    touch(app, actor, &mut row)?;
    let mut transaction = app.database.begin().await?;
    own_connectors::update(transaction.conn(), &row).await?;
    record(app, &mut transaction, actor, "connector.published", &row).await?;
    transaction.commit().await?;
    Ok(())
}

/// Deletes a connector that no connection uses.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Conflict` with the names of the connections that use it.
pub async fn delete(app: &App, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    authorize(actor)?;
    let mut transaction = app.database.begin().await?;
    let row = find(transaction.conn(), actor, id).await?;
    if let Some(connector) = &row.connector {
        let users = users_of_connector(transaction.conn(), &actor.organization, connector).await?;
        if !users.is_empty() {
            drop(transaction);
            let users: Vec<String> = connections::names_for(app, actor, users).await?.into_iter().map(|(name, _)| name).collect();
            return Err(ServiceError::conflict(format!(
                "{} is still used by {}. Disconnect what uses it first. Nothing was deleted.",
                row.name,
                names::joined(&users)
            )));
        }
    }
    own_connectors::delete(transaction.conn(), &row.organization, &row.id).await?;
    record(app, &mut transaction, actor, "connector.deleted", &row).await?;
    transaction.commit().await?;
    Ok(row.name)
}

/// The text as it is kept: line breaks of one kind, and no zero character.
fn acceptable(text: &str) -> Result<String, ServiceError> {
    let text = text.replace("\r\n", "\n").replace('\0', "\u{fffd}");
    if text.len() > LARGEST_MANIFEST {
        return Err(ServiceError::invalid_field("manifest", format!("The manifest is larger than {} KiB. Shorten it.", LARGEST_MANIFEST / 1024)));
    }
    Ok(text)
}

fn name_of(text: &str) -> Option<String> {
    text_at(text, "name").map(|name| shown(&name)).filter(|name| !name.is_empty())
}

fn shown(name: &str) -> String {
    name.trim().chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect()
}

fn touch(app: &App, actor: &Actor, row: &mut OwnConnectorRow) -> Result<(), ServiceError> {
    row.updated_by = access::member(actor)?.clone();
    row.updated_at = app.now();
    Ok(())
}

fn unsound(findings: Vec<Finding>) -> ServiceError {
    let field = |finding: Finding| {
        let place = finding.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        FieldError { field: if finding.key.is_empty() { "manifest".to_owned() } else { finding.key }, message: format!("{place}{}", finding.message) }
    };
    ServiceError::invalid_fields(findings.into_iter().map(field).collect()).saying("The manifest needs another look. Nothing was published.")
}

async fn record(app: &App, transaction: &mut Transaction, actor: &Actor, action: &'static str, row: &OwnConnectorRow) -> Result<(), ServiceError> {
    let facts = row.connector.iter().map(|connector| Fact::Connector(connector.clone())).collect();
    audit::record(app, transaction, actor.into(), AuditEvent::done(action, Target::connector(row.id.as_str(), &row.name), facts)).await
}
