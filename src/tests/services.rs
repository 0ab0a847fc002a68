//! Use cases: what they refuse, what they record, what they say.

mod audit_chain;
mod audit_log;
mod connections;
mod entry_links;
mod flow;
mod life;
mod passwords;
mod personal;
mod preview;
mod requests;
mod revocation;
mod roles;
mod setup;
mod sign_in;
mod tenants;
mod words;
mod world;
