//! What checks, previews and revocations have in common: requests that carry the credential, and the login before them.

use serde_json::Value;

use crate::catalogue::{Auth, Request, Stream, TokenPlace};
use crate::domain::{CheckCode, StepKind};
use crate::egress::{EgressError, HttpAnswer, HttpCall};
use crate::vault::Secret;

use super::answer::{Judge, document, is_xml, unreached};
use super::connector::Context;
use super::outcome::Failure;
use super::request::Caller;
use super::scrub::Scrubber;

/// Speaks to one provider with one credential.
pub(super) struct Speaker<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) caller: Caller<'a>,
    pub(super) scrubber: Scrubber,
    judge: Judge<'a>,
}

/// An answer that counts as success.
pub(super) struct Answered {
    pub(super) json: Value,
    is_xml: bool,
}

impl Answered {
    /// Takes the rows at `pointer`; none when there is no list. One object is one row. XML does not tell no row from a list.
    pub(super) fn into_rows(mut self, pointer: &str) -> Option<Vec<Value>> {
        match self.json.pointer_mut(pointer).map(Value::take) {
            Some(Value::Array(rows)) => Some(rows),
            Some(Value::Object(row)) => Some(vec![row.into()]),
            None | Some(Value::String(_)) if self.is_xml => Some(Vec::new()),
            _ => None,
        }
    }
}

/// A request that no validated manifest makes.
pub(super) fn impossible(step: StepKind) -> Failure {
    Failure::own(CheckCode::EgressBlocked, step, "The entries make a request that leads elsewhere or cannot be sent.")
}

impl<'a> Speaker<'a> {
    /// Speaks HTTP as the manifest says.
    ///
    /// # Errors
    /// The target is no HTTP API, or the entries choose no way of signing in.
    pub(super) fn new(context: &'a Context<'a>) -> Result<Self, Failure> {
        let manifest = context.manifest;
        let (Some(base), Some(auth)) = (&context.place.base, manifest.way(context.credential.config)) else {
            return Err(impossible(StepKind::Resolve));
        };
        let mut scrubber = Scrubber::default();
        context.credential.secrets.iter().for_each(|(id, secret)| scrubber.add(manifest.secret_part(id, secret).expose()));
        let caller = Caller { manifest, credential: context.credential, auth, base, roots: context.roots };
        Ok(Self { context, caller, scrubber, judge: Judge { manifest, clock: context.clock } })
    }

    /// Whether signing in mints a token first.
    pub(super) const fn logs_in(&self) -> bool {
        matches!(self.caller.auth, Auth::LoginSession { .. })
    }

    /// Refuses a destination that the credential was not entered for.
    pub(super) fn bound(&self, step: StepKind) -> Result<(), Failure> {
        let origin = &self.context.place.origin;
        if self.context.credential.bound.contains(origin) {
            return Ok(());
        }
        Err(unreached(step, &EgressError::NotBound { origin: origin.to_string() }))
    }

    /// Logs in where the scheme says so: the rest of the answer, and the token.
    pub(super) async fn login(&mut self) -> Result<Option<(Value, Secret<String>)>, Failure> {
        const STEP: StepKind = StepKind::Authenticate;
        let Auth::LoginSession { request, token, .. } = self.caller.auth else { return Ok(None) };
        let call = self.caller.login(request).ok_or_else(|| impossible(STEP))?;
        let raw = self.send(STEP, call).await?;
        let mut json = self.judge.success(STEP, &raw, &request.success, &self.scrubber)?;
        let minted = take_token(token, &raw, &mut json).ok_or_else(|| no_token(&raw))?;
        self.scrubber.add(minted.expose());
        Ok(Some((json, minted)))
    }

    /// Makes a request that carries the credential, and judges the answer.
    pub(super) async fn ask(&self, step: StepKind, request: &Request, session: Option<&Secret<String>>) -> Result<Answered, Failure> {
        let call = self.caller.signed(request, session, self.context.clock.now()).ok_or_else(|| impossible(step))?;
        let raw = self.send(step, call).await?;
        let json = self.judge.success(step, &raw, &request.success, &self.scrubber)?;
        Ok(Answered { json, is_xml: is_xml(&raw) })
    }

    /// Reads a stream; none when the answer holds no list.
    pub(super) async fn rows(&self, stream: &Stream, session: Option<&Secret<String>>) -> Result<Option<Vec<Value>>, Failure> {
        Ok(self.ask(StepKind::Sample, &stream.request, session).await?.into_rows(&stream.rows))
    }

    /// The same with the session of an earlier login; logs in where there is none or it is refused, and hands out the token then.
    pub(super) async fn ask_again(
        &mut self,
        step: StepKind,
        request: &Request,
        given: Option<&Secret<String>>,
    ) -> Result<(Answered, Option<Secret<String>>), Failure> {
        self.bound(step)?;
        if let Some(given) = given.filter(|_| self.logs_in()) {
            self.scrubber.add(given.expose());
            match self.ask(step, request, Some(given)).await {
                Err(failure) if failure.code.refuses_credential() => {}
                ended => return ended.map(|answered| (answered, None)),
            }
        }
        let minted = self.login().await?.map(|(_, minted)| minted);
        Ok((self.ask(step, request, minted.as_ref()).await?, minted))
    }

    async fn send(&self, step: StepKind, call: HttpCall) -> Result<HttpAnswer, Failure> {
        let bound = &self.context.credential.bound;
        self.context.egress.send(call, bound, &self.context.limits(3)).await.map_err(|error| unreached(step, &error))
    }
}

/// Takes the token out of an answer, so that it stays in one place.
fn take_token(places: &[TokenPlace], raw: &HttpAnswer, json: &mut Value) -> Option<Secret<String>> {
    places.iter().find_map(|place| {
        let token = match place {
            TokenPlace::Pointer(pointer) => match json.pointer_mut(pointer) {
                Some(Value::String(token)) => std::mem::take(token),
                _ => return None,
            },
            TokenPlace::Text => match &mut *json {
                Value::String(token) => std::mem::take(token),
                // Only a body that is no JSON at all: the document `null` is no token.
                Value::Null if document(raw).is_none() => raw.text()?.trim().to_owned(),
                _ => return None,
            },
        };
        let usable = !token.is_empty() && token.chars().all(|character| character.is_ascii_graphic());
        let token = Secret::new(token);
        usable.then_some(token)
    })
}

fn no_token(raw: &HttpAnswer) -> Failure {
    let reason = "It accepted the sign-in but handed out no token.";
    Failure { status: Some(raw.status), ..Failure::own(CheckCode::UnexpectedContent, StepKind::Authenticate, reason) }
}
