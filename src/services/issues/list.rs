//! Reading issues.

use crate::domain::{Action, Actor, Timestamp};
use crate::dto::{IssuePage, IssueView};
use crate::services::connections::only_looks;
use crate::services::{App, ServiceError, access};
use crate::store::issues::{self, IssueRow};

/// The most issues of one page.
pub const MOST: usize = 100;

/// The issues of the connections that the actor sees, newest first, after `cursor` (empty for the newest); `open` for those that last, or those that have ended.
///
/// # Errors
/// `Forbidden`; `InvalidField` for a cursor that no page gave.
pub async fn list(app: &App, actor: &Actor, open: bool, cursor: &str, limit: usize) -> Result<IssuePage, ServiceError> {
    let (found, next_cursor) = part(app, actor, open, cursor, limit).await?;
    let looks = only_looks(actor);
    let shown = |row| if looks { IssueView { resolved_by: None, ..view(row) } } else { view(row) };
    Ok(IssuePage { items: found.into_iter().map(shown).collect(), next_cursor })
}

/// The same as rows, and where the next part begins.
pub(super) async fn part(app: &App, actor: &Actor, open: bool, cursor: &str, limit: usize) -> Result<(Vec<IssueRow>, Option<String>), ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let before = if cursor.is_empty() { None } else { Some(place(cursor)?) };
    let limit = limit.clamp(1, MOST);
    let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut found = issues::list(app.database.read().await?.conn(), &actor.organization, access::sight(actor), open, before, wanted).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let place = |last: &IssueRow| format!("{}.{}", last.resolved_at.unwrap_or(last.opened_at).millis(), last.id);
    let next_cursor = found.last().filter(|_| more).map(place);
    Ok((found, next_cursor))
}

fn place(cursor: &str) -> Result<(Timestamp, &str), ServiceError> {
    let place = cursor.split_once('.').and_then(|(at, id)| Some((Timestamp::from_millis(at.parse().ok()?), id)));
    place.filter(|(_, id)| !id.is_empty() && id.len() <= 200).ok_or_else(|| ServiceError::invalid_field("cursor", "Use the next_cursor of the page before."))
}

/// As pages and the API show it.
pub fn view(row: IssueRow) -> IssueView {
    IssueView {
        id: row.id.to_string(),
        connection: row.connection.to_string(),
        name: row.name,
        connector: row.connector,
        code: row.code,
        opened_at: row.opened_at,
        resolved_at: row.resolved_at,
        resolved_how: row.resolved_how.map(|how| how.as_str().to_owned()),
        resolved_by: Some(row.resolved_by).filter(|by| !by.is_empty()),
        told_at: row.told_at,
    }
}
