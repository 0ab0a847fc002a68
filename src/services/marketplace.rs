//! The catalogue as a member sees it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::catalogue::{Category, Manifest, SignInKind};
use crate::domain::{Action, Actor, OrganizationId};
use crate::dto::{ConnectorSummary, ConnectorView, EVERYWHERE, MarketplaceFilter, MarketplaceView};
use crate::services::{App, ServiceError, access, own};
use crate::store::connections::{self, ConnectionRow};

/// Every connector; `filter` decides the numbers of the categories.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor, filter: &MarketplaceFilter) -> Result<MarketplaceView, ServiceError> {
    access::require(actor, Action::SeeMarketplace)?;
    let counts = connections::count_by_connector(app.database.read().await?.conn(), &actor.organization, access::sight(actor)).await?;
    let connected: HashMap<&str, usize> = counts.iter().map(|(id, count)| (id.as_str(), usize::try_from(*count).unwrap_or_default())).collect();
    let summary = |manifest: &Arc<Manifest>| manifest.summary_view(connected.get(manifest.id.as_str()).copied().unwrap_or_default());
    let connectors: Vec<ConnectorSummary> = all(app, &actor.organization).await?.iter().map(summary).collect();
    let regions: BTreeSet<&String> = connectors.iter().flat_map(|connector| &connector.regions).filter(|region| *region != EVERYWHERE).collect();
    let used = |kind: SignInKind| connectors.iter().any(|connector| connector.sign_in_kinds.iter().any(|one| one == kind.as_str()));
    Ok(MarketplaceView {
        categories: categories(&connectors, filter),
        regions: regions.into_iter().cloned().collect(),
        sign_ins: SignInKind::ALL.into_iter().filter(|kind| used(*kind)).map(|kind| (kind.as_str().to_owned(), kind.title().to_owned())).collect(),
        connectors,
        may_build: actor.may(Action::ManageConnectors, None),
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
    connector_view(app, actor, &*manifest(app, &actor.organization, id).await?).await
}

/// What can be done with a connector, in stable words, and its fields as JSON Schema.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn contract(app: &App, actor: &Actor, id: &str) -> Result<(Vec<&'static str>, serde_json::Value), ServiceError> {
    access::require(actor, Action::SeeMarketplace)?;
    let manifest = manifest(app, &actor.organization, id).await?;
    Ok((manifest.capabilities(), manifest.json_schema()))
}

/// The manifest of a connector that the organization has; `NotFound` for any other id.
pub(super) async fn manifest(app: &App, organization: &OrganizationId, id: &str) -> Result<Arc<Manifest>, ServiceError> {
    find(app, organization, id).await?.ok_or_else(ServiceError::not_found)
}

/// The manifest of a connector that the organization has, if it has it: one that comes with Latchkey, else one of its own.
pub(super) async fn find(app: &App, organization: &OrganizationId, id: &str) -> Result<Option<Arc<Manifest>>, ServiceError> {
    match app.catalogue.get(id) {
        Some(manifest) => Ok(Some(manifest.clone())),
        None => own::published(app, organization, id).await,
    }
}

/// Every connector that the organization has, by name.
pub(super) async fn all(app: &App, organization: &OrganizationId) -> Result<Vec<Arc<Manifest>>, ServiceError> {
    let mut all: Vec<Arc<Manifest>> = app.catalogue.list().into_iter().cloned().collect();
    all.extend(own::all_published(app, organization).await?);
    all.sort_by_key(|manifest| manifest.name.to_lowercase());
    Ok(all)
}

/// The connectors of some connections, by id; one that is no more is left out.
pub(super) type Named = HashMap<String, Arc<Manifest>>;

/// The connectors of these connections.
pub(super) async fn of_rows(app: &App, organization: &OrganizationId, rows: impl IntoIterator<Item = &ConnectionRow> + Send) -> Result<Named, ServiceError> {
    let mut named = Named::new();
    let ids: BTreeSet<&str> = rows.into_iter().map(|row| row.connector.as_str()).collect();
    for id in ids {
        if let Some(manifest) = find(app, organization, id).await? {
            named.insert(id.to_owned(), manifest);
        }
    }
    Ok(named)
}

/// A connector with the connections to it.
pub(super) async fn connector_view(app: &App, actor: &Actor, manifest: &Manifest) -> Result<ConnectorView, ServiceError> {
    let rows = connections::of_connector(app.database.read().await?.conn(), &actor.organization, &manifest.id, access::sight(actor)).await?;
    Ok(manifest.view(rows.into_iter().map(|row| (row.name, row.id.to_string())).collect()))
}
