//! Running a check for a draft, a connection, or entries that nobody saved: one function for all three.

mod begin;
mod prove;

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::connect::{self, Credential};
use crate::domain::{Actor, CheckCode, CheckId, CheckState, StepKind};
use crate::dto::{DiagnosisView, IdentityView};
use crate::services::entries::Ready;
use crate::services::grants::{self, Opened, opened_of};
use crate::services::payload::{Payload, StoredSession};
use crate::services::views::{StoredResult, interrupted, waiting_steps};
use crate::services::{App, ServiceError};
use crate::store::checks::CheckRow;
use crate::store::connections::ConnectionRow;

/// When a check counts as stopped, in milliseconds after its start; `connect` ends every check in 10 seconds.
const DEADLINE_MS: i64 = 30_000;
/// Between two checks of a connection, in milliseconds.
pub const EVERY_MS: i64 = 30 * 60 * 1_000;

/// What a passed check proves.
#[derive(Debug)]
pub struct Proof {
    /// Whose account it is.
    pub identity: IdentityView,
    /// Where the credential went.
    pub host: String,
    /// The credential with the session it opened and the origins it may be sent to.
    pub payload: Payload,
    /// Whether the session is a new one.
    pub renewed: bool,
    /// What is open of the tokens that it holds, where the check got them or can tell.
    pub opened: Option<Opened>,
}

/// Why a check did not pass.
#[derive(Debug)]
pub struct Failure {
    /// The stable code.
    pub code: CheckCode,
    /// In words.
    pub diagnosis: DiagnosisView,
}

/// A check that has ended but is not written yet.
#[derive(Debug)]
pub struct Finished {
    /// The row to finish.
    pub row: CheckRow,
    /// What it proved, or why it failed.
    pub outcome: Result<Proof, Failure>,
}

/// A check about to run; the caller adds what it proves and inserts it.
pub fn new_check(app: &App, actor: &Actor, connector: &str) -> Result<CheckRow, ServiceError> {
    let now = app.now();
    Ok(CheckRow {
        id: CheckId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: actor.organization.clone(),
        draft: None,
        connection: None,
        connector: connector.to_owned(),
        state: CheckState::Running,
        code: None,
        steps: serde_json::to_string(&waiting_steps())?,
        result: "{}".to_owned(),
        started_at: now,
        deadline_at: now.plus_millis(DEADLINE_MS),
        took_ms: 0,
        asked_by: actor.member().cloned(),
    })
}

/// Runs an inserted check and stores its steps as they come. The caller finishes the row in the transaction of what follows from it.
pub async fn run(app: &App, mut row: CheckRow, manifest: &Manifest, ready: Ready) -> Result<Finished, ServiceError> {
    let Ready { config, mut payload, app: of_app, opened } = ready;
    let (first, ended) = match begin::begin(app, &row.organization, manifest, &config, &mut payload).await? {
        Ok(first) => {
            let lent = grants::lend(app, &row.organization, of_app.as_ref(), &payload).await?;
            let credential = Credential { config: &config, secrets: &lent, bound: payload.bound_origins.clone() };
            (first, Box::pin(prove::prove(app, &row, manifest, &credential)).await)
        }
        Err(ended) => (None, *ended),
    };
    let now = app.now();
    let late = now > row.deadline_at;
    row.took_ms = ended.took_ms.into();
    row.steps = serde_json::to_string(&ended.steps)?;
    let outcome = match ended.result {
        _ if late => Err(Failure { code: CheckCode::Interrupted, diagnosis: interrupted(&row) }),
        Ok(proof) => {
            let renewed = proof.session.is_some();
            if let Some(token) = proof.session {
                payload.session = Some(StoredSession { token, obtained_ms: now.millis() });
            }
            let opened = first.or(opened).or_else(|| opened_of(app, manifest, &config, &payload));
            Ok(Proof { identity: proof.identity, host: destination(app, manifest, &config), payload, renewed, opened })
        }
        Err(failure) => Err(Failure { code: failure.code, diagnosis: diagnose(app, &row, manifest, &config, &failure) }),
    };
    let result = match &outcome {
        Ok(proof) => {
            row.state = CheckState::Passed;
            StoredResult { diagnosis: None, identity: Some(proof.identity.clone()), host: proof.host.clone() }
        }
        Err(failure) => {
            row.state = if late { CheckState::Stopped } else { CheckState::Failed };
            row.code = Some(failure.code.as_str().to_owned());
            StoredResult { diagnosis: Some(failure.diagnosis.clone()), ..StoredResult::default() }
        }
    };
    row.result = serde_json::to_string(&result)?;
    Ok(Finished { row, outcome })
}

/// What a failure means; a saved connection stays saved whatever its check finds.
fn diagnose(app: &App, row: &CheckRow, manifest: &Manifest, config: &BTreeMap<String, String>, failure: &connect::Failure) -> DiagnosisView {
    let mut diagnosis = app.connect.diagnose(manifest, failure, config);
    if row.connection.is_some() {
        diagnosis.sentence = diagnosis.sentence.trim_end_matches("Nothing was saved.").trim_end().to_owned();
    }
    diagnosis
}

/// The headline of a stored failure, such as `Stripe refused the API key.`; none for an unknown code.
pub fn headline(app: &App, manifest: &Manifest, row: &ConnectionRow) -> Option<String> {
    let code = CheckCode::parse(row.failure_code.as_deref()?)?;
    let config = serde_json::from_str(&row.config).unwrap_or_default();
    let failure = connect::Failure { code, step: StepKind::Resolve, status: None, retry_at: None, provider_said: String::new(), reason: String::new() };
    Some(app.connect.diagnose(manifest, &failure, &config).headline)
}

/// Runs `work` to its end whatever happens to the request that asked for it, and waits for it.
pub async fn detached<T: Send + 'static>(app: &App, work: impl Future<Output = Result<T, ServiceError>> + Send + 'static) -> Result<T, ServiceError> {
    app.tasks.spawn(work).await.map_err(ServiceError::internal)?
}

/// Where the credential will be sent; empty until the fields tell.
pub fn destination(app: &App, manifest: &Manifest, values: &BTreeMap<String, String>) -> String {
    app.connect.destination(manifest, values).map(|destination| destination.host_shown).unwrap_or_default()
}
