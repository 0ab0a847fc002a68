//! Tokens that providers handed out for connections: kept working, and what requests carry of them.

mod ensure;
mod lend;
mod obtained;
mod receipt;

pub use ensure::{Ensured, ensure};
pub use lend::lend;

pub(super) use lend::app_of;
pub(super) use obtained::{Obtained, keep, stored};
pub(super) use receipt::{asked, receipt};
