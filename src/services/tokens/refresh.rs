//! A new pair of tokens for a refresh token.

use crate::domain::{Email, Visitor};
use crate::services::audit::{self, AuditEvent};
use crate::services::limits::Failures;
use crate::services::mail::{self, Letter};
use crate::services::tokens::family::{end_gone, issue, owner, target};
use crate::services::tokens::{Issued, signing_key};
use crate::services::{App, ErrorCode, ServiceError, limits};
use crate::store::token_families::{self, FamilyRow};
use crate::store::{members, users};
use crate::vault::{Secret, TokenHash};

/// Takes a refresh token and gives the next pair. The token is spent by one conditional change, so that of many uses at once one succeeds;
/// every further use ends the family, because a client that did not get the answer signs in again and a thief does not.
///
/// # Errors
/// `TokenInvalid`, the same for every reason; `SlowDown` after too many of one address.
pub async fn refresh(app: &App, visitor: &Visitor, presented: &Secret<String>) -> Result<Issued, ServiceError> {
    let now = app.now();
    let hash = TokenHash::of(presented.expose());
    let found = token_families::of_refresh_token(app.database.read().await?.conn(), hash.as_str()).await?;
    let Some((family, used)) = found else { return Err(limits::refuse_token(app, visitor, Failures::Unknown).await?) };
    if !family.works(now) {
        return Err(ServiceError::of(ErrorCode::TokenInvalid));
    }
    if used {
        return end_reused(app, &family, visitor).await;
    }
    let person = members::find_active(app.database.read().await?.conn(), &family.organization, &family.user).await?;
    if person.is_none_or(|person| person.member.id != family.member) {
        end_gone(app, &family, visitor).await?;
        return Err(ServiceError::of(ErrorCode::TokenInvalid));
    }
    let key = signing_key(app).await?;
    let mut transaction = app.database.begin().await?;
    if token_families::spend(transaction.conn(), hash.as_str(), now).await? {
        let issued = issue(app, &mut transaction, &key, &family).await?;
        transaction.commit().await?;
        return Ok(issued);
    }
    // Used in this very moment, or its time is over.
    let again = token_families::of_refresh_token(transaction.conn(), hash.as_str()).await?;
    drop(transaction);
    match again {
        Some((family, true)) => end_reused(app, &family, visitor).await,
        _ => Err(ServiceError::of(ErrorCode::TokenInvalid)),
    }
}

/// Ends the family, and tells the log and the person, once; the answer is that of every token that does not work.
async fn end_reused(app: &App, family: &FamilyRow, visitor: &Visitor) -> Result<Issued, ServiceError> {
    let mut transaction = app.database.begin().await?;
    if token_families::end(transaction.conn(), &family.id, app.now(), "reused").await? {
        let actor = limits::somebody(&family.organization, visitor);
        let event = AuditEvent::refused("tokens.reused", target(&family.id), vec![owner(&family.member)]);
        audit::record(app, &mut transaction, (&actor).into(), event).await?;
        let person = users::find(transaction.conn(), &family.user).await?;
        if let Some(email) = person.as_ref().and_then(|person| Email::parse(&person.email).ok()) {
            mail::queue(app, &mut transaction, &email, &letter(app, family, visitor)).await?;
        }
        transaction.commit().await?;
    }
    Err(ServiceError::of(ErrorCode::TokenInvalid))
}

fn letter(app: &App, family: &FamilyRow, visitor: &Visitor) -> Letter {
    let text = format!(
        "Hello,\n\n\
         a refresh token of yours was used a second time, from {}.\n\
         That happens when a token was copied. Latchkey has ended the sign-in it belongs to,\n\
         which was made from {}. Nothing else was changed.\n\n\
         If you use a program that signs in with your password, sign in there again.\n\
         If you do not know what this is about, change your password:\n\n  {}\n",
        visitor.address, family.address, app.settings.public_url
    );
    Letter { subject: "A sign-in of yours was ended".to_owned(), text: Secret::new(text) }
}
