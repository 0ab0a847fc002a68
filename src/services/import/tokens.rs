//! Tokens that a person allowed to another program: proven by the access token alone, and frozen, so that two programs never spend one refresh token.

use std::collections::BTreeMap;

use super::candidates::{Candidate, Tokens};
use crate::catalogue::{Manifest, OAuth, validate_entries};
use crate::domain::{Action, Actor, GrantKind, Timestamp};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::checking::{Finished, detached};
use crate::services::entries::Ready;
use crate::services::grants::Opened;
use crate::services::payload::{Payload, StoredGrant};
use crate::services::save::{self, NewConnection};
use crate::services::{App, FieldError, ServiceError, access, connections, entries};
use crate::store::connections::ConnectionRow;
use crate::store::grants::freeze;
use crate::store::oauth_apps::{self, OAuthAppRow};
use crate::store::{Transaction, checks, credentials};
use crate::vault::Secret;

/// How long an access token is believed to work of which nobody says so, in seconds.
const ASSUMED_S: i64 = 3_600;

/// What fits: the open fields, the secret ones, where they go, and the app.
pub(super) struct Accepted {
    config: BTreeMap<String, String>,
    payload: Payload,
    app: OAuthAppRow,
}

/// Entries and tokens that fit the connector, with the app that the tokens belong to; every wrong field otherwise.
pub(super) async fn accept(app: &App, actor: &Actor, candidate: &Candidate) -> Result<Result<Accepted, Vec<FieldError>>, ServiceError> {
    let manifest = &*candidate.manifest;
    let Some(tokens) = &candidate.tokens else { return Ok(Err(vec![wrong("access_token", "There is no token.")])) };
    if !manifest.takes_tokens() {
        return Ok(Err(vec![wrong("tokens", format!("{} takes no tokens from elsewhere. Give its fields instead.", manifest.name))]));
    }
    let at_provider = find_app(app, actor, manifest, &candidate.app).await?;
    let fits = validate_entries(manifest, &candidate.entries);
    let mut errors: Vec<FieldError> = fits.as_ref().err().into_iter().flatten().map(|(field, message)| wrong(field, message.clone())).collect();
    let (mut config, fields) = fits.map(|accepted| (accepted.config, accepted.secrets)).unwrap_or_default();
    for field in manifest.fields.iter().filter(|field| field.filled_by.is_some()) {
        match candidate.entries.get(&field.id).map(|value| value.expose().trim().to_owned()).filter(|value| !value.is_empty()) {
            Some(value) if field.takes(&value) => drop(config.insert(field.id.clone(), value)),
            Some(_) => errors.push(wrong(&field.id, "This does not fit. Copy it again.")),
            None if field.required => errors.push(wrong(&field.id, "This is needed: there is no sign-in here that could fill it.")),
            None => {}
        }
    }
    if tokens.expires_ms.is_some_and(|end| end <= app.now().millis()) {
        errors.push(wrong("access_token", "It has ended. Let the other program renew it, then import the new one; Latchkey does not spend its refresh token."));
    }
    let at_provider = match at_provider {
        Ok(row) => row,
        Err(error) => {
            errors.push(error);
            return Ok(Err(errors));
        }
    };
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    Ok(match app.connect.destination(manifest, &config) {
        Ok(destination) => {
            let copy = |token: &Secret<String>| token.duplicate();
            let grant = StoredGrant { access_token: copy(&tokens.access), refresh_token: tokens.refresh.as_ref().map(copy), previous_refresh_token: None };
            let payload = Payload { fields, session: None, grant: Some(grant), bound_origins: destination.origins };
            Ok(Accepted { config, payload, app: at_provider })
        }
        Err(problem) => Err(vec![wrong(&entries::address_field(manifest), problem.to_string())]),
    })
}

fn wrong(field: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), message: message.into() }
}

/// The app of this label or id, or the only one.
async fn find_app(app: &App, actor: &Actor, manifest: &Manifest, wanted: &str) -> Result<Result<OAuthAppRow, FieldError>, ServiceError> {
    let mut rows = oauth_apps::list(app.database.read().await?.conn(), &actor.organization, Some(&manifest.id)).await?;
    if !wanted.is_empty() {
        rows.retain(|row| row.label == wanted || row.id.as_str() == wanted);
    }
    Ok(match (rows.len(), rows.pop()) {
        (1, Some(row)) => Ok(row),
        (_, None) if wanted.is_empty() => {
            Err(wrong("app", format!("There is no app for {} yet. Register the one that the tokens belong to first, below OAuth apps.", manifest.name)))
        }
        (_, None) => Err(wrong("app", format!("There is no app of this name for {}.", manifest.name))),
        _ => Err(wrong("app", format!("There are several apps for {}. Say which one the tokens belong to: its label as `app`.", manifest.name))),
    })
}

