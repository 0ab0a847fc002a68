//! Use cases: authorize, change state, write, audit, in one transaction.

pub mod access;
mod app;
pub mod audit;
mod checking;
pub mod connections;
pub mod credentials;
pub mod drafts;
mod entries;
pub mod entry_links;
mod error;
pub mod help;
mod limits;
pub mod mail;
pub mod marketplace;
mod names;
pub mod onboarding;
pub mod once;
pub mod own;
pub mod passwords;
mod payload;
pub mod preview;
pub mod quick;
pub mod requests;
mod save;
pub mod setup;
pub mod shell;
pub mod sign_in;
pub mod sign_on;
mod views;
pub mod words;

pub use app::{App, Entries, Settings};
pub use entries::Wanted;
pub use error::{ErrorCode, FieldError, ServiceError};
pub use setup::SetupForm;
pub use sign_in::SignedIn;
