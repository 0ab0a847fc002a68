//! The catalogue: what a manifest may say, and the connectors that there are.
