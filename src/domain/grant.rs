//! How tokens are renewed.

/// How tokens are renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantKind {
    /// A person allowed it; a refresh token renews it, where there is one (RFC 6749 §6).
    Code,
    /// The connection's own id and secret (RFC 6749 §4.4).
    ClientCredentials,
    /// An assertion that the connection's own key signs (RFC 7523).
    JwtBearer,
    /// A login with the connection's user name and password.
    Login,
}

impl GrantKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Code, Self::ClientCredentials, Self::JwtBearer, Self::Login];

    /// The machine name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::ClientCredentials => "client_credentials",
            Self::JwtBearer => "jwt_bearer",
            Self::Login => "login",
        }
    }

    /// Reads a machine name; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
