//! Who reads which credential: one row for each connection, key, day and node, counted up in the transaction that records the reads.

use serde::Serialize;

use crate::domain::{ApiKeyId, ApplicationId, ConnectionId, OrganizationId, Timestamp};
use crate::store::engine::{change, rows, text_of};
use crate::store::{Conn, StoreError};

const DAY_MS: i64 = 24 * 3_600_000;

/// Reads by one key, counted together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UseRow {
    /// The tenant.
    #[serde(rename = "org_id")]
    pub organization: String,
    /// The connection.
    #[serde(rename = "connection_id")]
    pub connection: String,
    /// The program.
    #[serde(rename = "application_id")]
    pub application: String,
    /// Its key.
    #[serde(rename = "key_id")]
    pub key: String,
    /// Days since 1970 in UTC.
    pub day: i64,
    /// The node that answered.
    pub node: String,
    /// How often.
    pub reads: i64,
    /// When last.
    #[serde(rename = "last_ms")]
    pub last: i64,
    /// From where.
    #[serde(rename = "last_address")]
    pub address: String,
    /// With what.
    #[serde(rename = "last_user_agent")]
    pub user_agent: String,
}

impl UseRow {
    /// What no two rows share, in the order of the table's key.
    pub fn place(&self) -> (&str, &str, &str, &str, i64) {
        (&self.organization, &self.connection, &self.application, &self.key, self.day)
    }
}

/// The number of the day that a time falls on, in UTC.
pub const fn day_of(at: Timestamp) -> i64 {
    at.millis().div_euclid(DAY_MS)
}

#[derive(sqlx::FromRow)]
struct Raw {
    application_id: String,
    key_id: String,
    application_name: String,
    key_name: String,
    day: i64,
    reads: i64,
    last_ms: i64,
    last_address: String,
    last_user_agent: String,
}

/// Reads of one connection by one key on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The program.
    pub application: ApplicationId,
    /// Its key.
    pub key: ApiKeyId,
    /// What the program is called now; empty when it is gone.
    pub application_name: String,
    /// What the key is called; empty when it is gone.
    pub key_name: String,
    /// Days since 1970 in UTC.
    pub day: i64,
    /// How often.
    pub reads: i64,
    /// When last.
    pub last_at: Timestamp,
    /// From where.
    pub address: String,
    /// With what.
    pub user_agent: String,
}

const COUNT_SQLITE: &str = "WITH uses (value) AS MATERIALIZED (SELECT value FROM json_each($1)) INSERT INTO credential_uses (org_id, connection_id, application_id, key_id, day, node, reads, last_ms, last_address, last_user_agent) \
    SELECT value ->> 'org_id', value ->> 'connection_id', value ->> 'application_id', value ->> 'key_id', value ->> 'day', value ->> 'node', \
    value ->> 'reads', value ->> 'last_ms', value ->> 'last_address', value ->> 'last_user_agent' FROM uses WHERE TRUE \
    ON CONFLICT (org_id, connection_id, application_id, key_id, day, node) DO UPDATE SET reads = credential_uses.reads + excluded.reads, \
    last_ms = excluded.last_ms, last_address = excluded.last_address, last_user_agent = excluded.last_user_agent";
const COUNT_POSTGRES: &str = "INSERT INTO credential_uses (org_id, connection_id, application_id, key_id, day, node, reads, last_ms, last_address, last_user_agent) \
    SELECT org_id, connection_id, application_id, key_id, day, node, reads, last_ms, last_address, last_user_agent \
    FROM json_to_recordset(CAST($1 AS json)) AS t (org_id text, connection_id text, application_id text, key_id text, day bigint, node text, reads bigint, \
    last_ms bigint, last_address text, last_user_agent text) \
    ON CONFLICT (org_id, connection_id, application_id, key_id, day, node) DO UPDATE SET reads = credential_uses.reads + excluded.reads, \
    last_ms = excluded.last_ms, last_address = excluded.last_address, last_user_agent = excluded.last_user_agent";

/// Counts reads; no two rows may be of the same place.
///
/// # Errors
/// [`StoreError`].
pub async fn count(on: Conn<'_>, uses: &[UseRow]) -> Result<(), StoreError> {
    if uses.is_empty() {
        return Ok(());
    }
    let sql = text_of(&on, COUNT_SQLITE, COUNT_POSTGRES);
    change!(on, sql, json(uses)?)?;
    Ok(())
}

fn json(uses: &[UseRow]) -> Result<String, StoreError> {
    serde_json::to_string(uses).map_err(|error| StoreError::Sql(sqlx::Error::Encode(error.into())))
}

/// The reads of a connection since a day, the last first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_connection(on: Conn<'_>, organization: &OrganizationId, connection: &ConnectionId, since_day: i64) -> Result<Vec<Used>, StoreError> {
    let sql = "SELECT u.application_id, u.key_id, coalesce(a.name, '') AS application_name, coalesce(k.name, '') AS key_name, u.day, u.reads, u.last_ms, \
               u.last_address, u.last_user_agent FROM credential_uses u LEFT JOIN applications a ON a.org_id = u.org_id AND a.id = u.application_id \
               LEFT JOIN api_keys k ON k.org_id = u.org_id AND k.id = u.key_id \
               WHERE u.org_id = $1 AND u.connection_id = $2 AND u.day >= $3 ORDER BY u.last_ms DESC, u.key_id";
    let found = rows!(on, Raw, sql, organization.as_str(), connection.as_str(), since_day)?;
    let used = |raw: Raw| {
        let bad = |column| StoreError::bad_row("credential_uses", column, &raw.key_id);
        Ok(Used {
            application: ApplicationId::parse(&raw.application_id).map_err(|_| bad("application_id"))?,
            key: ApiKeyId::parse(&raw.key_id).map_err(|_| bad("key_id"))?,
            application_name: raw.application_name,
            key_name: raw.key_name,
            day: raw.day,
            reads: raw.reads,
            last_at: Timestamp::from_millis(raw.last_ms),
            address: raw.last_address,
            user_agent: raw.last_user_agent,
        })
    };
    found.into_iter().map(used).collect()
}

/// Forgets the counts of days before this one; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_before(on: Conn<'_>, day: i64) -> Result<u64, StoreError> {
    change!(on, "DELETE FROM credential_uses WHERE day < $1", day)
}
