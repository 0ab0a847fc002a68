//! Whose credential a request carries.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::asked::Asked;
use super::file::{ACCESS_TOKEN, Auth, Kind};
use super::fill::Entries;
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
        if account.by_oauth {
            return self.carries_token(asked, number, auth, &entries);
        }
        if auth.login.is_some() {
            if !headers.values().chain(auth.query.values()).any(|text| text.contains("{session}")) {
                headers.insert(BEARER.0.to_owned(), BEARER.1.to_owned());
            }
            match token(asked, &headers, &auth.query, "{session}", &entries).filter(|token| self.was_minted(token, number)) {
                Some(token) => entries = entries.with([("session", token.to_owned())]),
                None => return false,
            }
        }
        stands(asked, &headers, auth, &entries)
    }

    /// Whether it carries a token that the account was granted, and what the application must send besides.
    fn carries_token(&self, asked: &Asked, number: usize, auth: &Auth, entries: &Entries) -> bool {
        let Some(token) = token(asked, &auth.headers, &auth.query, "{access_token}", entries) else { return false };
        let granted = self.ledger.books().grant_of(token).filter(|grant| grant.account == number).map(|grant| grant.client_id.clone());
        let (Some(client), Some(oauth)) = (granted, &self.file.oauth) else { return false };
        let of_app = oauth.clients.iter().find(|known| known.client_id == client).map(|known| known.fields.clone()).unwrap_or_default();
        let entries = entries.with(of_app.iter().map(|(id, value)| (id.as_str(), value.clone()))).with([(ACCESS_TOKEN, token.to_owned())]);
        stands(asked, &auth.headers, auth, &entries)
    }

    fn was_minted(&self, token: &str, account: usize) -> bool {
        let login = token.rsplit_once('-').and_then(|(_, login)| login.parse::<u64>().ok());
        login.is_some_and(|login| token == session(account, login) && login < self.logins.load(Ordering::Relaxed))
    }
}

/// What stands at the `place` of the first header or parameter that has it.
fn token<'a>(asked: &'a Asked, headers: &BTreeMap<String, String>, query: &BTreeMap<String, String>, place: &str, entries: &Entries) -> Option<&'a str> {
    let sent = headers.iter().filter_map(|(name, text)| Some((text, asked.header(name)?)));
    let mut places = sent.chain(query.iter().filter_map(|(name, text)| Some((text, asked.parameter(name)?))));
    places.find_map(|(text, value)| {
        let (before, after) = text.split_once(place)?;
        value.strip_prefix(&entries.fill(before))?.strip_suffix(&entries.fill(after))
    })
}

/// Whether everything stands where the way of signing in says.
fn stands(asked: &Asked, headers: &BTreeMap<String, String>, auth: &Auth, entries: &Entries) -> bool {
    headers.iter().all(|(name, text)| asked.header(name) == entries.fill_whole(text).as_deref())
        && auth.query.iter().all(|(name, text)| asked.parameter(name) == entries.fill_whole(text).as_deref())
        && auth.basic.as_ref().is_none_or(|(user, password)| asked.has_basic(&entries.fill(user), &entries.fill(password)))
        && auth.sigv4.as_ref().is_none_or(|keys| sigv4::is_signed(asked, keys, entries))
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
