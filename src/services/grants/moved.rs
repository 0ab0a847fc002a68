//! Fields that a renewal tells anew, such as the address where an organization lives from now on.

use std::collections::BTreeMap;

use crate::catalogue::{Manifest, Target};
use crate::services::App;
use crate::services::payload::Payload;

/// What a renewal changed of the entries.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// Nothing.
    No,
    /// The fields that the token answer fills, and with them where the credential goes.
    To {
        /// The entries, a JSON object of strings.
        config: String,
        /// The host as pages show it.
        host: String,
    },
    /// Something, but to an address that the manifest does not allow: everything stays where it was.
    Refused,
}

/// Takes over what a token answer `filled`, and binds the payload to where that leads. Another origin is believed only below the hosts that the manifest names:
/// a person saw where the credential goes when it was connected, and nobody looks now.
pub(super) fn moved(app: &App, manifest: &Manifest, config: &BTreeMap<String, String>, filled: &BTreeMap<String, String>, payload: &mut Payload) -> Moved {
    if filled.iter().all(|(id, value)| config.get(id) == Some(value)) {
        return Moved::No;
    }
    let mut entries = config.clone();
    entries.extend(filled.clone());
    let names_hosts = matches!(&manifest.target, Target::Http { host_suffixes, .. } if !host_suffixes.is_empty());
    let leads = app.connect.destination(manifest, &entries).ok().filter(|leads| names_hosts || leads.origins == payload.bound_origins);
    match (leads, serde_json::to_string(&entries)) {
        (Some(leads), Ok(config)) => {
            payload.bound_origins = leads.origins;
            Moved::To { config, host: leads.host_shown }
        }
        _ => Moved::Refused,
    }
}
