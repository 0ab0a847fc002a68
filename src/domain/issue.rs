//! How what was wrong with a connection was mended.

/// What ended an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IssueEnd {
    /// The token could be renewed again.
    Renewed,
    /// A check passed.
    Checked,
    /// A person allowed access anew at the provider.
    SignedIn,
    /// Another credential was put in use.
    Changed,
    /// The connection was disconnected.
    Disconnected,
}

impl IssueEnd {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Renewed, Self::Checked, Self::SignedIn, Self::Changed, Self::Disconnected];

    /// The machine name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Renewed => "renewed",
            Self::Checked => "checked",
            Self::SignedIn => "signed_in",
            Self::Changed => "changed",
            Self::Disconnected => "disconnected",
        }
    }

    /// Reads a machine name; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == text)
    }
}
