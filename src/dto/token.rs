//! How the token of a connection is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;

/// How the token of a connection is; never the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// How it is renewed: `code`, `client_credentials`, `jwt_bearer` or `login`.
    pub kind: String,
    /// When it came.
    pub obtained_at: Timestamp,
    /// When it ends; none when nobody says.
    pub expires_at: Option<Timestamp>,
    /// When it is renewed next; none when that is not by itself.
    pub due_at: Option<Timestamp>,
    /// When what renews it ends; none when nobody says.
    pub renewable_until: Option<Timestamp>,
    /// Why it could not be renewed last, as a stable code; none when it could.
    pub failure: Option<String>,
    /// The same in a sentence; empty when it could.
    pub sentence: String,
    /// Whether the viewer may renew it now.
    pub may_renew: bool,
}
