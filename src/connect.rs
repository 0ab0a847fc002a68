//! How a connector is spoken to: the stepped check, whose account it is, a look at what it gives, its end, and what a failure means in plain words.
//!
//! Manifests say nearly everything; code is written only for the databases' own protocols.

mod answer;
mod connector;
mod destination;
mod diagnosis;
mod encryption;
mod headers;
mod http;
mod identity;
mod mysql;
pub mod oauth;
pub mod oidc;
mod outcome;
mod postgres;
mod preview;
mod request;
mod scrub;
mod sigv4;
mod speaker;
mod steps;
mod words;
mod xml;

pub use connector::Connector;
pub use destination::{Destination, DestinationProblem};
pub use outcome::{Credential, Failure, Outcome, Preview, Proof};
pub use steps::{NoProgress, Progress};
