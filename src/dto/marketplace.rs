//! The marketplace: every tile, and the one rule that says which of them a filter shows, on the server as in the browser.

use serde::{Deserialize, Serialize};

use super::ConnectorSummary;
use crate::domain::Timestamp;

/// The region of a connector that is used everywhere.
pub const EVERYWHERE: &str = "Global";

/// What the marketplace is narrowed to; as in the query string. An empty text does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MarketplaceFilter {
    /// Words of the name, the summary or the category.
    pub q: String,
    /// Machine name of a category.
    pub category: String,
    /// A region; what is used everywhere belongs to each.
    pub region: String,
    /// A kind of signing in: `key`, `password`, `signed` or `none`.
    pub sign_in: String,
    /// `ready` or `preview`.
    pub tier: String,
}

/// What a filter looks at in one tile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Name, id, summary and category in lower case.
    pub words: String,
    /// Machine name of the category.
    pub category: String,
    /// The regions.
    pub regions: Vec<String>,
    /// The kinds of signing in.
    pub sign_in: Vec<String>,
    /// `ready` or `preview`.
    pub tier: String,
}

impl MarketplaceFilter {
    /// Whether a tile is shown.
    pub fn fits(&self, facets: &Facets) -> bool {
        let chosen = |wanted: &str, found: &[String]| wanted.is_empty() || found.iter().any(|one| one == wanted);
        self.fits_words(facets)
            && chosen(&self.category, std::slice::from_ref(&facets.category))
            && (chosen(&self.region, &facets.regions) || facets.regions.iter().any(|region| region == EVERYWHERE))
            && chosen(&self.sign_in, &facets.sign_in)
            && chosen(&self.tier, std::slice::from_ref(&facets.tier))
    }

    fn fits_words(&self, facets: &Facets) -> bool {
        self.q.to_lowercase().split_whitespace().all(|word| facets.words.contains(word))
    }

    /// The names and values that stand in the query string; empty ones are left out.
    pub fn parameters(&self) -> Vec<(&'static str, &str)> {
        let all = [("q", self.q.trim()), ("category", &self.category), ("region", &self.region), ("sign_in", &self.sign_in), ("tier", &self.tier)];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

impl ConnectorSummary {
    /// What a filter looks at.
    pub fn facets(&self) -> Facets {
        Facets {
            words: format!("{} {} {} {}", self.name, self.id, self.summary, self.category_title).to_lowercase(),
            category: self.category.clone(),
            regions: self.regions.clone(),
            sign_in: self.sign_in_kinds.clone(),
            tier: self.tier.clone(),
        }
    }
}

/// The whole marketplace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketplaceView {
    /// Every connector, by name.
    pub connectors: Vec<ConnectorSummary>,
    /// Machine name, title and number of connectors of each category in use, `("", "All", n)` first; the rest of the filter counts.
    pub categories: Vec<(String, String, usize)>,
    /// The regions in use, without the one that means everywhere.
    pub regions: Vec<String>,
    /// Machine name and title of the kinds of signing in that are in use.
    pub sign_ins: Vec<(String, String)>,
    /// Whether the viewer may add connectors.
    pub may_build: bool,
}

/// A connector that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorRequest {
    /// The id.
    pub id: String,
    /// The service.
    pub service: String,
    /// What for; may be empty.
    pub purpose: String,
    /// Who asks.
    pub by: String,
    /// When.
    pub created_at: Timestamp,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestsView {
    /// The requests, newest first.
    pub requests: Vec<ConnectorRequest>,
    /// Whether the actor may remove one that is done.
    pub may_remove: bool,
    /// The present.
    pub now: Timestamp,
}

impl MarketplaceView {
    /// The connectors that a filter shows, by name.
    pub fn matching<'a>(&'a self, filter: &'a MarketplaceFilter) -> impl Iterator<Item = &'a ConnectorSummary> {
        self.connectors.iter().filter(|connector| filter.fits(&connector.facets()))
    }
}
