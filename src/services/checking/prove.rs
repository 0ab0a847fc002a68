//! The one place that asks `connect` to prove a credential.

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::domain::StepReport;
use crate::services::App;
use crate::services::checking::{Failure, Proof};
use crate::services::payload::Payload;
use crate::store::checks::CheckRow;

/// What `connect` found.
pub struct Proved {
    /// The six steps.
    pub steps: Vec<StepReport>,
    /// What they prove.
    pub outcome: Result<Proof, Failure>,
}

/// Proves a credential and stores each change of a step in the row of the check.
pub async fn prove(app: &App, row: &CheckRow, manifest: &Manifest, config: &BTreeMap<String, String>, payload: Payload) -> Proved {
    let _ = (app, row, manifest, config, payload);
    todo!()
}
