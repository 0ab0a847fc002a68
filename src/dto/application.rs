//! Programs that use connections, and their keys.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Scope, Timestamp};

/// A member, or a connection, by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// A program in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplicationLine {
    /// `app_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Who answers for it; the name is empty when that person has left.
    pub owner: Named,
    /// Whether its keys work; off stops them all.
    pub active: bool,
    /// How many keys work.
    pub keys: usize,
    /// What its working keys may be used for, together.
    pub scopes: Vec<Scope>,
    /// When one of its keys was last used.
    pub last_used_at: Option<Timestamp>,
    /// When the next of its working keys ends.
    pub next_end: Option<Timestamp>,
    /// When added.
    pub created_at: Timestamp,
}

/// The programs that the viewer may manage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplicationListView {
    /// By name.
    pub applications: Vec<ApplicationLine>,
    /// Whether these are all of the organization, or the viewer's own alone.
    pub all: bool,
    /// The present.
    pub now: Timestamp,
}

/// How a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyState {
    /// It works.
    Working,
    /// It would work, but its application is turned off.
    Off,
    /// It does not work, because its maker may no longer sign in here.
    MakerGone,
    /// Its time is over.
    Expired,
    /// Somebody ended it.
    Ended,
}

/// A key; never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyView {
    /// `key_…`; its digits stand in the key itself.
    pub id: String,
    /// The name that people gave it.
    pub name: String,
    /// How it is.
    pub state: ApiKeyState,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// The only connections that it knows; `null` for all that its maker knows.
    #[schema(required)]
    pub connections: Option<Vec<Named>>,
    /// Who made it: it never works further than this person's role.
    pub maker: Named,
    /// When made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When somebody ended it.
    pub ended_at: Option<Timestamp>,
    /// When it was last used, at most a minute too early.
    pub last_used_at: Option<Timestamp>,
    /// The address that it was last used from; empty before the first use.
    pub last_used_from: String,
}

/// A program and its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplicationView {
    /// The program.
    #[serde(flatten)]
    pub line: ApplicationLine,
    /// Its keys, the newest first.
    pub api_keys: Vec<ApiKeyView>,
    /// The present.
    pub now: Timestamp,
}

/// What a new key can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFormView {
    /// The program.
    pub application: ApplicationView,
    /// The scopes that the viewer may give.
    pub scopes: Vec<Scope>,
    /// The connections that the viewer knows.
    pub connections: Vec<Named>,
    /// Whom the program can be given to.
    pub people: Vec<Named>,
}
