//! Counters in windows of time; shared by all nodes.

use crate::domain::Timestamp;
use crate::store::engine::{change, row};
use crate::store::{Conn, StoreError};

/// A counter after it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How often in this window, this time included.
    pub used: i64,
    /// When the window ends.
    pub window_ends_at: Timestamp,
}

/// Counts one use; begins a new window of `window_ms` when the last has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn take(on: Conn<'_>, bucket: &str, now: Timestamp, window_ms: i64) -> Result<Usage, StoreError> {
    let sql = "INSERT INTO rate_limits (bucket, used, window_ends_ms) VALUES ($1, 1, $3) ON CONFLICT (bucket) DO UPDATE SET \
               used = CASE WHEN rate_limits.window_ends_ms <= $2 THEN 1 ELSE rate_limits.used + 1 END, \
               window_ends_ms = CASE WHEN rate_limits.window_ends_ms <= $2 THEN excluded.window_ends_ms ELSE rate_limits.window_ends_ms END \
               RETURNING used, window_ends_ms";
    let counted = row!(on, (i64, i64), sql, bucket, now.millis(), now.plus_millis(window_ms).millis())?;
    counted.map(usage).ok_or(StoreError::Sql(sqlx::Error::RowNotFound))
}

/// The counter as it stands; none when no window is open.
///
/// # Errors
/// [`StoreError`].
pub async fn peek(on: Conn<'_>, bucket: &str, now: Timestamp) -> Result<Option<Usage>, StoreError> {
    let sql = "SELECT used, window_ends_ms FROM rate_limits WHERE bucket = $1 AND window_ends_ms > $2";
    Ok(row!(on, (i64, i64), sql, bucket, now.millis())?.map(usage))
}

/// Forgets a counter.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(on: Conn<'_>, bucket: &str) -> Result<(), StoreError> {
    change!(on, "DELETE FROM rate_limits WHERE bucket = $1", bucket)?;
    Ok(())
}

/// Removes counters whose window has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_ended(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM rate_limits WHERE window_ends_ms <= $1", now.millis())
}

const fn usage((used, window_ends_ms): (i64, i64)) -> Usage {
    Usage { used, window_ends_at: Timestamp::from_millis(window_ends_ms) }
}
