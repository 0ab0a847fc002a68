//! The catalogue as a member sees it.

use std::collections::{BTreeSet, HashMap};

use crate::catalogue::{Category, Manifest, SignInKind};
use crate::domain::{Action, Actor};
use crate::dto::{ConnectorSummary, ConnectorView, EVERYWHERE, MarketplaceFilter, MarketplaceView};
use crate::services::{App, ServiceError, access};
use crate::store::connections;

/// Every connector; `filter` decides the numbers of the categories.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor, filter: &MarketplaceFilter) -> Result<MarketplaceView, ServiceError> {
    access::require(actor, Action::SeeMarketplace)?;
    let counts = connections::count_by_connector(app.database.read().await?.conn(), &actor.organization).await?;
    let connected: HashMap<&str, usize> = counts.iter().map(|(id, count)| (id.as_str(), usize::try_from(*count).unwrap_or_default())).collect();
    let summary = |manifest: &Manifest| manifest.summary_view(connected.get(manifest.id.as_str()).copied().unwrap_or_default());
    let connectors: Vec<ConnectorSummary> = app.catalogue.list().into_iter().map(summary).collect();
    let regions: BTreeSet<&String> = connectors.iter().flat_map(|connector| &connector.regions).filter(|region| *region != EVERYWHERE).collect();
    let used = |kind: SignInKind| connectors.iter().any(|connector| connector.sign_in_kinds.iter().any(|own| own == kind.as_str()));
    Ok(MarketplaceView {
        categories: categories(&connectors, filter),
        regions: regions.into_iter().cloned().collect(),
        sign_ins: SignInKind::ALL.into_iter().filter(|kind| used(*kind)).map(|kind| (kind.as_str().to_owned(), kind.title().to_owned())).collect(),
        connectors,
    })
}

fn categories(connectors: &[ConnectorSummary], filter: &MarketplaceFilter) -> Vec<(String, String, usize)> {
    let count = |category: &str| {
        let filter = MarketplaceFilter { category: category.to_owned(), ..filter.clone() };
        connectors.iter().filter(|connector| filter.fits(&connector.facets())).count()
    };
    let used = |category: &Category| connectors.iter().any(|connector| connector.category == category.as_str());
    let each = Category::ALL.into_iter().filter(used).map(|category| (category.as_str().to_owned(), category.title().to_owned(), count(category.as_str())));
    [(String::new(), "All".to_owned(), count(""))].into_iter().chain(each).collect()
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
    let rows = connections::of_connector(app.database.read().await?.conn(), &actor.organization, &manifest.id).await?;
    Ok(manifest.view(rows.into_iter().map(|row| (row.name, row.id.to_string())).collect()))
}
