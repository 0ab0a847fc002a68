//! From a code to claims (OpenID Connect Core 1.0 §3.1.3, RFC 6749 §4.1.3).

use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::claims::{Claims, Expected, judge};
use super::discovery::Metadata;
use super::problem::OidcProblem;
use super::relying::{Oidc, Party, Proven, Talk, Took};
use crate::egress::{Body, HttpAnswer, HttpCall};
use crate::vault::{Secret, jwt_head};

const FORM: &str = "application/x-www-form-urlencoded";

/// What a token endpoint gives; what else stands there is of no use here.
#[derive(Deserialize)]
struct Given {
    id_token: Option<Secret<String>>,
    access_token: Option<Secret<String>>,
    token_type: Option<String>,
}

/// Takes the code, and judges the ID token that it gives.
pub(super) async fn take(oidc: &Oidc, talk: &mut Talk<'_>, metadata: &Metadata, party: Party<'_>, took: Took<'_>) -> Result<Proven, OidcProblem> {
    let given: Given = json(&talk.send(request(metadata, party, took)).await?)?;
    if !given.token_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err(OidcProblem::Answer("token_type"));
    }
    let id_token = given.id_token.ok_or(OidcProblem::Answer("id_token"))?;
    let head = jwt_head(id_token.expose()).ok_or(OidcProblem::Token("alg"))?;
    let key = oidc.key(talk, party.issuer, metadata, &head).await?;
    let claims: Claims = key.open(id_token.expose()).ok_or(OidcProblem::Token("signature"))?;
    let expected = Expected {
        issuer: party.issuer,
        client_id: party.client_id,
        nonce: took.nonce,
        algorithm: head.algorithm,
        access_token: given.access_token.as_ref().map(|token| token.expose().as_str()),
        proven_since: took.proven_since,
        now: oidc.now(),
    };
    let issuer = judge(&claims, &expected)?;
    let mut proven = proven(&claims, issuer);
    if let (true, Some(token), Some(endpoint)) = (proven.email.is_empty(), &given.access_token, &metadata.userinfo_endpoint) {
        let answer = talk.send(HttpCall::get(endpoint.clone()).bearer(token)).await?;
        add(&mut proven, &answer)?;
    }
    Ok(proven)
}

/// The request for tokens: the client secret in the header (RFC 6749 §2.3.1), or in the body where only that is taken; nothing of it in the address.
fn request(metadata: &Metadata, party: Party<'_>, took: Took<'_>) -> HttpCall {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code").append_pair("code", took.code.expose()).append_pair("redirect_uri", took.redirect_uri);
    form.append_pair("code_verifier", took.verifier.expose());
    if metadata.secret_in_body {
        form.append_pair("client_id", party.client_id).append_pair("client_secret", took.secret.expose());
    }
    let body = Body::secret(FORM, Secret::new(form.finish().into_bytes()));
    let call = HttpCall::post(metadata.token_endpoint.clone(), body);
    if metadata.secret_in_body {
        return call;
    }
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    call.basic(&encoded(party.client_id), &Secret::new(encoded(took.secret.expose())))
}

/// A JSON answer to a code.
pub(super) fn json<T: serde::de::DeserializeOwned>(answer: &HttpAnswer) -> Result<T, OidcProblem> {
    if answer.status == 429 || answer.status >= 500 {
        return Err(OidcProblem::Answer("token_status"));
    }
    if answer.status != 200 {
        return Err(OidcProblem::Code("refused"));
    }
    if answer.content_type.as_deref() != Some("application/json") {
        return Err(OidcProblem::Answer("token_type_of_content"));
    }
    answer.json().ok_or(OidcProblem::Answer("token_json"))
}

fn proven(claims: &Claims, issuer: String) -> Proven {
    Proven {
        subject: claims.subject().to_owned(),
        email: claims.email.clone().unwrap_or_default(),
        email_verified: claims.is_email_verified(&issuer),
        name: claims.name.clone().unwrap_or_default(),
        issuer,
    }
}

/// What a provider says of a person beside the ID token (OpenID Connect Core 1.0 §5.3).
#[derive(Deserialize)]
struct More {
    sub: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: serde_json::Value,
    name: Option<String>,
}

/// Adds what is said beside the token, if it is of the same person (§5.3.2); an answer of another kind adds nothing.
fn add(proven: &mut Proven, answer: &HttpAnswer) -> Result<(), OidcProblem> {
    let Some(more) = answer.json::<More>().filter(|_| answer.status == 200 && answer.content_type.as_deref() == Some("application/json")) else {
        return Ok(());
    };
    if more.sub != proven.subject {
        return Err(OidcProblem::Token("sub_of_userinfo"));
    }
    proven.email = more.email.unwrap_or_default();
    proven.email_verified = more.email_verified == serde_json::Value::Bool(true);
    if proven.name.is_empty() {
        proven.name = more.name.unwrap_or_default();
    }
    Ok(())
}
