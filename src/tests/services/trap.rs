//! Places that remember every byte they are sent: one is the provider's own, the others must never be sent its secret.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::canaries::MARKER;

/// What a place was sent, and how often somebody came.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<(usize, Vec<u8>)>>);

pub struct Traps {
    /// The provider's own place: `https://127.0.0.1:…`.
    pub home: SocketAddr,
    /// Another port.
    pub other_port: SocketAddr,
    /// Without encryption.
    pub plain: SocketAddr,
    /// The database's own place.
    pub postgres: SocketAddr,
    /// Another database.
    pub other_postgres: SocketAddr,
    /// The certificate that all of them are signed with.
    pub authority: String,
    at_home: Log,
    elsewhere: Vec<(SocketAddr, Log)>,
}

#[derive(Clone)]
enum Speech {
    Web(Option<TlsAcceptor>, Vec<String>),
    Postgres,
}

impl Traps {
    pub async fn start() -> Self {
        let (tls, authority) = certificate();
        let (at_home, mut elsewhere) = (Log::default(), Vec::new());
        // The same port on another address is a place of its own.
        let (home, other_host) = twins().await;
        let other_port = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (postgres, other_postgres) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let address = |listener: &TcpListener| listener.local_addr().unwrap();
        let (home_at, other_at, plain_at) = (address(&home), address(&other_port), address(&plain));
        let (postgres_at, other_postgres_at) = (address(&postgres), address(&other_postgres));
        let targets = vec![
            format!("https://127.0.0.1:{}/", other_at.port()),
            format!("//127.0.0.1:{}/", other_at.port()),
            format!("https://127.0.0.1:{}@127.0.0.1:{}/", home_at.port(), other_at.port()),
            format!("https:\\\\127.0.0.2:{}/", home_at.port()),
            format!("http://127.0.0.1:{}/", plain_at.port()),
        ];
        let web = |encrypted: bool| Speech::Web(encrypted.then(|| tls.clone()), targets.clone());
        serve(home, web(true), at_home.clone());
        serve(postgres, Speech::Postgres, at_home.clone());
        for (listener, speech) in [(other_port, web(true)), (other_host, web(true)), (plain, web(false)), (other_postgres, Speech::Postgres)] {
            let log = Log::default();
            elsewhere.push((address(&listener), log.clone()));
            serve(listener, speech, log);
        }
        Self { home: home_at, other_port: other_at, plain: plain_at, postgres: postgres_at, other_postgres: other_postgres_at, authority, at_home, elsewhere }
    }

    /// What the other places were sent so far.
    pub fn elsewhere(&self) -> Vec<(SocketAddr, Vec<u8>)> {
        self.elsewhere.iter().map(|(place, log)| (*place, log.0.lock().unwrap().1.clone())).collect()
    }

    /// How often somebody came to any of the other places.
    pub fn connections(&self) -> usize {
        self.elsewhere.iter().map(|(_, log)| log.0.lock().unwrap().0).sum()
    }

    pub fn arrived_elsewhere(&self, text: &str) -> bool {
        self.elsewhere().iter().any(|(_, seen)| String::from_utf8_lossy(seen).contains(text))
    }

    pub fn at_home(&self) -> Vec<u8> {
        self.at_home.0.lock().unwrap().1.clone()
    }
}

/// One port on two addresses.
async fn twins() -> (TcpListener, TcpListener) {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if let Ok(second) = TcpListener::bind(("127.0.0.2", first.local_addr().unwrap().port())).await {
            return (first, second);
        }
    }
    panic!("no port is free on both addresses");
}

fn certificate() -> (TlsAcceptor, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = ["127.0.0.1", "127.0.0.2", "::ffff:127.0.0.1", "localhost"].map(str::to_owned).to_vec();
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into())).unwrap();
    (TlsAcceptor::from(Arc::new(config)), authority.pem())
}

fn serve(listener: TcpListener, speech: Speech, log: Log) {
    tokio::spawn(async move {
        while let Ok((line, _)) = listener.accept().await {
            log.0.lock().unwrap().0 += 1;
            let (speech, log) = (speech.clone(), log.clone());
            tokio::spawn(async move {
                match speech {
                    Speech::Postgres => ask_for_the_password(line, &log).await,
                    Speech::Web(None, targets) => converse(line, &targets, &log).await,
                    Speech::Web(Some(tls), targets) => converse(tls.accept(line).await.ok()?, &targets, &log).await,
                }
            });
        }
    });
}

async fn read(line: &mut (impl AsyncRead + Unpin), log: &Log, request: &mut Vec<u8>) -> Option<usize> {
    let before = request.len();
    let count = line.read_buf(request).await.ok().filter(|count| *count > 0)?;
    log.0.lock().unwrap().1.extend_from_slice(&request[before..]);
    Some(count)
}

/// Asks whoever comes for the password in the open.
async fn ask_for_the_password(mut line: impl AsyncRead + AsyncWrite + Unpin, log: &Log) -> Option<()> {
    let mut said = Vec::new();
    read(&mut line, log, &mut said).await?;
    line.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).await.ok()?;
    while read(&mut line, log, &mut said).await.is_some() {}
    Some(())
}

