//! The first start: a one-time link makes the organization and its first admin.

use unicode_normalization::UnicodeNormalization;

use crate::domain::{DisplayName, Email, MemberId, OrganizationId, Role, UserId, Visitor};
use crate::dto::SetupView;
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::sign_in::{actor, salt};
use crate::services::{App, ErrorCode, FieldError, ServiceError, SignedIn, limits, passwords};
use crate::store::{members, organizations, schema_state, setup_links, users};
use crate::vault::{PasswordHashingError, Secret, Token, TokenHash};

/// What the setup form sends.
#[derive(Debug)]
pub struct SetupForm {
    /// The organization's name.
    pub organization: String,
    /// The first admin's name.
    pub name: String,
    /// The first admin's address.
    pub email: String,
    /// The first admin's password.
    pub password: Secret<String>,
}

struct Parsed {
    organization: DisplayName,
    name: DisplayName,
    email: Email,
}

/// Makes the setup link of a fresh installation, replacing one that was not used; none once an organization exists.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn ensure_link(app: &App) -> Result<Option<Token>, ServiceError> {
    let mut transaction = app.database.begin().await?;
    if organizations::count(transaction.conn()).await? > 0 {
        return Ok(None);
    }
    let token = Token::generate(app.random.as_ref());
    setup_links::replace(transaction.conn(), token.hash().as_str(), app.now()).await?;
    let unused = setup_links::find(transaction.conn()).await?.is_some_and(|link| link.used_at.is_none());
    transaction.commit().await?;
    Ok(unused.then_some(token))
}

/// What the setup page shows.
///
/// # Errors
/// `SetupLinkInvalid` when the link is unknown or used.
pub async fn view(app: &App, token: &str) -> Result<SetupView, ServiceError> {
    require_unused(app, token).await?;
    let schema = schema_state(&app.database).await?;
    Ok(SetupView {
        public_url: app.settings.public_url.clone(),
        database: app.settings.database_engine.clone(),
        migrations: usize::try_from(schema.applied).unwrap_or_default(),
        key_source: app.settings.key_source.clone(),
        key_fingerprint: app.settings.key_fingerprint.clone(),
    })
}

/// Makes the organization and its first admin; of two at once, one wins.
///
/// # Errors
/// `SetupLinkInvalid`; `SlowDown` after too many links that did not fit; `InvalidField` for each wrong field.
pub async fn complete(app: &App, visitor: &Visitor, token: &str, form: SetupForm) -> Result<SignedIn, ServiceError> {
    if let Err(error) = require_unused(app, token).await {
        return Err(if error.code == ErrorCode::SetupLinkInvalid { refuse(app, visitor, error).await? } else { error });
    }
    let parsed = parse(&form)?;
    let hash = app.passwords.hash(&form.password, salt(app)).await.map_err(|error| match error {
        PasswordHashingError::Busy => ServiceError::slow_down(app.now().plus_millis(3_000)).caused_by(error),
        PasswordHashingError::Failed => ServiceError::internal(error),
    })?;
    found(app, visitor, token, parsed, hash).await
}

/// Records a link that did not fit, but not without end from one address. The link that fits is never turned away.
async fn refuse(app: &App, visitor: &Visitor, error: ServiceError) -> Result<ServiceError, ServiceError> {
    let mut transaction = app.database.begin().await?;
    if let Some(until) = limits::refused_link(app, &mut transaction, visitor.address).await? {
        return Ok(ServiceError::slow_down(until));
    }
    audit::record(app, &mut transaction, visitor.into(), AuditEvent::refused("setup.refused", Target::default(), Vec::new())).await?;
    transaction.commit().await?;
    Ok(error)
}

async fn found(app: &App, visitor: &Visitor, token: &str, parsed: Parsed, hash: String) -> Result<SignedIn, ServiceError> {
    let (clock, random, now) = (app.clock.as_ref(), app.random.as_ref(), app.now());
    let organization =
        organizations::OrganizationRow { id: OrganizationId::generate(clock, random), name: parsed.organization.as_str().to_owned(), created_at: now };
    let user = users::UserRow {
        id: UserId::generate(clock, random),
        email: parsed.email.as_str().to_owned(),
        name: parsed.name.as_str().to_owned(),
        password_hash: Some(hash),
        super_admin: true,
        theme: String::new(),
        disabled: false,
        created_at: now,
    };
    let member = members::MemberRow {
        id: MemberId::generate(clock, random),
        organization: organization.id.clone(),
        user: user.id.clone(),
        role: Role::SuperAdmin,
        active: true,
        created_at: now,
    };
    let mut transaction = app.database.begin().await?;
    if !setup_links::use_up(transaction.conn(), TokenHash::of(token).as_str(), now).await? || organizations::count(transaction.conn()).await? > 0 {
        return Err(ServiceError::of(ErrorCode::SetupLinkInvalid));
    }
    organizations::insert(transaction.conn(), &organization).await?;
    users::insert(transaction.conn(), &user).await?;
    members::insert(transaction.conn(), &member).await?;
    let actor = actor(&member, &user.name, true, now, visitor);
    let event = AuditEvent::done("setup.done", Target::organization(&organization.id, &organization.name), Vec::new());
    audit::record(app, &mut transaction, (&actor).into(), event).await?;
    transaction.commit().await?;
    Ok(SignedIn { user: user.id, organization: organization.id, member: member.id })
}

async fn require_unused(app: &App, token: &str) -> Result<(), ServiceError> {
    let link = setup_links::find(app.database.read().await?.conn()).await?;
    let unused = link.is_some_and(|link| link.used_at.is_none() && TokenHash::of(token).matches(&link.token_hash));
    if unused { Ok(()) } else { Err(ServiceError::of(ErrorCode::SetupLinkInvalid)) }
}

fn parse(form: &SetupForm) -> Result<Parsed, ServiceError> {
    let organization = DisplayName::parse(&form.organization);
    let name = DisplayName::parse(&form.name);
    let email = Email::parse(&form.email.nfkc().collect::<String>());
    let objection = passwords::objection(form.password.expose(), email.as_ref().ok(), &form.organization);
    match (organization, name, email, objection) {
        (Ok(organization), Ok(name), Ok(email), None) => Ok(Parsed { organization, name, email }),
        (organization, name, email, objection) => {
            let mut fields = Vec::new();
            let mut wrong = |field: &str, message: &str| fields.push(FieldError { field: field.to_owned(), message: message.to_owned() });
            if organization.is_err() {
                wrong("organization", "Give the organisation a name of 1 to 120 characters.");
            }
            if name.is_err() {
                wrong("name", "Tell us your name, 1 to 120 characters.");
            }
            if email.is_err() {
                wrong("email", "Use an address such as name@example.com.");
            }
            if let Some(message) = objection {
                wrong("password", message);
            }
            Err(ServiceError::invalid_fields(fields))
        }
    }
}
