//! The store, on both engines.

mod activity;
mod audit;
mod audit_plans;
mod checks;
mod connections;
mod credentials;
mod database;
mod drafts;
mod fixtures;
mod idempotency_keys;
mod keys;
mod once;
mod own_connectors;
mod people;
mod programs;
mod schema;
mod security;
mod sign_on;
mod tenants;
mod together;
