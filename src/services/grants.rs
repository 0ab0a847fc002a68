//! Tokens that providers handed out for connections: kept working, and what requests carry of them.

mod ensure;
mod lend;
mod opened;
mod receipt;

pub use ensure::{Ensured, ensure};
pub use lend::lend;

pub(super) use lend::app_of;
pub(super) use opened::{Opened, begin};
pub(super) use receipt::{asked, receipt};
