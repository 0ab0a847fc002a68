//! Tokens stay fresh: rows 16 to 23 of the checklist, against a provider that plays every part over real HTTP.

mod by_key;
mod ending;
mod failures;
mod flights;
mod graced;
mod issues;
mod lane;
mod lost;
mod others;
pub mod provider;
mod read;
pub mod stage;
mod worker;
