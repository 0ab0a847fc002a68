//! One emulated provider.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, http};
use serde_json::{Value, json};

use crate::catalogue::Manifest;

use super::accounts::{self, Account};
use super::asked::Asked;
use super::file::{Answer, File, Kind, Login, Route};
use super::fill::Entries;
use super::mishap::mishap;
use super::oauth::Ledger;
use super::strict::{Difference, Expected};

/// One emulated provider.
#[derive(Debug)]
pub(super) struct Provider {
    /// The connector's id.
    pub id: String,
    /// The provider's name.
    pub name: String,
    pub file: File,
    pub accounts: Vec<Played>,
    /// What the console shows of the accounts.
    pub shown: Vec<Account>,
    /// How many logins there were.
    pub logins: AtomicU64,
    /// What its OAuth handed out.
    pub ledger: Ledger,
}

/// An account while it is played.
#[derive(Debug)]
pub(super) struct Played {
    pub kind: Kind,
    pub title: String,
    pub auth: String,
    /// Whether its requests carry a token of the provider's OAuth.
    pub by_oauth: bool,
    pub entries: Entries,
    pub answer: Option<Answer>,
    /// What a person with this account grants, where that is not all that is asked for.
    pub granted: Option<String>,
    /// By which name it signs, where that stands inside one of its entries.
    pub signer: Option<String>,
    /// The refusal that it gets instead of a token.
    pub refused: Option<String>,
}

/// Why a request was not answered as the routes say, for whoever stands around the router; a client gets it in words only where it differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What is remarkable.
    pub words: String,
    /// Whether the request is not as the provider documents it; otherwise it only found no credential or no route.
    pub differs: bool,
}

impl Provider {
    pub(super) fn new(manifest: &Manifest, file: File) -> Self {
        let accounts = file.accounts.iter().map(|account| Played {
            kind: account.kind,
            title: accounts::title(manifest, account),
            auth: file.name_of_way(account).to_owned(),
            by_oauth: file.is_by_oauth(account),
            entries: accounts::entries(manifest, account),
            granted: account.granted.clone(),
            signer: account.signer.clone(),
            refused: account.refused.clone(),
            answer: account.answer.clone().or_else(|| {
                let is_routed = file.routes.iter().any(|route| !route.accounts.is_empty() && route.is_for(account.kind, &account.title));
                (account.kind == Kind::Revoked && !is_routed && !file.is_by_oauth(account)).then(|| file.refusal.clone())
            }),
        });
        let accounts = accounts.collect();
        let shown = file.accounts.iter().map(|account| Account::new(manifest, &file, account)).collect();
        let (id, name) = (manifest.id.clone(), manifest.name.clone());
        Self { id, name, file, accounts, shown, logins: AtomicU64::new(0), ledger: Ledger::default() }
    }

    /// The answer to one request.
    pub(super) async fn answer(&self, asked: &mut Asked) -> Response {
        if let Some(response) = self.answer_oauth(asked).await {
            return response;
        }
        self.as_api(asked);
        self.answer_api(asked).await
    }

    async fn answer_api(&self, asked: &Asked) -> Response {
        if let Some(response) = self.log_in(asked).await {
            return response;
        }
        let Some(account) = self.find(asked) else { return self.answer_stranger(asked) };
        if let Some(response) = self.replaced(account).await {
            return response;
        }
        let routes = self.file.routes.iter().filter(|route| route.is_for(account.kind, &account.title));
        match self.closest(asked, routes, account, true) {
            None => self.missing(asked),
            Some((route, differences)) if differences.is_empty() => answer_of(route),
            Some((_, differences)) => differs(asked, &differences),
        }
    }

    /// The answer that stands in place of every route of the account.
    async fn replaced(&self, account: &Played) -> Option<Response> {
        match &account.answer {
            Some(answer) => Some(respond(answer.status, &answer.body, &answer.headers)),
            None => mishap(account.kind).await,
        }
    }

