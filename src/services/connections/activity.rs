//! What happened to a connection, page by page.

use std::collections::HashMap;

use crate::domain::{Action, Actor, CheckState, MemberId, OrganizationId, Timestamp};
use crate::dto::{ActivityPage, ActivityView};
use crate::services::connections::test::{STARTED, TESTED};
use crate::services::{App, ServiceError, access, connections, words};
use crate::store::activity::{ActivityRow, Happened, of_connection};
use crate::store::connections::ConnectionRow;
use crate::store::{Conn, members};

/// The most entries of one page.
pub const MOST: usize = 100;

/// The checks and audit entries of a connection, newest first, after `cursor` (empty for the newest).
///
/// # Errors
/// `Forbidden`; `NotFound`; `InvalidField` for a cursor that no page gave.
pub async fn logs(app: &App, actor: &Actor, id: &str, cursor: &str, limit: usize) -> Result<ActivityPage, ServiceError> {
    access::require(actor, Action::SeeConnectionDetails)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::SeeConnectionDetails, &row)?;
    page(app.database.read().await?.conn(), &row, cursor, limit.clamp(1, MOST)).await
}

/// One page of a connection that was read for the actor.
pub(super) async fn page(mut on: Conn<'_>, row: &ConnectionRow, cursor: &str, limit: usize) -> Result<ActivityPage, ServiceError> {
    let before = if cursor.is_empty() { None } else { Some(place(cursor)?) };
    let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut found = of_connection(on.again(), &row.organization, &row.id, [STARTED, TESTED], before, wanted).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| more).map(|last| format!("{}.{}", last.at.millis(), last.id));
    let names = names(on, &row.organization, &found).await?;
    Ok(ActivityPage { items: found.into_iter().map(|entry| shown(entry, &names)).collect(), next_cursor })
}

fn place(cursor: &str) -> Result<(Timestamp, &str), ServiceError> {
    let place = cursor.split_once('.').and_then(|(at, id)| Some((Timestamp::from_millis(at.parse().ok()?), id)));
    place.filter(|(_, id)| !id.is_empty() && id.len() <= 200).ok_or_else(|| ServiceError::invalid_field("cursor", "Use the next_cursor of the page before."))
}

async fn names(mut on: Conn<'_>, organization: &OrganizationId, found: &[ActivityRow]) -> Result<HashMap<MemberId, String>, ServiceError> {
    let mut names = HashMap::new();
    for entry in found {
        if let Happened::Check { asked_by: Some(member), .. } = &entry.what
            && !names.contains_key(member)
        {
            names.insert(member.clone(), members::name_of(on.again(), organization, member).await?.unwrap_or_else(|| "A former member".to_owned()));
        }
    }
    Ok(names)
}

fn shown(entry: ActivityRow, names: &HashMap<MemberId, String>) -> ActivityView {
    let ActivityRow { at, id, what } = entry;
    match what {
        Happened::Check { asked_by, state, took_ms, code } => {
            let took = u32::try_from(took_ms).unwrap_or_default();
            ActivityView {
                at,
                id,
                kind: "check".to_owned(),
                actor: asked_by.as_ref().and_then(|member| names.get(member)).map_or("Latchkey", String::as_str).to_owned(),
                by_machine: asked_by.is_none(),
                what: words::tested(state, took, code.as_deref()),
                outcome: state.as_str().to_owned(),
                took_ms: (state != CheckState::Running).then_some(took),
                code,
            }
        }
        Happened::Event { actor_kind, actor_name, action, outcome, detail, .. } => ActivityView {
            at,
            id,
            kind: "event".to_owned(),
            actor: actor_name,
            by_machine: actor_kind != "member",
            what: words::activity(&action, &outcome, &detail),
            outcome,
            took_ms: None,
            code: None,
        },
    }
}
