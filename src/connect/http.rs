//! The six steps of a check over HTTP, as the manifest says.

use serde_json::Value;
use url::Url;

use crate::catalogue::{Auth, Check, Identity, Manifest, Refusal, Request, Sample, TokenPlace};
use crate::domain::{CheckCode, StepKind, StepState};
use crate::dto::IdentityView;
use crate::egress::{EgressError, HttpAnswer, HttpCall, TlsTrust};
use crate::vault::Secret;

use super::answer::{Judge, unreached};
use super::connector::Context;
use super::identity::identify;
use super::outcome::{Failure, Proof};
use super::request::Caller;
use super::scrub::Scrubber;
use super::steps::Steps;
use super::words;

/// Runs the six steps.
pub(super) async fn check(context: &Context<'_>, steps: &mut Steps<'_>) -> Result<Proof, Failure> {
    let (Some(base), Some(check)) = (&context.place.base, &context.manifest.check) else {
        return Err(impossible(StepKind::Resolve));
    };
    let mut run = Run::new(context, base, check);
    run.line(steps).await?;
    run.reach(steps).await?;
    let proof = run.authenticate(steps).await?;
    run.authorize(steps, proof.session.as_ref()).await?;
    run.sample(steps, proof.session.as_ref()).await?;
    Ok(proof)
}

struct Run<'a> {
    context: &'a Context<'a>,
    manifest: &'a Manifest,
    check: &'a Check,
    caller: Caller<'a>,
    judge: Judge<'a>,
    scrubber: Scrubber,
}

/// A request that no validated manifest makes.
fn impossible(step: StepKind) -> Failure {
    let reason = "The entries make an address that leads elsewhere.".to_owned();
    Failure { code: CheckCode::EgressBlocked, step, status: None, retry_at: None, provider_said: String::new(), reason }
}

impl<'a> Run<'a> {
    fn new(context: &'a Context<'a>, base: &'a Url, check: &'a Check) -> Self {
        let mut scrubber = Scrubber::default();
        context.credential.secrets.values().for_each(|secret| scrubber.add(secret.expose()));
        let manifest = context.manifest;
        let caller = Caller { manifest, credential: context.credential, base };
        Self { context, manifest, check, caller, judge: Judge { manifest, clock: context.clock }, scrubber }
    }

    /// Finds the server and secures the line.
    async fn line(&self, steps: &mut Steps<'_>) -> Result<(), Failure> {
        let origin = &self.context.place.origin;
        steps.begin(StepKind::Resolve, format!("Looking up {}", origin.host())).await;
        let egress = self.context.egress;
        let target = egress.resolve(origin.host(), origin.port()).await.map_err(|error| unreached(StepKind::Resolve, &error))?;
        steps.end(StepKind::Resolve, StepState::Passed, words::resolved(&target)).await;
        steps.begin(StepKind::Secure, "Checking the certificate".to_owned()).await;
        if origin.scheme() == "http" {
            let detail = if self.context.place.mapped { words::MAPPED_PLAIN } else { words::PLAIN };
            steps.end(StepKind::Secure, StepState::Skipped, detail.to_owned()).await;
            return Ok(());
        }
        let secured = async {
            let line = egress.connect(&target).await?;
            egress.secure(line, target.host(), &TlsTrust::System).await
        };
        let (_, facts) = secured.await.map_err(|error| unreached(StepKind::Secure, &error))?;
        steps.end(StepKind::Secure, StepState::Passed, words::secured(&facts)).await;
        Ok(())
    }

    /// Asks without a credential; any HTTP answer counts, also one that is too large or points elsewhere.
    async fn reach(&self, steps: &mut Steps<'_>) -> Result<(), Failure> {
        steps.begin(StepKind::Reach, format!("Asking {}", self.context.place.host_shown)).await;
        let call = self.caller.bare(&self.check.reach).ok_or_else(|| impossible(StepKind::Reach))?;
        match self.context.egress.send(call, &self.context.place.origins, &self.context.limits(0)).await {
            Ok(_) | Err(EgressError::Redirect { .. } | EgressError::TooLarge { .. }) => {}
            Err(error) => return Err(unreached(StepKind::Reach, &error)),
        }
        steps.end(StepKind::Reach, StepState::Passed, format!("{} answered", self.manifest.name)).await;
        Ok(())
    }

    async fn authenticate(&mut self, steps: &mut Steps<'_>) -> Result<Proof, Failure> {
        steps.begin(StepKind::Authenticate, format!("Sending the {}", self.manifest.credential_noun)).await;
        if !self.context.credential.bound.contains(&self.context.place.origin) {
            let error = EgressError::NotBound { origin: self.context.place.origin.to_string() };
            return Err(unreached(StepKind::Authenticate, &error));
        }
        let (mut answer, mut session) = (Value::Null, None);
        if let Auth::LoginSession { request, token, .. } = &self.manifest.auth {
            let call = self.caller.login(request).ok_or_else(|| impossible(StepKind::Authenticate))?;
            let raw = self.send(StepKind::Authenticate, call).await?;
            let mut json = self.judge.success(StepKind::Authenticate, &raw, &request.success, &self.scrubber)?;
            let minted = take_token(token, &raw, &mut json).ok_or_else(|| no_token(&raw))?;
            self.scrubber.add(minted.expose());
            (answer, session) = (json, Some(minted));
        }
        let (mut identity, mut note) = (self.manifest.identity.as_ref(), String::new());
        if let Some(request) = &self.check.authenticate {
            let (found, fallback) = self.first_request(request, session.as_ref()).await?;
            answer = found;
            if let Some((other, text)) = fallback {
                (identity, note) = (Some(other), text);
            }
        }
        let identity = identity.map(|identity| identify(identity, &answer, self.context.credential.config, &self.scrubber)).unwrap_or_else(unknown);
        let detail = if note.is_empty() { words::signed_in(&identity) } else { note };
        steps.end(StepKind::Authenticate, StepState::Passed, detail).await;
        Ok(Proof { identity, session })
    }

