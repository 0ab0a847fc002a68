//! `[mail]`: how letters leave.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use super::problem::Review;
use super::{DatabaseConfig, ServerConfig};
use crate::domain::Email;
use crate::vault::Secret;

/// How letters leave.
#[derive(Debug)]
pub struct MailConfig {
    /// Where they go.
    pub way: MailWay,
    /// The sender's address.
    pub from: Email,
}

/// Where letters go.
#[derive(Debug)]
pub enum MailWay {
    /// Into a folder, where the operator reads them.
    Folder(PathBuf),
    /// To a mail server.
    Server(SmtpConfig),
}

/// A mail server.
#[derive(Debug)]
pub struct SmtpConfig {
    /// Host name or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the line is encrypted.
    pub encryption: SmtpEncryption,
    /// User and password.
    pub login: Option<(String, Secret<String>)>,
}

/// How the line to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpEncryption {
    /// From its first byte: `smtps://`.
    Implicit,
    /// By `STARTTLS`: `smtp://`.
    StartTls,
    /// Not: `smtp://…?tls=none`.
    None,
}

impl MailConfig {
    /// Where letters go, for people; never the password.
    pub fn shown(&self) -> String {
        match &self.way {
            MailWay::Folder(path) => format!("Letters are written into {}, where you can read them; set mail.smtp to send them", path.display()),
            MailWay::Server(server) => {
                let line = match server.encryption {
                    SmtpEncryption::Implicit | SmtpEncryption::StartTls => "encrypted",
                    SmtpEncryption::None => "not encrypted",
                };
                format!("Letters go to {}:{}, {line}, from {}", server.host, server.port, self.from.as_str())
            }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    outbox: Option<PathBuf>,
    smtp: Option<Secret<String>>,
    smtp_file: Option<PathBuf>,
    from: Option<String>,
}

const ADDRESS: &str = "give smtps://user:password@host, or smtp://user:password@host:587 for STARTTLS";

pub(super) fn check(raw: Raw, server: &ServerConfig, database: &DatabaseConfig, review: &mut Review<'_>) -> MailConfig {
    let set = [("mail.outbox", raw.outbox.is_some()), ("mail.smtp", raw.smtp.is_some()), ("mail.smtp_file", raw.smtp_file.is_some())];
    let set: Vec<&str> = set.into_iter().filter_map(|(key, present)| present.then_some(key)).collect();
    if let [first, second, ..] = set.as_slice() {
        review.refuse(first, &format!("both {first} and {second} ({}) are set", review.origin(second)), "keep one of them");
    }
    let from =
        review.parse("mail.from", raw.from, default_sender(server), "give an address such as latchkey@example.com", |text| Email::parse(text).ok().map(Some));
    let written = raw.smtp.is_some() && review.is_from_file("mail.smtp");
    let (key, text) = match (raw.smtp, &raw.smtp_file) {
        (Some(text), _) => ("mail.smtp", Some(text)),
        (None, Some(path)) => ("mail.smtp_file", read(path, review)),
        (None, None) => ("mail.smtp", None),
    };
    let way = match text.as_ref().map(|text| smtp(text.expose())) {
        None => MailWay::Folder(raw.outbox.unwrap_or_else(|| beside(database))),
        Some(Ok(server)) => {
            if written && server.login.is_some() {
                review.refuse(key, "a secret stands in the configuration file", "move it to mail.smtp_file or to the variable LATCHKEY_MAIL__SMTP");
            }
            MailWay::Server(server)
        }
        Some(Err(wrong)) => {
            review.refuse(key, wrong, ADDRESS);
            MailWay::Folder(PathBuf::new())
        }
    };
    MailConfig { way, from: from.unwrap_or_else(local_sender) }
}

/// Beside an SQLite database, else in `data/`.
fn beside(database: &DatabaseConfig) -> PathBuf {
    database.sqlite_path().and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_else(|| PathBuf::from("data")).join("outbox")
}

/// `latchkey@` and the host that people use, when that is a name.
fn default_sender(server: &ServerConfig) -> Option<Email> {
    let url = Url::parse(server.public_url.as_deref()?).ok()?;
    Email::parse(&format!("latchkey@{}", url.domain()?)).ok()
}

fn local_sender() -> Email {
    Email::parse("latchkey@localhost").unwrap_or_else(|_| unreachable!("a constant address"))
}

fn read(path: &Path, review: &mut Review<'_>) -> Option<Secret<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Some(Secret::new(text)),
        Err(cause) => {
            review.refuse("mail.smtp_file", &format!("{} cannot be read: {cause}", path.display()), "name a text file that this user may read");
            None
        }
    }
}

/// Reads the address of a mail server; the reason never repeats any of it.
fn smtp(text: &str) -> Result<SmtpConfig, &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| "the value cannot be used")?;
    let encryption = match (url.scheme(), url.query()) {
        ("smtps", None) => SmtpEncryption::Implicit,
        ("smtp", None) => SmtpEncryption::StartTls,
        ("smtp", Some("tls=none")) => SmtpEncryption::None,
        _ => return Err("the value cannot be used"),
    };
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("the value cannot be used");
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("the value names no host")?.trim_matches(['[', ']']).to_owned();
    let port = url.port().unwrap_or(match encryption {
        SmtpEncryption::Implicit => 465,
        SmtpEncryption::StartTls => 587,
        SmtpEncryption::None => 25,
    });
    let plain = |text: &str| {
        let pairs = format!("x={}", text.replace('+', "%2B"));
        let (_, value) = url::form_urlencoded::parse(pairs.as_bytes()).next()?;
        Some(value.into_owned())
    };
    let login = match (url.username(), url.password()) {
        ("", None) => None,
        (user, Some(password)) if !user.is_empty() => plain(user).zip(plain(password)).map(|(user, password)| (user, Secret::new(password))),
        _ => return Err("the value has a user without a password, or the other way round"),
    };
    if login.is_some() && encryption == SmtpEncryption::None {
        return Err("a password would go over a line that is not encrypted");
    }
    Ok(SmtpConfig { host, port, encryption, login })
}
