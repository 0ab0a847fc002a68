//! When credentials end, where connections are listed.

use crate::domain::OrganizationId;
use crate::dto::ConnectionRow;
use crate::services::{ServiceError, words};
use crate::store::{Conn, expiry_dates};

/// Says of each of these rows when its credential ends, where somebody entered that.
pub async fn note_ends(on: Conn<'_>, organization: &OrganizationId, rows: impl IntoIterator<Item = &mut ConnectionRow> + Send) -> Result<(), ServiceError> {
    let ends = expiry_dates::of_credentials(on, organization).await?;
    for row in rows {
        if let Some((_, end)) = ends.iter().find(|(id, _)| id.as_str() == row.id) {
            row.expiry = words::date(*end);
        }
    }
    Ok(())
}
