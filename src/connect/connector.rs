//! The entry to checks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::catalogue::{DatabaseEngine, Manifest, Target};
use crate::domain::{CheckCode, Clock, StepKind};
use crate::dto::DiagnosisView;
use crate::egress::{Egress, Limits};
use crate::vault::Secret;

use super::destination::{Destination, DestinationProblem, destination};
use super::oidc::Oidc;
use super::outcome::{Credential, Failure, Outcome, Preview, Proof};
use super::steps::{Progress, Steps};
use super::{diagnosis, http, mysql, postgres, preview, words};

/// A whole check takes at most this long, so that what is said of it is out within ten seconds.
const DEADLINE: Duration = Duration::from_millis(9_500);

/// What speaks to providers.
pub struct Connector {
    egress: Egress,
    overrides: BTreeMap<String, String>,
    oauth_overrides: BTreeMap<String, String>,
    clock: Arc<dyn Clock>,
    oidc: Oidc,
    deadline: Duration,
}

impl fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connector").field("overrides", &self.overrides).finish_non_exhaustive()
    }
}

impl Connector {
    /// A connector that goes out through `egress`; `overrides` are base URLs by connector id that the operator's configuration puts in place of a manifest's;
    /// they never apply to a connector that an organization added itself.
    pub fn new(egress: Egress, overrides: BTreeMap<String, String>, clock: Arc<dyn Clock>) -> Self {
        let oidc = Oidc::new(egress.clone(), clock.clone());
        Self { egress, overrides, oauth_overrides: BTreeMap::new(), clock, oidc, deadline: DEADLINE }
    }

    /// The same with other places of token addresses by connector id; as the base URLs, they never apply to a connector that an organization added itself.
    #[must_use]
    pub fn with_oauth_overrides(mut self, overrides: BTreeMap<String, String>) -> Self {
        self.oauth_overrides = overrides;
        self
    }

    pub(super) fn oauth_base(&self, manifest: &Manifest) -> Option<&str> {
        self.oauth_overrides.get(&manifest.id).filter(|_| !manifest.own).map(String::as_str)
    }

