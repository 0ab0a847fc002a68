//! How a person's trip to a provider may end without its aim.

/// Why nothing came of a trip to a provider: the whole list of what a page may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentTrouble {
    /// The way back does not belong to this browser's attempt, was used, or is too late.
    StateInvalid,
    /// The person, or the provider for them, said no.
    Denied,
    /// The provider does not give what was asked for.
    Scope,
    /// The provider says that the request is wrong.
    ProviderError,
    /// The provider has a fault, or cannot be reached.
    ProviderDown,
    /// The provider is not who it should be.
    Issuer,
    /// The provider took its code back, or it was never one of this attempt.
    CodeRefused,
    /// The provider does not accept the organization's app.
    AppRefused,
    /// The provider's answer cannot be used.
    BadTokenResponse,
    /// What was allowed opens no account.
    NoAccount,
    /// The draft was changed, finished or forgotten meanwhile.
    DraftGone,
}

impl ConsentTrouble {
    /// Every end.
    pub const ALL: [Self; 11] = [
        Self::StateInvalid,
        Self::Denied,
        Self::Scope,
        Self::ProviderError,
        Self::ProviderDown,
        Self::Issuer,
        Self::CodeRefused,
        Self::AppRefused,
        Self::BadTokenResponse,
        Self::NoAccount,
        Self::DraftGone,
    ];

    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StateInvalid => "oauth_state_invalid",
            Self::Denied => "oauth_denied",
            Self::Scope => "oauth_scope",
            Self::ProviderError => "oauth_provider_error",
            Self::ProviderDown => "oauth_provider_down",
            Self::Issuer => "oauth_issuer",
            Self::CodeRefused => "oauth_code_refused",
            Self::AppRefused => "oauth_app_refused",
            Self::BadTokenResponse => "oauth_bad_token_response",
            Self::NoAccount => "oauth_no_account",
            Self::DraftGone => "oauth_draft_gone",
        }
    }

    /// Reads a code; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.as_str() == text)
    }

    /// What happened, as a headline.
    pub const fn headline(self) -> &'static str {
        match self {
            Self::StateInvalid => "This way back does not count",
            Self::Denied => "Access was not allowed",
            Self::Scope => "A permission cannot be given",
            Self::ProviderError => "The provider turned the request down",
            Self::ProviderDown => "The provider did not answer as it should",
            Self::Issuer => "Somebody else answered",
            Self::CodeRefused => "The provider took its answer back",
            Self::AppRefused => "The provider does not accept your OAuth app",
            Self::BadTokenResponse => "The provider's answer cannot be used",
            Self::NoAccount => "There is no account to connect",
            Self::DraftGone => "This connection has moved on",
        }
    }

    /// What did not happen, and what to do next.
    pub const fn text(self) -> &'static str {
        match self {
            Self::StateInvalid => {
                "It is not from this browser session, it was used before, or it is more than ten minutes old. Nothing was sent and nothing was saved. Start again \
                 from the connection."
            }
            Self::Denied => "You, or the provider for you, said no. Nothing was saved. Go back and allow access, or leave it.",
            Self::Scope => "The provider does not give one of the permissions to your OAuth app. Nothing was saved. Ask an admin to allow it in the app.",
            Self::ProviderError => {
                "It said that the request was not right. Nothing was saved. Ask an admin to compare the OAuth app with the provider's settings."
            }
            Self::ProviderDown => "Nothing was saved. Wait a few minutes, then start again.",
            Self::Issuer => "The answer is not from the provider that you went to, so it was not used. Nothing was saved. Start again.",
            Self::CodeRefused => {
                "Its answer was too old, was used before, or belongs to another attempt. Nothing was saved. Start again, and come back within a few minutes."
            }
            Self::AppRefused => "Its id or its secret is not the provider's any more. Nothing was saved. Ask an admin to look at the OAuth app.",
            Self::BadTokenResponse => "Something in it is missing or makes no sense. Nothing was saved. Try once more; if it stays so, tell an admin.",
            Self::NoAccount => {
                "Whoever signed in at the provider has no account there that can be connected. Nothing was saved. Sign in there as somebody else."
            }
            Self::DraftGone => "It was changed, finished or forgotten while you were at the provider. Nothing was saved by this. Look at it, then start again.",
        }
    }
}
