//! Making a link.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, CheckState, EntryLinkId};
use crate::dto::EntryLinkView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::drafts::{ASK, KEPT_MS};
use crate::services::entry_links::{HOUR_MS, LONGEST_HOURS, SHORTEST_HOURS, fields, watch};
use crate::services::{App, FieldError, ServiceError, Wanted, access, drafts, entries, marketplace, teams, views};
use crate::store::Transaction;
use crate::store::drafts::{self as rows, DraftRow};
use crate::store::entry_links::{self, EntryLinkRow};
use crate::vault::{Secret, Token};

/// The longest note, in characters.
const LONGEST_NOTE: usize = 500;

/// What a link is to be.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Keys of the fields to ask for; none for all that are empty. Secrets, and what is needed and empty, are asked for in any case.
    pub fields: Option<Vec<String>>,
    /// A few words to the person, 500 characters at most.
    pub note: String,
    /// How long it works, in hours: 1 to 168.
    pub valid_hours: u32,
}

/// A link that was just made.
#[derive(Debug)]
pub struct Made {
    /// The link.
    pub link: EntryLinkView,
    /// Its address with the token, which is told this once.
    pub address: Secret<String>,
}

/// Makes a link for a draft of the actor, in place of an earlier one.
///
/// # Errors
/// `NotFound`; `InvalidField`; `Conflict` while a check runs and once there is nothing left to fill in.
pub async fn make(app: &App, actor: &Actor, draft: &str, wish: &Wish) -> Result<Made, ServiceError> {
    access::require_somewhere(actor, Action::Connect)?;
    let connector = drafts::find(app, app.database.read().await?.conn(), actor, draft).await?.connector;
    let manifest = marketplace::manifest(app, &actor.organization, &connector).await?;
    let mut transaction = app.database.begin().await?;
    let draft = drafts::find(app, transaction.conn(), actor, draft).await?;
    let check = views::find_check(transaction.conn(), &actor.organization, draft.check_id.as_deref()).await?;
    let running = check.is_some_and(|check| check.state == CheckState::Running && app.now() <= check.deadline_at);
    if running || draft.connection_id.is_some() || draft.duplicate_of.is_some() {
        return Err(ServiceError::conflict("There is nothing left to ask for here. Open the draft to see how it is."));
    }
    accept(&manifest, wish)?;
    watch::end_of_draft(app, &mut transaction, actor, &draft).await?;
    let mut draft = drafts::find(app, transaction.conn(), actor, draft.id.as_str()).await?;
    let team = draft.team.as_ref().map(ToString::to_string).unwrap_or_default();
    draft.team = teams::for_connection(transaction.conn(), actor, Wanted { name: "", personal: draft.personal, team: &team }).await?;
    let made = write(app, &mut transaction, actor, &manifest, draft, wish).await?;
    transaction.commit().await?;
    Ok(made)
}

/// Begins a draft that only a link fills in, and makes the link.
///
/// # Errors
/// `Forbidden`; `NotFound` for an unknown connector; `InvalidField`; `NameTaken`.
pub async fn request(app: &App, actor: &Actor, connector: &str, wanted: impl Into<Wanted<'_>> + Send, wish: &Wish) -> Result<Made, ServiceError> {
    let wanted = Wanted { personal: false, ..wanted.into() };
    access::require_somewhere(actor, Action::Connect)?;
    let manifest = marketplace::manifest(app, &actor.organization, connector).await?;
    accept(&manifest, wish)?;
    let mut reader = app.database.read().await?;
    if let Some(objection) = entries::objection_to_name(reader.conn(), actor, wanted).await? {
        return Err(objection);
    }
    let team = teams::for_connection(reader.conn(), actor, wanted).await?;
    drop(reader);
    let mut transaction = app.database.begin().await?;
    let mut draft = drafts::insert(app, &mut transaction, actor, &manifest, ASK).await?;
    wanted.name.trim().clone_into(&mut draft.name);
    draft.team = team;
    let made = write(app, &mut transaction, actor, &manifest, draft, wish).await?;
    transaction.commit().await?;
    Ok(made)
}

/// What is wrong with a wish.
fn accept(manifest: &Manifest, wish: &Wish) -> Result<(), ServiceError> {
    let mut wrong = Vec::new();
    let mut objection = |field: &str, message: &str| wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    if !(SHORTEST_HOURS..=LONGEST_HOURS).contains(&wish.valid_hours) {
        objection("valid_hours", "Choose a time from 1 hour to 7 days.");
    }
    if wish.note.chars().count() > LONGEST_NOTE {
        objection("note", "Keep the note to 500 characters.");
    }
    if wish.note.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
        objection("note", "The note holds an invisible character. Type it again.");
    }
    if wish.fields.iter().flatten().any(|id| manifest.field(id).is_none()) {
        objection("fields", "Ask for fields of this connector alone.");
    }
    if wrong.is_empty() { Ok(()) } else { Err(ServiceError::invalid_fields(wrong)) }
}

async fn write(app: &App, transaction: &mut Transaction, actor: &Actor, manifest: &Manifest, mut draft: DraftRow, wish: &Wish) -> Result<Made, ServiceError> {
    let given = views::column("drafts", "entries", draft.id.as_str(), &draft.entries)?;
    let asked = fields::asked(manifest, &given, wish.fields.as_deref());
    if asked.is_empty() {
        return Err(ServiceError::invalid_field("fields", "Everything is filled in already. Choose at least one field."));
    }
    let (now, token) = (app.now(), Token::generate(app.random.as_ref()));
    let expires_at = now.plus_millis(i64::from(wish.valid_hours) * HOUR_MS);
    let row = EntryLinkRow {
        id: EntryLinkId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        member: access::member(actor)?.clone(),
        draft: draft.id.clone(),
        connector: manifest.id.clone(),
        token_hash: token.hash().as_str().to_owned(),
        fields: serde_json::to_string(&asked)?,
        given: serde_json::to_string(&fields::kept(manifest, &given, &asked))?,
        note: wish.note.trim().to_owned(),
        created_at: now,
        expires_at,
        opened_at: None,
        tries: 0,
        check: None,
        attempt: None,
        ended_at: None,
        ending: None,
    };
    draft.updated_at = now;
    draft.expires_at = draft.expires_at.max(expires_at.plus_millis(KEPT_MS));
    rows::update(transaction.conn(), &draft).await?;
    entry_links::insert(transaction.conn(), &row).await?;
    let event = AuditEvent::done("entry_link.made", Target::entry_link(&row.id, &manifest.name), vec![Fact::Connector(manifest.id.clone())]);
    audit::record(app, transaction, actor.into(), event).await?;
    let address = Secret::new(format!("{}/ask/{}", app.settings.public_url, token.expose()));
    Ok(Made { link: watch::show(app, &row, manifest, None)?, address })
}
