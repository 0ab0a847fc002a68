//! What a played provider has handed out, and how its token address behaves.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

use crate::domain::{Clock, SystemClock, Timestamp};

/// How long a code works, in milliseconds.
const CODE_MS: i64 = 300_000;
/// Whenever so many tokens were handed out, those that have ended are forgotten.
const SWEEP: u64 = 4_096;

/// What a played provider has handed out.
pub struct Ledger {
    books: Mutex<Books>,
}

/// Everything that changes.
pub struct Books {
    clock: Arc<dyn Clock>,
    handed_out: u64,
    pub codes: BTreeMap<String, Code>,
    pub grants: Vec<Grant>,
    access: BTreeMap<String, Access>,
    pub refresh: BTreeMap<String, Refresh>,
    pub counts: Counts,
    pub rules: Rules,
}

/// What a person allowed, or what was handed out without one.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The place of the account.
    pub account: usize,
    pub client_id: String,
    pub scope: String,
    pub ended: bool,
}

/// A code that was handed out.
#[derive(Clone, Debug)]
pub struct Code {
    pub grant: usize,
    pub redirect_uri: String,
    /// Of the verifier (RFC 7636); none when none was sent.
    pub challenge: Option<String>,
    pub until: Timestamp,
    pub spent: bool,
}

struct Access {
    grant: usize,
    /// None for ever.
    until: Option<Timestamp>,
}

/// A refresh token that was handed out.
#[derive(Clone, Copy, Debug)]
pub struct Refresh {
    pub grant: usize,
    /// When it ended by being spent; none as long as it is the newest.
    pub until: Option<Timestamp>,
}

/// How often what was asked for.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub authorize: u64,
    pub code: u64,
    pub refresh: u64,
    pub other: u64,
    /// SHA-256 of every token that was to be forgotten, in hex.
    pub revoked: Vec<String>,
}

/// How the token address behaves from now on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    pub token: Manner,
    /// How long tokens work from now on, in seconds.
    pub expires_in: Option<i64>,
    /// How long each token request waits before it is looked at.
    pub delay_ms: u64,
}

/// What becomes of a token request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// It is answered.
    #[default]
    Ok,
    /// A fault of the provider.
    #[serde(rename = "500")]
    Fault,
    /// The grant has ended.
    InvalidGrant,
    /// No answer for a minute; nothing is done.
    Hang,
    /// The line breaks; nothing is done.
    Down,
    /// The request is done, and the line breaks before the answer.
    Lost,
}

impl Default for Ledger {
    fn default() -> Self {
        let books = Books {
            clock: Arc::new(SystemClock),
            handed_out: 0,
            codes: BTreeMap::new(),
            grants: Vec::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            counts: Counts::default(),
            rules: Rules::default(),
        };
        Self { books: Mutex::new(books) }
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ledger").finish_non_exhaustive()
    }
}

impl Ledger {
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    pub fn set_clock(&mut self, clock: Arc<dyn Clock>) {
        self.clock = clock;
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A code for a new grant.
    pub fn code(&mut self, grant: Grant, redirect_uri: String, challenge: Option<String>) -> String {
        let text = self.next("code", grant.account);
        let until = self.now().plus_millis(CODE_MS);
        self.grants.push(grant);
        self.codes.insert(text.clone(), Code { grant: self.grants.len() - 1, redirect_uri, challenge, until, spent: false });
        text
    }

    /// An access token for so many seconds; zero for ever.
    pub fn access(&mut self, grant: usize, seconds: i64) -> String {
        let text = self.next("access", self.grants[grant].account);
        let until = (seconds > 0).then(|| self.now().plus_millis(seconds.saturating_mul(1_000)));
        self.access.insert(text.clone(), Access { grant, until });
        text
    }

    /// A refresh token.
    pub fn renewing(&mut self, grant: usize) -> String {
        let text = self.next("refresh", self.grants[grant].account);
        self.refresh.insert(text.clone(), Refresh { grant, until: None });
        text
    }

    /// The grant that an access token works for now.
    pub fn grant_of(&self, token: &str) -> Option<&Grant> {
        let access = self.access.get(token).filter(|access| access.until.is_none_or(|until| until > self.now()))?;
        self.grants.get(access.grant).filter(|grant| !grant.ended)
    }

    /// The grant of a token of either kind, whether it still works or not.
    pub fn any_grant_of(&self, token: &str, kind: &str) -> Option<usize> {
        let access = self.access.get(token).filter(|_| kind != "refresh").map(|access| access.grant);
        access.or_else(|| self.refresh.get(token).filter(|_| kind != "access").map(|refresh| refresh.grant))
    }

    /// How many access tokens work now.
    pub fn live(&self) -> usize {
        self.access.keys().filter(|token| self.grant_of(token).is_some()).count()
    }

    fn next(&mut self, kind: &str, account: usize) -> String {
        self.handed_out += 1;
        if self.handed_out.is_multiple_of(SWEEP) {
            let now = self.now();
            self.codes.retain(|_, code| code.until > now);
            self.access.retain(|_, access| access.until.is_none_or(|until| until > now));
            self.refresh.retain(|_, refresh| refresh.until.is_none_or(|until| until > now));
        }
        format!("sandbox-{kind}-{account}-{}", self.handed_out)
    }
}
