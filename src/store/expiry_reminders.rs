//! Which reminders were sent of what ends.

use crate::domain::{OrganizationId, Timestamp};
use crate::store::engine::{change, rows};
use crate::store::{Conn, StoreError};

/// A reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderRow {
    /// What ends: an id, with a number behind it where one id ends several times.
    pub subject: String,
    /// The end that it told of.
    pub ends_at: Timestamp,
    /// How many days before that it was due.
    pub days: i64,
}

/// Notes a reminder that is about to be sent; false, and nothing noted, when it was, and when the same subject had one for as many days since `not_since`:
/// what ends a little later each day is not told of each day. Of two nodes at once, one gets true.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(on: Conn<'_>, organization: &OrganizationId, row: &ReminderRow, now: Timestamp, not_since: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO expiry_reminders (org_id, subject, ends_ms, days, sent_ms) \
               SELECT $1, $2, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT) \
               WHERE NOT EXISTS (SELECT 1 FROM expiry_reminders WHERE org_id = $1 AND subject = $2 AND days = $4 AND sent_ms > $6) ON CONFLICT DO NOTHING";
    let noted = change!(on, sql, organization.as_str(), row.subject.as_str(), row.ends_at.millis(), row.days, now.millis(), not_since.millis())?;
    Ok(noted == 1)
}

/// The reminders of ends after `since`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(on: Conn<'_>, organization: &OrganizationId, since: Timestamp) -> Result<Vec<ReminderRow>, StoreError> {
    let sql = "SELECT subject, ends_ms, days FROM expiry_reminders WHERE org_id = $1 AND ends_ms > $2";
    let found = rows!(on, (String, i64, i64), sql, organization.as_str(), since.millis())?;
    Ok(found.into_iter().map(|(subject, ends_ms, days)| ReminderRow { subject, ends_at: Timestamp::from_millis(ends_ms), days }).collect())
}

/// Forgets reminders that were sent before `before`; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_older(on: Conn<'_>, before: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM expiry_reminders WHERE sent_ms < $1", before.millis())
}
