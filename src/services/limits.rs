//! How often a sign-in may be tried: counted before a hash is made, in rows that all nodes share.

use std::net::IpAddr;

use crate::domain::{EntryLinkId, Timestamp};
use crate::services::audit::text_mac;
use crate::services::{App, ServiceError};
use crate::store::{Transaction, rate_limits};

/// The window of every counter, in milliseconds.
const WINDOW: i64 = 15 * 60 * 1_000;
/// Tries per account and window.
const PER_ACCOUNT: i64 = 10;
/// Failures per address and window.
const PER_ADDRESS: i64 = 50;

/// Forms sent per one-time link and window.
const PER_LINK: i64 = 20;

/// Attempts at providers of single sign-on per address and window: a whole office may stand behind one address.
const ATTEMPTS_PER_ADDRESS: i64 = 300;

/// Whether a try may go on.
pub enum Gate {
    /// It may.
    Open,
    /// Not before `until`; `first` when this try was the first to be turned away.
    Closed {
        /// When the window ends.
        until: Timestamp,
        /// Whether it was the first.
        first: bool,
    },
}

/// The counters of one try; their names hold no address and no account, only keyed MACs.
pub struct Limits {
    account: String,
    address: String,
}

impl Limits {
    /// The counters of this account and address.
    pub fn of(app: &App, account: &str, address: IpAddr) -> Self {
        Self { account: text_mac(&app.audit_key, "sign_in.account", account), address: text_mac(&app.audit_key, "sign_in.address", &network(address)) }
    }

    /// Keyed MAC of the account, for the audit log.
    pub fn account_mac(&self) -> &str {
        &self.account
    }

    /// Looks at the address, then counts a try against the account, in one transaction, before any hash is made.
    ///
    /// A try that is turned away is not counted, but for the first of a window, which is noted. The count itself decides, so that of many tries at once
    /// no more go on than may.
    pub async fn enter(&self, app: &App) -> Result<Gate, ServiceError> {
        let now = app.now();
        let mut transaction = app.database.begin().await?;
        let address = rate_limits::peek(transaction.conn(), &self.address, now).await?;
        if let Some(usage) = address.filter(|usage| usage.used >= PER_ADDRESS) {
            return Ok(Gate::Closed { until: usage.window_ends_at, first: false });
        }
        let account = rate_limits::peek(transaction.conn(), &self.account, now).await?;
        if let Some(usage) = account.filter(|usage| usage.used > PER_ACCOUNT) {
            return Ok(Gate::Closed { until: usage.window_ends_at, first: false });
        }
        let usage = rate_limits::take(transaction.conn(), &self.account, now, WINDOW).await?;
        transaction.commit().await?;
        Ok(match usage.used {
            ..=PER_ACCOUNT => Gate::Open,
            used => Gate::Closed { until: usage.window_ends_at, first: used == PER_ACCOUNT + 1 },
        })
    }

    /// Counts a failure against the address.
    pub async fn count_failure(&self, app: &App, transaction: &mut Transaction) -> Result<(), ServiceError> {
        rate_limits::take(transaction.conn(), &self.address, app.now(), WINDOW).await?;
        Ok(())
    }

    /// Forgets the tries against the account.
    pub async fn clear_account(&self, transaction: &mut Transaction) -> Result<(), ServiceError> {
        rate_limits::clear(transaction.conn(), &self.account).await?;
        Ok(())
    }
}

/// Counts a setup link that did not fit against the address; when to come back, and nothing counted if the transaction is dropped, once there were too many.
pub async fn refused_link(app: &App, transaction: &mut Transaction, address: IpAddr) -> Result<Option<Timestamp>, ServiceError> {
    let bucket = text_mac(&app.audit_key, "setup.address", &network(address));
    let usage = rate_limits::take(transaction.conn(), &bucket, app.now(), WINDOW).await?;
    Ok((usage.used > PER_ADDRESS).then_some(usage.window_ends_at))
}

/// Counts something sent to a one-time link against the address and, when there is such a link, against the link; when to come back, and nothing counted
/// if the transaction is dropped, once there was too much.
pub async fn sent_to_link(app: &App, transaction: &mut Transaction, link: Option<&EntryLinkId>, address: IpAddr) -> Result<Option<Timestamp>, ServiceError> {
    let now = app.now();
    let bucket = text_mac(&app.audit_key, "entry_link.address", &network(address));
    let usage = rate_limits::take(transaction.conn(), &bucket, now, WINDOW).await?;
    if usage.used > PER_ADDRESS {
        return Ok(Some(usage.window_ends_at));
    }
    let Some(link) = link else { return Ok(None) };
    let bucket = text_mac(&app.audit_key, "entry_link.link", link.as_str());
    let usage = rate_limits::take(transaction.conn(), &bucket, now, WINDOW).await?;
    Ok((usage.used > PER_LINK).then_some(usage.window_ends_at))
}

/// Counts an attempt at a provider of single sign-on against the address; when to come back once there were too many.
pub async fn sign_on_begun(app: &App, transaction: &mut Transaction, address: IpAddr) -> Result<Option<Timestamp>, ServiceError> {
    let bucket = text_mac(&app.audit_key, "sign_on.address", &network(address));
    let usage = rate_limits::take(transaction.conn(), &bucket, app.now(), WINDOW).await?;
    Ok((usage.used > ATTEMPTS_PER_ADDRESS).then_some(usage.window_ends_at))
}

/// Counts a way back from a provider that belongs to no attempt, as [`refused_link`] does.
pub async fn sign_on_refused(app: &App, transaction: &mut Transaction, address: IpAddr) -> Result<Option<Timestamp>, ServiceError> {
    let bucket = text_mac(&app.audit_key, "sign_on.refused", &network(address));
    let usage = rate_limits::take(transaction.conn(), &bucket, app.now(), WINDOW).await?;
    Ok((usage.used > PER_ADDRESS).then_some(usage.window_ends_at))
}

/// One counter per IPv4 address and per IPv6 network of 64 bits, which is what one customer gets.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