    /// The request that proves the credential, or the one that proves it where the first is not allowed.
    async fn first_request(&self, request: &Request, session: Option<&Secret<String>>) -> Result<(Value, Option<(&'a Identity, String)>), Failure> {
        let step = StepKind::Authenticate;
        let raw = self.signed(step, request, session).await?;
        let first = self.judge.success(step, &raw, &request.success, &self.scrubber);
        match (&self.check.fallback, first) {
            (Some(fallback), Err(_)) if fallback.when.contains(&raw.status) => {
                let raw = self.signed(step, &fallback.request, session).await?;
                let json = self.judge.success(step, &raw, &fallback.request.success, &self.scrubber)?;
                Ok((json, Some((&fallback.identity, fallback.note.clone()))))
            }
            (_, first) => Ok((first?, None)),
        }
    }

    async fn authorize(&self, steps: &mut Steps<'_>, session: Option<&Secret<String>>) -> Result<(), Failure> {
        steps.begin(StepKind::Authorize, "Looking at what it may do".to_owned()).await;
        let rule = &self.check.authorize;
        for request in &rule.requests {
            let raw = self.signed(StepKind::Authorize, request, session).await?;
            self.judge.success(StepKind::Authorize, &raw, &request.success, &self.scrubber)?;
        }
        let credential = self.context.credential;
        let value_of = |id: &str| credential.config.get(id).map(String::as_str).or_else(|| credential.secrets.get(id).map(|secret| secret.expose().as_str()));
        let note = rule.notes.iter().find(|note| value_of(&note.field).is_some_and(|value| note.pattern.matches(value)));
        let detail = match note {
            Some(note) => note.text.as_str(),
            None if rule.text.is_empty() => "Nothing more to check",
            None => rule.text.as_str(),
        };
        steps.end(StepKind::Authorize, StepState::Passed, detail.to_owned()).await;
        Ok(())
    }

    async fn sample(&self, steps: &mut Steps<'_>, session: Option<&Secret<String>>) -> Result<(), Failure> {
        let Some(sample) = &self.check.sample else {
            steps.end(StepKind::Sample, StepState::Skipped, "Nothing to read".to_owned()).await;
            return Ok(());
        };
        steps.begin(StepKind::Sample, format!("Reading {}", sample.noun.1)).await;
        match self.read_sample(sample, session).await {
            Ok(rows) => steps.end(StepKind::Sample, StepState::Passed, words::sampled(rows, &sample.noun)).await,
            Err(failure) if sample.refusal == Refusal::Note && !self.disproves_token(&failure) => {
                let detail = words::sample_refused(self.manifest, &failure, &sample.noun);
                steps.end(StepKind::Sample, StepState::Skipped, detail).await;
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Whether a refusal says that the token which a login handed out is none: then nothing has proven the credential yet.
    fn disproves_token(&self, failure: &Failure) -> bool {
        failure.code.refuses_credential() && matches!(self.manifest.auth, Auth::LoginSession { .. })
    }

    async fn read_sample(&self, sample: &Sample, session: Option<&Secret<String>>) -> Result<Option<usize>, Failure> {
        let raw = self.signed(StepKind::Sample, &sample.request, session).await?;
        let json = self.judge.success(StepKind::Sample, &raw, &sample.request.success, &self.scrubber)?;
        Ok(json.pointer(&sample.rows).and_then(Value::as_array).map(Vec::len))
    }

    async fn signed(&self, step: StepKind, request: &Request, session: Option<&Secret<String>>) -> Result<HttpAnswer, Failure> {
        let call = self.caller.signed(request, session).ok_or_else(|| impossible(step))?;
        self.send(step, call).await
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
                Value::Null if raw.json::<Value>().is_none() => raw.text()?.trim().to_owned(),
                _ => return None,
            },
        };
        let usable = !token.is_empty() && token.chars().all(|character| character.is_ascii_graphic());
        let token = Secret::new(token);
        usable.then_some(token)
    })
}

fn no_token(raw: &HttpAnswer) -> Failure {
    Failure {
        code: CheckCode::UnexpectedContent,
        step: StepKind::Authenticate,
        status: Some(raw.status),
        retry_at: None,
        provider_said: String::new(),
        reason: "It accepted the sign-in but handed out no token.".to_owned(),
    }
}

const fn unknown() -> IdentityView {
    IdentityView { account_id: String::new(), account_name: String::new(), facts: Vec::new() }
}
