//! `LATCHKEY_…` variables: every value is text, so that digits in a key or passphrase stay as they are.

use std::ffi::OsString;

use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::{ConfigError, Problem};

/// Names the configuration file instead of setting a key.
pub(super) const FILE_VARIABLE: &str = "LATCHKEY_CONFIG";
const PREFIX: &str = "LATCHKEY_";
const DATABASE_URL: &str = "DATABASE_URL";

struct Variable {
    name: String,
    path: Vec<String>,
    value: String,
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut value = Value::from(self.value.clone());
        for key in self.path.iter().skip(1).rev() {
            value = Value::from(Dict::from([(key.clone(), value)]));
        }
        let top = self.path.first().cloned().unwrap_or_default();
        Ok(Profile::Default.collect(Dict::from([(top, value)])))
    }
}

/// Whether Kubernetes sets it for a service named `latchkey`, such as `LATCHKEY_SERVICE_HOST` and `LATCHKEY_PORT_4800_TCP_ADDR`
/// (<https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>); every setting of ours has `__` in its name.
fn is_of_a_service(rest: &str) -> bool {
    !rest.contains("__") && (rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_"))
}

/// Lays the variables over `figment`; `DATABASE_URL` yields to `LATCHKEY_DATABASE__URL`.
pub(super) fn merge(mut figment: Figment, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Figment, ConfigError> {
    let mut found = Vec::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        let path: Vec<String> = if name == DATABASE_URL {
            vec!["database".to_owned(), "url".to_owned()]
        } else if let Some(rest) = name.strip_prefix(PREFIX).filter(|rest| name != FILE_VARIABLE && !is_of_a_service(rest)) {
            rest.split("__").map(str::to_ascii_lowercase).collect()
        } else {
            continue;
        };
        let Ok(value) = value.into_string() else {
            return Err(ConfigError::one(Problem::new(&path.join("."), &name, "the value is not UTF-8 text", "set it to plain text")));
        };
        if !value.is_empty() {
            found.push(Variable { name, path, value });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    for variable in found {
        figment = figment.merge(variable);
    }
    Ok(figment)
}
