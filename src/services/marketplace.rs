//! The catalogue as a member sees it.

use std::collections::HashMap;

use crate::catalogue::{Category, Manifest};
use crate::domain::{Action, Actor};
use crate::dto::{ConnectorView, MarketplaceFilter, MarketplaceView};
use crate::services::{App, ServiceError, access};
use crate::store::connections;

/// The connectors that match.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor, filter: &MarketplaceFilter) -> Result<MarketplaceView, ServiceError> {
    access::require(actor, Action::SeeMarketplace)?;
    let counts = connections::count_by_connector(app.database.read().await?.conn(), &actor.organization, actor.member()).await?;
    let connected: HashMap<&str, usize> = counts.iter().map(|(id, count)| (id.as_str(), usize::try_from(*count).unwrap_or_default())).collect();
    let all = app.catalogue.list();
    let words: Vec<String> = filter.q.split_whitespace().map(str::to_lowercase).collect();
    let matching: Vec<&Manifest> = all.iter().copied().filter(|manifest| matches_words(manifest, &words)).collect();
    let mut categories = vec![(String::new(), "All".to_owned(), matching.len())];
    for category in Category::ALL {
        let used = all.iter().any(|manifest| manifest.category == category);
        if used {
            let count = matching.iter().filter(|manifest| manifest.category == category).count();
            categories.push((category.as_str().to_owned(), category.title().to_owned(), count));
        }
    }
    let connectors = matching
        .iter()
        .filter(|manifest| filter.category.is_empty() || manifest.category.as_str() == filter.category)
        .map(|manifest| manifest.summary_view(connected.get(manifest.id.as_str()).copied().unwrap_or_default()))
        .collect();
    Ok(MarketplaceView { connectors, categories, total: all.len() })
}

/// One connector's page.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn connector(app: &App, actor: &Actor, id: &str) -> Result<ConnectorView, ServiceError> {
    access::require(actor, Action::SeeMarketplace)?;
    connector_view(app, actor, manifest(app, id)?).await
}

/// The manifest of a connector.
pub(super) fn manifest<'a>(app: &'a App, id: &str) -> Result<&'a Manifest, ServiceError> {
    app.catalogue.get(id).ok_or_else(ServiceError::not_found)
}

/// A connector with the connections to it.
pub(super) async fn connector_view(app: &App, actor: &Actor, manifest: &Manifest) -> Result<ConnectorView, ServiceError> {
    let rows = connections::of_connector(app.database.read().await?.conn(), &actor.organization, &manifest.id, actor.member()).await?;
    Ok(manifest.view(rows.into_iter().map(|row| (row.name, row.id.to_string())).collect()))
}

fn matches_words(manifest: &Manifest, words: &[String]) -> bool {
    let text = format!("{} {} {} {}", manifest.name, manifest.id, manifest.summary, manifest.category.title()).to_lowercase();
    words.iter().all(|word| text.contains(word))
}
