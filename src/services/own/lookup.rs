//! Published connectors of an organization, read once and kept.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::examine::read;
use crate::catalogue::Manifest;
use crate::domain::{OrganizationId, OwnConnectorId};
use crate::services::{App, ServiceError};
use crate::store::own_connectors::{self, PublishedMark};

/// The most manifests that are kept, of all organizations together.
const KEPT: usize = 256;
/// How many manifests are read at the same time: compiling hostile patterns takes a while.
const AT_ONCE: usize = 2;

/// Published connectors that have been read, by record and version; and a bound on how many are read at once.
pub struct OwnManifests {
    kept: Mutex<Kept>,
    /// Turns to read a manifest.
    pub(super) turns: Arc<Semaphore>,
}

#[derive(Default)]
struct Kept {
    /// None for a text that is no longer sound.
    manifests: HashMap<OwnConnectorId, (i64, Option<Arc<Manifest>>)>,
    oldest_first: VecDeque<OwnConnectorId>,
}

impl Default for OwnManifests {
    fn default() -> Self {
        Self { kept: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl fmt::Debug for OwnManifests {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OwnManifests").finish_non_exhaustive()
    }
}

impl OwnManifests {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The manifest of this version; none when it is not kept.
    fn get(&self, mark: &PublishedMark) -> Option<Option<Arc<Manifest>>> {
        self.kept().manifests.get(&mark.id).filter(|(version, _)| *version == mark.row_version).map(|(_, manifest)| manifest.clone())
    }

    fn keep(&self, id: OwnConnectorId, version: i64, manifest: Option<Arc<Manifest>>) {
        let mut kept = self.kept();
        if kept.manifests.insert(id.clone(), (version, manifest)).is_none() {
            kept.oldest_first.push_back(id);
        }
        if kept.oldest_first.len() > KEPT
            && let Some(oldest) = kept.oldest_first.pop_front()
        {
            kept.manifests.remove(&oldest);
        }
    }
}

/// The published connector of this id that the organization has added itself.
pub async fn published(app: &App, organization: &OrganizationId, connector: &str) -> Result<Option<Arc<Manifest>>, ServiceError> {
    let mark = own_connectors::published(app.database.read().await?.conn(), organization, connector).await?;
    match mark {
        Some(mark) => manifest_of(app, organization, mark).await,
        None => Ok(None),
    }
}

/// Every published connector that the organization has added itself.
pub async fn all_published(app: &App, organization: &OrganizationId) -> Result<Vec<Arc<Manifest>>, ServiceError> {
    let marks = own_connectors::all_published(app.database.read().await?.conn(), organization).await?;
    let mut found = Vec::with_capacity(marks.len());
    for mark in marks {
        found.extend(manifest_of(app, organization, mark).await?);
    }
    Ok(found)
}

/// The manifest of a record; none when it is gone, or no longer sound by the rules of this version.
async fn manifest_of(app: &App, organization: &OrganizationId, mark: PublishedMark) -> Result<Option<Arc<Manifest>>, ServiceError> {
    if let Some(kept) = app.own.get(&mark) {
        return Ok(kept);
    }
    let text = own_connectors::published_text(app.database.read().await?.conn(), organization, &mark.id).await?;
    let Some((text, version)) = text else { return Ok(None) };
    let manifest = match read(app, &text).await? {
        Ok(manifest) => Some(manifest),
        Err(errors) => {
            tracing::warn!(connector = %mark.id, error = errors.first().map(tracing::field::display), "a published connector cannot be used: its manifest is not sound");
            None
        }
    };
    app.own.keep(mark.id, version, manifest.clone());
    Ok(manifest)
}
