//! The entry to checks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::catalogue::{DatabaseEngine, Manifest, Target};
use crate::domain::{CheckCode, Clock};
use crate::dto::DiagnosisView;
use crate::egress::{Egress, Limits};

use super::destination::{Destination, DestinationProblem, destination};
use super::outcome::{Credential, Failure, Outcome, Proof};
use super::steps::{Progress, Steps};
use super::{diagnosis, http, mysql, postgres, words};

/// A whole check takes at most this long.
const DEADLINE: Duration = Duration::from_secs(10);

/// What speaks to providers.
pub struct Connector {
    egress: Egress,
    overrides: BTreeMap<String, String>,
    clock: Arc<dyn Clock>,
    deadline: Duration,
}

impl fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connector").field("overrides", &self.overrides).finish_non_exhaustive()
    }
}

impl Connector {
    /// A connector that goes out through `egress`; `overrides` are base URLs by connector id that the operator's configuration puts in place of a manifest's.
    pub fn new(egress: Egress, overrides: BTreeMap<String, String>, clock: Arc<dyn Clock>) -> Self {
        Self { egress, overrides, clock, deadline: DEADLINE }
    }

    /// The same with another limit for a whole check than ten seconds.
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
        destination(manifest, config, self.overrides.get(&manifest.id).map(String::as_str))
    }

    /// Proves a credential in six steps and tells `progress` about each. It ends within the deadline in any case.
    pub async fn check(&self, manifest: &Manifest, credential: &Credential<'_>, progress: &dyn Progress) -> Outcome {
        let mut steps = Steps::new(progress);
        let until = Instant::now() + self.deadline;
        let result = match timeout_at(until, Box::pin(self.run(manifest, credential, until, &mut steps))).await {
            Ok(result) => result,
            Err(_) => Err(Failure {
                code: CheckCode::Timeout,
                step: steps.current(),
                status: None,
                retry_at: None,
                provider_said: String::new(),
                reason: String::new(),
            }),
        };
        if let Err(failure) = &result {
            let detail = words::step_detail(manifest, failure);
            steps.fail(failure.step, detail).await;
        }
        Outcome { took_ms: steps.elapsed_ms(), steps: steps.into_reports(), result }
    }

    /// What a failure means in plain words, and what to do about it.
    pub fn diagnose(&self, manifest: &Manifest, failure: &Failure, config: &BTreeMap<String, String>) -> DiagnosisView {
        let host = self.destination(manifest, config).map(|destination| destination.host_shown).unwrap_or_default();
        diagnosis::diagnose(manifest, failure, config, &host)
    }

    async fn run(&self, manifest: &Manifest, credential: &Credential<'_>, until: Instant, steps: &mut Steps<'_>) -> Result<Proof, Failure> {
        let place = self.destination(manifest, credential.config).map_err(|problem| Failure {
            code: CheckCode::EgressBlocked,
            step: steps.current(),
            status: None,
            retry_at: None,
            provider_said: String::new(),
            reason: problem.to_string(),
        })?;
        match &manifest.target {
            Target::Http { .. } => http::check(&self.context(manifest, credential, &place, until), steps).await,
            Target::Database { engine: DatabaseEngine::MySql, .. } => mysql::check(&self.context(manifest, credential, &place, until), steps).await,
            Target::Database { engine: DatabaseEngine::PostgreSql, .. } => postgres::check(&self.context(manifest, credential, &place, until), steps).await,
        }
    }

    fn context<'a>(&'a self, manifest: &'a Manifest, credential: &'a Credential<'a>, place: &'a Destination, until: Instant) -> Context<'a> {
        Context { egress: &self.egress, clock: self.clock.as_ref(), manifest, credential, place, until }
    }
}

/// What every part of one check works with.
pub(super) struct Context<'a> {
    pub(super) egress: &'a Egress,
    pub(super) clock: &'a dyn Clock,
    pub(super) manifest: &'a Manifest,
    pub(super) credential: &'a Credential<'a>,
    pub(super) place: &'a Destination,
    pub(super) until: Instant,
}

impl Context<'_> {
    /// What one call may cost: the time that is left, 1 MiB, so many redirects.
    pub(super) fn limits(&self, max_redirects: u8) -> Limits {
        let left = self.until.saturating_duration_since(Instant::now());
        Limits { deadline: left, max_redirects, ..Limits::default() }
    }
}
