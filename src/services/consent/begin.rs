//! The way to a provider.

use std::collections::BTreeMap;

use url::Url;

use crate::catalogue::{Encoding, OAuth, Template};
use crate::connect::oauth::{AppCredentials, Consent, Party, TokenProblem};
use crate::domain::{Action, Actor, DraftId, OAuthAppId};
use crate::dto::DraftWait;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::consent::{moved_on, require_on, waits};
use crate::services::{App, ServiceError, access, drafts, marketplace, oauth_apps, views};
use crate::store::oauth_attempts::{self, OAuthAttemptRow};
use crate::vault::{Binding, Secret, Token, TokenHash};

/// How long an attempt counts, in milliseconds.
const COUNTS_MS: i64 = 10 * 60 * 1_000;

/// Where the browser is sent.
#[derive(Debug)]
pub struct Departure {
    /// The address at the provider; it holds nothing that must stay secret from the person.
    pub url: Url,
    /// What the provider is called.
    pub label: String,
    /// What comes back as `state`.
    pub state: String,
    /// The draft that waits.
    pub draft: DraftId,
}

/// Begins an attempt for a draft that waits for consent; an earlier one of the draft counts no more. `binding` is what only the browser's session holds; none
/// where no browser asks.
///
/// # Errors
/// `Forbidden`; `NotFound`, also when the app is gone; `Conflict` when the draft does not wait for consent, or its entries lead nowhere.
pub async fn begin(app: &App, actor: &Actor, draft: &str, binding: Option<&str>) -> Result<Departure, ServiceError> {
    access::require(actor, Action::Connect)?;
    access::person(actor)?;
    let draft = drafts::find_any(app, app.database.read().await?.conn(), actor, draft).await?;
    require_on(app, actor, &draft).await?;
    if waits(&draft)? != DraftWait::Consent {
        return Err(moved_on());
    }
    let manifest = marketplace::manifest(app, &actor.organization, &draft.connector).await?;
    let config: BTreeMap<String, String> = views::column("drafts", "entries", draft.id.as_str(), &draft.entries)?;
    let oauth = manifest.oauth_of(&config).filter(|oauth| oauth.needs_app()).ok_or_else(moved_on)?;
    let id = draft.app.as_ref().map(OAuthAppId::as_str).unwrap_or_default();
    let row = oauth_apps::find_for_use(app, actor, &draft.connector, id).await?;
    let credentials = oauth_apps::credentials(app, &row)?;
    let party = Party { manifest: &manifest, oauth, config: &config, app: &credentials };
    let [state, verifier] = std::array::from_fn(|_| Token::generate(app.random.as_ref()));
    let verifier = Secret::new(verifier.expose().clone());
    let redirect_uri = oauth_apps::redirect_uri(app, &draft.connector);
    let consent = Consent { redirect_uri: &redirect_uri, state: state.expose(), verifier: &verifier };
    let url = app.connect.consent_url(&party, consent).map_err(|problem| nowhere(&problem))?;
    let hash = state.hash().as_str().to_owned();
    let attempt = OAuthAttemptRow {
        key_id: app.keyring.active_id().to_hex(),
        sealed: app.keyring.seal(&sealed_as(&actor.organization, &hash), verifier.expose().as_bytes(), app.random.as_ref()).bytes().to_vec(),
        state_hash: hash,
        organization: actor.organization.clone(),
        member: access::member(actor)?.clone(),
        binding: binding.map(|binding| TokenHash::of(binding).as_str().to_owned()),
        connector: draft.connector.clone(),
        app: row.id,
        draft: draft.id.clone(),
        issuer: issuer(oauth, &config, &credentials),
        redirect_uri,
        created_at: app.now(),
        expires_at: app.now().plus_millis(COUNTS_MS),
    };
    let mut transaction = app.database.begin().await?;
    oauth_attempts::insert(transaction.conn(), &attempt).await?;
    let event = AuditEvent::done("consent.begun", Target::draft(&draft.id, &draft.name), vec![Fact::Connector(draft.connector.clone())]);
    audit::record(app, &mut transaction, actor.into(), event).await?;
    transaction.commit().await?;
    Ok(Departure { url, label: manifest.name.clone(), state: state.expose().clone(), draft: draft.id })
}

/// The issuer that must name itself on the way back; empty where the connector names none.
fn issuer(oauth: &OAuth, config: &BTreeMap<String, String>, app: &AppCredentials) -> String {
    let open = |id: &str| match id {
        "client_id" => Some(app.client_id.as_str()),
        _ => config.get(id).map(String::as_str),
    };
    oauth.issuer.as_ref().map(|issuer: &Template| issuer.fill(Encoding::Plain, &open)).unwrap_or_default()
}

fn nowhere(problem: &TokenProblem) -> ServiceError {
    tracing::warn!(%problem, "nobody could be sent to a provider");
    ServiceError::conflict("The entries make no address of the provider. Nothing was sent. Change the details.")
}

/// What the verifier of an attempt is sealed as.
pub(super) fn sealed_as<'a>(organization: &'a crate::domain::OrganizationId, state_hash: &'a str) -> Binding<'a> {
    Binding { organization: organization.as_str(), kind: "oauth_attempt", record: state_hash, field: "verifier", version: 1 }
}
