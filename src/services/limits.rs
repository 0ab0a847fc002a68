//! How often a sign-in may be tried: counted before a hash is made, in rows that all nodes share.

mod token;

pub use token::{Failures, refuse as refuse_token, somebody};

use std::net::IpAddr;

use crate::domain::{Actor, EntryLinkId, OrganizationId, Timestamp, Visitor};
use crate::services::audit::text_mac;
use crate::services::{App, ServiceError};
use crate::store::{Transaction, devices, rate_limits};

/// The window of every counter, in milliseconds.
const WINDOW: i64 = 15 * 60 * 1_000;
/// Tries per account and window.
const PER_ACCOUNT: i64 = 10;
/// Failures per address and window.
const PER_ADDRESS: i64 = 50;

/// Letters asked for per address and window.
const LETTERS_PER_ADDRESS: i64 = 20;
/// Letters asked for per account and window.
const LETTERS_PER_ACCOUNT: i64 = 5;

/// Invitations sent per organization and window.
const PER_ORGANIZATION: i64 = 100;
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
///
/// A browser that signed in to the account before has tries of its own: strangers who guess can close the account to other strangers, and to nobody else.
pub struct Limits {
    account: String,
    address: String,
    device: Option<String>,
}

impl Limits {
    /// The counters of this account, address and browser. One question to the database whenever a browser shows a token, whoever is known by it.
    pub async fn of(app: &App, account: &str, visitor: &Visitor) -> Result<Self, ServiceError> {
        let known = match &visitor.device {
            Some(token) => devices::knows(app.database.read().await?.conn(), token, account, app.now()).await?,
            None => false,
        };
        let device = visitor.device.as_ref().filter(|_| known).map(|token| text_mac(&app.audit_key, "sign_in.device", &format!("{token} {account}")));
        let address = text_mac(&app.audit_key, "sign_in.address", &network(visitor.address));
        Ok(Self { account: account_mac(app, account), address, device })
    }

    /// The counters of somebody who is signed in and tries a code.
    pub fn of_actor(app: &App, account: &str, actor: &Actor) -> Self {
        let address = actor.address.map(network).unwrap_or_default();
        Self { account: account_mac(app, account), address: text_mac(&app.audit_key, "sign_in.address", &address), device: None }
    }

    /// Keyed MAC of the account, for the audit log.
    pub fn account_mac(&self) -> &str {
        &self.account
    }

    /// Looks at the address, then counts a try against the account, in one transaction, before any hash is made. For a known browser it is the browser alone
    /// that counts.
    ///
    /// A try that is turned away is not counted, but for the first of a window, which is noted. The count itself decides, so that of many tries at once
    /// no more go on than may.
    pub async fn enter(&self, app: &App) -> Result<Gate, ServiceError> {
        let now = app.now();
        let mut transaction = app.database.begin().await?;
        let address = rate_limits::peek(transaction.conn(), &self.address, now).await?;
        if let Some(usage) = address.filter(|usage| usage.used >= PER_ADDRESS && self.device.is_none()) {
            return Ok(Gate::Closed { until: usage.window_ends_at, first: false });
        }
        let counter = self.device.as_ref().unwrap_or(&self.account);
        let tries = rate_limits::peek(transaction.conn(), counter, now).await?;
        if let Some(usage) = tries.filter(|usage| usage.used > PER_ACCOUNT) {
            return Ok(Gate::Closed { until: usage.window_ends_at, first: false });
        }
        let usage = rate_limits::take(transaction.conn(), counter, now, WINDOW).await?;
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

    /// Forgets the tries against the account, and those of the browser.
    pub async fn clear_account(&self, transaction: &mut Transaction) -> Result<(), ServiceError> {
        for counter in [Some(&self.account), self.device.as_ref()].into_iter().flatten() {
            rate_limits::clear(transaction.conn(), counter).await?;
        }
        Ok(())
    }
}

/// When an address may sign in again that failed too often, if it did; asked where no account is named, as for a passkey.
pub async fn address_closed(app: &App, address: IpAddr) -> Result<Option<Timestamp>, ServiceError> {
    let counter = text_mac(&app.audit_key, "sign_in.address", &network(address));
    let usage = rate_limits::peek(app.database.read().await?.conn(), &counter, app.now()).await?;
    Ok(usage.filter(|usage| usage.used >= PER_ADDRESS).map(|usage| usage.window_ends_at))
}

/// Counts a failure against the address, where no account is named.
pub async fn address_failed(app: &App, transaction: &mut Transaction, address: IpAddr) -> Result<(), ServiceError> {
    let counter = text_mac(&app.audit_key, "sign_in.address", &network(address));
    rate_limits::take(transaction.conn(), &counter, app.now(), WINDOW).await?;
    Ok(())
}

/// Counts a passkey ceremony that somebody begins; when to come back, and nothing counted if the transaction is dropped, once there were too many.
pub async fn ceremony_begun(app: &App, transaction: &mut Transaction, address: IpAddr) -> Result<Option<Timestamp>, ServiceError> {
    let counter = text_mac(&app.audit_key, "ceremony.address", &network(address));
    let usage = rate_limits::take(transaction.conn(), &counter, app.now(), WINDOW).await?;
    Ok((usage.used > PER_ADDRESS).then_some(usage.window_ends_at))
}

/// Counts a link of this `kind` that did not fit against the address; when to come back, and nothing counted if the transaction is dropped, once there
/// were too many.
pub async fn refused_link(app: &App, transaction: &mut Transaction, kind: &str, address: IpAddr) -> Result<Option<Timestamp>, ServiceError> {
    let bucket = text_mac(&app.audit_key, kind, &network(address));
    let usage = rate_limits::take(transaction.conn(), &bucket, app.now(), WINDOW).await?;
    Ok((usage.used > PER_ADDRESS).then_some(usage.window_ends_at))
}

/// Counts a letter that somebody asks for against their address and the account that it is about, whether there is one or not; when to come back, and
/// nothing counted if the transaction is dropped, once there were too many.
pub async fn letter_asked(app: &App, transaction: &mut Transaction, account: &str, address: IpAddr) -> Result<Option<Timestamp>, ServiceError> {
    let now = app.now();
    for (purpose, text, most) in [("letter.address", &network(address), LETTERS_PER_ADDRESS), ("letter.account", &account.to_owned(), LETTERS_PER_ACCOUNT)] {
        let usage = rate_limits::take(transaction.conn(), &text_mac(&app.audit_key, purpose, text), now, WINDOW).await?;
        if usage.used > most {
            return Ok(Some(usage.window_ends_at));
        }
    }
    Ok(None)
}

/// Keyed MAC of an account's address, for the audit log.
pub fn account_mac(app: &App, account: &str) -> String {
    text_mac(&app.audit_key, "sign_in.account", account)
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

/// Counts a letter that invites against the organization; when to come back, and nothing counted if the transaction is dropped, once there were too many.
pub async fn invitation(app: &App, transaction: &mut Transaction, organization: &OrganizationId) -> Result<Option<Timestamp>, ServiceError> {
    let bucket = text_mac(&app.audit_key, "invitation.organization", organization.as_str());
    let usage = rate_limits::take(transaction.conn(), &bucket, app.now(), WINDOW).await?;
    Ok((usage.used > PER_ORGANIZATION).then_some(usage.window_ends_at))
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
