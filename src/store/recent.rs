//! The checks of a connection's last day as one text in its row, so that a list reads no checks.
//!
//! The text holds one number per minute in which checks began: the minute since 1970, and behind it 1 for passed, 2 for slow, 3 for failed; the worst counts.

use crate::domain::{ConnectionId, OrganizationId, Timestamp};
use crate::dto::Bar;
use crate::store::engine::change;
use crate::store::{Conn, StoreError, connections};

/// A minute in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// Writes the text anew from the finished checks of the day before the newest one. It runs in the transaction that finishes a check.
pub(in crate::store) async fn renew(mut on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId) -> Result<(), StoreError> {
    connections::hold(on.again(), organization, connection).await?;
    let sql = "UPDATE connections SET recent = coalesce((SELECT string_agg(CAST(mark AS TEXT), ' ') FROM \
               (SELECT max(started_ms / 60000 * 10 + CASE WHEN state = 'failed' THEN 3 WHEN took_ms > 3000 THEN 2 ELSE 1 END) AS mark FROM checks \
               WHERE org_id = $1 AND connection_id = $2 AND state IN ('passed', 'failed') \
               AND started_ms > (SELECT max(started_ms) FROM checks WHERE org_id = $1 AND connection_id = $2) - 86400000 GROUP BY started_ms / 60000) AS minutes), '') \
               WHERE org_id = $1 AND id = $2";
    change!(on, sql, organization.as_str(), connection.as_str())?;
    Ok(())
}

/// Reads the text: when checks began, to the minute, and the worst of that minute.
pub fn read(text: &str) -> impl Iterator<Item = (Timestamp, Bar)> {
    text.split_ascii_whitespace().filter_map(|number| {
        let number: i64 = number.parse().ok()?;
        let bar = match number % 10 {
            1 => Bar::Ok,
            2 => Bar::Slow,
            3 => Bar::Fail,
            _ => return None,
        };
        Some((Timestamp::from_millis((number / 10).checked_mul(MINUTE_MS)?), bar))
    })
}
