//! The token address (RFC 6749 §4.1.3, §4.4, §5, §6; RFC 7523 §2.1).

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use axum::body::{Body as Bytes, Bytes as Chunk};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream;
use ring::digest::{SHA256, digest};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use super::super::asked::Asked;
use super::super::file::Kind;
use super::super::fill::Entries;
use super::super::provider::{Provider, remarked, respond};
use super::client::{Asker, Params, Refusal, parameters, take};
use super::ledger::{Books, Grant, Manner, Refresh};
use super::section::{Answer, AssertionStyle, ClientAuth, Grant as How, OAuth};

/// Longer than any renewal waits.
const LONG: Duration = Duration::from_secs(60);
/// What a signed assertion is called (RFC 7523 §2.1).
const ASSERTION: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// What is handed out.
struct Issued {
    grant: usize,
    /// None where there is none to hand out.
    refresh_token: Option<String>,
    refreshed: bool,
}

impl Provider {
    /// The answer to a token request.
    pub(super) async fn hand_out_token(&self, oauth: &OAuth, asked: &Asked) -> Response {
        let rules = {
            let mut books = self.ledger.books();
            let kind = parameters(oauth.body, asked).ok().and_then(|mut params| params.remove("grant_type")).unwrap_or_default();
            match kind.as_str() {
                "authorization_code" => books.counts.code += 1,
                "refresh_token" => books.counts.refresh += 1,
                _ => books.counts.other += 1,
            }
            books.rules.clone()
        };
        tokio::time::sleep(Duration::from_millis(rules.delay_ms)).await;
        match rules.token {
            Manner::Ok => self.token(oauth, asked),
            Manner::Fault => respond(500, r#"{"error":"server_error"}"#, &BTreeMap::new()),
            Manner::InvalidGrant => self.refuse_token(oauth, asked, Refusal::of("invalid_grant", "The grant has ended.")),
            Manner::Hang => {
                tokio::time::sleep(LONG).await;
                StatusCode::GATEWAY_TIMEOUT.into_response()
            }
            Manner::Down => broken(),
            Manner::Lost => {
                drop(self.token(oauth, asked));
                broken()
            }
        }
    }

    fn token(&self, oauth: &OAuth, asked: &Asked) -> Response {
        match self.issue(oauth, asked) {
            Ok(response) => response,
            Err(refusal) => self.refuse_token(oauth, asked, refusal),
        }
    }

    fn issue(&self, oauth: &OAuth, asked: &Asked) -> Result<Response, Refusal> {
        if asked.method.as_str() != "POST" {
            return Err(Refusal::differing(format!("the method is POST, not {}", asked.method)));
        }
        if let Some((name, text)) = oauth.token_headers.iter().find(|(name, text)| asked.header(name) != Some(text.as_str())) {
            return Err(Refusal::differing(format!("the header {name} must be `{text}`")));
        }
        if let Some((name, _)) = asked.query.first() {
            return Err(Refusal::differing(format!("the parameter `{name}` is not documented here")));
        }
        let mut params = parameters(oauth.body, asked)?;
        if oauth.assertion.as_ref().is_some_and(|rules| rules.style == AssertionStyle::Bearer) {
            return self.by_bearer(oauth, asked, &params);
        }
        let kind = take(&mut params, "grant_type")?;
        if oauth.grant == How::JwtBearer {
            return if kind == ASSERTION { self.by_assertion(oauth, asked, params) } else { Err(unsupported()) };
        }
        let asker = self.asker(oauth, oauth.client_auth, asked, &mut params)?;
        match (oauth.grant, kind.as_str()) {
            (How::Code, "authorization_code") => self.by_code(oauth, asked, &asker, params),
            (How::Code, "refresh_token") => self.by_refresh(oauth, asked, &asker, params),
            (How::ClientCredentials, "client_credentials") => self.by_itself(oauth, asked, &asker, params),
            _ => Err(unsupported()),
        }
    }

    fn by_code(&self, oauth: &OAuth, asked: &Asked, asker: &Asker, mut params: Params) -> Result<Response, Refusal> {
        let text = take(&mut params, "code")?;
        let redirect_uri = take(&mut params, "redirect_uri")?;
        let verifier = if oauth.pkce { Some(take(&mut params, "code_verifier")?) } else { None };
        required(&oauth.token_require, "", &mut params)?;
        nothing_left(&params)?;
        let mut books = self.ledger.books();
        let code = books.codes.get(&text).cloned().ok_or_else(|| Refusal::of("invalid_grant", "There is no such code."))?;
        let grant = books.grants.get(code.grant).cloned().ok_or_else(|| Refusal::of("invalid_grant", "There is no such code."))?;
        if code.spent {
            // RFC 6749 §4.1.2: what came of a code that is used twice is taken back.
            books.end(code.grant);
            return Err(Refusal::of("invalid_grant", "The code was used before."));
        }
        let proves = |verifier: &String| Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))) == code.challenge;
        let refusal = match () {
            () if grant.client_id != asker.client_id => Some("The code belongs to another application."),
            () if code.until <= books.now() => Some("The code has ended."),
            () if code.redirect_uri != redirect_uri => Some("The redirect_uri is another one than before."),
            () if !verifier.as_ref().is_none_or(proves) => Some("The verifier is not that of the challenge."),
            () if self.accounts.get(grant.account).is_none_or(|account| account.kind == Kind::Wrong) => Some("The code is not good."),
            () => None,
        };
        if let Some(code) = books.codes.get_mut(&text) {
            code.spent = true;
        }
        if let Some(words) = refusal {
            return Err(Refusal::of("invalid_grant", words));
        }
        let refresh_token = Some(books.renewing(code.grant));
        Ok(self.issued(oauth, asked, &mut books, Issued { grant: code.grant, refresh_token, refreshed: false }))
    }

    fn by_refresh(&self, oauth: &OAuth, asked: &Asked, asker: &Asker, mut params: Params) -> Result<Response, Refusal> {
        let text = take(&mut params, "refresh_token")?;
        let mut books = self.ledger.books();
        let ended = || Refusal::of("invalid_grant", "The refresh token is not good, or no longer.");
        let Refresh { grant: number, until } = books.refresh.get(&text).copied().ok_or_else(ended)?;
        let grant = books.grants.get(number).cloned().ok_or_else(ended)?;
        required(&oauth.refresh_require, &grant.scope, &mut params)?;
        nothing_left(&params)?;
        let now = books.now();
        if grant.client_id != asker.client_id || grant.ended || until.is_some_and(|until| until <= now) {
            return Err(ended());
        }
        if self.accounts.get(grant.account).is_none_or(|account| account.kind == Kind::Revoked) {
            books.end(number);
            return Err(ended());
        }
        let mut refresh_token = text.clone();
        if oauth.rotates {
            refresh_token = books.renewing(number);
            if let Some(spent) = books.refresh.get_mut(&text) {
                spent.until = Some(spent.until.unwrap_or(now.plus_millis(oauth.grace_s.saturating_mul(1_000))));
            }
        }
        Ok(self.issued(oauth, asked, &mut books, Issued { grant: number, refresh_token: Some(refresh_token), refreshed: true }))
    }

    fn by_itself(&self, oauth: &OAuth, asked: &Asked, asker: &Asker, mut params: Params) -> Result<Response, Refusal> {
        let scope = params.remove("scope").unwrap_or_default();
        required(&oauth.token_require, &scope, &mut params)?;
        nothing_left(&params)?;
        let account = asker.account.ok_or_else(|| Refusal::of("unauthorized_client", "The application has no account of its own."))?;
        Ok(self.issued_anew(oauth, asked, account, &asker.client_id, scope))
    }

    fn by_assertion(&self, oauth: &OAuth, asked: &Asked, mut params: Params) -> Result<Response, Refusal> {
        let assertion = take(&mut params, "assertion")?;
        required(&oauth.token_require, "", &mut params)?;
        nothing_left(&params)?;
        let signed = self.signer(oauth, asked, &assertion)?;
        Ok(self.issued_anew(oauth, asked, signed.account, "", signed.scope))
    }

    fn by_bearer(&self, oauth: &OAuth, asked: &Asked, params: &Params) -> Result<Response, Refusal> {
        nothing_left(params)?;
        let assertion = asked.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        let assertion = assertion.ok_or_else(|| Refusal::differing("the header Authorization must be Bearer with a JSON Web Token"))?;
        let signed = self.signer(oauth, asked, assertion)?;
        Ok(self.issued_anew(oauth, asked, signed.account, "", signed.scope))
    }

    fn issued_anew(&self, oauth: &OAuth, asked: &Asked, account: usize, client_id: &str, scope: String) -> Response {
        let mut books = self.ledger.books();
        books.grants.push(Grant { account, client_id: client_id.to_owned(), scope, ended: false });
        let grant = books.grants.len() - 1;
        self.issued(oauth, asked, &mut books, Issued { grant, refresh_token: None, refreshed: false })
    }

    fn issued(&self, oauth: &OAuth, asked: &Asked, books: &mut Books, issued: Issued) -> Response {
        let seconds = books.rules.expires_in.unwrap_or(oauth.expires_in);
        let access_token = books.access(issued.grant, seconds);
        let grant = &books.grants[issued.grant];
        let ends = books.now().plus_millis(seconds.saturating_mul(1_000)).millis().div_euclid(1_000);
        let ends = OffsetDateTime::from_unix_timestamp(ends).ok().and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default();
        let values = [
            ("access_token", access_token),
            ("refresh_token", issued.refresh_token.unwrap_or_default()),
            ("expires_in", seconds.to_string()),
            ("expires_at", ends),
            ("scope", grant.scope.clone()),
        ];
        let body = oauth.body_refreshed.as_ref().filter(|_| issued.refreshed).unwrap_or(&oauth.body_ok);
        let entries = self.accounts[grant.account].entries.with(values);
        written(oauth, asked, 200, &if oauth.answer == Answer::Form { entries.fill_path(body) } else { entries.fill(body) })
    }

    fn refuse_token(&self, oauth: &OAuth, asked: &Asked, refusal: Refusal) -> Response {
        if let Some(answer) = &refusal.answer {
            return remarked(refusal.words, refusal.differs, respond(answer.status, &answer.body, &answer.headers));
        }
        let values = [("error", refusal.error.to_owned()), ("description", refusal.words.clone())];
        let entries = Entries::default().with(values);
        let body = if oauth.answer == Answer::Form { entries.fill_path(&oauth.body_refused) } else { entries.fill(&oauth.body_refused) };
        let of_client = refusal.error == "invalid_client" && oauth.refused_status == 400;
        let status = if of_client { 401 } else { oauth.refused_status };
        let mut response = written(oauth, asked, status, &body);
        if of_client && matches!(oauth.client_auth, ClientAuth::Basic | ClientAuth::Any) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"sandbox\""));
        }
        remarked(refusal.words, refusal.differs, response)
    }
}

