//! When credentials end, where connections are listed.

use crate::domain::OrganizationId;
use crate::dto::ConnectionRow;
use crate::services::connections::{LASTS, RENEWS};
use crate::services::{ServiceError, words};
use crate::store::grants::lasting;
use crate::store::{Conn, expiry_dates};

/// Says of each of these rows when its credential ends: tokens that nobody can renew say so themselves, and what somebody entered counts before.
pub async fn note_ends(mut on: Conn<'_>, organization: &OrganizationId, rows: &mut [ConnectionRow]) -> Result<(), ServiceError> {
    let ends = expiry_dates::of_credentials(on.again(), organization).await?;
    let renewing: Vec<&str> = rows.iter().filter(|row| row.expiry == RENEWS).map(|row| row.id.as_str()).collect();
    let tokens = lasting(on, organization, &renewing).await?;
    for row in rows {
        let token = tokens.iter().find(|token| token.connection.as_str() == row.id);
        if let Some(token) = token.filter(|token| !token.renews) {
            row.expiry = token.expires_at.map_or_else(|| LASTS.to_owned(), words::date);
        }
        if let Some((_, at)) = ends.iter().find(|(id, _)| id.as_str() == row.id) {
            row.expiry = words::date(*at);
        }
    }
    Ok(())
}
