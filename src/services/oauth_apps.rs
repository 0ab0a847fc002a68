//! Apps that organizations registered with providers.

mod choose;
mod sealed;

pub use choose::{find_for_use, list_for, redirect_uri};
pub use sealed::{credentials, seal};
