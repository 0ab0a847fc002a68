//! What is wrong in a sandbox file.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::catalogue::{FieldKind, Manifest, ManifestError, Tier};
use crate::domain::CheckCode;

use super::file::{ACCESS_TOKEN, Answer, File, Kind, Login, Route};
use super::fill::places;
use super::oauth;

const METHODS: [&str; 3] = ["GET", "POST", "DELETE"];

/// Reads the file of `manifest` and looks for everything that is wrong in it.
///
/// # Errors
/// Each with file and key.
pub(super) fn read(name: &str, text: &str, manifest: &Manifest) -> Result<File, Vec<ManifestError>> {
    let error = |line, key: &str, message: String| ManifestError { file: name.to_owned(), line, key: key.to_owned(), message };
    let mut file: File = toml::from_str(text).map_err(|problem| {
        let line = problem.span().map(|span| text[..span.start].matches('\n').count() + 1);
        vec![error(line, "", problem.message().trim().to_owned())]
    })?;
    file.write_out();
    let mut review = Review { manifest, file: &file, found: Vec::new() };
    review.kinds();
    review.accounts();
    review.routes();
    review.auth();
    review.answer("refusal", &file.refusal);
    review.answer("missing", &file.missing);
    if let Some(section) = &file.oauth {
        review.found.extend(oauth::review(manifest, section));
    }
    let found: Vec<ManifestError> = review.found.into_iter().map(|(key, message)| error(None, &key, message)).collect();
    if found.is_empty() { Ok(file) } else { Err(found) }
}

struct Review<'a> {
    manifest: &'a Manifest,
    file: &'a File,
    found: Vec<(String, String)>,
}

