//! Keys of programs: `lk_live_<id>_<secret><checksum>`, so that a scanner finds one that leaked and a mistyped one is known without asking anybody.

use crate::domain::{ApiKeyId, Random};
use crate::vault::{Secret, TokenHash};

/// What every key begins with.
const PREFIX: &str = "lk_live_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 digits of 62 are 256 bits.
const SECRET_DIGITS: usize = 43;
/// 6 digits of 62 hold every 32-bit number.
const CHECKSUM_DIGITS: usize = 6;

/// A key as it is given out, once.
#[derive(Debug)]
pub struct ApiKey {
    text: Secret<String>,
    hash: TokenHash,
}

/// A key that somebody presents.
#[derive(Debug)]
pub struct PresentedKey {
    /// Which key it says it is.
    pub id: ApiKeyId,
    /// SHA-256 of its secret, to be compared with what is stored.
    pub hash: TokenHash,
}

impl ApiKey {
    /// A new key of this id.
    pub fn generate(id: &ApiKeyId, random: &dyn Random) -> Self {
        let mut secret = String::with_capacity(SECRET_DIGITS);
        while secret.len() < SECRET_DIGITS {
            let mut chance = [0_u8; 1];
            random.fill(&mut chance);
            // 248 is four times 62: every digit is as likely as the others.
            if chance[0] < 248 {
                secret.push(char::from(DIGITS[usize::from(chance[0] % 62)]));
            }
        }
        let hash = TokenHash::of(&secret);
        let digits = id.as_str().trim_start_matches(ApiKeyId::PREFIX);
        let mut text = format!("{PREFIX}{digits}_{secret}");
        text.push_str(&checksum(&text));
        Self { text: Secret::new(text), hash }
    }

    /// The text to give out.
    pub const fn expose(&self) -> &Secret<String> {
        &self.text
    }

    /// What to store.
    pub const fn hash(&self) -> &TokenHash {
        &self.hash
    }
}

impl PresentedKey {
    /// Whether a text is meant to be a key at all.
    pub fn looks_like_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Reads a key; none when its shape or its checksum is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.is_ascii() {
            return None;
        }
        let (id, rest) = text.strip_prefix(PREFIX)?.split_once('_')?;
        if rest.len() != SECRET_DIGITS + CHECKSUM_DIGITS || !rest.bytes().all(|byte| DIGITS.contains(&byte)) {
            return None;
        }
        let (secret, given) = rest.split_at(SECRET_DIGITS);
        let whole = text.get(..text.len() - CHECKSUM_DIGITS)?;
        let id = ApiKeyId::parse(&format!("{}{id}", ApiKeyId::PREFIX)).ok()?;
        (checksum(whole) == given).then(|| Self { id, hash: TokenHash::of(secret) })
    }
}

/// CRC-32 (ISO 3309) of a text in 6 digits of 62.
fn checksum(text: &str) -> String {
    let mut rest = text.bytes().fold(u32::MAX, |sum, byte| {
        let sum = sum ^ u32::from(byte);
        (0..8).fold(sum, |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    }) ^ u32::MAX;
    let mut digits = [b'0'; CHECKSUM_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(rest % 62).unwrap_or_default()];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}
