//! Where a connector's credential goes.

use std::collections::BTreeMap;

use thiserror::Error;
use url::Url;

use crate::catalogue::{Encoding, FieldKind, Manifest, Part, Target, Template};
use crate::egress::{BoundOrigins, Origin, UrlProblem, parse_target_url};

/// Where a credential goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The origins a secret is bound to.
    pub origins: BoundOrigins,
    /// The host as pages show it, such as `api.stripe.com`; with the port when it is not the usual one.
    pub host_shown: String,
    pub(super) origin: Origin,
    /// The base URL without a slash at its end; none for databases.
    pub(super) base: Option<Url>,
    /// Whether the operator's configuration chose it.
    pub(super) mapped: bool,
}

/// Why the entries lead nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DestinationProblem {
    /// The address that the entries make is none.
    #[error("{0}")]
    Url(#[from] UrlProblem),
    /// The address is not encrypted and the operator did not map it.
    #[error("The address must start with https://.")]
    NotEncrypted,
    /// The host is not one of the provider's.
    #[error("This address does not belong to the provider.")]
    ForeignHost,
    /// Host or port is missing or cannot be.
    #[error("Enter a host name and a port.")]
    Host,
}

/// Where the entries in `config` lead; `mapped` is the base URL that the operator's configuration puts in place of the manifest's.
pub(super) fn destination(manifest: &Manifest, config: &BTreeMap<String, String>, mapped: Option<&str>) -> Result<Destination, DestinationProblem> {
    let (origin, base) = match &manifest.target {
        Target::Database { engine, host, port } => {
            let host = config.get(host).ok_or(DestinationProblem::Host)?;
            let port = config.get(port).and_then(|port| port.parse().ok()).ok_or(DestinationProblem::Host)?;
            (Origin::new(engine.scheme(), host, port).map_err(|_| DestinationProblem::Host)?, None)
        }
        Target::Http { base_url, host_suffixes, .. } => {
            let text = mapped.map_or_else(|| fill_base(manifest, base_url, config), str::to_owned);
            let url = parse_target_url(text.trim_end_matches('/'))?;
            if mapped.is_none() && url.scheme() != "https" {
                return Err(DestinationProblem::NotEncrypted);
            }
            let host = url.host_str().unwrap_or_default();
            if mapped.is_none() && !host_suffixes.is_empty() && !host_suffixes.iter().any(|suffix| host.ends_with(suffix.as_str())) {
                return Err(DestinationProblem::ForeignHost);
            }
            (Origin::of(&url).map_err(|_| DestinationProblem::Host)?, Some(url))
        }
    };
    let usual_port = matches!((origin.scheme(), origin.port()), ("https", 443) | ("http", 80) | ("mysql", 3306) | ("postgres", 5432));
    let host_shown = if usual_port { origin.host().to_owned() } else { format!("{}:{}", origin.host(), origin.port()) };
    let mapped = mapped.is_some() && base.is_some();
    Ok(Destination { origins: BoundOrigins::only(origin.clone()), host_shown, origin, base, mapped })
}

/// A field that is a whole web address stands as it is; any other value is percent-encoded, so that it stays in its place.
fn fill_base(manifest: &Manifest, template: &Template, config: &BTreeMap<String, String>) -> String {
    let value_of = |id: &str| manifest.entry(config, id);
    let mut filled = String::new();
    for part in template.parts() {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Field(id) => {
                let whole = manifest.field(id).is_some_and(|field| field.kind == FieldKind::Url);
                let encoding = if whole { Encoding::Plain } else { Encoding::Url };
                let value = Template::new(&format!("{{{id}}}")).fill(encoding, &value_of);
                filled.push_str(if whole { value.trim_end_matches('/') } else { &value });
            }
        }
    }
    filled
}
