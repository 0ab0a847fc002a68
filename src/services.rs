//! Use cases: authorize, change state, write, audit, in one transaction.

mod app;
pub mod audit;
pub mod connections;
pub mod drafts;
mod error;
pub mod help;
pub mod marketplace;
pub mod onboarding;
pub mod quick;
pub mod setup;
pub mod shell;
pub mod sign_in;

pub use app::{App, Entries, Settings};
pub use error::{ErrorCode, FieldError, ServiceError};
pub use sign_in::SignedIn;
