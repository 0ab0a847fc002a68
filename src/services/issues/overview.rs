//! The page of issues: those that last, then those that ended lately.

use super::card::Known;
use super::list::part;
use crate::domain::{Actor, ConnectionStatus, Timestamp};
use crate::dto::{EndedIssue, IssueCard, IssuesView};
use crate::services::connections::only_looks;
use crate::services::{App, ServiceError, access, handout, marketplace, words};
use crate::store::issues::{self, IssueRow};
use crate::store::{connections, grants};

/// Issues of one page.
const PAGE: usize = 50;
/// Issues that ended lately: how many at most, and for how long, in milliseconds.
const LATELY: usize = 10;
const LATELY_MS: i64 = 7 * 24 * 3_600_000;

/// What is wrong with the connections that the actor sees, in words, after `cursor` (empty for the newest); with `solved` only what has ended.
///
/// # Errors
/// `Forbidden`; `InvalidField` for a cursor that no page gave.
pub async fn overview(app: &App, actor: &Actor, solved: bool, cursor: &str) -> Result<IssuesView, ServiceError> {
    let (found, next_cursor) = part(app, actor, !solved, cursor, PAGE).await?;
    let now = app.now();
    let (cards, ended) = if solved {
        (Vec::new(), ended(app, actor, found).await?)
    } else {
        let (lately, _) = part(app, actor, false, "", LATELY).await?;
        let lately = lately.into_iter().filter(|row| row.resolved_at.is_some_and(|at| now.since(at) < LATELY_MS)).collect();
        (cards(app, actor, found, now).await?, ended(app, actor, lately).await?)
    };
    let (organization, sight) = (&actor.organization, access::sight(actor));
    let mut reader = app.database.read().await?;
    let open = issues::count_open(reader.conn(), organization, sight).await?;
    let solved_count = issues::count_ended(reader.conn(), organization, sight).await?;
    let sum = |wanted: fn(ConnectionStatus) -> bool| -> i64 { open.iter().filter(|(status, _)| wanted(*status)).map(|(_, count)| count).sum() };
    let number = |count: i64| usize::try_from(count).unwrap_or_default();
    Ok(IssuesView {
        now,
        open: number(sum(|_| true)),
        needs: number(sum(ConnectionStatus::needs_somebody)),
        solved: number(solved_count),
        solved_alone: solved,
        cards,
        ended,
        next_cursor,
        only_looks: only_looks(actor),
    })
}

async fn cards(app: &App, actor: &Actor, found: Vec<IssueRow>, now: Timestamp) -> Result<Vec<IssueCard>, ServiceError> {
    let organization = &actor.organization;
    let mut cards = Vec::with_capacity(found.len());
    for issue in found {
        let mut reader = app.database.read().await?;
        let Some(row) = connections::find(reader.conn(), organization, &issue.connection).await? else { continue };
        let grant = grants::active(reader.conn(), organization, &issue.connection).await?;
        let uses = handout::uses_of(app, reader.conn(), organization, &issue.connection).await?;
        drop(reader);
        let manifest = marketplace::find(app, organization, &row.connector).await?;
        cards.push(Known { issue, row: &row, manifest: manifest.as_deref(), grant, uses }.card(app, actor, now));
    }
    Ok(cards)
}

async fn ended(app: &App, actor: &Actor, found: Vec<IssueRow>) -> Result<Vec<EndedIssue>, ServiceError> {
    let looks = only_looks(actor);
    let mut ended = Vec::with_capacity(found.len());
    for issue in found {
        let manifest = marketplace::find(app, &actor.organization, &issue.connector).await?;
        let provider = manifest.as_ref().map_or(issue.connector.as_str(), |manifest| manifest.name.as_str());
        let at = issue.resolved_at.unwrap_or(issue.opened_at);
        let took = at.since(issue.opened_at);
        let sentence = if looks {
            words::issue_end_for_viewers(issue.resolved_how, took)
        } else {
            format!("{}. {}", words::issue_title(&issue.code, provider), words::issue_end(issue.resolved_how, &issue.resolved_by, took))
        };
        ended.push(EndedIssue {
            connection: issue.connection.to_string(),
            connector_name: provider.to_owned(),
            glyph: manifest.as_ref().and_then(|manifest| manifest.glyph.clone()),
            name: issue.name,
            connector: issue.connector,
            sentence,
            ended_at: at,
        });
    }
    Ok(ended)
}