/// Answers one request: `redirect-<status>-<kind>` leads elsewhere, `refuse` is refused, anything else is an account and a token at once.
async fn converse(mut line: impl AsyncRead + AsyncWrite + Unpin, targets: &[String], log: &Log) -> Option<()> {
    let mut request = Vec::new();
    let head_end = loop {
        if let Some(found) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            break found + 4;
        }
        read(&mut line, log, &mut request).await?;
    };
    let head = String::from_utf8_lossy(&request[..head_end]).into_owned();
    let length = head.lines().find_map(|header| header.to_lowercase().strip_prefix("content-length: ").map(|value| value.trim().parse::<usize>().unwrap()));
    while request.len() < head_end + length.unwrap_or(0) {
        read(&mut line, log, &mut request).await?;
    }
    let path = head.split(' ').nth(1)?.to_owned();
    let answer = answer(&path, targets);
    line.write_all(answer.as_bytes()).await.ok()?;
    line.shutdown().await.ok()
}

fn answer(path: &str, targets: &[String]) -> String {
    if let Some((_, wanted)) = path.split_once("redirect-") {
        let (status, kind) = wanted.split_once('-').unwrap();
        let kinds = ["port", "relative", "user", "backslash", "plain"];
        // As most servers do, the query is passed on.
        let query = path.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
        let position = kinds.iter().position(|known| kind.starts_with(known)).unwrap();
        return format!("HTTP/1.1 {status} Said\r\nlocation: {}{query}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", targets[position]);
    }
    let status = if path.contains("refuse") { 401 } else { 200 };
    let account = if path.contains("stranger") { "acct-2" } else { "acct-1" };
    let body = format!(r#"{{"id":"{account}","name":"Acme","token":"{MARKER}0043"}}"#);
    format!("HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

/// Connectors that differ in how their place is made and how the secret is carried, and PostgreSQL.
pub fn manifests(port: u16) -> Vec<(String, String)> {
    let address = r#"
[[fields]]
id = "address"
title = "Address"
kind = "url"
required = true
"#;
    let bearer = "[auth]\nscheme = \"bearer\"\ntoken = \"{key}\"\n";
    let parts = "[[fields]]\nid = \"host\"\ntitle = \"Host\"\nkind = \"host\"\nrequired = true\n[[fields]]\nid = \"port\"\ntitle = \"Port\"\nkind = \"port\"\nrequired = true\n";
    let site = "[[fields]]\nid = \"site\"\ntitle = \"Site\"\nkind = \"text\"\nrequired = true\npattern = \"[0-9]+\"\n";
    let region = "[[fields]]\nid = \"region\"\ntitle = \"Region\"\nkind = \"select\"\nrequired = true\n\
                  [[fields.options]]\nvalue = \"1\"\ntitle = \"One\"\n[[fields.options]]\nvalue = \"2\"\ntitle = \"Two\"\n";
    let login = "[auth]\nscheme = \"login_session\"\ntoken = [\"/token\"]\nheader = \"Authorization\"\nvalue = \"Bearer {session}\"\n\
                 [auth.request]\nmethod = \"POST\"\npath = \"/{path}\"\njson = { key = \"{key}\" }\n";
    let whole = "{address}".to_owned();
    let made = [
        ("address", address, whole.clone(), bearer, "/{path}"),
        ("query", address, whole.clone(), "[auth]\nscheme = \"api_key\"\nkeys = [{ place = \"query\", name = \"key\", value = \"{key}\" }]\n", "/{path}"),
        ("basic", address, whole.clone(), "[auth]\nscheme = \"basic\"\nusername = \"user\"\npassword = \"{key}\"\n", "/{path}"),
        ("login", address, whole, login, "/{after}"),
        ("parts", parts, "https://{host}:{port}".to_owned(), bearer, "/{path}"),
        ("site", site, format!("https://127.0.0.{{site}}:{port}"), bearer, "/{path}"),
        ("region", region, format!("https://127.0.0.{{region}}:{port}"), bearer, "/{path}"),
    ];
    let mut texts: Vec<(String, String)> =
        made.into_iter().map(|(id, fields, base, auth, proof)| (format!("{id}.toml"), manifest(id, fields, &base, auth, proof))).collect();
    texts.push(("postgresql.toml".to_owned(), include_str!("../../catalogue/manifests/postgresql.toml").to_owned()));
    texts.push(("stripe.toml".to_owned(), include_str!("../../catalogue/manifests/stripe.toml").to_owned()));
    texts
}

fn manifest(id: &str, fields: &str, base: &str, auth: &str, proof: &str) -> String {
    format!(
        r#"
id = "{id}"
name = "{id}"
category = "custom"
regions = ["Global"]
summary = "A place."
tier = "preview"
sign_in = "API key"
credential_noun = "API key"
find_steps = []
sign_in_steps = []
[about]
reads = "Nothing."
never = "Nothing."
stored = "The key."
needs = "A key."
{fields}
[[fields]]
id = "path"
title = "Path"
kind = "text"
default = "me"
[[fields]]
id = "after"
title = "Path after the sign-in"
kind = "text"
default = "me"
[[fields]]
id = "extra"
title = "Extra"
kind = "text"
[[fields]]
id = "key"
title = "API key"
kind = "secret"
required = true
[target]
kind = "http"
base_url = "{base}"
headers = {{ X-Extra = "{{extra}}" }}
{auth}
[check]
reach = "/reach"
[check.authenticate]
path = "{proof}"
success = {{ require = [{{ pointer = "/id" }}] }}
[identity]
account_id = ["/id"]
account_name = ["/name"]
"#
    )
}
