//! Every field of every connector that takes an address, or stands within one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use latchkey::catalogue::{Field, FieldKind, Manifest, Registry, Target};
use latchkey::connect::{Connector, Credential, NoProgress};
use latchkey::domain::{ManualClock, Timestamp};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::vault::Secret;

use super::attempts::Payload;

/// An address that may be reached, for the doors where the payload stands behind it.
pub const OPEN: &str = "https://11.0.0.0";

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The host of a database.
    Host,
    /// A whole web address.
    Url,
    /// A part of the host.
    Part,
    /// A path below an open address.
    Path,
    /// The name of a header of a request to an open address.
    Header,
}

/// One field of one connector.
#[derive(Clone)]
pub struct Door {
    pub kind: Kind,
    pub manifest: Manifest,
    field: String,
    /// What the other fields hold.
    others: BTreeMap<String, String>,
}

impl fmt::Debug for Door {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

impl Door {
    fn new(kind: Kind, manifest: &Manifest, field: &str, chosen: &[(&str, &str)]) -> Self {
        let entry = |field: &Field| {
            let value = match field.kind {
                FieldKind::Port if manifest.id == "mysql" => "3306",
                FieldKind::Port => "5432",
                FieldKind::Url => OPEN,
                FieldKind::Path => "/v1/me",
                _ if !field.default.is_empty() => &field.default,
                FieldKind::Select => &field.options[0].value,
                FieldKind::Multiline => return None,
                _ => "entry",
            };
            (!field.kind.is_secret()).then(|| (field.id.clone(), value.to_owned()))
        };
        let mut others: BTreeMap<String, String> = manifest.fields.iter().filter_map(entry).collect();
        others.extend(chosen.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())));
        Self { kind, manifest: manifest.clone(), field: field.to_owned(), others }
    }

    /// Every door of the catalogue.
    pub fn all() -> Vec<Self> {
        let mut doors = Vec::new();
        let registry = Registry::embedded().unwrap();
        for manifest in registry.list() {
            match &manifest.target {
                Target::Database { host, .. } => {
                    doors.extend(["require", "disable"].map(|mode| Self::new(Kind::Host, manifest, host, &[("sslmode", mode)])));
                }
                Target::Http { base_url, .. } => {
                    for id in base_url.fields() {
                        let kind = if manifest.field(id).unwrap().kind == FieldKind::Url { Kind::Url } else { Kind::Part };
                        doors.push(Self::new(kind, manifest, id, &[]));
                    }
                }
            }
            let ways = |field: &Field| if manifest.id == "rest-api" && field.id == "login_path" { "login" } else { "none" };
            let paths = manifest.fields.iter().filter(|field| field.kind == FieldKind::Path);
            doors.extend(paths.map(|field| Self::new(Kind::Path, manifest, &field.id, &[("way", ways(field))])));
            if manifest.field("header_name").is_some() {
                doors.push(Self::new(Kind::Header, manifest, "header_name", &[("way", "header")]));
            }
        }
        doors
    }

    /// The door of this connector's field.
    pub fn of(id: &str, field: &str) -> Self {
        Self::all().into_iter().find(|door| door.manifest.id == id && door.field == field).unwrap()
    }

    /// The same door with another choice beside it.
    pub fn choosing(mut self, field: &str, value: &str) -> Self {
        self.others.insert(field.to_owned(), value.to_owned());
        self
    }

    /// How the connector, the field and a choice beside it are called.
    pub fn name(&self) -> String {
        let chosen = self.others.iter().filter(|(id, _)| ["sslmode", "way"].contains(&id.as_str())).map(|(_, value)| format!(" ({value})"));
        format!("{}.{}{}", self.manifest.id, self.field, chosen.collect::<String>())
    }

    /// Whether a host of the person's own choice may stand here at all.
    pub fn is_free(&self) -> bool {
        match &self.manifest.target {
            Target::Database { .. } => true,
            Target::Http { host_suffixes, .. } => self.kind == Kind::Url && host_suffixes.is_empty(),
        }
    }

    /// What is typed into the field.
    pub fn values(&self, payload: &Payload) -> Vec<String> {
        let host = &payload.authority;
        match self.kind {
            Kind::Host => vec![payload.host.clone()],
            Kind::Url => payload.urls.clone(),
            Kind::Part => {
                let shapes = ["{}", "{}/", "{}#", "{}?", "{}\\", "{}:443/", "x@{}/", "x:y@{}#", "https://{}/", "{}%2f", "{}%23.", "{}\t"];
                shapes.iter().map(|shape| shape.replace("{}", host)).chain([payload.text.clone()]).collect()
            }
            Kind::Path => {
                let shapes = ["@{}/", ":443@{}/", ".{}/", "//{}/", "/\\{}/", "\\\\{}/", "/../..//{}/", "/\t/{}/"];
                shapes.iter().map(|shape| shape.replace("{}", host)).chain([payload.text.clone()]).collect()
            }
            Kind::Header => {
                ["{}", "Host: {}\r\nX", "X\r\nHost: {}\r\nY", "Host\r\n"].iter().map(|shape| shape.replace("{}", host)).chain(["Host".to_owned()]).collect()
            }
        }
    }

    /// Takes `value` as far as it goes: a check, a look at every kind of row, and the end, each with the connector's secrets bound to wherever the entries lead.
    pub async fn go(&self, connector: &Connector, value: &str) {
        let mut config = self.others.clone();
        config.insert(self.field.clone(), value.to_owned());
        go(connector, &self.manifest, &config, self.kind != Kind::Path && self.kind != Kind::Header).await;
    }
}

/// Looks at the first list, ends the credential and, where `checking` says so, checks it before.
pub async fn go(connector: &Connector, manifest: &Manifest, config: &BTreeMap<String, String>, checking: bool) {
    let secrets = manifest.fields.iter().filter(|field| field.kind.is_secret()).map(|field| (field.id.clone(), Secret::new("canary".to_owned()))).collect();
    let bound = connector.destination(manifest, config).map(|place| place.origins).unwrap_or_default();
    let credential = Credential { config, secrets: &secrets, bound };
    if checking {
        connector.check(manifest, &credential, &NoProgress).await;
    }
    if let Some(stream) = manifest.streams.first() {
        let _ = connector.preview(manifest, &credential, None, &stream.id).await;
    }
    if manifest.revoke.is_some() {
        let _ = connector.revoke(manifest, &credential, None).await;
    }
}

/// A guarded client that trusts the listeners.
pub fn egress(policy: EgressPolicy, authority: &str) -> Egress {
    Egress::new(policy, authority).unwrap()
}

/// What speaks to providers over that client.
pub fn connector(egress: &Egress) -> Connector {
    Connector::new(egress.clone(), BTreeMap::new(), Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000))))
}

/// A policy that opens all that a policy can open.
pub fn everything() -> EgressPolicy {
    let hosts = ["localhost", "*.localhost", "*.localdomain", "*.internal", "ip6-localhost", "ip6-loopback", "kubernetes", "*.default", "*.svc", "*.local"];
    EgressPolicy {
        allow: ["0.0.0.0/0", "::/0"].map(|network| network.parse().unwrap()).to_vec(),
        allow_hosts: hosts.map(str::to_owned).to_vec(),
        ..EgressPolicy::default()
    }
}
