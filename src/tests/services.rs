//! Use cases: what they refuse, what they record, what they say.

mod audit_chain;
mod audit_log;
mod connections;
mod flow;
mod own;
mod own_secrets;
mod passwords;
mod roles;
mod setup;
mod sign_in;
mod tenants;
mod words;
mod world;
