//! Single sign-on: which providers there are, what an attempt is for, and how one may end.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a provider is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignOnKind {
    /// OpenID Connect, by its issuer.
    Oidc,
    /// Google, whose issuer is known.
    Google,
    /// Microsoft for every tenant; the tenant stands in the token.
    Microsoft,
    /// GitHub, which speaks OAuth 2 alone.
    Github,
}

/// The text names no kind of provider, or no purpose of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownSignOn;

impl fmt::Display for UnknownSignOn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a word of single sign-on")
    }
}

impl std::error::Error for UnknownSignOn {}

impl SignOnKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Oidc, Self::Google, Self::Microsoft, Self::Github];

    /// The machine name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Github => "github",
        }
    }

    /// The name a page shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Oidc => "OpenID Connect",
            Self::Google => "Google",
            Self::Microsoft => "Microsoft",
            Self::Github => "GitHub",
        }
    }

    /// The issuer, where it is always the same; `{tenantid}` in it stands for the tenant that signed the token.
    pub const fn issuer(self) -> Option<&'static str> {
        match self {
            Self::Oidc => None,
            Self::Google => Some("https://accounts.google.com"),
            Self::Microsoft => Some("https://login.microsoftonline.com/{tenantid}/v2.0"),
            Self::Github => Some("https://github.com"),
        }
    }

    /// Reads a machine name.
    ///
    /// # Errors
    /// [`UnknownSignOn`] for any other text.
    pub fn parse(text: &str) -> Result<Self, UnknownSignOn> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownSignOn)
    }
}

/// What an attempt at a provider is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOnPurpose {
    /// To sign in.
    SignIn,
    /// To connect the account there with the person who is signed in here.
    Link,
    /// To prove once more who is signed in.
    Confirm,
}

impl SignOnPurpose {
    /// The machine name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Link => "link",
            Self::Confirm => "confirm",
        }
    }

    /// Reads a machine name.
    ///
    /// # Errors
    /// [`UnknownSignOn`] for any other text.
    pub fn parse(text: &str) -> Result<Self, UnknownSignOn> {
        [Self::SignIn, Self::Link, Self::Confirm].into_iter().find(|purpose| purpose.as_str() == text).ok_or(UnknownSignOn)
    }
}

/// Why an attempt ended without its aim: the whole list of what a page may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOnTrouble {
    /// The way back does not belong to this browser's attempt, was used, or is too late.
    StateInvalid,
    /// The person, or the provider for them, said no.
    Denied,
    /// The provider says that it cannot now.
    ProviderRefused,
    /// The provider does not answer, or not as one does.
    ProviderUnreachable,
    /// The provider is not who it should be.
    ProviderMismatch,
    /// The provider took its code back, or it was never one of ours.
    CodeRefused,
    /// What the provider signed does not hold.
    TokenRefused,
    /// Nobody here is connected with this account.
    UnknownAccount,
    /// The provider did not confirm the e-mail address, so nobody can join by it.
    EmailUnverified,
    /// The address has an account here that is not connected.
    AccountExists,
    /// The person does not belong here any more.
    NoAccess,
    /// The organization does not use this provider any more.
    ProviderOff,
    /// The account at the provider is another person's here.
    AlreadyLinked,
    /// Another account at the provider than the one that is connected.
    NotYou,
}

impl SignOnTrouble {
    /// Every end.
    pub const ALL: [Self; 14] = [
        Self::StateInvalid,
        Self::Denied,
        Self::ProviderRefused,
        Self::ProviderUnreachable,
        Self::ProviderMismatch,
        Self::CodeRefused,
        Self::TokenRefused,
        Self::UnknownAccount,
        Self::EmailUnverified,
        Self::AccountExists,
        Self::NoAccess,
        Self::ProviderOff,
        Self::AlreadyLinked,
        Self::NotYou,
    ];

    /// The stable code, as addresses and the audit log have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StateInvalid => "state_invalid",
            Self::Denied => "denied",
            Self::ProviderRefused => "provider_refused",
            Self::ProviderUnreachable => "provider_unreachable",
            Self::ProviderMismatch => "provider_mismatch",
            Self::CodeRefused => "code_refused",
            Self::TokenRefused => "token_refused",
            Self::UnknownAccount => "unknown_account",
            Self::EmailUnverified => "email_unverified",
            Self::AccountExists => "account_exists",
            Self::NoAccess => "no_access",
            Self::ProviderOff => "provider_off",
            Self::AlreadyLinked => "already_linked",
            Self::NotYou => "not_you",
        }
    }

    /// What happened and what to do next.
    pub const fn text(self) -> &'static str {
        match self {
            Self::StateInvalid => "This sign-in does not belong to this browser, was used already, or took longer than ten minutes. Start again.",
            Self::Denied => "You did not allow access at the provider. Nobody was signed in. Try again, or sign in another way.",
            Self::ProviderRefused => "The provider says that it cannot do this now. Nobody was signed in. Try again in a few minutes.",
            Self::ProviderUnreachable => "The provider does not answer as it should. Nobody was signed in. Try again, or sign in another way.",
            Self::ProviderMismatch => "The answer came from another provider than the one you chose. Nobody was signed in. Start again.",
            Self::CodeRefused => "The provider took its answer back. Nobody was signed in. Start again.",
            Self::TokenRefused => "What the provider signed does not hold. Nobody was signed in. Start again, and tell your admin if it happens twice.",
            Self::UnknownAccount => {
                "No account here is connected with that one. Sign in another way and connect it on your account page, or ask an admin for an invitation."
            }
            Self::EmailUnverified => {
                "The provider has not confirmed your e-mail address, so you cannot join by it. Confirm it there, or ask an admin for an invitation."
            }
            Self::AccountExists => "Your address has an account here already. Sign in with your password once, then connect the provider on your account page.",
            Self::NoAccess => "You do not belong to this organisation any more. Ask one of its admins.",
            Self::ProviderOff => "Your organisation does not use this provider any more. Sign in another way.",
            Self::AlreadyLinked => "That account is connected with somebody else here. Nothing was changed.",
            Self::NotYou => "That is another account than the one you connected. Nothing was changed. Try again with yours.",
        }
    }

    /// Reads a code; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.as_str() == text)
    }
}
