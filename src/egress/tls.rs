//! Whom a line is encrypted to.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use thiserror::Error;
use tokio::net::TcpStream;
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};

use super::error::{EgressError, TlsProblem};
use crate::domain::Timestamp;

/// An encrypted line.
pub type TlsStream = tokio_rustls::client::TlsStream<TcpStream>;

/// Whose certificates count for one line.
#[derive(Clone, Debug, Default)]
pub enum TlsTrust {
    /// The authorities of this machine and those the operator added.
    #[default]
    System,
    /// Those, and the authorities in this PEM text, which belongs to the connection.
    SystemAnd(String),
    /// Any certificate: the line is encrypted, but to whom is not known. Only for the databases' `require`, which promises no more
    /// (postgresql.org, "SSL Mode Descriptions").
    Unverified,
}

/// What a certificate and a handshake said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFacts {
    /// The version of the protocol, for example `TLS 1.3`.
    pub version: &'static str,
    /// Until when the certificate is valid; the epoch when it cannot be read.
    pub valid_until: Timestamp,
    /// Whom it was made for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
}

/// The PEM text holds no readable certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("The text holds no readable certificate. Expected PEM, which starts with -----BEGIN CERTIFICATE-----.")]
pub struct InvalidCertificates;

/// The configurations of a guarded client, made once.
pub(super) struct Tls {
    authorities: Vec<CertificateDer<'static>>,
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
    verified: Arc<ClientConfig>,
}

impl Tls {
    /// Reads the authorities of this machine and adds those of `extra`, a PEM text that may be empty.
    pub(super) fn new(extra: &str) -> Result<Self, InvalidCertificates> {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        for problem in &native.errors {
            tracing::warn!(%problem, "some of this machine's certificate authorities could not be read");
        }
        roots.add_parsable_certificates(native.certs.iter().cloned());
        add_pem(&mut roots, extra)?;
        let own = CertificateDer::pem_slice_iter(extra.as_bytes()).filter_map(Result::ok);
        let authorities = native.certs.into_iter().chain(own).collect();
        let provider = Arc::new(ring::default_provider());
        let verified = Arc::new(verified(&provider, roots.clone())?);
        Ok(Self { authorities, roots, provider, verified })
    }

    /// The configuration that trusts the machine's authorities and those in `roots`, for a call to `host`.
    pub(super) fn of_call(&self, roots: Option<&str>, host: &str) -> Result<Arc<ClientConfig>, EgressError> {
        let Some(pem) = roots else { return Ok(self.verified.clone()) };
        let unreadable = |_| EgressError::TlsInvalid { host: host.to_owned(), reason: TlsProblem::Untrusted };
        self.config(&TlsTrust::SystemAnd(pem.to_owned())).map_err(unreadable)
    }

    /// The certificates of the trusted authorities, for drivers that encrypt by themselves.
    pub(super) fn authorities(&self) -> &[CertificateDer<'static>] {
        &self.authorities
    }

    fn config(&self, trust: &TlsTrust) -> Result<Arc<ClientConfig>, InvalidCertificates> {
        match trust {
            TlsTrust::System => Ok(self.verified.clone()),
            TlsTrust::SystemAnd(pem) => {
                let mut roots = self.roots.clone();
                add_pem(&mut roots, pem)?;
                verified(&self.provider, roots).map(Arc::new)
            }
            TlsTrust::Unverified => {
                let builder = ClientConfig::builder_with_provider(self.provider.clone()).with_safe_default_protocol_versions();
                let anyone = Arc::new(Anyone(self.provider.clone()));
                let builder = builder.map_err(|_| InvalidCertificates)?.dangerous().with_custom_certificate_verifier(anyone);
                Ok(Arc::new(builder.with_no_client_auth()))
            }
        }
    }

    /// Encrypts `stream` to `host`, within `limit`.
    pub(super) async fn secure(&self, stream: TcpStream, host: &str, trust: &TlsTrust, limit: Duration) -> Result<(TlsStream, TlsFacts), EgressError> {
        let failed = |reason| EgressError::TlsInvalid { host: host.to_owned(), reason };
        let config = self.config(trust).map_err(|_| failed(TlsProblem::Untrusted))?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(|_| EgressError::InvalidHost)?;
        let handshake = tokio_rustls::TlsConnector::from(config).connect(name, stream);
        let line = tokio::time::timeout(limit, handshake).await.map_err(|_| EgressError::Timeout { host: host.to_owned() })?;
        let line = line.map_err(|error| failed(problem(&error)))?;
        let facts = facts(&line);
        Ok((line, facts))
    }
}

fn add_pem(roots: &mut RootCertStore, pem: &str) -> Result<(), InvalidCertificates> {
    if pem.trim().is_empty() {
        return Ok(());
    }
    let mut added = 0;
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.map_err(|_| InvalidCertificates)?).map_err(|_| InvalidCertificates)?;
        added += 1;
    }
    if added == 0 { Err(InvalidCertificates) } else { Ok(()) }
}

fn verified(provider: &Arc<CryptoProvider>, roots: RootCertStore) -> Result<ClientConfig, InvalidCertificates> {
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    Ok(builder.map_err(|_| InvalidCertificates)?.with_root_certificates(roots).with_no_client_auth())
}

/// What went wrong in a handshake, found anywhere in the chain of causes.
pub(super) fn problem(error: &(dyn std::error::Error + 'static)) -> TlsProblem {
    let rustls = rustls_cause(error);
    match rustls {
        Some(rustls::Error::InvalidCertificate(certificate)) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsProblem::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TlsProblem::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsProblem::WrongName,
            CertificateError::Revoked => TlsProblem::Revoked,
            _ => TlsProblem::Untrusted,
        },
        _ => TlsProblem::Handshake,
    }
}

/// The error of the TLS library within a chain of causes; an I/O error hides its inner error from `source`.
pub(super) fn rustls_cause<'error>(error: &'error (dyn std::error::Error + 'static)) -> Option<&'error rustls::Error> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        current = match inner {
            Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
            None => error.source(),
        };
    }
    None
}

fn facts(line: &TlsStream) -> TlsFacts {
    let session = line.get_ref().1;
    let version = match session.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    let mut facts = TlsFacts { version, valid_until: Timestamp::from_millis(0), subject: String::new(), issuer: String::new() };
    let first = session.peer_certificates().and_then(<[_]>::first);
    if let Some((_, certificate)) = first.and_then(|der| X509Certificate::from_der(der).ok()) {
        facts.valid_until = Timestamp::from_millis(certificate.validity().not_after.timestamp().saturating_mul(1_000));
        facts.subject = common_name(certificate.subject());
        facts.issuer =
            certificate.issuer().iter_organization().find_map(|part| part.as_str().ok()).map_or_else(|| common_name(certificate.issuer()), str::to_owned);
    }
    facts
}

fn common_name(name: &X509Name<'_>) -> String {
    name.iter_common_name().find_map(|part| part.as_str().ok()).map_or_else(|| name.to_string(), str::to_owned)
}

/// Takes any certificate, but still has the server prove that it holds its key.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
