//! A check as a page or the API shows it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{CheckState, StepReport, Timestamp};

/// One check with its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckView {
    /// `chk_…`.
    pub id: String,
    /// How the whole stands.
    pub state: CheckState,
    /// The six steps in order.
    pub steps: Vec<StepReport>,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took so far, in milliseconds.
    pub took_ms: u32,
    /// What went wrong and what to do; none unless it failed or stopped.
    pub diagnosis: Option<DiagnosisView>,
    /// Whose account it is; none unless it passed.
    pub identity: Option<IdentityView>,
}

/// A plain diagnosis: headline, sentence, next action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiagnosisView {
    /// The stable code, such as `auth_rejected`.
    pub code: String,
    /// `Stripe refused the secret key`.
    pub headline: String,
    /// What is right, what is not, and that nothing was saved.
    pub sentence: String,
    /// What most often causes it; empty for none.
    pub cause: String,
    /// The label of the one button, such as `Change the secret key`.
    pub fix: String,
    /// Step-by-step help to mend it.
    pub fix_steps: Vec<String>,
    /// The field to mend; empty when no single one.
    pub field: String,
    /// What the provider said, secrets removed; empty for none.
    pub provider_said: String,
    /// When trying again makes sense.
    pub retry_at: Option<Timestamp>,
}

/// Whose account a credential opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityView {
    /// The provider's id of the account.
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// More facts as label and value, such as `Server` and `db.example.com`.
    pub facts: Vec<(String, String)>,
}
