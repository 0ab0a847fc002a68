//! Stored rows as pages show them.

use serde::{Deserialize, Serialize};

use crate::domain::{CheckCode, CheckId, CheckState, OrganizationId, StepKind, StepReport, StepState, Timestamp};
use crate::dto::{CheckView, DiagnosisView, IdentityView};
use crate::services::ServiceError;
use crate::store::checks::{self, CheckRow};
use crate::store::{Conn, StoreError};

/// What a finished check leaves in its row: words and names, never a secret.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredResult {
    /// What went wrong.
    pub diagnosis: Option<DiagnosisView>,
    /// Whose account it is.
    pub identity: Option<IdentityView>,
    /// Where the credential went.
    pub host: String,
}

/// A JSON column of a row.
pub fn column<T: serde::de::DeserializeOwned>(table: &'static str, column: &'static str, id: &str, text: &str) -> Result<T, ServiceError> {
    serde_json::from_str(text).map_err(|_| StoreError::BadRow { table, column, id: id.to_owned() }.into())
}

/// A check as far as it is; one that runs past its deadline counts as stopped.
pub fn check_view(row: &CheckRow, now: Timestamp) -> Result<CheckView, ServiceError> {
    let mut steps: Vec<StepReport> = column("checks", "steps", row.id.as_str(), &row.steps)?;
    let result: StoredResult = column("checks", "result", row.id.as_str(), &row.result)?;
    let stopped = row.state == CheckState::Stopped || (row.state == CheckState::Running && now > row.deadline_at);
    if stopped {
        for step in &mut steps {
            if matches!(step.state, StepState::Waiting | StepState::Running) {
                step.state = StepState::NotRun;
            }
        }
    }
    let took = if row.state == CheckState::Running { now.min(row.deadline_at).since(row.started_at) } else { row.took_ms };
    Ok(CheckView {
        id: row.id.to_string(),
        state: if stopped { CheckState::Stopped } else { row.state },
        steps,
        started_at: row.started_at,
        took_ms: u32::try_from(took.max(0)).unwrap_or(u32::MAX),
        diagnosis: if stopped { Some(result.diagnosis.unwrap_or_else(|| interrupted(row))) } else { result.diagnosis },
        identity: result.identity,
    })
}

/// A check of this organization by the id that another row holds; none when there is none.
pub async fn find_check(on: Conn<'_>, organization: &OrganizationId, id: Option<&str>) -> Result<Option<CheckRow>, ServiceError> {
    let Some(id) = id.and_then(|id| CheckId::parse(id).ok()) else { return Ok(None) };
    Ok(checks::find(on, organization, &id).await?)
}

/// Six steps whose turn has not come.
pub fn waiting_steps() -> Vec<StepReport> {
    StepKind::ALL.into_iter().map(StepReport::waiting).collect()
}

/// A check that did not come to its end; a saved connection stays saved.
pub fn interrupted(row: &CheckRow) -> DiagnosisView {
    let rest = if row.connection.is_some() { "" } else { " Nothing was saved." };
    DiagnosisView {
        code: CheckCode::Interrupted.as_str().to_owned(),
        headline: "The check did not come to its end".to_owned(),
        sentence: format!("Latchkey was stopped meanwhile.{rest}"),
        cause: String::new(),
        fix: "Test again".to_owned(),
        fix_steps: Vec::new(),
        field: String::new(),
        provider_said: String::new(),
        retry_at: None,
    }
}
