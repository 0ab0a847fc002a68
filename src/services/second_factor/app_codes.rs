//! Codes of authenticator apps: RFC 6238 with HMAC-SHA-1, six digits, thirty seconds, one step of skew.

use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Algorithm, Builder, Totp};

use super::SetUp;
use crate::domain::Timestamp;
use crate::services::ServiceError;
use crate::vault::Secret;

/// 160 bits, the length of the hash (RFC 4226 §4, R6).
pub(super) const SEED_BYTES: usize = 20;

fn codes_of(seed: &Secret<Vec<u8>>, email: &str) -> Result<Totp, ServiceError> {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1).with_step_duration(30);
    let builder = builder.with_secret(seed.expose().clone()).with_account_name(email).with_issuer(Some("Latchkey"));
    // Its own words may show the account.
    builder.build().map_err(|_| ServiceError::internal("an authenticator app could not be made of its seed"))
}

/// The time step that a code is of; none when it fits no step around `now`.
pub(super) fn step_of(seed: &Secret<Vec<u8>>, email: &str, code: &str, now: Timestamp) -> Result<Option<i64>, ServiceError> {
    let digits: String = code.chars().filter(|character| !character.is_whitespace()).take(7).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(now.millis() / 1_000).unwrap_or_default();
    Ok(codes_of(seed, email)?.check(&digits, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// The key as a picture for the app's camera and as text to type.
pub(super) fn picture(seed: &Secret<Vec<u8>>, email: &str) -> Result<SetUp, ServiceError> {
    let codes = codes_of(seed, email)?;
    let failed = || ServiceError::internal("the picture of an authenticator app could not be drawn");
    let address = codes.to_url().map(Secret::new).map_err(|_| failed())?;
    let code = QrCode::with_error_correction_level(address.expose().as_bytes(), EcLevel::M).map_err(|_| failed())?;
    let width = code.width();
    let mut squares = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            squares.push_str(&format!("M{} {}h1v1h-1z", place % width, place / width));
        }
    }
    let text = totp_rs::Secret::from(seed.expose().clone()).to_base32();
    let groups: Vec<&str> = (0..text.len()).step_by(4).map(|from| &text[from..text.len().min(from + 4)]).collect();
    Ok(SetUp { size: width, squares: Secret::new(squares), key: Secret::new(groups.join(" ")) })
}