    pub(super) const fn egress(&self) -> &Egress {
        &self.egress
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// What speaks to providers of single sign-on.
    pub const fn oidc(&self) -> &Oidc {
        &self.oidc
    }

    /// The same with another limit for a whole check.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Where the entries lead, and so where their secrets may go.
    ///
    /// # Errors
    /// The entries make no address that may be used.
    pub fn destination(&self, manifest: &Manifest, config: &BTreeMap<String, String>) -> Result<Destination, DestinationProblem> {
        let mapped = self.overrides.get(&manifest.id).filter(|_| !manifest.own);
        destination(manifest, config, mapped.map(String::as_str))
    }

    /// Proves a credential in six steps and tells `progress` about each. It ends within the deadline in any case.
    pub async fn check(&self, manifest: &Manifest, credential: &Credential<'_>, progress: &dyn Progress) -> Outcome {
        let mut steps = Steps::new(progress);
        let until = Instant::now() + self.deadline;
        let result = match timeout_at(until, Box::pin(self.run(manifest, credential, until, &mut steps))).await {
            Ok(result) => result,
            Err(_) => Err(Failure::own(CheckCode::Timeout, steps.current(), "")),
        };
        if let Err(failure) = &result {
            let detail = words::step_detail(manifest, failure);
            steps.fail(failure.step, detail).await;
        }
        Outcome { took_ms: steps.elapsed_ms(), steps: steps.into_reports(), result }
    }

    /// Reads the first rows of the stream `stream` with a proven credential. `session` is the token of an earlier login; without one, or when it is refused,
    /// it logs in anew where the connector does that. It ends within the deadline in any case.
    ///
    /// # Errors
    /// Why there are no rows; `Interrupted` when the manifest has no such stream.
    pub async fn preview(&self, manifest: &Manifest, credential: &Credential<'_>, session: Option<&Secret<String>>, stream: &str) -> Result<Preview, Failure> {
        const STEP: StepKind = StepKind::Sample;
        let unknown = || Failure::own(CheckCode::Interrupted, STEP, "There is no list of this name.");
        let stream = manifest.stream(stream).ok_or_else(unknown)?;
        let place = self.place(manifest, credential, STEP)?;
        let until = Instant::now() + self.deadline;
        let context = self.context(manifest, credential, &place, until);
        timeout_at(until, Box::pin(preview::preview(&context, stream, session))).await.unwrap_or_else(|_| Err(Failure::own(CheckCode::Timeout, STEP, "")))
    }

    /// Makes the provider forget a credential; `session` is as for [`Self::preview`]. It ends within the deadline in any case.
    ///
    /// # Errors
    /// Why the provider may still know it; `AuthRejected` when it did not know it any more, `Interrupted` when the manifest has no way to end it.
    pub async fn revoke(&self, manifest: &Manifest, credential: &Credential<'_>, session: Option<&Secret<String>>) -> Result<(), Failure> {
        const STEP: StepKind = StepKind::Authenticate;
        let none = || Failure::own(CheckCode::Interrupted, STEP, "The provider offers no way to end it from here.");
        let revoke = manifest.revoke.as_ref().ok_or_else(none)?;
        let place = self.place(manifest, credential, STEP)?;
        let until = Instant::now() + self.deadline;
        let context = self.context(manifest, credential, &place, until);
        timeout_at(until, Box::pin(preview::revoke(&context, revoke, session))).await.unwrap_or_else(|_| Err(Failure::own(CheckCode::Timeout, STEP, "")))
    }

    /// Logs in anew where the connector does that, and hands out the token. It ends within the deadline in any case.
    ///
    /// # Errors
    /// Why there is none; `Interrupted` when the connector does not log in.
    pub async fn log_in(&self, manifest: &Manifest, credential: &Credential<'_>) -> Result<Secret<String>, Failure> {
        const STEP: StepKind = StepKind::Authenticate;
        let place = self.place(manifest, credential, STEP)?;
        let until = Instant::now() + self.deadline;
        let context = self.context(manifest, credential, &place, until);
        timeout_at(until, Box::pin(preview::log_in(&context))).await.unwrap_or_else(|_| Err(Failure::own(CheckCode::Timeout, STEP, "")))
    }

    fn place(&self, manifest: &Manifest, credential: &Credential<'_>, step: StepKind) -> Result<Destination, Failure> {
        self.destination(manifest, credential.config).map_err(|problem| Failure::own(CheckCode::EgressBlocked, step, &problem.to_string()))
    }

    /// What a failure means in plain words, and what to do about it.
    pub fn diagnose(&self, manifest: &Manifest, failure: &Failure, config: &BTreeMap<String, String>) -> DiagnosisView {
        let host = self.destination(manifest, config).map(|destination| destination.host_shown).unwrap_or_default();
        diagnosis::diagnose(manifest, failure, config, &host)
    }

    async fn run(&self, manifest: &Manifest, credential: &Credential<'_>, until: Instant, steps: &mut Steps<'_>) -> Result<Proof, Failure> {
        let place = self.place(manifest, credential, steps.current())?;
        match &manifest.target {
            Target::Http { .. } => http::check(&self.context(manifest, credential, &place, until), steps).await,
            Target::Database { engine: DatabaseEngine::MySql, .. } => mysql::check(&self.context(manifest, credential, &place, until), steps).await,
            Target::Database { engine: DatabaseEngine::PostgreSql, .. } => postgres::check(&self.context(manifest, credential, &place, until), steps).await,
        }
    }

    fn context<'a>(&'a self, manifest: &'a Manifest, credential: &'a Credential<'a>, place: &'a Destination, until: Instant) -> Context<'a> {
        let root_certificate = match &manifest.target {
            Target::Http { root_certificate, .. } => root_certificate.as_ref(),
            Target::Database { .. } => None,
        };
        let roots = root_certificate.and_then(|field| credential.config.get(field)).map(String::as_str);
        Context { egress: &self.egress, clock: self.clock.as_ref(), manifest, credential, place, until, roots }
    }
}

/// What every part of one check, preview or revocation works with.
pub(super) struct Context<'a> {
    pub(super) egress: &'a Egress,
    pub(super) clock: &'a dyn Clock,
    pub(super) manifest: &'a Manifest,
    pub(super) credential: &'a Credential<'a>,
    pub(super) place: &'a Destination,
    pub(super) until: Instant,
    /// PEM text of authorities that an HTTP API is trusted by besides the system's.
    pub(super) roots: Option<&'a str>,
}

impl Context<'_> {
    /// What one call may cost: the time that is left, 1 MiB, so many redirects.
    pub(super) fn limits(&self, max_redirects: u8) -> Limits {
        let left = self.until.saturating_duration_since(Instant::now());
        Limits { deadline: left, max_redirects, ..Limits::default() }
    }
}
