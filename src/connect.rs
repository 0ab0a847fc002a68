//! See docs/ARCHITECTURE.md.

/// What speaks to providers.
#[derive(Debug)]
pub struct Connector;
