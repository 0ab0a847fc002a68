//! Ceremonies: what the browser is asked for is a row, used once, for five minutes; never in the process.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use webauthn_rs::prelude::{Passkey, Url, Uuid, Webauthn, WebauthnBuilder};

use crate::domain::{Actor, UserId, Visitor};
use crate::services::sign_in::{self, PENDING_MS, Pending};
use crate::services::{App, ServiceError, access, limits, second_factor};
use crate::store::ceremonies::{self, CeremonyRow};
use crate::store::passkeys::{self, PasskeyRow};
use crate::vault::{Token, TokenHash};

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To add a passkey.
    Add,
    /// To sign in, without naming an account.
    SignIn,
    /// To take the second step.
    SecondStep,
    /// To confirm who one is.
    Confirm,
}

impl Purpose {
    /// The name, as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::SignIn => "sign_in",
            Self::SecondStep => "second_step",
            Self::Confirm => "confirm",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Add, Self::SignIn, Self::SecondStep, Self::Confirm].into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// A ceremony that waits for its answer.
#[derive(Debug)]
pub struct Begun {
    /// What the page sends back with the answer.
    pub ceremony: Token,
    /// What the browser is asked for: `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` (WebAuthn level 3, §5.1.9 and §5.1.10).
    pub options: Value,
}

/// Whether passkeys work at the address of this server: browsers take a name, never a bare address.
pub fn possible(app: &App) -> bool {
    party(app).is_ok()
}

/// The relying party: its name and origin are those of the configured address alone.
pub(super) fn party(app: &App) -> Result<Webauthn, ServiceError> {
    let refused = || ServiceError::conflict("Passkeys need this server to have a name, such as latchkey.example.com. Its address is a number now.");
    let origin = Url::parse(&app.settings.public_url).map_err(|_| refused())?;
    let name = origin.domain().ok_or_else(refused)?;
    WebauthnBuilder::new(name, &origin).and_then(|builder| builder.rp_name("Latchkey").build()).map_err(|_| refused())
}

/// Begins to add a passkey.
///
/// # Errors
/// `FreshSignInRequired`; `Conflict` when this server's address is no name.
pub async fn begin_add(app: &App, actor: &Actor) -> Result<Begun, ServiceError> {
    access::require_fresh(app, actor)?;
    access::require_own_account(app, actor).await?;
    let user = second_factor::person(app, actor).await?;
    let party = party(app)?;
    let mut fresh = [0_u8; 16];
    app.random.fill(&mut fresh);
    let mut transaction = app.database.begin().await?;
    let handle = passkeys::handle(transaction.conn(), &user.id, &hex::encode(fresh)).await?;
    let handle = Uuid::parse_str(&handle).map_err(ServiceError::internal)?;
    let known = passkeys::list(transaction.conn(), &user.id).await?.iter().filter_map(read).map(|passkey| passkey.cred_id().clone()).collect();
    transaction.commit().await?;
    let (options, state) = party.start_passkey_registration(handle, &user.email, &user.name, Some(known)).map_err(ServiceError::internal)?;
    let mut options = serde_json::to_value(options)?["publicKey"].take();
    // The authenticator keeps it findable, so that signing in needs no address.
    options["authenticatorSelection"]["residentKey"] = json!("required");
    options["authenticatorSelection"]["requireResidentKey"] = json!(true);
    keep(app, None, Purpose::Add, Some(&user.id), options, serde_json::to_string(&state)?).await
}

/// Begins to sign in with any passkey of this server that the browser finds.
///
/// # Errors
/// `SlowDown` after too many from one address; `Conflict` when this server's address is no name.
pub async fn begin_sign_in(app: &App, visitor: &Visitor) -> Result<Begun, ServiceError> {
    ask(app, Some(visitor), Purpose::SignIn, None).await
}

/// Begins the second step of signing in with one of the person's passkeys.
///
/// # Errors
/// `SignInRequired` when the first step is more than five minutes ago; `SlowDown`; `Conflict`.
pub async fn begin_second_step(app: &App, visitor: &Visitor, pending: &Pending) -> Result<Begun, ServiceError> {
    let user = sign_in::waiting(app, pending).await?;
    ask(app, Some(visitor), Purpose::SecondStep, Some(&user.id)).await
}

/// Begins to confirm with one of the person's passkeys.
///
/// # Errors
/// `Conflict` when this server's address is no name.
pub async fn begin_confirm(app: &App, actor: &Actor) -> Result<Begun, ServiceError> {
    ask(app, None, Purpose::Confirm, Some(access::person(actor)?)).await
}

async fn ask(app: &App, visitor: Option<&Visitor>, purpose: Purpose, user: Option<&UserId>) -> Result<Begun, ServiceError> {
    let party = party(app)?;
    let known: Vec<Passkey> = match user {
        Some(user) => passkeys::list(app.database.read().await?.conn(), user).await?.iter().filter_map(read).collect(),
        None => Vec::new(),
    };
    let (options, state) = party.start_passkey_authentication(&known).map_err(ServiceError::internal)?;
    let options = serde_json::to_value(options)?["publicKey"].take();
    keep(app, visitor, purpose, user, options, serde_json::to_string(&state)?).await
}

/// Stores what the answer will be compared with; strangers may begin so many from one address.
async fn keep(app: &App, visitor: Option<&Visitor>, purpose: Purpose, user: Option<&UserId>, options: Value, state: String) -> Result<Begun, ServiceError> {
    let ceremony = Token::generate(app.random.as_ref());
    let row = CeremonyRow {
        token_hash: ceremony.hash().as_str().to_owned(),
        purpose: purpose.as_str().to_owned(),
        user: user.cloned(),
        state,
        expires_at: app.now().plus_millis(PENDING_MS),
    };
    let mut transaction = app.database.begin().await?;
    if let Some(visitor) = visitor
        && let Some(until) = limits::ceremony_begun(app, &mut transaction, visitor.address).await?
    {
        return Err(ServiceError::slow_down(until));
    }
    ceremonies::insert(transaction.conn(), &row).await?;
    transaction.commit().await?;
    Ok(Begun { ceremony, options })
}

/// Takes the ceremony of a token away, whatever becomes of its answer; none when there is none for this purpose and person.
pub(super) async fn take(app: &App, token: &str, purpose: Purpose, user: Option<&UserId>) -> Result<Option<String>, ServiceError> {
    let mut transaction = app.database.begin().await?;
    let state = ceremonies::take(transaction.conn(), TokenHash::of(token).as_str(), purpose.as_str(), user, app.now()).await?;
    transaction.commit().await?;
    Ok(state)
}

/// What is kept of a passkey.
pub(super) fn read(row: &PasskeyRow) -> Option<Passkey> {
    serde_json::from_str(&row.credential).ok()
}

/// A user handle as the authenticator gives it back.
pub(super) fn handle_of(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// The authenticator's id of a passkey, as it is stored.
pub(super) fn credential_id(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
