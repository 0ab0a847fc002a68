//! Counters in windows of time; shared by all nodes.

use crate::domain::Timestamp;
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
    todo!()
}

/// The counter as it stands; none when no window is open.
///
/// # Errors
/// [`StoreError`].
pub async fn peek(on: Conn<'_>, bucket: &str, now: Timestamp) -> Result<Option<Usage>, StoreError> {
    todo!()
}

/// Forgets a counter.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(on: Conn<'_>, bucket: &str) -> Result<(), StoreError> {
    todo!()
}

/// Removes counters whose window has ended.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_ended(on: Conn<'_>, now: Timestamp) -> Result<u64, StoreError> {
    todo!()
}
