//! One connection's page.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, CheckState, ConnectionStatus, Timestamp};
use crate::dto::{CheckView, ConnectionView, IdentityView, TokenView};
use crate::services::connections::activity;
use crate::services::connections::outline::outline;
use crate::services::connections::revoke;
use crate::services::connections::row::{only_looks, row_view};
use crate::services::issues::view as issue_view;
use crate::services::{App, ServiceError, access, connections, expiry, grants, handout, marketplace, teams, views, words};
use crate::store::checks::{self, CheckMark};
use crate::store::connections::ConnectionRow;
use crate::store::grants::{GrantRow, active as active_grant, frozen_since};
use crate::store::{credentials, issues, members};

/// The time that the figures cover: 30 days in milliseconds.
const FIGURES_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
const ACTIVITY: usize = 30;

/// One connection.
///
/// # Errors
/// `NotFound` for an unknown, foreign or malformed id.
pub async fn view(app: &App, actor: &Actor, id: &str) -> Result<ConnectionView, ServiceError> {
    view_at(app, actor, id, "").await
}

/// The same, with the activity after `cursor`.
///
/// # Errors
/// `NotFound`; `InvalidField` for a cursor that no page gave.
pub async fn view_at(app: &App, actor: &Actor, id: &str, cursor: &str) -> Result<ConnectionView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let row = connections::find_outline(app, actor, id).await?;
    if connections::is_of_another(actor, &row) {
        return outline(app, actor, &row).await;
    }
    view_with(app, actor, &row, cursor).await
}

/// The page of a row that was read for this actor.
pub(in crate::services) async fn view_of(app: &App, actor: &Actor, row: &ConnectionRow) -> Result<ConnectionView, ServiceError> {
    view_with(app, actor, row, "").await
}

async fn view_with(app: &App, actor: &Actor, row: &ConnectionRow, cursor: &str) -> Result<ConnectionView, ServiceError> {
    let now = app.now();
    let details = access::may_on(actor, Action::SeeConnectionDetails, row);
    let ended = row.status == ConnectionStatus::Revoked;
    let manifest = marketplace::find(app, &row.organization, &row.connector).await?;
    let manifest = manifest.as_deref();
    let mut reader = app.database.read().await?;
    let marks = checks::marks_since(reader.conn(), &row.organization, &row.id, now.plus_millis(-FIGURES_MS)).await?;
    let names = teams::names(reader.conn(), &row.organization, [row]).await?;
    let may_edit = !ended && access::may_on(actor, Action::ManageConnection, row);
    let movable = may_edit && row.owner.is_none();
    let mut view = ConnectionView {
        now,
        row: row_view(actor, row, manifest, &names, now),
        status: row.status,
        sentence: words::effect(row.status, last_good(&marks)),
        fix: None,
        version: row.edits,
        revision: row.row_version,
        description: row.description.clone(),
        revocation: revoke::way(manifest, &row.config).map(str::to_owned),
        frozen_at: None,
        may_unfreeze: access::may_on(actor, Action::Connect, row),
        identity: None,
        last_check: None,
        settings: Vec::new(),
        connected_by: String::new(),
        connected_at: row.created_at,
        versions: Vec::new(),
        token: None,
        issue: None,
        uses: Vec::new(),
        passed: passed(&marks),
        typical_ms: typical(&marks),
        last_failure: last_failure(&marks, only_looks(actor)),
        consents: manifest.is_some_and(|manifest| needs_consent(row, manifest)),
        receipt: None,
        activity: Vec::new(),
        older_activity: None,
        may_see_details: details,
        may_preview: row.status.may_be_checked()
            && access::may_on(actor, Action::Preview, row)
            && manifest.is_some_and(|manifest| !manifest.streams.is_empty()),
        may_test: row.status.may_be_checked() && access::may_on(actor, Action::TestConnection, row),
        teams: if movable { teams::choices(reader.conn(), actor, Action::ManageConnection).await? } else { Vec::new() },
        may_edit,
        may_disconnect: !ended && access::may_on(actor, Action::Disconnect, row),
        may_delete: ended && access::may_on(actor, Action::Disconnect, row),
    };
    expiry::note_ends(reader.conn(), &row.organization, std::slice::from_mut(&mut view.row)).await?;
    if !details {
        return Ok(view);
    }
    let check = views::find_check(reader.conn(), &row.organization, row.last_check_id.as_deref()).await?;
    let check = check.map(|check| views::check_view(&check, now)).transpose()?;
    view.sentence = words::sentence(row.status, now, row.last_checked_at, &diagnosis(check.as_ref()));
    view.fix = fix(actor, row, manifest);
    view.last_check = check;
    view.frozen_at = frozen_since(reader.conn(), &row.organization, &row.id).await?;
    view.identity = Some(views::column::<IdentityView>("connections", "identity", row.id.as_str(), &row.identity)?);
    view.settings = settings(row, manifest)?;
    view.receipt = grants::receipt(reader.conn(), &row.organization, &row.id, manifest).await?;
    view.connected_by = members::name_of(reader.conn(), &row.organization, &row.created_by).await?.unwrap_or_default();
    let versions = credentials::versions(reader.conn(), &row.organization, &row.id).await?;
    view.versions = versions
        .iter()
        .map(|version| {
            (u32::try_from(version.version).unwrap_or_default(), if version.active { version.activated_at } else { version.created_at }, version.active)
        })
        .collect();
    view.token = active_grant(reader.conn(), &row.organization, &row.id).await?.map(|grant| token_view(grant, view.may_test));
    if let Some(token) = view.token.as_ref().filter(|token| row.status.needs_somebody() && token.failure.is_some()) {
        view.sentence.clone_from(&token.sentence);
    }
    view.issue = issues::of_connection(reader.conn(), &row.organization, &row.id).await?.map(issue_view);
    view.uses = handout::uses_of(app, reader.conn(), &row.organization, &row.id).await?;
    let activity = activity::page(reader.conn(), row, cursor, ACTIVITY).await?;
    view.activity = activity.items;
    view.older_activity = activity.next_cursor;
    Ok(view)
}

