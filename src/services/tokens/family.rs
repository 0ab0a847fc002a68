//! The beginning and the end of a family.

use crate::domain::{Actor, MemberId, SessionId, Visitor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::somebody;
use crate::services::tokens::{FAMILY_MS, IDLE_MS, Issued, audience, signing_key};
use crate::services::{App, ErrorCode, ServiceError, SignedIn, sign_in};
use crate::store::Transaction;
use crate::store::token_families::{self, FamilyRow};
use crate::vault::{ACCESS_TOKEN_SECONDS, AccessClaims, Secret, SigningKey, Token};

/// Begins a family for a person who has just signed in.
///
/// # Errors
/// [`ServiceError`] when it cannot be stored.
pub async fn begin(app: &App, visitor: &Visitor, signed_in: &SignedIn) -> Result<Issued, ServiceError> {
    let now = app.now();
    let key = signing_key(app).await?;
    let actor = sign_in::actor_of(app, &signed_in.user, &signed_in.organization, now, visitor).await?;
    let actor = actor.ok_or_else(|| ServiceError::of(ErrorCode::LoginFailed))?;
    let family = FamilyRow {
        id: SessionId::generate(app.clock.as_ref(), app.random.as_ref()),
        organization: signed_in.organization.clone(),
        user: signed_in.user.clone(),
        member: signed_in.member.clone(),
        address: visitor.address.to_string(),
        user_agent: visitor.user_agent.clone(),
        proven_at: now,
        created_at: now,
        used_at: now,
        ends_at: now.plus_millis(FAMILY_MS),
        ended_at: None,
        ended_why: String::new(),
    };
    let mut transaction = app.database.begin().await?;
    token_families::insert(transaction.conn(), &family).await?;
    let issued = issue(app, &mut transaction, &key, &family).await?;
    audit::record(app, &mut transaction, (&actor).into(), AuditEvent::done("tokens.begun", target(&family.id), Vec::new())).await?;
    transaction.commit().await?;
    Ok(issued)
}

/// Ends a family because its person signs out; its access tokens stop at once.
///
/// # Errors
/// [`ServiceError`] when it cannot be recorded.
pub async fn end(app: &App, actor: &Actor, family: &SessionId) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    if token_families::end(transaction.conn(), family, app.now(), "signed_out").await? {
        audit::record(app, &mut transaction, actor.into(), AuditEvent::done("sign_out.done", target(family), Vec::new())).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Ends the family of a membership that has ended, when it is noticed.
pub(super) async fn end_gone(app: &App, family: &FamilyRow, visitor: &Visitor) -> Result<(), ServiceError> {
    let mut transaction = app.database.begin().await?;
    if token_families::end(transaction.conn(), &family.id, app.now(), "member_gone").await? {
        let actor = somebody(&family.organization, visitor);
        let event = AuditEvent::refused("tokens.ended", target(&family.id), vec![Fact::Code("member_gone".to_owned()), owner(&family.member)]);
        audit::record(app, &mut transaction, (&actor).into(), event).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Signs an access token of the family and stores a new refresh token.
pub(super) async fn issue(app: &App, transaction: &mut Transaction, key: &SigningKey, family: &FamilyRow) -> Result<Issued, ServiceError> {
    let now = app.now();
    let seconds = now.millis().div_euclid(1_000);
    let mut name = [0_u8; 16];
    app.random.fill(&mut name);
    let claims = AccessClaims {
        iss: app.settings.public_url.clone(),
        aud: audience(app),
        sub: family.user.clone(),
        org: family.organization.clone(),
        sid: family.id.clone(),
        exp: seconds.saturating_add(ACCESS_TOKEN_SECONDS),
        nbf: seconds,
        iat: seconds,
        jti: hex::encode(name),
    };
    let access: Secret<String> = key.sign(&claims).ok_or_else(|| ServiceError::internal("an access token could not be signed"))?;
    let refresh = Token::generate(app.random.as_ref());
    let refresh_ends_at = now.plus_millis(IDLE_MS).min(family.ends_at);
    token_families::add_refresh_token(transaction.conn(), &family.id, refresh.hash().as_str(), now, refresh_ends_at).await?;
    Ok(Issued { at: now, access, access_ends_at: now.plus_millis(ACCESS_TOKEN_SECONDS * 1_000), refresh, refresh_ends_at })
}

pub(super) fn target(family: &SessionId) -> Target {
    Target { kind: "session", id: family.to_string(), name: String::new() }
}

pub(super) fn owner(member: &MemberId) -> Fact {
    Fact::Member(member.to_string())
}
