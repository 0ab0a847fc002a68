//! Apps that organizations registered with providers.

mod choose;
mod sealed;

pub use choose::{choose, find_for_use, list_for, redirect_uri};
pub use sealed::{credentials, seal};

/// The form key of the app that a connection is to go by.
pub const FIELD: &str = "oauth_app";
