//! Opening a link.

use std::sync::Arc;

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, ActorKind, Timestamp, Visitor};
use crate::dto::VisitView;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::entry_links::TRIES;
use crate::services::entry_links::fields::{self, Given};
use crate::services::{App, ErrorCode, ServiceError, marketplace, sign_in, views};
use crate::store::drafts::{self, DraftRow};
use crate::store::entry_links::{self, EntryLinkRow};
use crate::store::{members, organizations};
use crate::vault::{Token, TokenHash};

/// What a link leads to while it works.
pub(super) struct Open {
    /// The link.
    pub link: EntryLinkRow,
    /// The draft that it fills in.
    pub draft: DraftRow,
    /// The connector.
    pub manifest: Arc<Manifest>,
    /// The name of who asks.
    pub asker: String,
    /// The fields that are asked for.
    pub asked: Vec<String>,
    /// What the asker filled in.
    pub given: Given,
}

impl Open {
    /// The person who came by the link, as an actor.
    pub fn actor(&self, visitor: &Visitor) -> Actor {
        Actor {
            organization: self.link.organization.clone(),
            kind: ActorKind::Link { link: self.link.id.clone(), asker: self.link.member.clone(), name: format!("Visitor by link of {}", self.asker) },
            only: None,
            address: Some(visitor.address),
            user_agent: visitor.user_agent.clone(),
            request_id: visitor.request_id.clone(),
        }
    }
}

/// The link that a token belongs to, whatever became of it.
pub(super) async fn by_token(app: &App, token: &str) -> Result<Option<EntryLinkRow>, ServiceError> {
    let hash = TokenHash::of(token);
    let found = entry_links::find_by_token(app.database.read().await?.conn(), hash.as_str()).await?;
    Ok(found.filter(|row| hash.matches(&row.token_hash)))
}

/// What a link leads to; `NotFound` unless it takes a form now: it has not ended, and the one who asks may still connect.
pub(super) async fn open(app: &App, link: EntryLinkRow, visitor: &Visitor) -> Result<Open, ServiceError> {
    let now = app.now();
    if link.ending.is_some() || link.expires_at <= now || link.tries >= TRIES {
        return Err(ServiceError::not_found());
    }
    let mut reader = app.database.read().await?;
    let person = members::find_active_member(reader.conn(), &link.organization, &link.member).await?.ok_or_else(ServiceError::not_found)?;
    let draft = drafts::find(reader.conn(), &link.organization, &link.member, &link.draft, now).await?;
    let draft = draft.filter(|draft| draft.connection_id.is_none()).ok_or_else(ServiceError::not_found)?;
    let asker = sign_in::of_person(&person, Timestamp::default(), visitor);
    if !asker.may_with(Action::Connect, draft.team.as_ref(), draft.personal.then_some(&link.member)) {
        return Err(ServiceError::not_found());
    }
    drop(reader);
    let manifest = marketplace::manifest(app, &link.organization, &link.connector).await?;
    let asked = views::column("entry_links", "fields", link.id.as_str(), &link.fields)?;
    let given = views::column("entry_links", "given", link.id.as_str(), &link.given)?;
    Ok(Open { link, draft, manifest, asker: person.name, asked, given })
}

/// What the person sees who opens a link. The first opening by anybody but the asker is noted.
///
/// # Errors
/// `NotFound` for a link that is unknown, used, withdrawn, spent or whose time is over.
pub async fn visit(app: &App, visitor: &Visitor, viewer: Option<&Actor>, token: &str) -> Result<VisitView, ServiceError> {
    let link = by_token(app, token).await?.ok_or_else(ServiceError::not_found)?;
    let open = open(app, link, visitor).await?;
    let is_asker = viewer.and_then(Actor::member).is_some_and(|member| *member == open.link.member);
    if open.link.opened_at.is_none() && !is_asker {
        note_opening(app, &open, visitor).await?;
    }
    let organization = organization(app, &open.link).await?;
    let mut connector = open.manifest.view(Vec::new());
    connector.fields.retain(|field| open.asked.contains(&field.id));
    for field in &mut connector.fields {
        // What decides about it was filled in by the asker, and so it is shown.
        field.visible_when.take_if(|(other, _)| !open.asked.contains(other));
    }
    Ok(VisitView {
        connector,
        organization,
        filled: fields::titles(&open.manifest, |id| open.given.contains_key(id)),
        note: open.link.note.clone(),
        expires_at: open.link.expires_at,
        asker: open.asker,
        attempt: Token::generate(app.random.as_ref()).expose().clone(),
        public_url: app.settings.public_url.clone(),
        now: app.now(),
    })
}

async fn note_opening(app: &App, open: &Open, visitor: &Visitor) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    if entry_links::mark_opened(transaction.conn(), &open.link.organization, &open.link.id, app.now()).await? {
        let facts = vec![Fact::Connector(open.link.connector.clone())];
        let event = AuditEvent::done("entry_link.opened", Target::entry_link(&open.link.id, &open.manifest.name), facts);
        audit::record(app, &mut transaction, (&open.actor(visitor)).into(), event).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// The name of the organization that a link belongs to.
pub(super) async fn organization(app: &App, link: &EntryLinkRow) -> Result<String, ServiceError> {
    let found = organizations::find(app.database.read().await?.conn(), &link.organization).await?;
    found.map(|row| row.name).ok_or_else(|| ServiceError::of(ErrorCode::NotFound))
}
