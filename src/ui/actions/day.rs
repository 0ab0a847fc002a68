//! Days as date fields send them.

use time::format_description::well_known::Iso8601;
use time::{Date, Time};

use crate::domain::Timestamp;
use crate::services::ServiceError;

/// The last moment (UTC) of a day such as `2026-12-04`; none for an empty text. `field` is where the refusal stands.
pub(super) fn end_of_day(field: &str, text: &str) -> Result<Option<Timestamp>, ServiceError> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = Date::parse(text, &Iso8601::DATE).map_err(|_| ServiceError::invalid_field(field, "Choose a day."))?;
    let seconds = day.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp();
    Ok(Some(Timestamp::from_millis(seconds.saturating_add(86_400).saturating_mul(1_000).saturating_sub(1))))
}
