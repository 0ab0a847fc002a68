//! People, where a page names them.

use serde::{Deserialize, Serialize};

/// A person who can help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helper {
    /// The person's name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The role in words.
    pub role: String,
}

/// The page for those who may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpView {
    /// Who is signed in.
    pub person: String,
    /// The person's role in words.
    pub role: String,
    /// The organization's name.
    pub organization: String,
    /// Who can help.
    pub helpers: Vec<Helper>,
}
