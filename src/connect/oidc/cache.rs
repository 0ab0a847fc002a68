//! What providers said lately, so that not every sign-in asks them again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::discovery::Metadata;
use super::keys::Keys;
use crate::domain::Timestamp;

/// How long an answer is used, in milliseconds.
const KEPT_MS: i64 = 3_600_000;
/// How long keys are used before an unknown key's name may ask for them again, in milliseconds.
const KEYS_REST_MS: i64 = 60_000;
/// Issuers that are remembered.
const MOST: usize = 256;

#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Timestamp)>,
    keys: Option<(Arc<Keys>, Timestamp)>,
}

/// The answers by issuer.
#[derive(Default)]
pub(super) struct Cache(Mutex<BTreeMap<String, Known>>);

impl Cache {
    fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<String, Known>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn metadata(&self, issuer: &str, now: Timestamp) -> Option<Arc<Metadata>> {
        self.with(|known| known.get(issuer)?.metadata.as_ref().filter(|(_, at)| is_young(*at, now, KEPT_MS)).map(|(metadata, _)| metadata.clone()))
    }

    /// The keys, and whether they are so young that nothing may ask for them again.
    pub(super) fn keys(&self, issuer: &str, now: Timestamp) -> Option<(Arc<Keys>, bool)> {
        self.with(|known| {
            let (keys, at) = known.get(issuer)?.keys.as_ref()?;
            is_young(*at, now, KEPT_MS).then(|| (keys.clone(), is_young(*at, now, KEYS_REST_MS)))
        })
    }

    pub(super) fn keep_metadata(&self, issuer: &str, metadata: &Arc<Metadata>, now: Timestamp) {
        self.with(|known| entry(known, issuer).metadata = Some((metadata.clone(), now)));
    }

    pub(super) fn keep_keys(&self, issuer: &str, keys: &Arc<Keys>, now: Timestamp) {
        self.with(|known| entry(known, issuer).keys = Some((keys.clone(), now)));
    }
}

const fn is_young(at: Timestamp, now: Timestamp, limit_ms: i64) -> bool {
    let age = now.since(at);
    age >= 0 && age < limit_ms
}

/// The place of an issuer; a full list begins anew, which costs each provider one question.
fn entry<'a>(known: &'a mut BTreeMap<String, Known>, issuer: &str) -> &'a mut Known {
    if known.len() >= MOST && !known.contains_key(issuer) {
        known.clear();
    }
    known.entry(issuer.to_owned()).or_default()
}