/// Proves the access token and saves the connection with its tokens, frozen when another program may renew them.
///
/// # Errors
/// As for any new connection.
pub(super) async fn save(app: &App, actor: &Actor, candidate: Candidate) -> Result<ConnectionRow, ServiceError> {
    access::require_for(actor, Action::Connect, None)?;
    let Accepted { config, payload, app: at_provider } = accept(app, actor, &candidate).await?.map_err(ServiceError::invalid_fields)?;
    let opened = opened(app, &candidate, &at_provider);
    let (inner, who) = (app.clone(), actor.clone());
    // What is proven is saved, whatever happens to who asked.
    let saved = detached(app, async move {
        let ready = Ready { config, payload, app: Some(at_provider.id), opened };
        let (finished, config) = connections::run_check(&inner, &who, &candidate.manifest, ready).await?;
        conclude(&inner, &who, &candidate, &config, finished).await
    });
    Box::pin(saved).await
}

async fn conclude(
    app: &App,
    actor: &Actor,
    candidate: &Candidate,
    config: &BTreeMap<String, String>,
    finished: Finished,
) -> Result<ConnectionRow, ServiceError> {
    let mut attempt = 1;
    loop {
        let mut transaction = app.database.begin().await?;
        checks::finish(transaction.conn(), &finished.row).await?;
        let proof = match &finished.outcome {
            Ok(proof) => proof,
            Err(failure) => {
                transaction.commit().await?;
                return Err(ServiceError::check_failed(failure.diagnosis.clone()));
            }
        };
        let provider = &candidate.manifest.name;
        let new = NewConnection { provider, name: &candidate.name, personal: false, team: None, config, check: &finished.row, proof };
        save::one_at_a_time(&mut transaction, actor).await?;
        if let Some(same) = save::duplicate(&mut transaction, actor, &new).await? {
            transaction.commit().await?;
            return Err(ServiceError::conflict(format!("This account is already connected, as {}. Nothing was saved.", same.name)));
        }
        match save::connection(app, &mut transaction, actor, &new).await {
            Ok(row) => {
                keep_from_renewing(app, &mut transaction, actor, candidate, &row).await?;
                transaction.commit().await?;
                return Ok(row);
            }
            Err(error) if save::lost_the_name(&error) && attempt < save::ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

/// What is open of the tokens.
fn opened(app: &App, candidate: &Candidate, at_provider: &OAuthAppRow) -> Option<Opened> {
    let (tokens, oauth, now) = (candidate.tokens.as_ref()?, candidate.manifest.oauth.as_ref()?, app.now());
    Some(Opened {
        kind: GrantKind::Code,
        app: Some(at_provider.id.clone()),
        granted: tokens.scope.clone(),
        obtained_at: now,
        expires_at: Some(end_of_access(tokens, oauth, now)),
        refresh_ends_at: tokens.refresh.as_ref().and_then(|_| end_of_refresh(oauth, now)),
        renews: tokens.refresh.is_some(),
    })
}

/// Freezes the tokens when another program may renew them.
async fn keep_from_renewing(app: &App, transaction: &mut Transaction, actor: &Actor, candidate: &Candidate, row: &ConnectionRow) -> Result<(), ServiceError> {
    let Some(tokens) = &candidate.tokens else { return Ok(()) };
    let credential = credentials::active(transaction.conn(), &row.organization, &row.id).await?;
    let credential = credential.ok_or_else(|| ServiceError::internal("a connection that was just saved has no credential"))?;
    let now = app.now();
    if tokens.refresh.is_some() {
        freeze(transaction.conn(), &row.organization, &credential.id, now).await?;
        audit::record(app, transaction, actor.into(), AuditEvent::done("connection.frozen", Target::connection(&row.id, &row.name), Vec::new())).await?;
    }
    Ok(())
}

fn end_of_access(tokens: &Tokens, oauth: &OAuth, now: Timestamp) -> Timestamp {
    let assumed = now.plus_millis(oauth.access_lifetime_s.unwrap_or(ASSUMED_S).saturating_mul(1_000));
    tokens.expires_ms.map_or(assumed, Timestamp::from_millis)
}

/// At the latest then: nobody says when the other program used it last.
fn end_of_refresh(oauth: &OAuth, now: Timestamp) -> Option<Timestamp> {
    let rule = &oauth.refresh;
    [rule.idle_s, rule.lifetime_s].into_iter().flatten().min().map(|seconds| now.plus_millis(seconds.saturating_mul(1_000)))
}
