//! The only way out: a guarded HTTP and TCP client.
//!
//! Every address is judged by one classifier, every redirect hop by the same guard, and a secret leaves only for an origin it is bound to.

mod address;
mod call;
mod canonical;
mod dns_text;
mod error;
mod host;
mod http;
mod mail;
mod mysql;
mod origin;
mod policy;
mod resolve;
mod target_url;
mod tls;
mod transfer;

pub use address::{AddressClass, classify};
pub use call::{Body, HttpAnswer, HttpCall, Limits, Method};
pub use error::{EgressError, TlsProblem};
pub use mail::{MailServer, MailTls, OutgoingLetter, Post, PostError};
pub use mysql::MysqlLogin;
pub use origin::{BoundOrigins, InvalidOrigin, Origin};
pub use policy::EgressPolicy;
pub use resolve::{CheckedTarget, Egress};
pub use target_url::{UrlProblem, parse_target_url};
pub use tls::{InvalidCertificates, TlsFacts, TlsStream, TlsTrust};
