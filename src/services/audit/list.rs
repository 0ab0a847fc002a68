//! Reading the log.

use subtle::ConstantTimeEq;

use super::filter::{self, Filter};
use super::shown::shown;
use super::{entry_mac, integrity};
use crate::domain::{Action, Actor, Reach};
use crate::dto::{AuditChainView, AuditEntryPage, AuditListView};
use crate::services::words::Topic;
use crate::services::{App, ServiceError};
use crate::store::audit::{Found, Place, Sight, find, mac_at, next_of, prune, search};
use crate::store::{Conn, audit_checkpoints, members};

/// The most entries of one page.
pub const MOST: usize = 200;

/// The entries that the actor may see, newest first, behind `cursor` (empty for the newest).
///
/// # Errors
/// `Forbidden`; `InvalidField` for a cursor that no page gave.
pub async fn list(app: &App, actor: &Actor, wanted: &Filter, cursor: &str, limit: usize) -> Result<AuditListView, ServiceError> {
    let sight = wanted.sight(actor)?;
    let before = filter::place(cursor)?;
    let mut reader = app.database.read().await?;
    let found = part(app, reader.conn(), &sight, wanted, &before, limit.clamp(1, MOST)).await?;
    let sees_all = sight.own.is_empty();
    let people = if sees_all { members::list_active(reader.conn(), &actor.organization).await? } else { Vec::new() };
    Ok(AuditListView {
        now: app.now(),
        next_cursor: found.until.as_ref().map(filter::cursor),
        looked_until: found.until.as_ref().map(|place| place.at),
        items: found.rows.into_iter().map(shown).collect(),
        people: people.into_iter().map(|person| (person.member.id.to_string(), person.name)).collect(),
        topics: Topic::ALL.iter().map(|topic| (topic.as_str().to_owned(), topic.title().to_owned())).collect(),
        sight: match actor.reach(Action::SeeAudit) {
            Reach::Organization => "all",
            Reach::OwnTeams => "teams",
            Reach::Own | Reach::Nothing => "own",
        }
        .to_owned(),
        may_see_server: actor.may(Action::SeeServer, None),
        may_set: actor.may(Action::ManageOrganization, None),
        integrity: if sees_all { integrity(reader.conn(), actor, app.now()).await? } else { None },
    })
}

/// One part of the log, merged from the indexes that the filter names.
pub(super) async fn part(app: &App, mut on: Conn<'_>, sight: &Sight, wanted: &Filter, before: &Place, limit: usize) -> Result<Found, ServiceError> {
    let mut whole = Found::default();
    let indexes = wanted.indexes();
    for index in &indexes {
        let wish = wanted.wishes(*index, indexes.len(), sight, app.now(), limit + 1);
        let mut found = search(on.again(), sight, *index, &wish, before).await?;
        whole.rows.append(&mut found.rows);
        whole.until = whole.until.max(found.until);
    }
    // What is older than the newest place where one of them stopped is not complete.
    if let Some(until) = &whole.until {
        whole.rows.retain(|row| Place::of(row) >= *until);
    }
    whole.rows.sort_by_cached_key(|row| std::cmp::Reverse(Place::of(row)));
    if whole.rows.len() > limit {
        whole.rows.truncate(limit);
        whole.until = whole.rows.last().map(Place::of);
    }
    let pruned = match &sight.organization {
        Some(organization) => prune::of(on, organization).await?.map(|kept| kept.pruned_until),
        None => None,
    };
    // Entries without content are the end of the list.
    if whole.until.as_ref().zip(pruned).is_some_and(|(until, pruned)| until.at < pruned) {
        whole.until = None;
    }
    whole.rows.retain(|row| row.outcome != prune::PRUNED);
    Ok(whole)
}

/// One entry and how it stands in its chain.
///
/// # Errors
/// `Forbidden`; `NotFound` for every entry that the actor may not see or that is not there.
pub async fn view(app: &App, actor: &Actor, node: &str, seq: &str) -> Result<AuditEntryPage, ServiceError> {
    let sight = filter::sight(actor)?;
    let readable = !seq.is_empty() && seq.len() <= 18 && seq.bytes().all(|byte| byte.is_ascii_digit()) && !seq.starts_with('0') && !node.contains('\0');
    let seq = Some(seq).filter(|_| readable).and_then(|seq| seq.parse::<i64>().ok()).ok_or_else(ServiceError::not_found)?;
    let mut reader = app.database.read().await?;
    let mut found = find(reader.conn(), &sight, node, seq).await?;
    if found.is_none() && actor.may(Action::SeeServer, None) {
        found = find(reader.conn(), &Sight { organization: None, ..sight }, node, seq).await?;
    }
    let row = found.filter(|row| row.outcome != prune::PRUNED).ok_or_else(ServiceError::not_found)?;
    let before = mac_at(reader.conn(), node, seq - 1).await?;
    let behind = next_of(reader.conn(), node, seq).await?;
    let checkpoint = audit_checkpoints::covering(reader.conn(), node, seq).await?;
    let chain = AuditChainView {
        own: entry_mac(&app.audit_key, &row).ct_eq(&row.mac).into(),
        before: (seq > 1).then(|| before.is_some_and(|mac| mac.ct_eq(&row.prev_mac).into())),
        behind: behind.map(|mac| mac.ct_eq(&row.mac).into()),
        checkpoint: checkpoint.map(|row| (row.seq, row.at)),
    };
    Ok(AuditEntryPage { now: app.now(), entry: shown(row), chain })
}
