//! Whether providers can lead browsers back here: the address that is configured, beside what one request says.

use url::Url;

use super::{authorize, redirect_uri};
use crate::domain::Actor;
use crate::dto::{RedirectDoctor, RedirectFinding, RedirectState};
use crate::services::{App, ServiceError};

/// Settings of the section `server`.
const PUBLIC_URL: &str = "public_url";
const TRUSTED_PROXY: &str = "trusted_proxy";
/// The longest host with a port, in bytes (RFC 1035 §2.3.4).
const LONGEST: usize = 260;

/// What a request says of the address that it was sent to. Anybody can write it, so it is shown and compared, and never becomes part of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// `Origin`, where the browser sent one.
    pub origin: Option<String>,
    /// `Host`.
    pub host: Option<String>,
    /// `X-Forwarded-Host`.
    pub forwarded_host: Option<String>,
    /// `X-Forwarded-Proto`.
    pub forwarded_proto: Option<String>,
}

/// Compares the configured address with this request and names the setting to change.
///
/// # Errors
/// `Forbidden`.
pub fn doctor(app: &App, actor: &Actor, reached: &Reached) -> Result<RedirectDoctor, ServiceError> {
    authorize(actor)?;
    let public = &app.settings.public_url;
    let url = Url::parse(public).ok();
    let proxy = app.settings.trusted_proxy.as_deref();
    let findings = match &url {
        Some(url) => vec![same_address(url, reached, proxy), passed_on(url, reached, proxy), secure(url), plain(url, public)],
        None => vec![finding("plain", PLAIN, RedirectState::Failed, format!("{public} is no web address. {}", change(PUBLIC_URL)), PUBLIC_URL)],
    };
    Ok(RedirectDoctor { redirect_uri: redirect_uri(app, "{connector}"), public_url: public.clone(), findings })
}

const PLAIN: &str = "Scheme and host alone";

fn finding(check: &str, title: &str, state: RedirectState, sentence: impl Into<String>, setting: &str) -> RedirectFinding {
    let setting = if state == RedirectState::Failed { format!("server.{setting}") } else { String::new() };
    RedirectFinding { check: check.to_owned(), title: title.to_owned(), state, sentence: sentence.into(), setting }
}

/// `Change server.public_url (LATCHKEY_SERVER__PUBLIC_URL).`
fn change(setting: &str) -> String {
    format!("Change server.{setting} (LATCHKEY_SERVER__{}).", setting.to_uppercase())
}

/// Host and port of an address, the port only where it is not the scheme's own.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The address that a header says, when it is one: the last of several was written by the proxy that is nearest.
fn place(scheme: &str, said: &str) -> Option<Url> {
    let last = said.rsplit(',').next()?.trim();
    let fits = !last.is_empty() && last.len() <= LONGEST && last.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
    if fits { Url::parse(&format!("{scheme}://{last}")).ok() } else { None }
}