impl Books {
    /// Ends a grant: none of its tokens works any more.
    pub(super) fn end(&mut self, grant: usize) {
        if let Some(grant) = self.grants.get_mut(grant) {
            grant.ended = true;
        }
    }
}

fn unsupported() -> Refusal {
    Refusal { error: "unsupported_grant_type", ..Refusal::differing("the `grant_type` is none that is documented here") }
}

/// Takes the further parameters that must be there.
fn required(wanted: &BTreeMap<String, String>, scope: &str, params: &mut Params) -> Result<(), Refusal> {
    for (name, text) in wanted {
        if take(params, name)? != text.replace("{scope}", scope) {
            return Err(Refusal::differing(format!("`{name}` in the body must be `{text}`")));
        }
    }
    Ok(())
}

fn nothing_left(params: &Params) -> Result<(), Refusal> {
    params.keys().next().map_or(Ok(()), |name| Err(Refusal::differing(format!("`{name}` in the body is not documented here"))))
}

/// An answer in the provider's dialect, never kept by anybody (RFC 6749 §5.1).
fn written(oauth: &OAuth, asked: &Asked, status: u16, body: &str) -> Response {
    let wants_json = asked.header("accept").is_some_and(|accept| accept.contains("json"));
    let (kind, text) = match oauth.answer {
        Answer::Json => ("application/json", body.to_owned()),
        Answer::Form if wants_json => {
            let members = form_urlencoded::parse(body.as_bytes()).map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())));
            ("application/json", Value::Object(members.collect()).to_string())
        }
        Answer::Form => ("application/x-www-form-urlencoded", body.to_owned()),
    };
    let mut response = respond(status, &text, &BTreeMap::new());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An answer that breaks off before its first byte.
fn broken() -> Response {
    let chunks: [Result<Chunk, io::Error>; 1] = [Err(io::ErrorKind::ConnectionReset.into())];
    ([(header::CONTENT_TYPE, "application/json"), (header::CONTENT_LENGTH, "1000")], Bytes::from_stream(stream::iter(chunks))).into_response()
}
