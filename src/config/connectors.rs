//! `[connectors.<id>]`: connectors reached at another address than their provider's.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::problem::Review;

/// Connectors reached at another address than their provider's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectorsConfig {
    /// The base URL by connector id, without a slash at its end.
    pub base_urls: BTreeMap<String, String>,
    /// What stands in place of scheme and host of its OAuth addresses, by connector id, without a slash at its end.
    pub oauth_urls: BTreeMap<String, String>,
}

/// The connectors by id.
pub(super) type Raw = BTreeMap<String, RawConnector>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawConnector {
    base_url: Option<String>,
    oauth_url: Option<String>,
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> ConnectorsConfig {
    let mut config = ConnectorsConfig::default();
    for (id, connector) in raw {
        let key = format!("connectors.{id}.base_url");
        let fix = "give an address without user and query, such as https://ventures.example.com/api/v4";
        if let Some(url) = review.parse(&key, connector.base_url, None, fix, |text| base_url(text).map(Some)) {
            config.base_urls.insert(id.clone(), url);
        }
        let key = format!("connectors.{id}.oauth_url");
        let fix = "give an address without user and query, such as https://sign-in.example.com";
        if let Some(url) = review.parse(&key, connector.oauth_url, None, fix, |text| base_url(text).map(Some)) {
            config.oauth_urls.insert(id, url);
        }
    }
    config
}

fn base_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none();
    (plain && url.query().is_none() && url.fragment().is_none()).then(|| url.as_str().trim_end_matches('/').to_owned())
}
