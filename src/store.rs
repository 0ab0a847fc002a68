//! SQL only: one file per table, tenant first, sealed bytes only.

pub mod activity;
pub mod audit;
pub mod audit_checkpoints;
pub mod audit_verifications;
pub mod checks;
pub mod connections;
pub mod connector_requests;
pub mod credentials;
mod database;
pub mod drafts;
mod engine;
pub mod entry_links;
mod error;
mod folded;
pub mod idempotency_keys;
pub mod keys;
pub mod letters;
pub mod members;
mod migrate;
pub mod milestones;
pub mod organizations;
pub mod own_connectors;
pub mod rate_limits;
pub mod recent;
pub mod sessions;
pub mod setup_links;
pub mod users;

pub use database::{Conn, Database, Reader, Transaction};
pub use engine::postgres_address;
pub use error::StoreError;
pub use migrate::{SchemaState, migrate, schema_state};
