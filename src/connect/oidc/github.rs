//! GitHub, which proves people by OAuth 2 and its API alone
//! (<https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>).
//!
//! There is no signed token: whom the access token opens is what GitHub's own API says over the line, and the token is forgotten at once.

use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use super::exchange::json;
use super::problem::OidcProblem;
use super::relying::{Party, Proven, Talk, Took};
use crate::domain::SignOnKind;
use crate::egress::{Body, HttpCall};
use crate::vault::Secret;

/// What is asked for: the name and the addresses.
pub(super) const SCOPE: &str = "read:user user:email";

/// The addresses of a GitHub.
pub(super) struct Place {
    /// Where the browser is sent.
    pub authorize: Url,
    token: Url,
    user: Url,
    emails: Url,
}

/// The addresses at `site`; those of an Enterprise Server are below its own address.
pub(super) fn place(site: &str) -> Result<Place, OidcProblem> {
    let site = site.trim_end_matches('/');
    let api = if SignOnKind::Github.issuer() == Some(site) { "https://api.github.com".to_owned() } else { format!("{site}/api/v3") };
    let at = |text: String| text.parse::<Url>().map_err(|_| OidcProblem::Answer("endpoint"));
    Ok(Place {
        authorize: at(format!("{site}/login/oauth/authorize"))?,
        token: at(format!("{site}/login/oauth/access_token"))?,
        user: at(format!("{api}/user"))?,
        emails: at(format!("{api}/user/emails"))?,
    })
}

#[derive(Deserialize)]
struct Given {
    access_token: Option<Secret<String>>,
    token_type: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

/// Takes the code, and asks whom it opened. A refused code is answered with 200 and no token.
pub(super) async fn take(talk: &mut Talk<'_>, party: Party<'_>, took: Took<'_>) -> Result<Proven, OidcProblem> {
    let place = place(party.issuer)?;
    let given: Given = json(&talk.send(HttpCall::post(place.token, body(party, took))).await?)?;
    let token = given.access_token.ok_or(OidcProblem::Code("refused"))?;
    if !given.token_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err(OidcProblem::Answer("token_type"));
    }
    let user: User = json(&talk.send(HttpCall::get(place.user).bearer(&token)).await?)?;
    let addresses: Vec<Address> = json(&talk.send(HttpCall::get(place.emails).bearer(&token)).await?)?;
    let address = addresses.into_iter().find(|address| address.primary);
    Ok(Proven {
        issuer: party.issuer.to_owned(),
        subject: user.id.to_string(),
        email_verified: address.as_ref().is_some_and(|address| address.verified),
        email: address.map(|address| address.email).unwrap_or_default(),
        name: user.name.filter(|name| !name.is_empty()).unwrap_or(user.login),
    })
}

fn body(party: Party<'_>, took: Took<'_>) -> Body {
    let mut form = Serializer::new(String::new());
    form.append_pair("client_id", party.client_id).append_pair("client_secret", took.secret.expose()).append_pair("code", took.code.expose());
    form.append_pair("redirect_uri", took.redirect_uri).append_pair("code_verifier", took.verifier.expose());
    Body::secret("application/x-www-form-urlencoded", Secret::new(form.finish().into_bytes()))
}