impl Review<'_> {
    fn say(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.found.push((key.into(), message.into()));
    }

    fn kinds(&mut self) {
        let there: BTreeSet<&str> = self.file.accounts.iter().map(|account| account.kind.as_str()).collect();
        for kind in Kind::NEEDED.map(Kind::as_str) {
            let skipped = self.file.skip.contains_key(kind);
            match there.contains(kind) {
                true if skipped => self.say(format!("skip.{kind}"), "is left out, but there is an account of this kind: remove one of them"),
                false if !skipped && self.manifest.tier == Tier::Ready => {
                    self.say("accounts", format!("has none of the kind `{kind}`: add one, or say under [skip] why there is none"));
                }
                _ => {}
            }
        }
        for (kind, reason) in &self.file.skip {
            if !Kind::NEEDED.iter().any(|known| known.as_str() == kind) || kind == "works" {
                self.found.push((format!("skip.{kind}"), "is no kind of account that can be left out".to_owned()));
            } else if reason.trim().is_empty() {
                self.found.push((format!("skip.{kind}"), "needs a reason".to_owned()));
            }
        }
    }

    fn accounts(&mut self) {
        let mut titles = BTreeSet::new();
        for (position, account) in self.file.accounts.iter().enumerate() {
            let key = format!("accounts[{position}] ({})", account.kind.as_str());
            for field in account.values.keys().filter(|field| self.manifest.field(field).is_none()) {
                self.found.push((format!("{key}.values.{field}"), "is no field of the manifest".to_owned()));
            }
            if !account.auth.is_empty() && !self.file.auth.contains_key(&account.auth) {
                self.say(format!("{key}.auth"), format!("names `[auth.{}]`, which is not there", account.auth));
            } else if account.auth.is_empty() && self.file.auth.len() > 1 && !self.file.auth.contains_key("default") {
                self.say(format!("{key}.auth"), "must name the way of signing in: there are several and none is the default");
            }
            if let Some(answer) = &account.answer {
                self.answer(&format!("{key}.answer"), answer);
            }
            let refusals = self.file.oauth.as_ref().and_then(|oauth| oauth.assertion.as_ref()).map(|assertion| &assertion.refusals);
            if account.refused.as_ref().is_some_and(|name| refusals.is_none_or(|refusals| !refusals.contains_key(name))) {
                self.say(format!("{key}.refused"), "names none of `oauth.assertion.refusals`");
            }
            let is_told = account.expect.is_empty() || account.expect == "passed" || CheckCode::parse(&account.expect).is_some();
            if !is_told {
                self.say(format!("{key}.expect"), format!("is `{}`, which is neither `passed` nor a code", account.expect));
            }
            let is_routed = self.file.routes.iter().any(|route| !route.accounts.is_empty() && route.is_for(account.kind, &account.title));
            let grants_less = account.kind == Kind::FewRights && self.file.is_by_oauth(account);
            if matches!(account.kind, Kind::FewRights | Kind::RateLimited | Kind::Down)
                && !grants_less
                && account.answer.is_none()
                && account.refused.is_none()
                && !is_routed
            {
                self.say(&key, "differs in nothing from one that works: give it an `answer`, or name it in the `accounts` of a route");
            }
            if account.kind == Kind::Other && account.title.is_empty() {
                self.say(format!("{key}.title"), "must say what it shows");
            }
            if !titles.insert((account.kind, account.title.clone(), account.auth.clone())) {
                self.say(&key, "is there twice: give it a title");
            }
        }
    }

    fn routes(&mut self) {
        for (position, route) in self.file.routes.iter().enumerate() {
            let Route { method, path, json, form, body, accounts, .. } = route;
            let key = format!("routes[{position}] ({method} {path})");
            self.request(&key, method, path, json.is_some() && form.is_some());
            self.body(&key, body);
            for name in accounts.iter().filter(|name| !self.file.accounts.iter().any(|account| account.kind.as_str() == *name || account.title == **name)) {
                self.found.push((format!("{key}.accounts"), format!("names `{name}`, which is neither kind nor title of an account")));
            }
        }
    }

    fn auth(&mut self) {
        for (name, auth) in &self.file.auth {
            let key = format!("auth.{name}");
            if let Some(login) = &auth.login {
                let Login { method, path, json, form, body, .. } = login;
                self.request(&format!("{key}.login"), method, path, json.is_some() && form.is_some());
                self.body(&format!("{key}.login"), &body.replace("{session}", "token"));
                let in_header = login.answer_headers.values().any(|value| value.contains("{session}"));
                if !body.contains("{session}") && !in_header {
                    self.say(format!("{key}.login.body"), "must hold {session}: that is the token");
                }
            }
            let mut texts: Vec<&String> = auth.headers.values().chain(auth.query.values()).collect();
            texts.extend(auth.basic.iter().flat_map(|(user, password)| [user, password]));
            let is_unknown = |id: &&str| *id != "session" && !self.is_of_oauth(id) && self.manifest.field(id).is_none();
            let unknown: Vec<&str> = texts.into_iter().flat_map(|text| places(text)).filter(is_unknown).collect();
            for id in unknown {
                self.found.push((key.clone(), format!("names {{{id}}}, which is no field of the manifest")));
            }
        }
    }

    /// Whether it is the token, or something that an application has besides.
    fn is_of_oauth(&self, id: &str) -> bool {
        let of_app = |oauth: &crate::catalogue::OAuth| oauth.app_fields.iter().any(|field| field.id == id);
        self.file.oauth.is_some() && (id == ACCESS_TOKEN || self.manifest.oauth.as_ref().is_some_and(of_app))
    }

    fn request(&mut self, key: &str, method: &str, path: &str, two_bodies: bool) {
        if !METHODS.contains(&method) {
            self.say(format!("{key}.method"), format!("must be one of {}", METHODS.join(", ")));
        }
        let is_path_field = |id: &&str| self.manifest.field(id).is_some_and(|field| field.kind.as_str() == "path");
        let begins = path.is_empty() || path.starts_with('/') || places(path).first().is_some_and(|id| path.starts_with('{') && is_path_field(id));
        if !begins || path.contains(['?', '#', ' ']) {
            self.say(format!("{key}.path"), "must begin with / or be empty, and its parameters stand in `query`");
        }
        for id in places(path) {
            match self.manifest.field(id) {
                None => self.say(format!("{key}.path"), format!("names {{{id}}}, which is no field of the manifest")),
                Some(field) if matches!(field.kind, FieldKind::Secret | FieldKind::SecretMultiline) => {
                    self.say(format!("{key}.path"), format!("names {{{id}}}, which is a secret"));
                }
                Some(_) => {}
            }
        }
        if two_bodies {
            self.say(key, "has two bodies: keep `json` or `form`");
        }
    }

    fn answer(&mut self, key: &str, answer: &Answer) {
        self.body(key, &answer.body);
    }

    fn body(&mut self, key: &str, body: &str) {
        let problem = body.trim_start().starts_with(['{', '[']).then(|| serde_json::from_str::<Value>(body).err()).flatten();
        if let Some(problem) = problem {
            self.say(format!("{key}.body"), format!("looks like JSON but is none: {problem}"));
        }
    }
}