    /// What somebody without a known credential is answered.
    fn answer_stranger(&self, asked: &Asked) -> Response {
        let open = || self.file.routes.iter().filter(|route| route.open);
        let found = self.accounts.iter().filter_map(|account| self.closest(asked, open(), account, false)).min_by_key(|(_, differences)| differences.len());
        match found {
            Some((route, differences)) if differences.is_empty() => answer_of(route),
            Some((_, differences)) if !self.carries_anything(asked) => differs(asked, &differences),
            _ => {
                let words = if self.carries_anything(asked) { "no account has the credential that it carries" } else { "it carries no credential" };
                self.refuse(words)
            }
        }
    }

    /// The route at this path that differs least, and how.
    fn closest<'a>(&self, asked: &Asked, routes: impl Iterator<Item = &'a Route>, account: &Played, known: bool) -> Option<(&'a Route, Vec<Difference>)> {
        let auth = self.auth(account).filter(|_| known);
        let expected = routes.map(|route| (route, Expected::of_route(route, &self.file.require, auth)));
        let here = expected.filter(|(_, expected)| expected.is_at(asked, &account.entries));
        here.map(|(route, expected)| (route, expected.differences(asked, &account.entries))).min_by_key(|(_, differences)| differences.len())
    }

    /// The answer to a login; none when the request is none.
    async fn log_in(&self, asked: &Asked) -> Option<Response> {
        let mut closest: Option<Vec<Difference>> = None;
        for (number, account) in self.accounts.iter().enumerate() {
            let Some(login) = self.auth(account).and_then(|auth| auth.login.as_ref()) else { continue };
            let expected = Expected::of_login(login, &self.file.require);
            if !expected.is_at(asked, &account.entries) {
                continue;
            }
            let differences = expected.differences(asked, &account.entries);
            if differences.is_empty() && account.is_known() {
                return Some(match self.replaced(account).await {
                    Some(response) => response,
                    None => self.hand_out(login, account, number),
                });
            }
            let shape: Vec<Difference> = differences.into_iter().filter(|difference| !difference.by_entry).collect();
            if closest.as_ref().is_none_or(|known| shape.len() < known.len()) {
                closest = Some(shape);
            }
        }
        let differences = closest?;
        let is_nothing = asked.body.is_empty() && !self.carries_anything(asked);
        Some(if differences.is_empty() || is_nothing { self.refuse("no account has the credential that it carries") } else { differs(asked, &differences) })
    }

    fn hand_out(&self, login: &Login, account: &Played, number: usize) -> Response {
        let entries = account.entries.with([("session", self.mint(number))]);
        respond(login.status, &entries.fill(&login.body), &login.answer_headers)
    }

    fn refuse(&self, words: &str) -> Response {
        let answer = &self.file.refusal;
        remarked(words.to_owned(), false, respond(answer.status, &answer.body, &answer.headers))
    }

    fn missing(&self, asked: &Asked) -> Response {
        let answer = &self.file.missing;
        remarked(format!("no route of this account has the path {}", asked.path), false, respond(answer.status, &answer.body, &answer.headers))
    }
}

fn answer_of(route: &Route) -> Response {
    respond(route.status, &route.body, &route.answer_headers)
}

pub(super) fn remarked(words: String, differs: bool, mut response: Response) -> Response {
    response.extensions_mut().insert(Remark { words, differs });
    response
}

/// The answer to a request that is not as the provider documents it.
fn differs(asked: &Asked, differences: &[Difference]) -> Response {
    let words = differences.iter().map(|difference| difference.words.as_str()).collect::<Vec<_>>().join("; ");
    let sentence = format!("{} {}: {words}.", asked.method, asked.path);
    remarked(words, true, (StatusCode::BAD_REQUEST, Json(json!({ "sandbox": sentence }))).into_response())
}

pub(super) fn respond(status: u16, body: &str, headers: &BTreeMap<String, String>) -> Response {
    let mut response = http::Response::new(Body::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(kind) = kind_of(body) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The type of a body by its look.
fn kind_of(body: &str) -> Option<&'static str> {
    let start: String = body.trim_start().chars().take(9).collect::<String>().to_ascii_lowercase();
    match () {
        () if start.is_empty() => None,
        () if start.starts_with("<!doctype") || start.starts_with("<html") => Some("text/html"),
        () if start.starts_with('<') => Some("application/xml"),
        () if serde_json::from_str::<Value>(body).is_ok() => Some("application/json"),
        () => Some("text/plain"),
    }
}
