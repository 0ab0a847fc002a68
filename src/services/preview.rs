//! A look at the first rows of a stream of a saved connection.

mod table;

use crate::catalogue::Manifest;
use crate::connect::Credential;
use crate::domain::{Action, Actor};
use crate::dto::{DiagnosisView, PreviewView};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::connections::opened;
use crate::services::{App, ServiceError, access, connections, grants, marketplace, views};
use crate::store::connections::ConnectionRow;

/// How long a token is to work with which reading begins, in milliseconds.
const VALID_MS: i64 = 60_000;

/// Reads the first rows of a stream; the first stream when `stream` is empty. Nothing of it is stored.
///
/// # Errors
/// `Forbidden`; `NotFound` for an unknown connection or stream; `Conflict` when the connection is turned off or disconnected; `SecretUnreadable`.
pub async fn view(app: &App, actor: &Actor, id: &str, stream: &str) -> Result<PreviewView, ServiceError> {
    access::require(actor, Action::Preview)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::Preview, &row)?;
    if !row.status.may_be_checked() {
        return Err(ServiceError::conflict("It is turned off or disconnected, so there is nothing to look at. Nothing was read."));
    }
    let manifest = &*marketplace::manifest(app, &actor.organization, &row.connector).await?;
    let wanted = if stream.is_empty() { manifest.streams.first().map(|first| first.id.clone()) } else { Some(stream.to_owned()) };
    let Some(wanted) = wanted else { return Ok(empty(&row, manifest, String::new())) };
    if manifest.stream(&wanted).is_none() {
        return Err(ServiceError::not_found());
    }
    let mut view = empty(&row, manifest, wanted);
    match read(app, actor, &row, manifest, &view.stream).await? {
        Ok(rows) => view.table = Some(table::of(&rows)),
        Err(diagnosis) => view.diagnosis = Some(diagnosis),
    }
    Ok(view)
}

fn empty(row: &ConnectionRow, manifest: &Manifest, stream: String) -> PreviewView {
    let streams = manifest.streams.iter().map(|stream| (stream.id.clone(), stream.title.clone())).collect();
    PreviewView { id: row.id.to_string(), name: row.name.clone(), streams, stream, table: None, diagnosis: None }
}

/// The audit row is written before the credential is used.
async fn read(
    app: &App,
    actor: &Actor,
    row: &ConnectionRow,
    manifest: &Manifest,
    stream: &str,
) -> Result<Result<crate::connect::Preview, DiagnosisView>, ServiceError> {
    let config = views::column("connections", "config", row.id.as_str(), &row.config)?;
    grants::ensure(app, &row.organization, &row.id, VALID_MS).await?;
    let (mut transaction, stored, payload) = opened::active(app, app.database.begin().await?, actor, row).await?;
    let of_app = grants::app_of(transaction.conn(), &stored).await?;
    let facts = vec![Fact::Stream(stream.to_owned())];
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("connection.previewed", Target::connection(&row.id, &row.name), facts)).await?;
    transaction.commit().await?;
    let lent = grants::lend(app, &row.organization, of_app.as_ref(), &payload).await?;
    let credential = Credential { config: &config, secrets: &lent, bound: payload.bound_origins.clone() };
    let session = payload.session.as_ref().map(|session| &session.token);
    let rows = Box::pin(app.connect.preview(manifest, &credential, session, stream)).await;
    Ok(rows.map_err(|failure| {
        let mut diagnosis = app.connect.diagnose(manifest, &failure, &config);
        diagnosis.sentence = diagnosis.sentence.replace("Nothing was saved.", "Nothing was changed.");
        diagnosis
    }))
}
