//! Sessions as rows: found by the hash of their id, with the person and the organization beside them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::session::{HALF, Half, SEEN, WHO, Who};
use crate::domain::{Clock, Timestamp};
use crate::store::sessions::{self, SessionRow};
use crate::store::{Database, StoreError};
use crate::vault::TokenHash;

/// Sessions in the database.
#[derive(Clone)]
pub struct DatabaseSessions {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for DatabaseSessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DatabaseSessions")
    }
}

impl DatabaseSessions {
    /// Sessions of this database.
    pub const fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }
}

fn hash(id: &Id) -> String {
    TokenHash::of(&id.to_string()).as_str().to_owned()
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

fn row_of(record: &Record) -> Result<SessionRow> {
    let who: Option<Who> = record.data.get(WHO).and_then(|who| serde_json::from_value(who.clone()).ok());
    let half: Option<Half> = record.data.get(HALF).and_then(|half| serde_json::from_value(half.clone()).ok());
    let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    let millis = i64::try_from(record.expiry_date.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let row = SessionRow {
        id_hash: hash(&record.id),
        id: None,
        // So that a changed password ends it too.
        user: half.map(|half| half.pending.user),
        organization: None,
        data,
        created_at: Timestamp::default(),
        seen_at: Timestamp::default(),
        address: String::new(),
        user_agent: String::new(),
        expires_at: Timestamp::from_millis(millis),
    };
    Ok(match who {
        Some(who) => SessionRow {
            id: who.id,
            user: Some(who.user),
            organization: Some(who.organization),
            created_at: who.since,
            seen_at: who.renewed_at,
            address: who.address,
            user_agent: who.user_agent,
            ..row
        },
        None => row,
    })
}

#[async_trait]
impl SessionStore for DatabaseSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let mut transaction = self.database.begin().await.map_err(backend)?;
        while !sessions::insert(transaction.conn(), &row_of(record)?).await.map_err(backend)? {
            record.id = Id::default();
        }
        transaction.commit().await.map_err(backend)
    }

    /// Writes a session that still exists; one that was ended meanwhile stays ended.
    async fn save(&self, record: &Record) -> Result<()> {
        let mut transaction = self.database.begin().await.map_err(backend)?;
        sessions::update(transaction.conn(), &row_of(record)?, self.clock.now()).await.map_err(backend)?;
        transaction.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut reader = self.database.read().await.map_err(backend)?;
        let Some(row) = sessions::load(reader.conn(), &hash(id), self.clock.now()).await.map_err(backend)? else { return Ok(None) };
        let mut data: HashMap<String, Value> = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        if row.id.is_some() {
            data.insert(SEEN.to_owned(), row.seen_at.millis().into());
        }
        let nanos = i128::from(row.expires_at.millis()) * 1_000_000;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut transaction = self.database.begin().await.map_err(backend)?;
        sessions::delete(transaction.conn(), &hash(id)).await.map_err(backend)?;
        transaction.commit().await.map_err(backend)
    }
}
