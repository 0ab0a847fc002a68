//! What is open of tokens that were just handed out, and how it is noted when their connection is saved.

use crate::domain::{GrantKind, OAuthAppId, Timestamp, due_at};
use crate::services::{App, ServiceError};
use crate::store::Transaction;
use crate::store::credentials::CredentialRow;
use crate::store::grants::{self, GrantRow};

/// What is open of tokens that were just handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// How they are renewed.
    pub kind: GrantKind,
    /// The organization's app; none where the connection brings its own id and secret.
    pub app: Option<OAuthAppId>,
    /// What was granted, as the provider said it.
    pub granted: String,
    /// When they came.
    pub obtained_at: Timestamp,
    /// When the access token ends; none when it does not.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends; none when nobody says.
    pub refresh_ends_at: Option<Timestamp>,
}

/// Notes what is open of the tokens that a new version of a credential holds.
///
/// # Errors
/// [`ServiceError`]; then the transaction must not be committed.
pub async fn begin(app: &App, transaction: &mut Transaction, credential: &CredentialRow, opened: &Opened) -> Result<(), ServiceError> {
    let row = GrantRow {
        credential: credential.id.clone(),
        organization: credential.organization.clone(),
        connection: credential.connection.clone(),
        app: opened.app.clone(),
        kind: opened.kind,
        granted: opened.granted.clone(),
        allowed_at: opened.obtained_at,
        obtained_at: opened.obtained_at,
        expires_at: opened.expires_at,
        refresh_ends_at: opened.refresh_ends_at,
        due_at: due(opened, fraction(app)),
        generation: 1,
        lease: 0,
        lease_owner: String::new(),
        lease_until: Timestamp::from_millis(0),
        calling_since: None,
        failures: 0,
        failure_code: String::new(),
        failed_at: None,
    };
    Ok(grants::insert(transaction.conn(), &row).await?)
}

/// When renewing is due: before the token ends, and before a refresh token ends that nobody uses.
fn due(opened: &Opened, fraction: f64) -> Option<Timestamp> {
    let of_access = opened.expires_at.map(|end| due_at(opened.obtained_at, end, fraction));
    let of_refresh = opened.refresh_ends_at.map(|end| end.plus_millis(-(end.since(opened.obtained_at).max(0) / 5)));
    [of_access, of_refresh].into_iter().flatten().min()
}

/// A random fraction from 0 to 1.
fn fraction(app: &App) -> f64 {
    let mut bytes = [0_u8; 4];
    app.random.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}
