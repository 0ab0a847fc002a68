//! Single sign-on of people: OpenID Connect by the authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 9700), and GitHub's OAuth 2.
//!
//! Nothing here knows a person or a row: it makes an address to send the browser to, and turns the code that comes back into what was proven.

mod cache;
mod claims;
mod discovery;
mod exchange;
mod github;
mod keys;
mod problem;
mod relying;

pub use claims::{Claims, Expected, judge};
pub use discovery::Metadata;
pub use problem::OidcProblem;
pub use relying::{Asked, Oidc, Party, Proven, TENANT, Took};
