//! The catalogue: what a manifest may say, and the connectors that there are.

mod auth;
mod check;
mod entries;
mod field;
mod import;
mod locate;
mod manifest;
mod oauth;
mod oauth_app;
mod own;
mod pattern;
mod registry;
mod schema;
mod sign_in;
mod streams;
mod template;
mod token_places;
mod validate;
mod validate_auth;
mod validate_oauth;
mod validate_parts;
mod view;

pub use auth::{Auth, DatabaseEngine, Key, KeyPlace, Target, TokenPlace, is_reserved_header};
pub use check::{Authorize, AuthorizeNote, Check, ErrorRule, Fact, Fallback, Identity, JsonTemplate, Method, Request, Requirement, Source, Success};
pub use entries::{Accepted, spoken, validate_entries, validate_fields};
pub use field::{Choice, Field, FieldKind, VisibleWhen};
pub use import::{ACCESS_TOKEN, REFRESH_TOKEN};
pub use manifest::{About, Category, Guide, Manifest, Tier, Words};
pub use oauth::{
    Accounts, Assertion, AssertionStyle, ClientAuth, FilledBy, Grant, OAuth, OAuthRevoke, OAuthScope, RefreshRule, Register, RevokeStyle, RevokedToken,
    TokenBody,
};
pub use oauth_app::{CLIENT_ID, CLIENT_SECRET};
pub use own::{line_of, text_at};
pub use pattern::Pattern;
pub use registry::{LARGEST_MANIFEST, ManifestError, Registry, read, sandbox_files};
pub use sign_in::SignInKind;
pub use streams::{Refusal, Revoke, Stream};
pub use template::{Encoding, Part, Template};
pub use token_places::TokenPlaces;
