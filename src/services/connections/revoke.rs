//! Asking the provider to forget a credential before it is erased here.

use std::collections::BTreeMap;

use crate::catalogue::Manifest;
use crate::connect::Credential;
use crate::domain::{Actor, CheckCode};
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::payload::Payload;
use crate::services::{App, ServiceError, grants, views, words};
use crate::store::connections::ConnectionRow;
use crate::store::credentials;

/// What became of the credential at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The provider has no way to be told.
    NoWay,
    /// Nobody asked for it.
    NotAsked,
    /// The provider ended it.
    Done,
    /// The provider did not know it any more.
    Unknown,
    /// The provider could not be told.
    Failed(CheckCode),
    /// There was nothing here that could be shown to the provider.
    Unreadable,
}

impl Revocation {
    /// Whether it is ended at the provider; none when nobody tried.
    pub const fn revoked(self) -> Option<bool> {
        match self {
            Self::NoWay | Self::NotAsked => None,
            Self::Done | Self::Unknown => Some(true),
            Self::Failed(_) | Self::Unreadable => Some(false),
        }
    }

    /// What was done and what was not, for the person who disconnected.
    pub fn sentence(self, connector: &str, manifest: Option<&Manifest>, config: &str) -> String {
        let provider = manifest.map_or(connector, |manifest| &manifest.name);
        let noun = manifest.map_or("credential", |manifest| &manifest.credential_noun);
        let note = manifest.and_then(|manifest| way(Some(manifest), config)).unwrap_or_default();
        let by_hand = format!("change or delete it at {provider} if nobody else needs it.");
        let rest = match self {
            Self::NoWay => format!("{provider} has no way to be told, so the {noun} still works there: {by_hand}"),
            Self::NotAsked => format!("{provider} was not told, so the {noun} still works there: {by_hand}"),
            Self::Done => format!("{provider} was told and confirmed it. {note}"),
            Self::Unknown => format!("{provider} was told and did not accept the {noun} any more, so it has ended there too."),
            Self::Failed(code) => {
                format!("{provider} could not be told. {} The {noun} may still work there: {by_hand}", words::reason(Some(code.as_str())))
            }
            Self::Unreadable => format!("{provider} could not be told, because the {noun} could not be read. It may still work there: {by_hand}"),
        };
        format!("The {noun} is erased here and checks have stopped. {}", rest.trim_end())
    }
}

/// What the manifest says that telling the provider does; none when there is no way to tell it. Entries with tokens have those revoked.
pub fn way<'a>(manifest: Option<&'a Manifest>, config: &str) -> Option<&'a str> {
    let by_tokens = manifest.and_then(|manifest| manifest.oauth_of(&serde_json::from_str(config).unwrap_or_default()));
    // Tokens that nobody allowed are ended like any credential, where the manifest says how.
    if let Some(oauth) = by_tokens.filter(|oauth| oauth.needs_app() || oauth.revoke.is_some()) {
        return oauth.revoke.as_ref().map(|revoke| revoke.note.as_str());
    }
    manifest.filter(|manifest| manifest.capabilities().contains(&"revoke"))?.revoke.as_ref().map(|revoke| revoke.note.as_str())
}

/// Tells the provider, which takes ten seconds at most. What goes wrong there is an outcome and no failure.
pub async fn tell(app: &App, actor: &Actor, row: &ConnectionRow, manifest: &Manifest) -> Result<Revocation, ServiceError> {
    let config: BTreeMap<String, String> = views::column("connections", "config", row.id.as_str(), &row.config)?;
    let mut transaction = app.database.begin().await?;
    let Some(credential) = credentials::active(transaction.conn(), &row.organization, &row.id).await? else { return Ok(Revocation::Unreadable) };
    let of_app = grants::app_of(transaction.conn(), &credential).await?;
    let asked = AuditEvent::done("connection.revocation_asked", Target::connection(&row.id, &row.name), Vec::new());
    audit::record(app, &mut transaction, actor.into(), asked).await?;
    transaction.commit().await?;
    let Ok(payload) = Payload::open_credential(app, &row.organization, &row.id, credential.version, &credential.sealed) else {
        return Ok(Revocation::Unreadable);
    };
    match grants::revoke(app, &row.organization, of_app.as_ref(), (manifest, &config), &payload).await {
        Ok(Some(ended)) => return Ok(ended.map_or_else(|problem| Revocation::Failed(grants::shown(&problem)), |()| Revocation::Done)),
        Ok(None) => {}
        Err(_) => return Ok(Revocation::Unreadable),
    }
    let Ok(lent) = grants::lend(app, &row.organization, of_app.as_ref(), &payload).await else { return Ok(Revocation::Unreadable) };
    let shown = Credential { config: &config, secrets: &lent, bound: payload.bound_origins.clone() };
    let session = payload.session.as_ref().map(|session| &session.token);
    Ok(match Box::pin(app.connect.revoke(manifest, &shown, session)).await {
        Ok(()) => Revocation::Done,
        Err(failure) if failure.code == CheckCode::AuthRejected => Revocation::Unknown,
        Err(failure) => Revocation::Failed(failure.code),
    })
}
