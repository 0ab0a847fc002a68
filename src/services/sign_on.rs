//! Single sign-on: providers of the operator and of organizations, attempts, and which account there is who here.
//!
//! A person is found by the owner of the provider, the issuer and the subject; an e-mail address alone never signs anybody in. What an organization's own
//! provider vouches for opens that organization alone.

mod arrive;
mod begin;
mod domains;
mod doors;
mod enter;
mod manage;
mod methods;
mod provider;

pub use arrive::{Arrived, CameBack, arrive};
pub use begin::{Departure, Wish, begin};
pub use domains::prove;
pub use doors::{choices, door, organization_of};
pub use enter::finish;
pub use manage::{Change, NewProvider, add, change, list, remove, view};
pub use methods::{disconnect, methods};
pub use provider::{Offered, Provider};

use crate::connect::oidc::OidcProblem;
use crate::domain::SignOnTrouble;
use crate::services::{ErrorCode, ServiceError};
use crate::store::StoreError;

/// How an attempt ended without its aim.
#[derive(Debug)]
pub enum Ended {
    /// With one of the known ends, which pages have words for.
    Trouble(SignOnTrouble),
    /// As any use case may fail.
    Failed(ServiceError),
}

impl From<SignOnTrouble> for Ended {
    fn from(trouble: SignOnTrouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<ServiceError> for Ended {
    fn from(error: ServiceError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Ended> for ServiceError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Trouble(trouble) => Self::of(ErrorCode::Conflict).saying(trouble.text()),
            Ended::Failed(error) => error,
        }
    }
}

/// What a person is told of a problem with a provider.
const fn trouble_of(problem: &OidcProblem) -> SignOnTrouble {
    match problem {
        OidcProblem::Unreachable(_) | OidcProblem::Answer(_) => SignOnTrouble::ProviderUnreachable,
        OidcProblem::Issuer => SignOnTrouble::ProviderMismatch,
        OidcProblem::Code(_) => SignOnTrouble::CodeRefused,
        OidcProblem::Token(_) => SignOnTrouble::TokenRefused,
    }
}
