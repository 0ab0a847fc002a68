//! What is wrong in the section on OAuth of a sandbox file.

use serde_json::Value;

use super::super::fill::places;
use super::section::{Answer, Grant, OAuth};
use crate::catalogue::Manifest;

/// Keys and what is wrong with them.
pub(in crate::sandbox) fn review(manifest: &Manifest, oauth: &OAuth) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut say = |key: &str, words: &str| found.push((format!("oauth.{key}"), words.to_owned()));
    for (key, path) in [("authorize", oauth.authorize.as_ref()), ("token", Some(&oauth.token)), ("revoke", oauth.revoke.as_ref())] {
        if path.is_some_and(|path| !path.starts_with('/') || path.contains(['?', '#', ' ']) || path.starts_with("/-/")) {
            say(key, "must begin with / and be a path alone");
        }
    }
    match (oauth.grant, &oauth.authorize) {
        (Grant::Code, None) => say("authorize", "is missing: say where the consent page is"),
        (Grant::ClientCredentials | Grant::JwtBearer, Some(_)) => say("authorize", "belongs to the code grant: remove it"),
        _ => {}
    }
    if oauth.grant == Grant::Code && oauth.clients.is_empty() {
        say("clients", "is empty: add one, for an application must exist");
    }
    if (oauth.grant == Grant::JwtBearer) != oauth.assertion.is_some() {
        say("assertion", "belongs to the grant `jwt_bearer`, which needs it");
    }
    let signs = manifest.oauth.as_ref().and_then(|oauth| oauth.callback_hmac.as_deref()).unwrap_or_default();
    if signs != oauth.callback_hmac {
        say("callback_hmac", "is not what the manifest says in `oauth.callback_hmac`");
    }
    if manifest.oauth.is_none() {
        say("token", "is played, but the manifest has no `[oauth]`");
    }
    let mut bodies = vec![("body_ok", &oauth.body_ok), ("body_refused", &oauth.body_refused)];
    bodies.extend(oauth.body_refreshed.as_ref().map(|body| ("body_refreshed", body)));
    for (key, body) in bodies {
        let filled = places(body).iter().fold(body.clone(), |text, place| text.replace(&format!("{{{place}}}"), "1"));
        if oauth.answer == Answer::Json && serde_json::from_str::<Value>(&filled).is_err() {
            say(key, "is no JSON");
        }
        let needed = if key == "body_refused" { "{error}" } else { "{access_token}" };
        if !body.contains(needed) {
            say(key, &format!("must hold {needed}"));
        }
    }
    found
}
