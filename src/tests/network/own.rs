//! Manifests that somebody writes into the browser: the payload in every place where an address or a path stands.

use latchkey::catalogue::read;
use latchkey::connect::Connector;

use super::attempts::Payload;
use super::doors::{OPEN, go};

const MANIFEST: &str = r#"
id = "own"
name = "Own"
category = "custom"
regions = ["Global"]
summary = "Rows."
tier = "preview"
sign_in = "Key"
credential_noun = "key"
find_steps = ["Look."]

[about]
reads = "Rows."
never = "Writes."
stored = "The key."
needs = "A minute."

[[sign_in_steps]]
title = "One"
text = "Step."

[[fields]]
id = "key"
title = "Key"
kind = "secret"
required = true

[target]
kind = "http"
base_url = <base>
headers = { <header> = <value> }

[auth]
scheme = "bearer"
token = "{key}"

[check]
reach = <reach>
[check.authenticate]
path = <path>

[[streams]]
id = "rows"
title = "Rows"
noun = ["row", "rows"]
request = { path = <path> }
rows = ""

[revoke]
request = { method = "DELETE", path = <path> }
note = "Gone."
"#;

/// The places of a manifest, and what stands there when it is another's turn.
const PLACES: [(&str, &str); 5] = [("<base>", OPEN), ("<reach>", "/"), ("<path>", "/v1/me"), ("<header>", "Accept"), ("<value>", "application/json")];

/// A manifest with these values in these places.
fn manifest(values: &[(&str, &str)]) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    PLACES.iter().fold(MANIFEST.to_owned(), |text, (place, usual)| {
        let value = values.iter().find(|(other, _)| other == place).map_or(*usual, |(_, value)| value);
        text.replace(place, &quoted(value))
    })
}

/// A manifest that speaks to `host`.
pub fn at(host: &str) -> String {
    manifest(&[("<base>", &format!("https://{host}"))])
}

/// Everything that may be written for `payload`.
pub fn manifests(payload: &Payload) -> Vec<String> {
    let host = &payload.authority;
    let mut bases = payload.urls.clone();
    bases.extend(
        ["https://{}", "https://{}/x", "https://{}:443/", "https://open.example@{}", "https://{}#", "https:\\\\{}", "https:/{}"]
            .map(|shape| shape.replace("{}", host)),
    );
    let paths = ["@{}/", ".{}/", "/\\{}/", "//{}/"].map(|shape| shape.replace("{}", host));
    let mut all: Vec<String> = bases.iter().map(|base| manifest(&[("<base>", base)])).collect();
    all.extend(paths.iter().map(|path| manifest(&[("<reach>", path), ("<path>", path)])));
    all.extend(["Host", "host", ":authority", "Host: x\r\nY"].map(|header| manifest(&[("<header>", header), ("<value>", host)])));
    all
}

/// Takes the text as far as it goes.
pub async fn try_out(connector: &Connector, text: &str) {
    if let Ok(manifest) = read("own.toml", text) {
        go(connector, &manifest, &Default::default(), true).await;
    }
}

#[test]
fn the_manifest_is_one_that_can_be_used() {
    let found = read("own.toml", &at("11.0.0.0"));
    assert!(found.is_ok(), "{found:?}");
}
