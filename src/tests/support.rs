//! What several tests share.

pub mod authenticator;
pub mod client;
pub mod database;
pub mod failing;
pub mod idp;
pub mod letters;
pub mod mail_server;
pub mod oauth;
pub mod peers;
#[expect(dead_code, reason = "the bench uses the rest")]
pub mod program;
pub mod recorder;
pub mod server;
