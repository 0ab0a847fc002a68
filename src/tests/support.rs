//! What several tests share.

pub mod client;
pub mod database;
pub mod server;