fn last(said: &str) -> String {
    said.rsplit(',').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn same_address(public: &Url, reached: &Reached, proxy: Option<&str>) -> RedirectFinding {
    let title = "Same as in your browser";
    let end = |state, sentence: String| finding("same_address", title, state, sentence, PUBLIC_URL);
    let of_origin = reached.origin.as_deref().and_then(|origin| origin.split_once("://")).and_then(|(scheme, host)| place(scheme, host));
    if let Some(seen) = of_origin {
        let same = seen.origin() == public.origin();
        let state = if same { RedirectState::Passed } else { RedirectState::Failed };
        let other = if same { String::new() } else { format!(" The setting says {}. {}", public.origin().ascii_serialization(), change(PUBLIC_URL)) };
        return end(state, format!("You reached Latchkey at {}.{other}", seen.origin().ascii_serialization()));
    }
    let host = proxy.and(reached.forwarded_host.as_deref()).or(reached.host.as_deref());
    match host.and_then(|host| place(public.scheme(), host)) {
        None => end(RedirectState::Unknown, "This request does not say at which address you reached Latchkey.".to_owned()),
        Some(seen) if authority(&seen) == authority(public) => end(RedirectState::Passed, format!("You reached Latchkey at {}.", authority(public))),
        Some(seen) => {
            let (seen, said) = (authority(&seen), authority(public));
            end(
                RedirectState::Failed,
                format!("You reached Latchkey at {seen}. The setting says {said}: open it there, or change the setting. {}", change(PUBLIC_URL)),
            )
        }
    }
}

fn passed_on(public: &Url, reached: &Reached, proxy: Option<&str>) -> RedirectFinding {
    let title = "A proxy passes on the right host";
    let end = |state, sentence: String, setting: &str| finding("proxy", title, state, sentence, setting);
    let (host, proto) = (reached.forwarded_host.as_deref(), reached.forwarded_proto.as_deref());
    if proxy.is_none() {
        let why = match (host.is_some() || proto.is_some(), public.scheme()) {
            (true, _) => "A proxy stands before Latchkey, and none is trusted: visitors all seem to come from the proxy.",
            (false, "https") => "People come by https, so a proxy stands before Latchkey, and none is trusted: visitors all seem to come from the proxy.",
            (false, _) => return end(RedirectState::Passed, "No proxy stands before Latchkey, as far as this request tells.".to_owned(), ""),
        };
        return end(RedirectState::Failed, format!("{why} {}", change(TRUSTED_PROXY)), TRUSTED_PROXY);
    }
    let wrong_host = host.is_some_and(|host| place(public.scheme(), host).is_none_or(|seen| authority(&seen) != authority(public)));
    let wrong_proto = proto.is_some_and(|proto| last(proto) != public.scheme());
    match (wrong_host, wrong_proto) {
        (true, _) => {
            let sentence = format!("The proxy passes on another host than {}. Correct it there, or here. {}", authority(public), change(PUBLIC_URL));
            end(RedirectState::Failed, sentence, PUBLIC_URL)
        }
        (false, true) => {
            let sentence = format!("The proxy says that people do not come by {}. Correct it there, or here. {}", public.scheme(), change(PUBLIC_URL));
            end(RedirectState::Failed, sentence, PUBLIC_URL)
        }
        (false, false) if host.is_some() && proto.is_some() => end(RedirectState::Passed, "Host and protocol both arrive as they must.".to_owned(), ""),
        (false, false) => {
            let sentence = "The proxy does not send both X-Forwarded-Host and X-Forwarded-Proto, so this cannot be compared.";
            end(RedirectState::Unknown, sentence.to_owned(), "")
        }
    }
}

fn secure(public: &Url) -> RedirectFinding {
    let title = "Secure";
    let host = public.host_str().unwrap_or_default();
    match public.scheme() {
        "https" => finding("secure", title, RedirectState::Passed, "People come by https.", ""),
        _ if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => {
            finding("secure", title, RedirectState::Passed, "It is this very machine, which some providers allow without https.", "")
        }
        _ => {
            let sentence = format!("Providers lead back to https alone. Put a proxy with a certificate before Latchkey. {}", change(PUBLIC_URL));
            finding("secure", title, RedirectState::Failed, sentence, PUBLIC_URL)
        }
    }
}

fn plain(public: &Url, text: &str) -> RedirectFinding {
    let everywhere = matches!(public.host_str(), Some("0.0.0.0" | "[::]"));
    let bare = public.origin().ascii_serialization() == text;
    match (everywhere, bare) {
        (true, _) => {
            let sentence = format!("{text} is where Latchkey listens, and no address that a browser can open. {}", change(PUBLIC_URL));
            finding("plain", PLAIN, RedirectState::Failed, sentence, PUBLIC_URL)
        }
        (false, false) => {
            let sentence = format!("{text} has more than scheme and host, such as a path or a slash at its end. {}", change(PUBLIC_URL));
            finding("plain", PLAIN, RedirectState::Failed, sentence, PUBLIC_URL)
        }
        (false, true) => finding("plain", PLAIN, RedirectState::Passed, "No path, and no slash at its end.", ""),
    }
}
