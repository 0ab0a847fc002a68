//! Whether a provider knows an app by its secret.

use super::endpoint::is_complete;
use super::{AppCredentials, Code, Party, TokenProblem};
use crate::catalogue::OAuth;
use crate::connect::Connector;
use crate::vault::Secret;

/// What a provider says of an app's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientProof {
    /// It takes it.
    Right,
    /// It refuses it.
    Wrong,
    /// It does not tell; the stable code of why.
    Unclear(String),
}

impl Connector {
    /// Spends a code that nobody was given, with the app's secret and then with another one: a provider that answers the two differently has judged the secret
    /// (RFC 6749 §5.2: `invalid_client` before `invalid_grant`). It may take twenty seconds and hands out nothing.
    pub async fn prove_client(&self, party: &Party<'_>, made_up: Code<'_>, other_secret: &Secret<String>) -> ClientProof {
        if !is_complete(party) {
            return ClientProof::Unclear(TokenProblem::Entries("address").code());
        }
        let code = match refusal(self.take_code(party, made_up).await) {
            Ok(code) if is_of_client(party.oauth, &code) => return ClientProof::Wrong,
            Ok(code) => code,
            Err(why) => return ClientProof::Unclear(why),
        };
        let app = party.app;
        let open = party.oauth.app_fields.iter().filter(|field| !field.kind.is_secret());
        let fields = open.filter_map(|field| app.fields.get(&field.id).map(|value| (field.id.clone(), value.duplicate()))).collect();
        let stranger = AppCredentials { client_id: app.client_id.clone(), client_secret: Some(other_secret.duplicate()), fields };
        match refusal(self.take_code(&Party { app: &stranger, ..*party }, made_up).await) {
            Ok(other) if other == code => ClientProof::Unclear("not_told_apart".to_owned()),
            Ok(_) => ClientProof::Right,
            Err(why) => ClientProof::Unclear(why),
        }
    }
}

/// The code of a refusal; otherwise why there is none.
fn refusal<T>(answer: Result<T, TokenProblem>) -> Result<String, String> {
    match answer {
        Err(TokenProblem::Refused { code, .. }) => Ok(code),
        Err(problem) => Err(problem.code()),
        Ok(_) => Err("made_up_code_taken".to_owned()),
    }
}

/// Whether a refusal is one of the app itself; `401` is how some write the status once more.
fn is_of_client(oauth: &OAuth, code: &str) -> bool {
    matches!(code, "invalid_client" | "status_401" | "401") || oauth.client_codes.iter().any(|known| known == code)
}
