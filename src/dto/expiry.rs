//! What ends, and when.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::dto::Named;

/// What kind of thing ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryKind {
    /// A date that somebody added.
    Date,
    /// The key, password or token of a connection, as somebody entered it.
    Credential,
    /// What a person allowed at a provider; they have to allow it again.
    SignIn,
    /// A token that a provider handed out.
    AccessToken,
    /// The client secret of an app at a provider.
    ClientSecret,
    /// A key of a program that uses Latchkey.
    ApiKey,
}

/// A reminder before something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExpiryReminder {
    /// How many days before.
    pub days: i64,
    /// Whether it was sent; otherwise it is planned.
    pub sent: bool,
}

/// Something that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExpiryLine {
    /// `exp_…` of a date that somebody entered, which can be changed; none for what Latchkey knows by itself.
    pub id: Option<String>,
    /// What kind of thing it is.
    pub kind: ExpiryKind,
    /// What ends, such as `Client secret of AmPac Ads`.
    pub title: String,
    /// What it belongs to, such as the name of the connection; may be empty.
    pub about: String,
    /// What people say about it; may be empty.
    pub note: String,
    /// Who is told before; none when nobody in particular is.
    pub owner: Option<Named>,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Whether Latchkey renews it by itself, so that nobody has to act.
    pub renews: bool,
    /// The provider that ended it before its time; none when nobody did.
    pub ended_early_by: Option<String>,
    /// The reminders that were sent or are planned.
    pub reminders: Vec<ExpiryReminder>,
    /// Words of the next step, such as `Replace it`.
    pub step: String,
    /// Its page; empty when there is none.
    pub path: String,
    /// Whether the viewer may change or remove the date.
    pub may_edit: bool,
}

/// The expiry calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiryView {
    /// The time this was put together.
    pub now: Timestamp,
    /// What ends, the first to end first.
    pub lines: Vec<ExpiryLine>,
    /// Whether the viewer may add dates.
    pub may_add: bool,
}

/// The form of a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiryFormView {
    /// The time this was put together.
    pub now: Timestamp,
    /// The connection whose credential ends; none for a date of its own.
    pub connection: Option<Named>,
    /// What ends, where that is not for people to say.
    pub subject: String,
    /// The date that is there already; none for a new one.
    pub date: Option<ExpiryLine>,
    /// Who can be told.
    pub people: Vec<Named>,
    /// The id of whoever looks.
    pub viewer: String,
}
