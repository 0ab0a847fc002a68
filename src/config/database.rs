//! `[database]`: where everything is stored.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

use super::problem::Review;

const DEFAULT: &str = "sqlite:data/latchkey.db";

/// Where everything is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseConfig {
    /// `sqlite:<path>` or `postgres://…`; may hold a password.
    pub url: String,
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DatabaseConfig").field("url", &self.shown()).finish()
    }
}

impl DatabaseConfig {
    /// The database without its password, for people.
    pub fn shown(&self) -> String {
        self.sqlite_path().map_or_else(
            || {
                url::Url::parse(&self.url)
                    .map_or_else(|_| "PostgreSQL".to_owned(), |url| format!("PostgreSQL at {}{}", url.host_str().unwrap_or("a local socket"), url.path()))
            },
            |path| format!("SQLite in {}", path.display()),
        )
    }

    /// The file of an SQLite database; none for PostgreSQL.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        let rest = self.url.strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        Some(PathBuf::from(rest.split('?').next().unwrap_or(rest)))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    url: Option<String>,
}

impl fmt::Debug for Raw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("database")
    }
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> DatabaseConfig {
    let url = review.parse("database.url", raw.url, DEFAULT.to_owned(), "give sqlite:<path> or postgres://user:password@host/name", |text| {
        let known = text.strip_prefix("sqlite:").is_some_and(|path| !path.trim_start_matches('/').is_empty())
            || ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        known.then(|| text.to_owned())
    });
    DatabaseConfig { url }
}
