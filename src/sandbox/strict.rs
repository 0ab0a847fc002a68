//! How a request differs from the one that the provider documents. The sentences name what was expected as the file writes it, never what was sent.

use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded;

use super::asked::Asked;
use super::file::{Auth, Login, Require, Route};
use super::fill::{Entries, segments};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub words: String,
    /// Whether only a value differs that comes from the form: then the credential is another one, not the request.
    pub by_entry: bool,
}

/// The request that a file describes.
pub(super) struct Expected<'a> {
    method: &'a str,
    path: &'a str,
    query: Vec<(&'a str, &'a str)>,
    /// Parameters that carry the credential.
    credential: Vec<&'a str>,
    headers: Vec<(&'a str, &'a str)>,
    /// Headers that carry the credential; one that ends in `-` stands for all that begin so.
    carriers: Vec<&'a str>,
    basic: Option<&'a (String, String)>,
    json: Option<&'a Value>,
    form: Option<&'a BTreeMap<String, String>>,
}

/// What every client of HTTP sends.
const OF_ANY_CLIENT: [&str; 6] = ["accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"];
/// What a signature stands in (AWS Signature Version 4).
const OF_SIGNATURE: [&str; 2] = ["authorization", "x-amz-"];

fn carriers(auth: &Auth) -> Vec<&str> {
    let mut names: Vec<&str> = auth.headers.keys().map(String::as_str).collect();
    if auth.basic.is_some() || auth.login.is_some() && auth.headers.is_empty() {
        names.push("authorization");
    }
    if auth.sigv4.is_some() {
        names.extend(OF_SIGNATURE);
    }
    names
}

