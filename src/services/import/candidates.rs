//! What of a source belongs to which connector.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::source::{Listed, ListedTokens, Source};
use crate::catalogue::{ACCESS_TOKEN, Manifest, REFRESH_TOKEN};
use crate::domain::Actor;
use crate::services::{App, Entries, ServiceError, marketplace};
use crate::vault::Secret;

/// A connection to be.
#[derive(Debug)]
pub(super) struct Candidate {
    pub manifest: Arc<Manifest>,
    /// What it is to be called; empty for the default.
    pub name: String,
    /// Values by the ids of fields.
    pub entries: Entries,
    /// The variables that they come from; none for those of a list.
    pub origin: BTreeMap<String, String>,
    pub tokens: Option<Tokens>,
    /// Label or id of the app that the tokens belong to; empty for the only one.
    pub app: String,
}

/// Tokens that a person allowed, to another program.
#[derive(Debug)]
pub(super) struct Tokens {
    pub access: Secret<String>,
    pub refresh: Option<Secret<String>>,
    /// When the access token ends, in UTC milliseconds.
    pub expires_ms: Option<i64>,
    /// What was granted, as the provider said it.
    pub scope: String,
}

impl From<ListedTokens> for Tokens {
    fn from(listed: ListedTokens) -> Self {
        let ListedTokens { access_token, refresh_token, expires_at, scope } = listed;
        Self { access: access_token, refresh: refresh_token, expires_ms: expires_at, scope }
    }
}

/// Everything that is recognised, by the connector's name; with `only`, of these connectors. A listed connector that there is not gets an error.
pub(super) async fn candidates(app: &App, actor: &Actor, source: Source, only: &[String]) -> Result<Vec<Candidate>, ServiceError> {
    let known = marketplace::all(app, &actor.organization).await?;
    if let Some(unknown) = only.iter().find(|id| known.iter().all(|manifest| manifest.id != **id)) {
        return Err(ServiceError::invalid_field("only", format!("There is no connector {unknown}. Nothing was changed.")));
    }
    let wanted = |manifest: &Manifest| only.is_empty() || only.contains(&manifest.id);
    let Source { variables, listed } = source;
    let mut found: Vec<Candidate> = known.iter().filter(|manifest| wanted(manifest)).filter_map(|manifest| of_variables(manifest, &variables)).collect();
    for one in listed {
        let Some(manifest) = known.iter().find(|manifest| manifest.id == one.connector) else {
            let named: String = one.connector.chars().take(40).collect();
            return Err(ServiceError::invalid_field("connector", format!("There is no connector {named}. Nothing was changed.")));
        };
        if wanted(manifest) {
            found.push(of_list(manifest, one));
        }
    }
    Ok(found)
}

fn of_list(manifest: &Arc<Manifest>, listed: Listed) -> Candidate {
    let Listed { connector: _, name, fields, tokens, app } = listed;
    let mut candidate = Candidate { manifest: manifest.clone(), name, entries: fields, origin: BTreeMap::new(), tokens: tokens.map(Tokens::from), app };
    if candidate.tokens.is_some() {
        choose_oauth(&mut candidate);
    }
    candidate
}

/// What the variables hold of a connector; none when there is no secret of it among them.
fn of_variables(manifest: &Arc<Manifest>, variables: &Entries) -> Option<Candidate> {
    let value_of = |name: &String| variables.get(name).filter(|value| !value.expose().trim().is_empty());
    let (mut entries, mut origin, mut has_secret) = (Entries::new(), BTreeMap::new(), false);
    for field in manifest.importable() {
        let names = manifest.variables(&field.id);
        let Some((name, value)) = names.iter().find_map(|name| value_of(name).map(|value| (name.clone(), value.duplicate()))) else { continue };
        has_secret |= field.kind.is_secret();
        entries.insert(field.id.clone(), value);
        origin.insert(field.id.clone(), name);
    }
    let claimed: BTreeSet<String> = manifest.importable().flat_map(|field| manifest.variables(&field.id)).collect();
    let token = |id: &str| {
        let names = if manifest.takes_tokens() { manifest.variables(id) } else { Vec::new() };
        names.into_iter().filter(|name| !claimed.contains(name)).find_map(|name| value_of(&name).map(|value| (name.clone(), value.duplicate())))
    };
    let tokens = match (token(ACCESS_TOKEN), token(REFRESH_TOKEN)) {
        (Some((name, access)), refresh) if refresh.is_some() || !has_secret => {
            origin.insert(ACCESS_TOKEN.to_owned(), name);
            let refresh = refresh.map(|(name, refresh)| {
                origin.insert(REFRESH_TOKEN.to_owned(), name);
                refresh
            });
            Some(Tokens { access, refresh, expires_ms: None, scope: String::new() })
        }
        _ => None,
    };
    if !has_secret && tokens.is_none() {
        return None;
    }
    let mut candidate = Candidate { manifest: manifest.clone(), name: String::new(), entries, origin, tokens, app: String::new() };
    if candidate.tokens.is_some() {
        choose_oauth(&mut candidate);
    }
    Some(candidate)
}

/// Chooses OAuth where a connector has several ways of signing in.
fn choose_oauth(candidate: &mut Candidate) {
    let option = candidate.manifest.oauth.as_ref().and_then(|oauth| oauth.option.clone());
    if let (Some(field), Some(option)) = (candidate.manifest.auth.choice_field(), option) {
        candidate.entries.insert(field.to_owned(), Secret::new(option));
    }
}
