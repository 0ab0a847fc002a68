//! Bringing along what another program has: from environment variables or from a file. Nothing is saved that a live check did not prove.

mod apply;
mod candidates;
mod freeze;
mod on_behalf;
mod plan;
mod source;
mod tokens;

pub use apply::{Applied, Outcome, apply};
pub use freeze::unfreeze;
pub use on_behalf::on_behalf_of;
pub use plan::{Planned, PlannedValue, Problem, plan};
pub use source::{Source, SourceProblem};
