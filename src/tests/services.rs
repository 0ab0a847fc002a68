//! Use cases: what they refuse, what they record, what they say.

mod audit_chain;
mod passwords;
mod words;
