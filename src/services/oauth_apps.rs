//! Apps that organizations registered with providers.

mod sealed;

pub use sealed::{credentials, seal};