fn pairs(map: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    map.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

impl<'a> Expected<'a> {
    pub(super) fn of_route(route: &'a Route, require: &'a Require, auth: Option<&'a Auth>) -> Self {
        Self {
            method: &route.method,
            path: &route.path,
            query: pairs(&require.query).chain(pairs(&route.query)).collect(),
            credential: auth.map(|auth| auth.query.keys().map(String::as_str).collect()).unwrap_or_default(),
            headers: pairs(&require.headers).chain(pairs(&route.headers)).collect(),
            carriers: auth.map(carriers).unwrap_or_default(),
            basic: None,
            json: route.json.as_ref(),
            form: route.form.as_ref(),
        }
    }

    pub(super) fn of_login(login: &'a Login, require: &'a Require) -> Self {
        Self {
            method: &login.method,
            path: &login.path,
            query: pairs(&require.query).chain(pairs(&login.query)).collect(),
            credential: Vec::new(),
            headers: pairs(&require.headers).chain(pairs(&login.headers)).collect(),
            carriers: if login.basic.is_some() { vec!["authorization"] } else { Vec::new() },
            basic: login.basic.as_ref(),
            json: login.json.as_ref(),
            form: login.form.as_ref(),
        }
    }

    /// Whether the path is the one that was asked for.
    pub(super) fn is_at(&self, asked: &Asked, entries: &Entries) -> bool {
        let filled = entries.fill_path(self.path);
        segments(filled.split('?').next().unwrap_or_default()) == segments(&asked.path)
    }

    /// Everything that differs besides the path.
    pub(super) fn differences(&self, asked: &Asked, entries: &Entries) -> Vec<Difference> {
        let mut found = Vec::new();
        if asked.method.as_str() != self.method {
            found.push(plain(format!("the method is {}, not {}", self.method, asked.method)));
        }
        self.parameters(asked, entries, &mut found);
        for (name, text) in &self.headers {
            let wanted = entries.fill_whole(text);
            match (asked.header(name), wanted) {
                (None, Some(_)) => found.push(plain(format!("the header {name} is missing; it must be `{text}`"))),
                (Some(_), None) => found.push(plain(format!("the header {name} must be left out while its field is empty"))),
                (Some(sent), Some(wanted)) if sent != wanted => {
                    found.push(Difference { words: format!("the header {name} must be `{text}`"), by_entry: entries.varies(text) });
                }
                _ => {}
            }
        }
        let known = |name: &str| {
            let carries = |carrier: &&str| name.eq_ignore_ascii_case(carrier) || carrier.ends_with('-') && name.starts_with(*carrier);
            OF_ANY_CLIENT.contains(&name) || self.headers.iter().any(|(wanted, _)| name.eq_ignore_ascii_case(wanted)) || self.carriers.iter().any(carries)
        };
        for name in asked.headers.keys().filter(|name| !known(name.as_str())) {
            found.push(plain(format!("the header {name} is not documented here")));
        }
        if let Some((user, password)) = self.basic
            && !asked.has_basic(&entries.fill(user), &entries.fill(password))
        {
            let by_entry = asked.header("authorization").is_some_and(|value| value.starts_with("Basic "));
            found.push(Difference { words: format!("the header Authorization must be Basic with `{user}` and `{password}`"), by_entry });
        }
        self.body(asked, entries, &mut found);
        found
    }

    fn parameters(&self, asked: &Asked, entries: &Entries, found: &mut Vec<Difference>) {
        let filled = entries.fill_path(self.path);
        let in_path: Vec<(String, String)> =
            filled.split_once('?').map(|(_, query)| form_urlencoded::parse(query.as_bytes()).into_owned().collect()).unwrap_or_default();
        let documented = self.query.iter().filter_map(|(name, text)| Some((*name, *text, entries.fill_whole(text)?)));
        let mut wanted: Vec<(&str, &str, String)> = documented.collect();
        wanted.extend(in_path.iter().map(|(name, value)| (name.as_str(), value.as_str(), value.clone())));
        for (name, text, value) in &wanted {
            let mut sent = asked.query.iter().filter(|(known, _)| known == name);
            match (sent.next(), sent.next()) {
                (None, _) => found.push(plain(format!("the parameter `{name}` is missing; it must be `{text}`"))),
                (Some(_), Some(_)) => found.push(plain(format!("the parameter `{name}` stands there twice"))),
                (Some((_, sent)), None) if sent != value => {
                    found.push(Difference { words: format!("the parameter `{name}` must be `{text}`"), by_entry: entries.varies(text) });
                }
                _ => {}
            }
        }
        let known = |name: &str| wanted.iter().any(|(wanted, ..)| *wanted == name) || self.credential.contains(&name);
        for (name, _) in asked.query.iter().filter(|(name, _)| !known(name)) {
            found.push(plain(format!("the parameter `{name}` is not documented here")));
        }
    }

    fn body(&self, asked: &Asked, entries: &Entries, found: &mut Vec<Difference>) {
        let kind = match (self.json, self.form) {
            (Some(_), _) => "application/json",
            (None, Some(_)) => "application/x-www-form-urlencoded",
            (None, None) => {
                if !asked.body.is_empty() {
                    found.push(plain("there must be no body".to_owned()));
                }
                return;
            }
        };
        if asked.content_type() != kind {
            found.push(plain(format!("the body must have the type {kind}")));
            return;
        }
        if let Some(json) = self.json {
            match serde_json::from_slice::<Value>(&asked.body) {
                Ok(sent) => compare(json, &sent, "", entries, found),
                Err(_) => found.push(plain("the body must be JSON".to_owned())),
            }
        } else if let Some(form) = self.form {
            let sent: Vec<(String, String)> = form_urlencoded::parse(&asked.body).into_owned().collect();
            for (name, text) in form {
                match sent.iter().find(|(known, _)| known == name) {
                    None => found.push(plain(format!("`{name}` is missing in the body; it must be `{text}`"))),
                    Some((_, value)) if *value != entries.fill(text) => {
                        found.push(Difference { words: format!("`{name}` in the body must be `{text}`"), by_entry: entries.varies(text) });
                    }
                    Some(_) => {}
                }
            }
            for (name, _) in sent.iter().filter(|(name, _)| !form.contains_key(name)) {
                found.push(plain(format!("`{name}` in the body is not documented here")));
            }
        }
    }
}

const fn plain(words: String) -> Difference {
    Difference { words, by_entry: false }
}

fn compare(wanted: &Value, sent: &Value, at: &str, entries: &Entries, found: &mut Vec<Difference>) {
    let place = if at.is_empty() { "the body".to_owned() } else { format!("`{at}` in the body") };
    match (wanted, sent) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, member) in members {
                match others.get(name) {
                    Some(other) => compare(member, other, &format!("{at}/{name}"), entries, found),
                    None => found.push(plain(format!("`{at}/{name}` is missing in the body; it must be `{member}`"))),
                }
            }
            for name in others.keys().filter(|name| !members.contains_key(*name)) {
                found.push(plain(format!("`{at}/{name}` in the body is not documented here")));
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (position, (item, other)) in items.iter().zip(others).enumerate() {
                compare(item, other, &format!("{at}/{position}"), entries, found);
            }
        }
        (Value::String(text), Value::String(other)) if *other == entries.fill(text) => {}
        (Value::String(text), Value::String(_)) => found.push(Difference { words: format!("{place} must be `{text}`"), by_entry: entries.varies(text) }),
        (wanted, sent) if wanted != sent => found.push(plain(format!("{place} must be `{wanted}`"))),
        _ => {}
    }
}
