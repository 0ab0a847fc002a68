//! The store, on both engines.

mod fixtures;
mod tenants;
