//! Tokens that nobody will use: they do not stay alive at the provider.
//!
//! Who gives tokens up leaves them here, sealed as they are, in the transaction that gives them up. A job asks the provider to end them afterwards, so nobody
//! waits for it and no crash loses them. Where the provider would end more than these tokens, they are left alone as long as anything else may depend on them.

mod end;
mod leave;

pub use end::{Outcome, end_next};
pub use leave::of_expired;

pub(super) use leave::{of_arrived, of_change, of_draft, of_renewal, of_version};
