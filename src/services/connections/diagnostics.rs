//! What support needs to know about a connection, and nothing that is secret or says who somebody is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, StepReport, Timestamp};
use crate::services::connections::activity;
use crate::services::{App, ServiceError, access, connections, marketplace, views};
use crate::store::activity::{Happened, of_connection};
use crate::store::checks::{self, CheckRow};
use crate::store::connections::ConnectionRow;
use crate::store::{Conn, credentials};

const CHECKS: i64 = 20;

/// Versions, settings, checks and counts of audit entries of a connection as one JSON object.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn diagnostics(app: &App, actor: &Actor, id: &str) -> Result<Value, ServiceError> {
    access::require(actor, Action::SeeConnectionDetails)?;
    let row = connections::find(app, actor, id).await?;
    access::require_on(actor, Action::SeeConnectionDetails, &row)?;
    let manifest = marketplace::find(app, &row.organization, &row.connector).await?;
    let manifest = manifest.as_deref();
    let mut reader = app.database.read().await?;
    let checks = checks::newest(reader.conn(), &row.organization, &row.id, CHECKS).await?;
    let checks: Vec<Value> = checks.iter().map(check).collect::<Result<_, _>>()?;
    let versions = credentials::versions(reader.conn(), &row.organization, &row.id).await?;
    let versions: Vec<Value> =
        versions.iter().map(|version| json!({"version": version.version, "in_use": version.active, "created_at": version.created_at})).collect();
    let mut whole = json!({
        "made_at": app.now(),
        "latchkey": {"version": app.settings.version, "database": app.settings.database_engine},
        "connector": {"id": row.connector, "name": manifest.map(|manifest| &manifest.name)},
        "connection": {
            "id": row.id,
            "status": row.status,
            "failure_code": row.failure_code,
            "personal": row.owner.is_some(),
            "host": row.host,
            "account_id": row.account_id,
            "config": config(&row, manifest)?,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "last_checked_at": row.last_checked_at,
            "next_check_at": row.next_check_at,
        },
        "credential_versions": versions,
        "checks": checks,
        "audit": audit(reader.conn(), &row).await?,
    });
    hide_addresses(&mut whole);
    Ok(whole)
}

/// The stored fields that the manifest calls no secret.
fn config(row: &ConnectionRow, manifest: Option<&Manifest>) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut config: BTreeMap<String, String> = views::column("connections", "config", row.id.as_str(), &row.config)?;
    config.retain(|id, _| manifest.and_then(|manifest| manifest.field(id)).is_some_and(|field| !field.kind.is_secret()));
    Ok(config)
}

fn check(row: &CheckRow) -> Result<Value, ServiceError> {
    let steps: Vec<StepReport> = views::column("checks", "steps", row.id.as_str(), &row.steps)?;
    Ok(json!({
        "id": row.id,
        "state": row.state.as_str(),
        "code": row.code,
        "started_at": row.started_at,
        "took_ms": row.took_ms,
        "by_itself": row.asked_by.is_none(),
        "steps": steps,
    }))
}

/// How often each thing happened among the last entries, and when last.
async fn audit(on: Conn<'_>, row: &ConnectionRow) -> Result<Vec<Value>, ServiceError> {
    let most = i64::try_from(activity::MOST).unwrap_or(i64::MAX);
    let mut counts: BTreeMap<(String, String), (usize, Timestamp)> = BTreeMap::new();
    for entry in of_connection(on, &row.organization, &row.id, ["", ""], None, most).await? {
        if let Happened::Event { action, outcome, .. } = entry.what {
            counts.entry((action, outcome)).or_insert((0, entry.at)).0 += 1;
        }
    }
    let counts = counts.into_iter().map(|((action, outcome), (count, last))| json!({"action": action, "outcome": outcome, "count": count, "last_at": last}));
    Ok(counts.collect())
}

fn hide_addresses(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('@') => *text = without_addresses(text),
        Value::Array(values) => values.iter_mut().for_each(hide_addresses),
        Value::Object(values) => values.values_mut().for_each(hide_addresses),
        _ => {}
    }
}

/// The text with every e-mail address taken out.
fn without_addresses(text: &str) -> String {
    let in_name = |character: char| character.is_alphanumeric() || "._%+-'!#$&*/=?^`{|}~".contains(character);
    let in_host = |character: char| character.is_alphanumeric() || ".-".contains(character);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        let kept = before.trim_end_matches(in_name);
        let beyond = after.trim_start_matches(in_host);
        if kept.len() == before.len() || beyond.len() == after.len() {
            shown.push_str(before);
            shown.push('@');
            rest = after;
        } else {
            shown.push_str(kept);
            shown.push_str("[e-mail]");
            rest = beyond;
        }
    }
    shown + rest
}
