//! Certificates: the good one passes, each wrong one is named.

use std::sync::Arc;

use latchkey::egress::{Egress, EgressError, EgressPolicy, HttpCall, TlsFacts, TlsProblem, TlsTrust};
use latchkey::vault::Secret;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::site::{Reply, Site, bound, limits, redirect, reply};

pub type Authority = CertifiedIssuer<'static, KeyPair>;

pub fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::OrganizationName, "Test Authority");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that shows a certificate of `authority` for `name`, valid from and until these years.
async fn site(authority: &Authority, name: &str, years: (i32, i32)) -> Site {
    site_with(authority, name, years, |path| match path {
        "/down" => redirect(302, "http://127.0.0.1:8080/"),
        _ => reply(200, "", b"safe"),
    })
    .await
}

/// The same with another way to answer a path.
pub async fn site_with(authority: &Authority, name: &str, years: (i32, i32), answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Site {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
    let certificate = params.signed_by(&key, authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into())).unwrap();
    Site::start_tls(TlsAcceptor::from(Arc::new(config)), answer).await
}

fn client(extra_roots: &str) -> Egress {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    Egress::new(policy, extra_roots).unwrap()
}

async fn secured(egress: &Egress, site: &Site, trust: &TlsTrust) -> Result<TlsFacts, EgressError> {
    let target = egress.resolve("127.0.0.1", site.address.port()).await.unwrap();
    let line = egress.connect(&target).await.unwrap();
    egress.secure(line, target.host(), trust).await.map(|(_, facts)| facts)
}

#[tokio::test]
async fn a_good_certificate_is_accepted_and_described() {
    let authority = authority();
    let site = site(&authority, "127.0.0.1", (2020, 2100)).await;
    for (egress, trust) in
        [(client(&authority.pem()), TlsTrust::System), (client(""), TlsTrust::SystemAnd(authority.pem())), (client(""), TlsTrust::Unverified)]
    {
        let facts = secured(&egress, &site, &trust).await.unwrap();
        assert_eq!((facts.version, facts.subject.as_str(), facts.issuer.as_str()), ("TLS 1.3", "127.0.0.1", "Test Authority"));
        assert_eq!(facts.valid_until.millis(), 4_102_444_800_000);
    }
    let call = HttpCall::get(site.url("/")).bearer(&Secret::new("t".into()));
    assert_eq!(client(&authority.pem()).send(call, &bound(&[&site]), &limits()).await.unwrap().body(), b"safe");
}

#[tokio::test]
async fn each_wrong_certificate_is_named_and_sees_no_request() {
    let trusted = authority();
    let stranger = authority();
    let cases = [
        (site(&trusted, "127.0.0.1", (2010, 2011)).await, TlsProblem::Expired),
        (site(&trusted, "127.0.0.1", (2099, 2100)).await, TlsProblem::NotYetValid),
        (site(&trusted, "other.example", (2020, 2100)).await, TlsProblem::WrongName),
        (site(&stranger, "127.0.0.1", (2020, 2100)).await, TlsProblem::Untrusted),
    ];
    let egress = client(&trusted.pem());
    for (site, reason) in cases {
        let wrong = EgressError::TlsInvalid { host: "127.0.0.1".into(), reason };
        assert_eq!(secured(&egress, &site, &TlsTrust::System).await.unwrap_err(), wrong);
        let call = HttpCall::get(site.url("/")).bearer(&Secret::new("t".into()));
        assert_eq!(egress.send(call, &bound(&[&site]), &limits()).await.unwrap_err(), wrong);
        assert_eq!(site.seen().len(), 0);
        assert!(secured(&egress, &site, &TlsTrust::Unverified).await.is_ok());
    }
}

#[tokio::test]
async fn a_server_without_encryption_is_no_safe_line() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.unwrap();
        line.write_all(b"220 mail.example ready\r\n").await.unwrap();
        line
    });
    let egress = client("");
    let target = egress.resolve("127.0.0.1", port).await.unwrap();
    let line = egress.connect(&target).await.unwrap();
    let refused = egress.secure(line, target.host(), &TlsTrust::Unverified).await.unwrap_err();
    assert_eq!(refused, EgressError::TlsInvalid { host: "127.0.0.1".into(), reason: TlsProblem::Handshake });
    server.await.unwrap();
}

#[tokio::test]
async fn an_encrypted_call_is_never_sent_on_in_the_clear() {
    let authority = authority();
    let site = site(&authority, "127.0.0.1", (2020, 2100)).await;
    let mut bindings = bound(&[&site]);
    bindings.0.push("http://127.0.0.1:8080".parse().unwrap());
    let refused = client(&authority.pem()).send(HttpCall::get(site.url("/down")), &bindings, &limits()).await.unwrap_err();
    assert_eq!(refused, EgressError::Redirect { to_host: "127.0.0.1".into() });
}

#[tokio::test]
async fn the_authority_of_one_connection_counts_at_its_own_origin_alone() {
    let authority = authority();
    let other = site(&authority, "127.0.0.1", (2020, 2100)).await;
    let away = other.url("/").to_string();
    let site = site_with(&authority, "127.0.0.1", (2020, 2100), move |path| if path == "/away" { redirect(302, &away) } else { reply(200, "", b"safe") }).await;
    let (egress, pem) = (client(""), authority.pem());
    let untrusted = EgressError::TlsInvalid { host: "127.0.0.1".into(), reason: TlsProblem::Untrusted };
    let send = |path: &str, pem: Option<&str>| {
        let call = HttpCall::get(site.url(path)).trusting(pem);
        let (egress, bound) = (egress.clone(), bound(&[&site, &other]));
        async move { egress.send(call, &bound, &limits()).await.map(|answer| answer.status) }
    };
    assert_eq!(send("/", Some(&pem)).await, Ok(200));
    assert_eq!(send("/", None).await, Err(untrusted.clone()));
    assert_eq!(send("/", Some("no certificate")).await, Err(untrusted.clone()));
    assert_eq!(send("/away", Some(&pem)).await, Err(untrusted));
    assert_eq!((site.seen().len(), other.seen().len()), (2, 0));
}
