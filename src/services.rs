//! Use cases: authorize, change state, write, audit, in one transaction.

mod error;

pub use error::{ErrorCode, FieldError, ServiceError};
