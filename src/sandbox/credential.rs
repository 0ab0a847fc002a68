//! Whose credential a request carries.

use std::sync::atomic::Ordering;

use super::asked::Asked;
use super::file::{Auth, Kind};
use super::provider::{Played, Provider};
use super::sigv4;

/// Where a minted token stands unless the file says otherwise.
const BEARER: (&str, &str) = ("Authorization", "Bearer {session}");

impl Provider {
    /// A token that names the account.
    pub(super) fn mint(&self, account: usize) -> String {
        session(account, self.logins.fetch_add(1, Ordering::Relaxed))
    }

    /// The account whose credential the request carries. One without any is the last to be thought of, and only when the request carries none.
    pub(super) fn find(&self, asked: &Asked) -> Option<&Played> {
        let known = || self.accounts.iter().enumerate().filter(|(_, account)| account.is_known());
        let carries = |(number, account): &(usize, &Played)| self.carries(asked, *number, account);
        let is_bare = |account: &Played| self.auth(account).is_none_or(is_empty);
        let found = known().filter(|(_, account)| !is_bare(account)).find(carries);
        found.or_else(|| known().find(|(_, account)| is_bare(account) && !self.carries_anything(asked))).map(|(_, account)| account)
    }

    /// Whether there is something where a credential would stand.
    pub(super) fn carries_anything(&self, asked: &Asked) -> bool {
        let names = |auth: &Auth| auth.headers.keys().any(|name| asked.header(name).is_some()) || auth.query.keys().any(|name| asked.parameter(name).is_some());
        asked.header("authorization").is_some() || self.file.auth.values().any(names)
    }

    /// The way of signing in of this account.
    pub(super) fn auth(&self, account: &Played) -> Option<&Auth> {
        self.file.auth.get(&account.auth)
    }

    fn carries(&self, asked: &Asked, number: usize, account: &Played) -> bool {
        let Some(auth) = self.auth(account) else { return false };
        let (mut headers, mut entries) = (auth.headers.clone(), account.entries.clone());
        if auth.login.is_some() {
            if !headers.values().chain(auth.query.values()).any(|text| text.contains("{session}")) {
                headers.insert(BEARER.0.to_owned(), BEARER.1.to_owned());
            }
            let sent = headers.iter().filter_map(|(name, text)| Some((text, asked.header(name)?)));
            let places = sent.chain(auth.query.iter().filter_map(|(name, text)| Some((text, asked.parameter(name)?))));
            let mut tokens = places.filter_map(|(text, value)| {
                let (before, after) = text.split_once("{session}")?;
                value.strip_prefix(&entries.fill(before))?.strip_suffix(&entries.fill(after))
            });
            match tokens.next().filter(|token| self.was_minted(token, number)) {
                Some(token) => entries = entries.with_session(token),
                None => return false,
            }
        }
        headers.iter().all(|(name, text)| asked.header(name) == entries.fill_whole(text).as_deref())
            && auth.query.iter().all(|(name, text)| asked.parameter(name) == entries.fill_whole(text).as_deref())
            && auth.basic.as_ref().is_none_or(|(user, password)| asked.has_basic(&entries.fill(user), &entries.fill(password)))
            && auth.sigv4.as_ref().is_none_or(|keys| sigv4::is_signed(asked, keys, &entries))
    }

    fn was_minted(&self, token: &str, account: usize) -> bool {
        let login = token.rsplit_once('-').and_then(|(_, login)| login.parse::<u64>().ok());
        login.is_some_and(|login| token == session(account, login) && login < self.logins.load(Ordering::Relaxed))
    }
}

fn session(account: usize, login: u64) -> String {
    format!("sandbox-session-{account}-{login}")
}

fn is_empty(auth: &Auth) -> bool {
    auth.headers.is_empty() && auth.query.is_empty() && auth.basic.is_none() && auth.sigv4.is_none() && auth.login.is_none()
}

impl Played {
    /// Whether the provider knows the credential at all.
    pub(super) fn is_known(&self) -> bool {
        self.kind != Kind::Wrong || self.answer.is_some()
    }
}
