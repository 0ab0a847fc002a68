//! Ids that carry their kind: a prefix and 26 lower-case Crockford base32 digits, time-ordered (48 bits of milliseconds, 80 random bits).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Clock, Random};

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// The text is not an id of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not an id of this kind")
    }
}

impl std::error::Error for InvalidId {}

fn new_digits(clock: &dyn Clock, random: &dyn Random) -> String {
    let mut chance = [0_u8; 10];
    random.fill(&mut chance);
    let mut value = u128::from(clock.now().millis().cast_unsigned() & 0xFFFF_FFFF_FFFF) << 80;
    for (position, byte) in chance.iter().enumerate() {
        value |= u128::from(*byte) << (8 * (9 - position));
    }
    let mut digits = String::with_capacity(LENGTH);
    for position in (0..LENGTH).rev() {
        let index = usize::try_from((value >> (5 * position)) & 31).unwrap_or_default();
        digits.push(char::from(DIGITS[index]));
    }
    digits
}

fn is_valid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| digits.len() == LENGTH && digits.bytes().all(is_digit))
}

/// Whether [`DIGITS`] has it, without a search: a page reads hundreds of ids.
const fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'z') && !matches!(byte, b'i' | b'l' | b'o' | b'u')
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, ordered by the time of `clock`.
            pub fn generate(clock: &dyn Clock, random: &dyn Random) -> Self {
                Self(format!("{}{}", $prefix, new_digits(clock, random)))
            }

            /// Reads an id of this kind.
            ///
            /// # Errors
            /// [`InvalidId`] when the prefix, the length or a digit is wrong.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                if is_valid(text, $prefix) { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
            }

            /// The id as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                if is_valid(&text, $prefix) { Ok(Self(text)) } else { Err(InvalidId) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// A tenant; everything below belongs to exactly one.
    OrganizationId = "org_";
    /// A person with a password.
    UserId = "usr_";
    /// A user's membership in one organization.
    MemberId = "mem_";
    /// A named group of members.
    TeamId = "tea_";
    /// One connected account of one connector.
    ConnectionId = "con_";
    /// One sealed version of a connection's secret.
    CredentialId = "crd_";
    /// A connection being set up.
    DraftId = "drf_";
    /// A one-time link to fill in a draft.
    EntryLinkId = "lnk_";
    /// One live proof of a connection.
    CheckId = "chk_";
    /// A connector that somebody asks for.
    RequestId = "req_";
    /// A connector that an organization added itself.
    OwnConnectorId = "own_";
    /// A program that reads credentials.
    ApplicationId = "app_";
    /// A key of an application.
    ApiKeyId = "key_";
    /// An invitation into an organization.
    InvitationId = "inv_";
    /// A signed-in session, where a page or the API names it.
    SessionId = "ses_";
    /// A passkey of a person.
    PasskeyId = "pas_";
    /// A provider of single sign-on.
    SignOnId = "sso_";
    /// An app that an organization registered with a provider.
    OAuthAppId = "oap_";
    /// What is wrong with a connection, from when it began until it is mended.
    IssueId = "iss_";
    /// A date on which something ends, as somebody entered it.
    ExpiryDateId = "exp_";
    /// Tokens that nobody will use.
    LeftoverId = "lov_";
    /// A letter on its way.
    LetterId = "let_";
}
