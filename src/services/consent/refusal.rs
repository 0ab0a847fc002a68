//! What a provider's refusals mean.

use crate::connect::oauth::TokenProblem;
use crate::domain::ConsentTrouble;

/// Characters of a provider's own words that a page shows.
const LONGEST_SAID: usize = 200;

/// What an `error` on the way back means (RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6); only words of this list are kept.
pub fn of_error(error: &str) -> (ConsentTrouble, &'static str) {
    const KNOWN: [(&str, ConsentTrouble); 14] = [
        ("access_denied", ConsentTrouble::Denied),
        ("user_denied", ConsentTrouble::Denied),
        ("user_cancelled_login", ConsentTrouble::Denied),
        ("user_cancelled_authorize", ConsentTrouble::Denied),
        ("login_required", ConsentTrouble::Denied),
        ("consent_required", ConsentTrouble::Denied),
        ("interaction_required", ConsentTrouble::Denied),
        ("account_selection_required", ConsentTrouble::Denied),
        ("invalid_scope", ConsentTrouble::Scope),
        ("invalid_request", ConsentTrouble::ProviderError),
        ("unauthorized_client", ConsentTrouble::AppRefused),
        ("unsupported_response_type", ConsentTrouble::ProviderError),
        ("server_error", ConsentTrouble::ProviderDown),
        ("temporarily_unavailable", ConsentTrouble::ProviderDown),
    ];
    let found = KNOWN.into_iter().find(|(word, _)| *word == error);
    found.map_or((ConsentTrouble::ProviderError, "another"), |(word, trouble)| (trouble, word))
}

/// What it means that no token came for a code.
pub fn of_problem(problem: &TokenProblem) -> ConsentTrouble {
    match problem {
        TokenProblem::Unreachable(_) | TokenProblem::Busy { .. } => ConsentTrouble::ProviderDown,
        TokenProblem::Answer(_) | TokenProblem::Entries(_) => ConsentTrouble::BadTokenResponse,
        TokenProblem::Refused { code, .. } => match code.as_str() {
            "invalid_client" | "unauthorized_client" | "incorrect_client_credentials" | "bad_client_secret" | "invalid_client_id" | "status_401" => {
                ConsentTrouble::AppRefused
            }
            "invalid_scope" => ConsentTrouble::Scope,
            _ => ConsentTrouble::CodeRefused,
        },
    }
}

/// A provider's own words as a page may show them: one line, without invisible characters, not long.
pub fn words(text: &str) -> String {
    let plain = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    plain.take(LONGEST_SAID).collect::<String>().trim().to_owned()
}
