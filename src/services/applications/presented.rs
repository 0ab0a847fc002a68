//! Keys that programs present.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{ApiKeyId, Visitor};
use crate::services::shared::{self, Shared};
use crate::services::{App, ServiceError};
use crate::store::StoreError;
use crate::store::api_keys::{self, ApiKeyRow};
use crate::store::members::MemberPerson;
use crate::store::presented::{self, PresentedRow};
use crate::vault::PresentedKey;

/// How often a use is written at most, in milliseconds.
const NOTED_EVERY_MS: i64 = 60_000;

/// Lookups of presented keys under way.
pub type KeyLookups = Shared<ApiKeyId, Arc<PresentedRow>>;

/// A presented key that works.
#[derive(Debug)]
pub struct Found {
    /// The key.
    pub key: ApiKeyRow,
    /// What its program is called.
    pub application_name: String,
    /// Who made it, with the role and limits of this moment.
    pub maker: MemberPerson,
}

/// Why a presented key does not work.
#[derive(Debug)]
pub enum Failure {
    /// There is no such key.
    Unknown,
    /// There is one of this id.
    Known {
        /// The key.
        key: Box<ApiKeyRow>,
        /// `secret`, `ended`, `expired`, `off` or `maker_gone`.
        why: &'static str,
    },
}

async fn find_all(app: &App, asked: &[ApiKeyId]) -> Result<BTreeMap<ApiKeyId, Arc<PresentedRow>>, StoreError> {
    let found = presented::find_all(app.database.read().await?.conn(), asked).await?;
    Ok(found.into_iter().map(|row| (row.key.id.clone(), Arc::new(row))).collect())
}

/// The row of a key, together with the others that are presented at this moment.
async fn find(app: &App, id: &ApiKeyId) -> Result<Option<Arc<PresentedRow>>, ServiceError> {
    let among = app.clone();
    let look = move |asked: Vec<ApiKeyId>| {
        let app = among.clone();
        async move { find_all(&app, &asked).await.unwrap_or_default() }
    };
    match shared::look_up(&app.keys, &app.tasks, id.clone(), look).await {
        Some(found) => Ok(Some(found)),
        None => Ok(presented::find(app.database.read().await?.conn(), id).await?.map(Arc::new)),
    }
}

/// The key, its program and its maker, if the secret is right and none of them has ended.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn find_presented(app: &App, presented: &PresentedKey) -> Result<Result<Found, Failure>, ServiceError> {
    let Some(row) = find(app, &presented.id).await? else { return Ok(Err(Failure::Unknown)) };
    let PresentedRow { key, application, maker } = Arc::unwrap_or_clone(row);
    let why = match &application {
        _ if !presented.hash.matches(&key.secret_hash) => Some("secret"),
        _ if key.ended_at.is_some() => Some("ended"),
        _ if !key.works(app.now()) => Some("expired"),
        Some((_, true)) => None,
        _ => Some("off"),
    };
    Ok(match (why, application, maker.filter(|maker| maker.member.id == key.maker)) {
        (None, Some((application_name, _)), Some(maker)) => Ok(Found { key, application_name, maker }),
        (why, ..) => Err(Failure::Known { key: Box::new(key), why: why.unwrap_or("maker_gone") }),
    })
}

/// Notes that a key was used, at most once a minute.
///
/// # Errors
/// [`ServiceError`] when it cannot be noted.
pub async fn note_use(app: &App, key: &ApiKeyRow, visitor: &Visitor) -> Result<(), ServiceError> {
    let now = app.now();
    let noted_before = now.plus_millis(-NOTED_EVERY_MS);
    if key.last_used_at.is_some_and(|at| at > noted_before) {
        return Ok(());
    }
    let mut transaction = app.database.begin().await?;
    api_keys::note_use(transaction.conn(), &key.organization, &key.id, now, &visitor.address.to_string(), noted_before).await?;
    transaction.commit().await?;
    Ok(())
}
