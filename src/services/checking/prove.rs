//! The one place that asks `connect` to prove a credential.

use async_trait::async_trait;
use tokio::sync::watch;

use crate::catalogue::Manifest;
use crate::connect::{Credential, Outcome, Progress};
use crate::domain::StepReport;
use crate::services::{App, ServiceError};
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
pub async fn prove(app: &App, row: &CheckRow, manifest: &Manifest, credential: &Credential<'_>) -> Outcome {
    let (sender, mut receiver) = watch::channel(Vec::new());
    let check = async move {
        let progress = Latest(sender);
        Box::pin(app.connect.check(manifest, credential, &progress)).await
    };
    let store = async move {
        while receiver.changed().await.is_ok() {
            let steps = receiver.borrow_and_update().clone();
            if let Err(error) = write(app, row, &steps).await {
                tracing::warn!(check = %row.id, cause = ?error.cause, "a step of a check could not be stored");
            }
        }
    };
    tokio::join!(check, store).0
}

async fn write(app: &App, row: &CheckRow, steps: &[StepReport]) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    checks::save_progress(transaction.conn(), &row.organization, &row.id, &serde_json::to_string(steps)?).await?;
    transaction.commit().await?;
    Ok(())
}
