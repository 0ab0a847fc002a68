//! A session with a MySQL or MariaDB server by their driver, which dials judged addresses and nothing else.

use std::net::SocketAddr;

use mysql_async::{Conn, Error, OptsBuilder, SslOpts};

use super::resolve::{CheckedTarget, Egress};
use super::tls::TlsTrust;

/// What the server may send in one packet, and it may be asked to take, in bytes.
const PACKET_LIMIT: usize = 1024 * 1024;
/// After this long without a word the server may end the session, in seconds.
const IDLE_LIMIT_S: usize = 30;

/// Who signs in.
pub struct MysqlLogin<'a> {
    /// The user.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
    /// The database.
    pub database: &'a str,
}

impl Egress {
    /// Signs in at `target`; encrypted to whoever `trust` trusts, or not at all without it. The caller has judged where the password may go.
    pub async fn mysql(&self, target: &CheckedTarget, login: &MysqlLogin<'_>, trust: Option<&TlsTrust>) -> Result<Conn, Error> {
        let addresses: Vec<_> = target.addresses().iter().map(SocketAddr::ip).collect();
        let options = OptsBuilder::default()
            .ip_or_hostname(target.host().trim_matches(['[', ']']))
            .tcp_port(target.port())
            .resolved_ips(Some(addresses))
            .prefer_socket(false)
            .user(Some(login.user))
            .pass(Some(login.password))
            .db_name(Some(login.database))
            .max_allowed_packet(Some(PACKET_LIMIT))
            .wait_timeout(Some(IDLE_LIMIT_S))
            .stmt_cache_size(0)
            .ssl_opts(trust.map(|trust| self.ssl_options(trust)));
        Conn::new(options).await
    }

    fn ssl_options(&self, trust: &TlsTrust) -> SslOpts {
        let mut roots: Vec<_> = self.inner.tls.authorities().iter().map(|certificate| certificate.to_vec().into()).collect();
        if let TlsTrust::SystemAnd(pem) = trust {
            roots.push(pem.as_bytes().to_vec().into());
        }
        let unverified = matches!(trust, TlsTrust::Unverified);
        SslOpts::default()
            .with_disable_built_in_roots(true)
            .with_root_certs(roots)
            .with_danger_accept_invalid_certs(unverified)
            .with_danger_skip_domain_validation(unverified)
    }
}
