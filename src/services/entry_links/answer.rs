//! What the person types who came by a link, and how the test of it went.

use crate::domain::{CheckCode, CheckId, CheckState, Visitor};
use crate::dto::{CheckView, DiagnosisView, VisitResult};
use crate::services::entry_links::RESULT_MS;
use crate::services::entry_links::visit::{Open, by_token, open, organization};
use crate::services::{App, Entries, ErrorCode, FieldError, ServiceError, drafts, entries, limits, marketplace, views, words};
use crate::store::checks::CheckRow;
use crate::store::entry_links::{Ending, EntryLinkRow};
use crate::store::members;
use crate::vault::{Secret, TokenHash};

/// Takes what the visitor typed into the fields that are asked for, and starts the check, which goes on by itself. Everything else that was sent is dropped.
///
/// # Errors
/// `NotFound` as in [`visit`](super::visit()); `SlowDown` after too many forms; `InvalidField`; `Conflict` while somebody else's check runs.
pub async fn answer(app: &App, visitor: &Visitor, token: &str, attempt: &str, typed: Entries) -> Result<CheckId, ServiceError> {
    let link = by_token(app, token).await?;
    let mut transaction = app.database.begin().await?;
    if let Some(until) = limits::sent_to_link(app, &mut transaction, link.as_ref().map(|link| &link.id), visitor.address).await? {
        return Err(ServiceError::slow_down(until));
    }
    transaction.commit().await?;
    let attempt = TokenHash::of(attempt);
    let link = link.ok_or_else(ServiceError::not_found)?;
    if let Some(check) = sent_before(app, &link, &attempt).await? {
        return Ok(check);
    }
    match Box::pin(begin(app, visitor, link, &attempt, typed)).await {
        // The same form sent twice at once: the one that was slower follows the other.
        Err(error) if matches!(error.code, ErrorCode::Conflict | ErrorCode::NotFound) => {
            let link = by_token(app, token).await?.ok_or_else(ServiceError::not_found)?;
            sent_before(app, &link, &attempt).await?.ok_or(error)
        }
        outcome => outcome,
    }
}

async fn begin(app: &App, visitor: &Visitor, link: EntryLinkRow, attempt: &TokenHash, mut typed: Entries) -> Result<CheckId, ServiceError> {
    let open = open(app, link, visitor).await?;
    typed.retain(|id, _| open.asked.contains(id));
    typed.extend(open.given.iter().map(|(id, value)| (id.clone(), Secret::new(value.clone()))));
    let ready = entries::accept(app, &open.manifest, &typed).map_err(|fields| refusal(&open, fields))?.refuse_consent(&open.manifest)?;
    let actor = open.actor(visitor);
    drafts::submit_by_link(app, &actor, open.manifest, open.draft, ready, attempt.as_str()).await
}

/// The check that this very form began, unless it has failed.
async fn sent_before(app: &App, link: &EntryLinkRow, attempt: &TokenHash) -> Result<Option<CheckId>, ServiceError> {
    if !link.attempt.as_deref().is_some_and(|known| attempt.matches(known)) || link.ending == Some(Ending::Withdrawn) {
        return Ok(None);
    }
    let check = views::find_check(app.database.read().await?.conn(), &link.organization, link.check.as_ref().map(CheckId::as_str)).await?;
    let goes_on = |check: &CheckRow| check.state == CheckState::Running && app.now() <= check.deadline_at;
    Ok(check.filter(|check| goes_on(check) || (check.state == CheckState::Passed && is_shown(app, check))).map(|check| check.id))
}

fn is_shown(app: &App, check: &CheckRow) -> bool {
    app.now().since(check.started_at) < RESULT_MS
}

/// What is wrong with the visitor's own fields; what is wrong with the asker's is not the visitor's to mend.
fn refusal(open: &Open, mut fields: Vec<FieldError>) -> ServiceError {
    fields.retain(|error| open.asked.contains(&error.field));
    if fields.is_empty() {
        let asker = &open.asker;
        return ServiceError::conflict(format!("Something that {asker} filled in does not fit. Nothing was saved. Tell {asker}, who can make a new link."));
    }
    ServiceError::invalid_fields(fields)
}

/// How a check went that was begun through the link, for an hour.
///
/// # Errors
/// `NotFound` for every other check, and once the link was withdrawn.
pub async fn result(app: &App, visitor: &Visitor, token: &str, check: &str) -> Result<VisitResult, ServiceError> {
    let link = by_token(app, token).await?.ok_or_else(ServiceError::not_found)?;
    let is_its = link.ending != Some(Ending::Withdrawn) && link.check.as_ref().is_some_and(|own| own.as_str() == check);
    let mut reader = app.database.read().await?;
    let found = views::find_check(reader.conn(), &link.organization, Some(check).filter(|_| is_its)).await?;
    let row = found.filter(|row| is_shown(app, row)).ok_or_else(ServiceError::not_found)?;
    let asker = members::name_of(reader.conn(), &link.organization, &link.member).await?.unwrap_or_default();
    drop(reader);
    // The check may have passed since the link was read: both end in one transaction, so the link is read again.
    let link = if row.state == CheckState::Passed { by_token(app, token).await?.ok_or_else(ServiceError::not_found)? } else { link };
    // Passed, and yet nothing came of it: the draft was taken away meanwhile.
    if row.state == CheckState::Passed && link.ending != Some(Ending::Used) {
        return Err(ServiceError::not_found());
    }
    let connector = marketplace::manifest(app, &link.organization, &link.connector).await?.summary_view(0);
    let (organization, expires_at) = (organization(app, &link).await?, link.expires_at);
    let check = without_values(views::check_view(&row, app.now())?);
    let again = open(app, link, visitor).await.is_ok();
    Ok(VisitResult { connector, asker, organization, check, again, expires_at, now: app.now() })
}

/// The check in words that no typed or stored value can be part of.
fn without_values(mut check: CheckView) -> CheckView {
    check.identity = None;
    for step in &mut check.steps {
        step.detail.clear();
    }
    check.diagnosis = check.diagnosis.map(|diagnosis| DiagnosisView {
        headline: words::reason(Some(&diagnosis.code)),
        code: CheckCode::parse(&diagnosis.code).map(|code| code.as_str().to_owned()).unwrap_or_default(),
        sentence: String::new(),
        cause: String::new(),
        fix: String::new(),
        fix_steps: Vec::new(),
        field: String::new(),
        provider_said: String::new(),
        retry_at: diagnosis.retry_at,
    });
    check
}
