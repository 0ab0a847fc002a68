//! Tokens that providers handed out for connections: kept working, and what requests carry of them.

mod ensure;
mod lend;

pub use ensure::{Ensured, ensure};
pub use lend::lend;
