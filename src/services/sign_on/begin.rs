//! The way to a provider.

use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use super::provider::{Provider, find, redirect_uri};
use super::{Ended, trouble_of};
use crate::connect::oidc::Asked;
use crate::domain::{Actor, LocalPath, SignOnPurpose, SignOnTrouble, UserId, Visitor};
use crate::services::{App, ServiceError, access, limits};
use crate::store::identities;
use crate::store::sign_on_attempts::{self, AttemptRow};
use crate::vault::{Binding, Secret, Token, TokenHash};

/// How long an attempt counts, in milliseconds.
const COUNTS_MS: i64 = 10 * 60 * 1_000;

/// What somebody wants at a provider.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The provider: its id, or its name in the configuration.
    pub provider: &'a str,
    /// What for.
    pub purpose: SignOnPurpose,
    /// Where to go on to afterwards.
    pub next: &'a LocalPath,
    /// What only this browser's session holds.
    pub binding: &'a str,
}

/// Where the browser is sent.
#[derive(Debug)]
pub struct Departure {
    /// The address at the provider; it holds nothing that must stay secret from the person.
    pub url: Url,
    /// What the provider is called.
    pub label: String,
}

/// What an attempt keeps to itself.
pub(super) struct Kept {
    pub nonce: Secret<String>,
    pub verifier: Secret<String>,
}

#[derive(Serialize, Deserialize)]
struct Pair<'a>(&'a str, &'a str);

/// Begins an attempt.
///
/// # Errors
/// `NotFound` for a provider that there is not; `SignInRequired` and `FreshSignInRequired` where it is about the person who is signed in; `SlowDown`.
pub async fn begin(app: &App, visitor: &Visitor, actor: Option<&Actor>, wish: Wish<'_>) -> Result<Departure, Ended> {
    let user = person(app, actor, wish.purpose)?;
    let mut transaction = app.database.begin().await?;
    if let Some(until) = limits::sign_on_begun(app, &mut transaction, visitor.address).await? {
        return Err(ServiceError::slow_down(until).into());
    }
    transaction.commit().await?;
    let provider = find(app, wish.provider).await?.ok_or_else(ServiceError::not_found)?;
    reachable(app, &provider, actor, user.as_ref(), wish.purpose).await?;
    let [state, nonce, verifier] = std::array::from_fn(|_| Token::generate(app.random.as_ref()));
    let redirect_uri = redirect_uri(app, &provider.key);
    let verifier = Secret::new(verifier.expose().clone());
    let again = wish.purpose == SignOnPurpose::Confirm;
    let asked = Asked { redirect_uri: &redirect_uri, state: state.expose(), nonce: nonce.expose(), verifier: &verifier, again };
    let url = app.connect.oidc().address(provider.party(), asked).await.map_err(|problem| {
        tracing::warn!(provider = provider.key, %problem, "nobody could be sent to a provider");
        Ended::Trouble(trouble_of(&problem))
    })?;
    let hash = state.hash().as_str().to_owned();
    let row = AttemptRow {
        key_id: app.keyring.active_id().to_hex(),
        sealed: seal(app, &hash, nonce.expose(), &verifier)?,
        state_hash: hash,
        owner: provider.owner().to_owned(),
        issuer: provider.issuer.clone(),
        binding: TokenHash::of(wish.binding).as_str().to_owned(),
        purpose: wish.purpose,
        user,
        next: wish.next.as_str().to_owned(),
        redirect_uri,
        created_at: app.now(),
        expires_at: app.now().plus_millis(COUNTS_MS),
        provider: provider.key,
    };
    let mut transaction = app.database.begin().await?;
    sign_on_attempts::insert(transaction.conn(), &row).await?;
    transaction.commit().await?;
    Ok(Departure { url, label: provider.label })
}

/// Who asks, where it is about who is signed in: connecting needs a fresh sign-in.
fn person(app: &App, actor: Option<&Actor>, purpose: SignOnPurpose) -> Result<Option<UserId>, ServiceError> {
    let signed_in = || actor.ok_or_else(|| ServiceError::of(crate::services::ErrorCode::SignInRequired));
    Ok(match purpose {
        SignOnPurpose::SignIn => None,
        SignOnPurpose::Confirm => Some(access::person(signed_in()?)?.clone()),
        SignOnPurpose::Link => {
            access::require_fresh(app, signed_in()?)?;
            Some(access::person(signed_in()?)?.clone())
        }
    })
}

/// Whether there is this provider for the person: others' organizations are as if they were not there.
async fn reachable(app: &App, provider: &Provider, actor: Option<&Actor>, user: Option<&UserId>, purpose: SignOnPurpose) -> Result<(), Ended> {
    let Some(user) = user else { return if provider.enabled { Ok(()) } else { Err(SignOnTrouble::ProviderOff.into()) } };
    let foreign = provider.organization.as_ref().is_some_and(|organization| actor.is_none_or(|actor| actor.organization != *organization));
    if foreign {
        return Err(ServiceError::not_found().into());
    }
    if !provider.enabled {
        return Err(SignOnTrouble::ProviderOff.into());
    }
    let known = identities::of_user(app.database.read().await?.conn(), user).await?.into_iter().any(|identity| identity.provider == provider.key);
    match purpose {
        SignOnPurpose::Confirm if !known => Err(ServiceError::not_found().into()),
        SignOnPurpose::Link if known => {
            Err(ServiceError::conflict("You have connected an account of this provider. Disconnect it first. Nothing was changed.").into())
        }
        _ => Ok(()),
    }
}

fn seal(app: &App, state_hash: &str, nonce: &str, verifier: &Secret<String>) -> Result<Vec<u8>, ServiceError> {
    let text = Zeroizing::new(serde_json::to_vec(&Pair(nonce, verifier.expose()))?);
    Ok(app.keyring.seal(&binding(state_hash), &text, app.random.as_ref()).bytes().to_vec())
}

/// Opens what an attempt kept.
pub(super) fn open(app: &App, row: &AttemptRow) -> Result<Kept, ServiceError> {
    let bytes = app.keyring.open(&binding(&row.state_hash), &row.sealed)?;
    let Pair(nonce, verifier) = serde_json::from_slice(bytes.expose())?;
    Ok(Kept { nonce: Secret::new(nonce.to_owned()), verifier: Secret::new(verifier.to_owned()) })
}

fn binding(state_hash: &str) -> Binding<'_> {
    Binding { organization: "system", kind: "sign_on_attempt", record: state_hash, field: "nonce_and_verifier", version: 1 }
}
