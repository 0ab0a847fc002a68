//! The catalogue as a member sees it.

use crate::domain::Actor;
use crate::dto::{ConnectorView, MarketplaceFilter, MarketplaceView};
use crate::services::{App, ServiceError};

/// The connectors that match.
///
/// # Errors
/// `Forbidden`.
pub async fn list(app: &App, actor: &Actor, filter: &MarketplaceFilter) -> Result<MarketplaceView, ServiceError> {
    todo!()
}

/// One connector's page.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn connector(app: &App, actor: &Actor, id: &str) -> Result<ConnectorView, ServiceError> {
    todo!()
}
