//! The one way in: whoever proved who they are comes through here, however they did it.

use serde::{Deserialize, Serialize};

use super::{SignedIn, account_key, actor};
use crate::domain::{OrganizationId, Timestamp, UserId, Visitor};
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::limits::Limits;
use crate::services::{App, ErrorCode, ServiceError};
use crate::store::members::{self, MemberRow};
use crate::store::users::UserRow;
use crate::store::{Transaction, authenticators};

/// How long somebody may take for the second step, in milliseconds.
pub const PENDING_MS: i64 = 5 * 60 * 1_000;

/// How somebody proved who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// By the password.
    Password,
    /// By a passkey whose authenticator asked for a finger, a face or a PIN: two factors at once.
    Passkey,
    /// By a provider of single sign-on.
    SignOn {
        /// The organization whose own provider it is; none for the operator's.
        within: Option<OrganizationId>,
    },
    /// By a link from a letter, such as one that resets a password or invites.
    Letter,
}

impl Proof {
    /// The name in the audit log.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::SignOn { .. } => "sign_on",
            Self::Letter => "letter",
        }
    }

    const fn is_both_factors(&self) -> bool {
        matches!(self, Self::Passkey)
    }

    /// The only organization that the proof counts in.
    const fn within(&self) -> Option<&OrganizationId> {
        match self {
            Self::SignOn { within } => within.as_ref(),
            Self::Password | Self::Passkey | Self::Letter => None,
        }
    }
}

/// Somebody who has half signed in: no actor, only the right to take the second step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The person.
    pub user: UserId,
    /// How the first step was taken.
    pub proof: Proof,
    /// When.
    pub since: Timestamp,
}

/// How far somebody came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// All the way.
    In(SignedIn),
    /// The second step is due.
    SecondStep(Pending),
}

/// Lets a person in who proved who they are, or asks for the second step, and records which; in the first organization that they belong to.
///
/// # Errors
/// `LoginFailed` for a person who is disabled or belongs to no organization.
pub async fn enter(app: &App, visitor: &Visitor, user: &UserRow, proof: Proof) -> Result<Entered, ServiceError> {
    let limits = Limits::of(app, &account_key(&user.email), visitor).await?;
    let mut transaction = app.database.begin().await?;
    let entered = pass(app, &mut transaction, visitor, &limits, user, proof).await?;
    transaction.commit().await?;
    Ok(entered)
}

/// The same within a transaction of the caller.
pub(in crate::services) async fn pass(
    app: &App,
    transaction: &mut Transaction,
    visitor: &Visitor,
    limits: &Limits,
    user: &UserRow,
    proof: Proof,
) -> Result<Entered, ServiceError> {
    if !proof.is_both_factors() && authenticators::has_second_factor(transaction.conn(), &user.id).await? {
        let member = membership(transaction, user, proof.within()).await?;
        let person = actor(&member, &user.name, user.super_admin, Timestamp::default(), visitor);
        let event = AuditEvent::done("sign_in.first_step", Target::default(), vec![Fact::Method(proof.as_str())]);
        audit::record(app, transaction, (&person).into(), event).await?;
        return Ok(Entered::SecondStep(Pending { user: user.id.clone(), proof, since: app.now() }));
    }
    complete(app, transaction, visitor, limits, user, &proof, proof.as_str()).await.map(Entered::In)
}

/// Lets in whoever took every step that is due; `proof` was the first of them, and `method` names all.
pub(super) async fn complete(
    app: &App,
    transaction: &mut Transaction,
    visitor: &Visitor,
    limits: &Limits,
    user: &UserRow,
    proof: &Proof,
    method: &'static str,
) -> Result<SignedIn, ServiceError> {
    let member = membership(transaction, user, proof.within()).await?;
    let person = actor(&member, &user.name, user.super_admin, app.now(), visitor);
    limits.clear_account(transaction).await?;
    audit::record(app, transaction, (&person).into(), AuditEvent::done("sign_in.done", Target::default(), vec![Fact::Method(method)])).await?;
    Ok(SignedIn { user: user.id.clone(), organization: member.organization, member: member.id, confined: proof.within().is_some() })
}

/// The membership of a person who may sign in: in the named organization, or else the oldest.
pub(super) async fn membership(transaction: &mut Transaction, user: &UserRow, within: Option<&OrganizationId>) -> Result<MemberRow, ServiceError> {
    let memberships = if user.disabled { Vec::new() } else { members::of_user(transaction.conn(), &user.id).await? };
    let found = memberships.into_iter().find(|member| within.is_none_or(|organization| member.organization == *organization));
    found.ok_or_else(|| ServiceError::of(ErrorCode::LoginFailed))
}
