//! The catalogue: what a manifest may say, and the connectors that there are.

mod auth;
mod check;
mod entries;
mod field;
mod manifest;
mod pattern;
mod registry;
mod template;
mod validate;
mod validate_parts;
mod view;

pub use auth::{Auth, DatabaseEngine, KeyPlace, Target, TokenPlace};
pub use check::{
    Authorize, AuthorizeNote, Check, ErrorRule, Fact, Fallback, Identity, JsonTemplate, Method, Refusal, Request, Requirement, Sample, Source, Success,
};
pub use entries::{Accepted, spoken, validate_entries};
pub use field::{Choice, Field, FieldKind, VisibleWhen};
pub use manifest::{About, Category, Guide, Manifest, Tier, Words};
pub use pattern::Pattern;
pub use registry::{ManifestError, Registry, read};
pub use template::{Encoding, Part, Template};
