//! What is sealed of a credential: its secret fields, the session it opened, and where it may go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::domain::{ConnectionId, DraftId, OrganizationId};
use crate::egress::BoundOrigins;
use crate::services::{App, ErrorCode, ServiceError};
use crate::vault::{Binding, Secret};

/// The secrets of a connection or of a draft.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// The secret fields.
    pub fields: BTreeMap<String, Secret<String>>,
    /// The session that a login opened.
    pub session: Option<StoredSession>,
    /// The tokens that a provider handed out.
    #[serde(default)]
    pub grant: Option<StoredGrant>,
    /// The only origins it may be sent to, such as `https://api.stripe.com:443`.
    pub bound_origins: BoundOrigins,
}

/// Tokens that a provider handed out; what is open of them stands in `grants`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredGrant {
    /// The access token.
    pub access_token: Secret<String>,
    /// The refresh token.
    pub refresh_token: Option<Secret<String>>,
    /// The refresh token before this one, which some providers take once more for a while.
    pub previous_refresh_token: Option<Secret<String>>,
}

#[derive(Serialize)]
struct ExposedGrant<'a> {
    access_token: &'a str,
    refresh_token: Option<&'a str>,
    previous_refresh_token: Option<&'a str>,
}

/// A session that a login opened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredSession {
    /// The minted token.
    pub token: Secret<String>,
    /// When, in UTC milliseconds.
    pub obtained_ms: i64,
}

#[derive(Serialize)]
struct Exposed<'a> {
    fields: BTreeMap<&'a str, &'a str>,
    session: Option<ExposedSession<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<ExposedGrant<'a>>,
    bound_origins: &'a BoundOrigins,
}

#[derive(Serialize)]
struct ExposedSession<'a> {
    token: &'a str,
    obtained_ms: i64,
}

/// Sealed bytes and the root key that sealed them, as rows hold them.
pub struct SealedPayload {
    /// The root key's id in hex.
    pub key_id: String,
    /// The sealed bytes.
    pub bytes: Vec<u8>,
}

impl StoredGrant {
    /// Room for it as JSON, in bytes.
    fn room(&self) -> usize {
        let tokens = [Some(&self.access_token), self.refresh_token.as_ref(), self.previous_refresh_token.as_ref()];
        tokens.into_iter().flatten().map(|token| 2 * token.expose().len() + 64).sum()
    }
}

impl Payload {
    fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, ServiceError> {
        let exposed = Exposed {
            fields: self.fields.iter().map(|(id, value)| (id.as_str(), value.expose().as_str())).collect(),
            session: self.session.as_ref().map(|session| ExposedSession { token: session.token.expose(), obtained_ms: session.obtained_ms }),
            grant: self.grant.as_ref().map(|grant| ExposedGrant {
                access_token: grant.access_token.expose(),
                refresh_token: grant.refresh_token.as_ref().map(|token| token.expose().as_str()),
                previous_refresh_token: grant.previous_refresh_token.as_ref().map(|token| token.expose().as_str()),
            }),
            bound_origins: &self.bound_origins,
        };
        // Room for everything at once, so that growing leaves no copies behind.
        let room = self.fields.values().map(|value| 2 * value.expose().len() + 64).sum::<usize>();
        let room = room + self.grant.as_ref().map_or(0, StoredGrant::room);
        let room = room + self.session.as_ref().map_or(0, |session| 2 * session.token.expose().len()) + 300 * self.bound_origins.0.len() + 256;
        let mut json = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *json, &exposed)?;
        Ok(json)
    }

    /// Whether both hold the same, compared in constant time.
    pub fn equals(&self, other: &Self) -> Result<bool, ServiceError> {
        Ok(self.to_json()?.as_slice().ct_eq(other.to_json()?.as_slice()).into())
    }

    fn seal(&self, app: &App, binding: &Binding<'_>) -> Result<SealedPayload, ServiceError> {
        let sealed = app.keyring.seal(binding, &self.to_json()?, app.random.as_ref());
        Ok(SealedPayload { key_id: app.keyring.active_id().to_hex(), bytes: sealed.bytes().to_vec() })
    }

    fn open(app: &App, binding: &Binding<'_>, sealed: &[u8]) -> Result<Self, ServiceError> {
        let json = app.keyring.open(binding, sealed)?;
        serde_json::from_slice(json.expose()).map_err(|error| {
            // The text of the error may quote what was sealed.
            let cause = format!("the opened bytes are no payload ({:?}, byte {})", error.classify(), error.column());
            ServiceError::of(ErrorCode::SecretUnreadable).caused_by(cause)
        })
    }

    /// Seals it as one version of a connection's credential.
    pub fn seal_credential(&self, app: &App, organization: &OrganizationId, connection: &ConnectionId, version: i64) -> Result<SealedPayload, ServiceError> {
        self.seal(app, &credential(organization, connection, version))
    }

    /// Opens one version of a connection's credential.
    pub fn open_credential(app: &App, organization: &OrganizationId, connection: &ConnectionId, version: i64, sealed: &[u8]) -> Result<Self, ServiceError> {
        Self::open(app, &credential(organization, connection, version), sealed)
    }

    /// Seals it as the secrets of a draft.
    pub fn seal_draft(&self, app: &App, organization: &OrganizationId, draft: &DraftId, version: i64) -> Result<SealedPayload, ServiceError> {
        self.seal(app, &secrets(organization, draft, version))
    }

    /// Opens the secrets of a draft.
    pub fn open_draft(app: &App, organization: &OrganizationId, draft: &DraftId, version: i64, sealed: &[u8]) -> Result<Self, ServiceError> {
        Self::open(app, &secrets(organization, draft, version), sealed)
    }
}

fn credential<'a>(organization: &'a OrganizationId, connection: &'a ConnectionId, version: i64) -> Binding<'a> {
    Binding { organization: organization.as_str(), kind: "credential", record: connection.as_str(), field: "payload", version: version.cast_unsigned() }
}

fn secrets<'a>(organization: &'a OrganizationId, draft: &'a DraftId, version: i64) -> Binding<'a> {
    Binding { organization: organization.as_str(), kind: "draft", record: draft.as_str(), field: "secrets", version: version.cast_unsigned() }
}
