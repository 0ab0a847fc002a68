//! The guarded client, tried by what must fail (docs/SECURITY.md, promises 18 and 19).

mod corpus;
mod environment;
mod limits;
mod listeners;
mod origins;
mod policy;
mod redirects;
pub mod site;
pub mod tls;