fn token_view(grant: GrantRow, may_renew: bool) -> TokenView {
    let failure = Some(grant.failure_code).filter(|code| !code.is_empty());
    TokenView {
        kind: grant.kind.as_str().to_owned(),
        obtained_at: grant.obtained_at,
        expires_at: grant.expires_at,
        due_at: grant.due_at,
        renewable_until: grant.refresh_ends_at,
        sentence: failure.as_deref().map(words::renewal).unwrap_or_default(),
        failure,
        may_renew,
    }
}

fn diagnosis(check: Option<&CheckView>) -> String {
    let Some(diagnosis) = check.and_then(|check| check.diagnosis.as_ref()) else { return String::new() };
    format!("{}. {}", diagnosis.headline.trim_end_matches('.'), diagnosis.sentence).trim().to_owned()
}

/// What mends it: a credential that does not work is changed, an ended connection is made anew.
pub(in crate::services) fn fix(actor: &Actor, row: &ConnectionRow, manifest: Option<&Manifest>) -> Option<(String, String)> {
    let manifest = manifest.filter(|_| access::may_on(actor, Action::Connect, row))?;
    match row.status {
        ConnectionStatus::ReauthRequired if needs_consent(row, manifest) => {
            Some((format!("Sign in to {} again", manifest.name), format!("/connections/{}/reconnect", row.id)))
        }
        ConnectionStatus::Error | ConnectionStatus::ReauthRequired => {
            Some((format!("Change the {}", manifest.credential_noun), format!("/connections/{}/credentials", row.id)))
        }
        ConnectionStatus::Revoked => {
            let path = if manifest.quick { format!("/connect/{}/quick", manifest.id) } else { format!("/marketplace/{}", manifest.id) };
            Some(("Connect again".to_owned(), path))
        }
        ConnectionStatus::Pending | ConnectionStatus::Active | ConnectionStatus::Disabled => None,
    }
}

/// Whether a person allows access for it at the provider.
fn needs_consent(row: &ConnectionRow, manifest: &Manifest) -> bool {
    let config: std::collections::BTreeMap<String, String> = serde_json::from_str(&row.config).unwrap_or_default();
    manifest.oauth_of(&config).is_some_and(crate::catalogue::OAuth::needs_app)
}

fn settings(row: &ConnectionRow, manifest: Option<&Manifest>) -> Result<Vec<(String, String)>, ServiceError> {
    let config: std::collections::BTreeMap<String, String> = views::column("connections", "config", row.id.as_str(), &row.config)?;
    let mut settings = Vec::new();
    for field in manifest.map(|manifest| manifest.fields.as_slice()).unwrap_or_default() {
        if let Some(value) = config.get(&field.id).filter(|value| !value.is_empty() && !field.kind.is_secret()) {
            let title = field.options.iter().find(|option| option.value == *value).map_or(value, |option| &option.title);
            settings.push((field.title.clone(), title.clone()));
        }
    }
    settings.push(("May be sent to".to_owned(), row.host.clone()));
    settings.push(("Connection id".to_owned(), row.id.to_string()));
    Ok(settings)
}

fn ended(marks: &[CheckMark], state: CheckState) -> impl DoubleEndedIterator<Item = &CheckMark> {
    marks.iter().filter(move |mark| mark.state == state)
}

fn last_good(marks: &[CheckMark]) -> Option<Timestamp> {
    ended(marks, CheckState::Passed).next_back().map(|mark| mark.at)
}

fn passed(marks: &[CheckMark]) -> (u32, u32) {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let good = ended(marks, CheckState::Passed).count();
    (number(good), number(good + ended(marks, CheckState::Failed).count()))
}

fn typical(marks: &[CheckMark]) -> Option<(u32, u32)> {
    let mut times: Vec<u32> = ended(marks, CheckState::Passed).map(|mark| u32::try_from(mark.took_ms).unwrap_or_default()).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().zip(times.last().copied())
}

fn last_failure(marks: &[CheckMark], only_looks: bool) -> Option<(Timestamp, String)> {
    let mark = ended(marks, CheckState::Failed).next_back()?;
    Some((mark.at, if only_looks { String::new() } else { words::reason(mark.code.as_deref()) }))
}
