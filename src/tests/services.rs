//! Use cases: what they refuse, what they record, what they say.

mod audit_chain;
mod audit_log;
mod connections;
mod credential_races;
mod credentials;
mod entry_links;
mod flow;
mod kept_secrets;
mod life;
mod own;
mod own_secrets;
mod passwords;
mod personal;
pub mod played;
mod preview;
mod requests;
mod revocation;
mod roles;
mod setup;
mod sign_in;
mod sign_on;
mod tenants;
mod trap;
mod words;
mod world;
