//! The catalogue: what a manifest may say, and the connectors that there are.

/// The connectors that there are.
#[derive(Debug)]
pub struct Registry;
