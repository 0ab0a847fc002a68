//! Letters on their way out: into a folder, or to the operator's mail server by SMTP.
//!
//! The mail server is named by the operator alone, so that it may stand at a private address.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::io::AsyncWriteExt as _;

use crate::domain::{Email, Timestamp};
use crate::vault::Secret;

/// How long one letter may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The name beside the sender's address.
const NAME: &str = "Latchkey";
/// RFC 3834 §5: machines do not answer it.
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// How the line to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// From its first byte (RFC 8314 §3.3).
    Implicit,
    /// By `STARTTLS` (RFC 3207), or not used at all.
    StartTls,
    /// Not.
    None,
}

/// The operator's mail server.
#[derive(Debug)]
pub struct MailServer {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is encrypted.
    pub tls: MailTls,
    /// User and password, when it wants them.
    pub login: Option<(String, Secret<String>)>,
}

/// A letter, ready to go.
#[derive(Debug)]
pub struct OutgoingLetter<'a> {
    /// Its id; the same letter sent twice has one `Message-ID`.
    pub id: &'a str,
    /// Who gets it.
    pub to: &'a str,
    /// One line.
    pub subject: &'a str,
    /// Plain text.
    pub text: &'a Secret<String>,
    /// When it was written.
    pub at: Timestamp,
}

/// Why a letter did not go out. The text names no address and nothing of the letter.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// Such a letter will never go out: an address is none by the rules of mail.
    #[error("the address cannot be written to")]
    Unsendable,
    /// The folder cannot be written to.
    #[error("the outbox cannot be written to: {0}")]
    Folder(#[from] std::io::Error),
    /// The mail server refused or cannot be spoken to.
    #[error("{0}")]
    Server(String),
}

impl PostError {
    /// A stable code for the audit log.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsendable => "unsendable",
            Self::Folder(_) => "outbox_unwritable",
            Self::Server(_) => "mail_server",
        }
    }
}

/// Where letters go.
pub struct Post {
    from: Mailbox,
    way: Way,
}

enum Way {
    Folder(PathBuf),
    Server(Box<AsyncSmtpTransport<Tokio1Executor>>),
}

impl fmt::Debug for Post {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.way {
            Way::Folder(_) => "Post(folder)",
            Way::Server(_) => "Post(server)",
        })
    }
}

impl Post {
    /// Letters become files in `folder`, which is made when it is absent.
    ///
    /// # Errors
    /// [`PostError::Unsendable`] when `from` is no address by the rules of mail.
    pub fn folder(folder: PathBuf, from: &Email) -> Result<Self, PostError> {
        Ok(Self { from: sender(from)?, way: Way::Folder(folder) })
    }

    /// Letters go to a mail server, which is trusted by the authorities of this machine and those in `extra_roots`, a PEM text that may be empty.
    ///
    /// # Errors
    /// [`PostError::Unsendable`] when `from` is no address by the rules of mail; [`PostError::Server`] when the certificates cannot be used.
    pub fn server(server: MailServer, from: &Email, extra_roots: &str) -> Result<Self, PostError> {
        let from = sender(from)?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
            .port(server.port)
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .timeout(Some(LIMIT))
            .tls(match server.tls {
                MailTls::Implicit => Tls::Wrapper(trust(&server.host, extra_roots)?),
                MailTls::StartTls => Tls::Required(trust(&server.host, extra_roots)?),
                MailTls::None => Tls::None,
            });
        if let Some((user, password)) = &server.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().clone()));
        }
        Ok(Self { from, way: Way::Server(Box::new(builder.build())) })
    }

    /// Sends a letter, within half a minute.
    ///
    /// # Errors
    /// [`PostError`]; then it may be tried again, but for [`PostError::Unsendable`].
    pub async fn send(&self, letter: &OutgoingLetter<'_>) -> Result<(), PostError> {
        match &self.way {
            Way::Folder(folder) => {
                // As it is, so that a link stays on one line for whoever reads the file.
                let text = letter.text.expose().replace('\n', "\r\n").into_bytes();
                let message = self.message(letter, Body::dangerous_pre_encoded(text, ContentTransferEncoding::EightBit))?;
                put(folder, &format!("{:013}-{}", letter.at.millis(), letter.id), &message.formatted()).await?;
                Ok(())
            }
            Way::Server(server) => {
                let message = self.message(letter, Body::new(letter.text.expose().clone()))?;
                match tokio::time::timeout(LIMIT, server.send(message)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(PostError::Server(words(&error))),
                    Err(_) => Err(PostError::Server("the mail server did not answer in time".to_owned())),
                }
            }
        }
    }

    fn message(&self, letter: &OutgoingLetter<'_>, body: Body) -> Result<Message, PostError> {
        let to: Address = letter.to.parse().map_err(|_| PostError::Unsendable)?;
        let millis = u64::try_from(letter.at.millis()).unwrap_or_default();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .date(UNIX_EPOCH + Duration::from_millis(millis))
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(|_| PostError::Unsendable)
    }
}

fn sender(from: &Email) -> Result<Mailbox, PostError> {
    Ok(Mailbox::new(Some(NAME.to_owned()), from.as_str().parse().map_err(|_| PostError::Unsendable)?))
}

fn trust(host: &str, extra_roots: &str) -> Result<TlsParameters, PostError> {
    let refused = |_| PostError::Server("the root certificates for the mail server cannot be used".to_owned());
    let mut builder = TlsParametersBuilder::new(host.to_owned());
    if !extra_roots.trim().is_empty() {
        builder = builder.add_root_certificate(Certificate::from_pem(extra_roots.as_bytes()).map_err(refused)?);
    }
    builder.build().map_err(refused)
}

/// What went wrong, without what the server said: it may repeat an address.
fn words(error: &lettre::transport::smtp::Error) -> String {
    if let Some(status) = error.status() {
        return format!("the mail server answered {status}");
    }
    let what = if error.is_tls() {
        "the line to the mail server is not safe: check its certificate and name"
    } else if error.is_timeout() {
        "the mail server did not answer in time"
    } else if error.is_client() {
        "the mail server does not offer what the settings ask for, such as STARTTLS or this way of signing in"
    } else {
        "the mail server cannot be reached"
    };
    what.to_owned()
}

/// Writes a file that only this user may read, whole or not at all.
async fn put(folder: &PathBuf, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    tokio::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
    let begun = folder.join(format!(".{name}"));
    let mut file = tokio::fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&begun).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&begun, folder.join(format!("{name}.eml"))).await
}
