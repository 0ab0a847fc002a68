//! The kinds of signing in that people tell apart.

use super::Manifest;

/// A kind of signing in that people tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignInKind {
    /// A key or token that was made for the purpose.
    Key,
    /// A user's name and password.
    Password,
    /// A person allows it in a browser, or the app signs in by itself.
    OAuth,
    /// A key that signs each request and is never sent.
    Signed,
    /// Nothing.
    Nothing,
}

impl SignInKind {
    /// Every kind, in the order a filter offers them.
    pub const ALL: [Self; 5] = [Self::Key, Self::Password, Self::OAuth, Self::Signed, Self::Nothing];

    /// The machine name, as in a query string.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Password => "password",
            Self::OAuth => "oauth",
            Self::Signed => "signed",
            Self::Nothing => "none",
        }
    }

    /// The title a filter shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Key => "API key or token",
            Self::Password => "Username and password",
            Self::OAuth => "OAuth",
            Self::Signed => "Signed requests",
            Self::Nothing => "No sign-in",
        }
    }

    /// The kinds that a connector offers. Basic authentication carries a key as often as a password; what the manifest calls it decides.
    pub fn of(manifest: &Manifest) -> Vec<Self> {
        let of_password = manifest.credential_noun.contains("password");
        let mut kinds: Vec<Self> = manifest.ways_to_sign_in().into_iter().filter_map(|kind| Self::of_scheme(kind, of_password)).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    fn of_scheme(kind: &str, of_password: bool) -> Option<Self> {
        match kind {
            "token" => Some(Self::Key),
            "password" if !of_password => Some(Self::Key),
            "password" | "login" | "database" => Some(Self::Password),
            "oauth" => Some(Self::OAuth),
            "signed" => Some(Self::Signed),
            "none" => Some(Self::Nothing),
            _ => None,
        }
    }
}
