//! The six steps of a check over HTTP, as the manifest says.

use serde_json::Value;

use crate::catalogue::{Check, Fallback, Identity, Manifest, Refusal, Request};
use crate::domain::{StepKind, StepState};
use crate::dto::IdentityView;
use crate::egress::{EgressError, TlsTrust};
use crate::vault::Secret;

use super::answer::{text_of, unreached};
use super::connector::Context;
use super::identity::identify;
use super::outcome::{Failure, Proof};
use super::speaker::{Speaker, impossible};
use super::steps::Steps;
use super::words;

/// Runs the six steps.
pub(super) async fn check(context: &Context<'_>, steps: &mut Steps<'_>) -> Result<Proof, Failure> {
    let Some(check) = &context.manifest.check else { return Err(impossible(StepKind::Resolve)) };
    let mut run = Run { context, manifest: context.manifest, check, speaker: Speaker::new(context)?, proven: Value::Null };
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
    speaker: Speaker<'a>,
    /// The answer that proved the credential.
    proven: Value,
}

impl<'a> Run<'a> {
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
        let trust = self.context.roots.map_or(TlsTrust::System, |pem| TlsTrust::SystemAnd(pem.to_owned()));
        let secured = async {
            let line = egress.connect(&target).await?;
            egress.secure(line, target.host(), &trust).await
        };
        let (_, facts) = secured.await.map_err(|error| unreached(StepKind::Secure, &error))?;
        steps.end(StepKind::Secure, StepState::Passed, words::secured(&facts)).await;
        Ok(())
    }

    /// Asks without a credential; any HTTP answer counts, also one that is too large or points elsewhere.
    async fn reach(&self, steps: &mut Steps<'_>) -> Result<(), Failure> {
        steps.begin(StepKind::Reach, format!("Asking {}", self.context.place.host_shown)).await;
        let call = self.speaker.caller.bare(&self.check.reach).ok_or_else(|| impossible(StepKind::Reach))?;
        match self.context.egress.send(call, &self.context.place.origins, &self.context.limits(0)).await {
            Ok(_) | Err(EgressError::Redirect { .. } | EgressError::TooLarge { .. }) => {}
            Err(error) => return Err(unreached(StepKind::Reach, &error)),
        }
        steps.end(StepKind::Reach, StepState::Passed, format!("{} answered", self.manifest.name)).await;
        Ok(())
    }

    async fn authenticate(&mut self, steps: &mut Steps<'_>) -> Result<Proof, Failure> {
        steps.begin(StepKind::Authenticate, format!("Sending the {}", self.manifest.credential_noun)).await;
        self.speaker.bound(StepKind::Authenticate)?;
        let mut session = None;
        if let Some((answer, minted)) = self.speaker.login().await? {
            (self.proven, session) = (answer, Some(minted));
        }
        let (mut identity, mut note) = (self.manifest.identity.as_ref(), None);
        if let Some(request) = &self.check.authenticate {
            let (answer, fallback) = self.first_request(request, session.as_ref()).await?;
            self.proven = answer;
            if let Some(fallback) = fallback {
                (identity, note) = (Some(&fallback.identity), Some(fallback.note.clone()));
            }
        }
        let identity = self.identity(identity, session.as_ref()).await?;
        steps.end(StepKind::Authenticate, StepState::Passed, note.unwrap_or_else(|| words::signed_in(&identity))).await;
        Ok(Proof { identity, session })
    }

    /// The request that proves the credential, or the one that proves it where the first is not allowed.
    async fn first_request(&self, request: &Request, session: Option<&Secret<String>>) -> Result<(Value, Option<&'a Fallback>), Failure> {
        let first = self.speaker.ask(StepKind::Authenticate, request, session).await;
        match (&self.check.fallback, first) {
            (Some(fallback), Err(refused)) if refused.status.is_some_and(|status| fallback.when.contains(&status)) && self.may_be_sent(&fallback.request) => {
                let second = self.speaker.ask(StepKind::Authenticate, &fallback.request, session).await?;
                Ok((second.json, Some(fallback)))
            }
            (_, first) => Ok((first?.json, None)),
        }
    }

    /// Whether the entries fill the request's path.
    fn may_be_sent(&self, request: &Request) -> bool {
        let config = self.context.credential.config;
        request.path.is_filled_by(&|id| config.get(id).map(String::as_str))
    }

    /// Whose account it is, by the answer that is asked for besides, if any, and by the one that proved the credential.
    async fn identity(&self, identity: Option<&Identity>, session: Option<&Secret<String>>) -> Result<IdentityView, Failure> {
        let Some(identity) = identity else {
            return Ok(IdentityView { account_id: String::new(), account_name: String::new(), facts: Vec::new() });
        };
        let besides = match &identity.request {
            None => None,
            Some(request) => match self.speaker.ask(StepKind::Authenticate, request, session).await {
                Ok(answered) => Some(answered.json),
                Err(refused) if refused.status.is_some() => None,
                Err(failure) => return Err(failure),
            },
        };
        let answers: Vec<&Value> = besides.iter().chain([&self.proven]).collect();
        Ok(identify(identity, &answers, self.context.credential.config, &self.speaker.scrubber))
    }

    async fn authorize(&self, steps: &mut Steps<'_>, session: Option<&Secret<String>>) -> Result<(), Failure> {
        steps.begin(StepKind::Authorize, "Looking at what it may do".to_owned()).await;
        let rule = &self.check.authorize;
        for request in &rule.requests {
            self.speaker.ask(StepKind::Authorize, request, session).await?;
        }
        let credential = self.context.credential;
        let value_of = |id: &str| credential.config.get(id).map(String::as_str).or_else(|| credential.secrets.get(id).map(|secret| secret.expose().as_str()));
        let note = rule.notes.iter().find(|note| value_of(&note.field).is_some_and(|value| note.pattern.matches(value)));
        let granted = words::granted(&self.granted());
        let detail = match note {
            Some(note) => format!("{} {granted}", note.text).trim_end().to_owned(),
            None if !granted.is_empty() => granted,
            None if rule.text.is_empty() => "Nothing more to check".to_owned(),
            None => rule.text.clone(),
        };
        steps.end(StepKind::Authorize, StepState::Passed, detail).await;
        Ok(())
    }

    /// The rights that the answer which proved the credential lists.
    fn granted(&self) -> Vec<String> {
        let listed = self.check.authorize.granted.as_ref().and_then(|pointer| self.proven.pointer(pointer));
        let rights: Vec<String> = match listed {
            Some(Value::Array(items)) => items.iter().filter_map(text_of).collect(),
            Some(Value::String(text)) => text.split([' ', ',']).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        rights.iter().map(|right| self.speaker.scrubber.clean(right)).filter(|right| !right.is_empty()).collect()
    }

    async fn sample(&self, steps: &mut Steps<'_>, session: Option<&Secret<String>>) -> Result<(), Failure> {
        let Some(stream) = self.manifest.streams.first() else {
            steps.end(StepKind::Sample, StepState::Skipped, "Nothing to read".to_owned()).await;
            return Ok(());
        };
        steps.begin(StepKind::Sample, format!("Reading {}", stream.noun.1)).await;
        match self.speaker.rows(stream, session).await {
            Ok(rows) => steps.end(StepKind::Sample, StepState::Passed, words::sampled(rows.map(|rows| rows.len()), &stream.noun)).await,
            Err(failure) if stream.refusal == Refusal::Note && !self.disproves_token(&failure) => {
                let detail = words::sample_refused(self.manifest, &failure, &stream.noun);
                steps.end(StepKind::Sample, StepState::Skipped, detail).await;
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Whether a refusal says that the token which a login handed out is none: then nothing has proven the credential yet.
    fn disproves_token(&self, failure: &Failure) -> bool {
        failure.code.refuses_credential() && self.speaker.logs_in()
    }
}
