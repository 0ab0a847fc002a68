//! The one place that asks `connect` to prove a credential.

use std::collections::BTreeMap;

use async_trait::async_trait;
use tokio::sync::watch;

use crate::catalogue::Manifest;
use crate::connect::{Credential, Outcome, Progress};
use crate::domain::StepReport;
use crate::services::payload::Payload;
use crate::services::{App, ServiceError, grants};
use crate::store::checks::{self, CheckRow};

/// Hands each change of a step to the writer; what comes while it writes is written in one go.
struct Latest(watch::Sender<Vec<StepReport>>);

#[async_trait]
impl Progress for Latest {
    async fn changed(&self, steps: &[StepReport]) {
        self.0.send_replace(steps.to_vec());
    }
}

/// Proves a credential, and stores each change of a step in the row of the check without holding the check up.
pub async fn prove(app: &App, row: &CheckRow, manifest: &Manifest, config: &BTreeMap<String, String>, payload: &Payload) -> Result<Outcome, ServiceError> {
    let lent = grants::lend(app, &row.organization, None, payload).await?;
    let (sender, mut receiver) = watch::channel(Vec::new());
    let check = async move {
        let credential = Credential { config, secrets: &lent, bound: payload.bound_origins.clone() };
        let progress = Latest(sender);
        Box::pin(app.connect.check(manifest, &credential, &progress)).await
    };
    let store = async move {
        while receiver.changed().await.is_ok() {
            let steps = receiver.borrow_and_update().clone();
            if let Err(error) = write(app, row, &steps).await {
                tracing::warn!(check = %row.id, cause = ?error.cause, "a step of a check could not be stored");
            }
        }
    };
    Ok(tokio::join!(check, store).0)
}

async fn write(app: &App, row: &CheckRow, steps: &[StepReport]) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    checks::save_progress(transaction.conn(), &row.organization, &row.id, &serde_json::to_string(steps)?).await?;
    transaction.commit().await?;
    Ok(())
}
