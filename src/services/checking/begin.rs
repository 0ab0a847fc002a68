//! The first token of a connection whose entries alone get one, before its check.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::catalogue::Manifest;
use crate::connect::oauth::TokenProblem;
use crate::connect::{Failure, Outcome};
use crate::domain::{CheckCode, OrganizationId, StepKind, StepReport, StepState};
use crate::services::grants::{self, Opened};
use crate::services::payload::Payload;
use crate::services::views::waiting_steps;
use crate::services::{App, ServiceError};

/// How long a first token may take.
const LONGEST: Duration = Duration::from_secs(9);

/// Puts a first token into the payload where there is to be one; inside, the end of the check when the provider hands out none.
pub async fn begin(
    app: &App,
    organization: &OrganizationId,
    manifest: &Manifest,
    config: &BTreeMap<String, String>,
    payload: &mut Payload,
) -> Result<Result<Option<Opened>, Box<Outcome>>, ServiceError> {
    let started = Instant::now();
    let asked = timeout(LONGEST, Box::pin(grants::first(app, organization, manifest, config, payload))).await;
    let (code, said) = match asked {
        Ok(first) => match first? {
            Ok(opened) => return Ok(Ok(opened)),
            Err(problem) => (grants::shown(&problem), said(&problem)),
        },
        Err(_) => (CheckCode::Timeout, String::new()),
    };
    let took_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
    Ok(Err(Box::new(refused(code, said, took_ms))))
}

fn said(problem: &TokenProblem) -> String {
    match problem {
        TokenProblem::Refused { code, said, .. } if said.is_empty() => code.clone(),
        TokenProblem::Refused { said, .. } => said.clone(),
        _ => String::new(),
    }
}

/// A check that ended at the sign-in, because there is no token to sign in with.
fn refused(code: CheckCode, provider_said: String, took_ms: u32) -> Outcome {
    let report = |step: StepReport| match step.kind {
        StepKind::Authenticate => StepReport { state: StepState::Failed, took_ms, detail: "The provider handed out no token.".to_owned(), ..step },
        StepKind::Resolve | StepKind::Secure | StepKind::Reach => StepReport { state: StepState::Skipped, detail: "A token comes first.".to_owned(), ..step },
        _ => step,
    };
    let reason = if code == CheckCode::EgressBlocked { "The entries make no request for a token. Look at the private key and the addresses." } else { "" };
    let failure = Failure { code, step: StepKind::Authenticate, status: None, retry_at: None, provider_said, reason: reason.to_owned() };
    Outcome { steps: waiting_steps().into_iter().map(report).collect(), took_ms, result: Err(failure) }
}
