//! Accounts that are connected through their provider's consent page: the whole way, as a browser without JavaScript goes it, and what comes after.

use std::collections::BTreeMap;

use latchkey::catalogue::{Accepted, FilledBy, Grant, OAuth, validate_entries};
use latchkey::connect::oauth::{AppCredentials, Code, Consent, Party, TokenProblem, Tokens};
use latchkey::connect::{Credential, Failure, Outcome};
use latchkey::domain::{CheckCode, StepKind};
use latchkey::sandbox::{Client, Kind};
use latchkey::services::grants::shown;
use latchkey::vault::Secret;
use url::Url;

use super::table::Trial;
use crate::connect::bench::Seen;
use crate::support::client;

const REDIRECT: &str = "https://latchkey.example.com/oauth/callback/";
const STATE: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const VERIFIER: &str = "sandbox-verifier-0123456789abcdefghijklmnopqrstuvwxyz";

/// The application of a played provider, as an organization has it.
pub fn app_of(client: &Client) -> AppCredentials {
    let secret = Some(client.client_secret.clone()).filter(|secret| !secret.is_empty()).map(Secret::new);
    let fields = client.fields.iter().map(|(id, value)| (id.clone(), Secret::new(value.clone()))).collect();
    AppCredentials { client_id: client.client_id.clone(), client_secret: secret, fields }
}

fn copy(secret: &Secret<String>) -> Secret<String> {
    Secret::new(secret.expose().clone())
}

/// What requests carry.
fn lent(accepted: &Accepted, app: &AppCredentials, access: &Secret<String>) -> BTreeMap<String, Secret<String>> {
    let typed = accepted.secrets.iter().chain(&app.fields).map(|(id, value)| (id.clone(), copy(value)));
    typed.chain([("access_token".to_owned(), copy(access))]).collect()
}

/// Allows on the consent page, in the name of the account: the parameters of the way back.
///
/// # Errors
/// What is not as it should be.
pub async fn allow(url: &Url, provider: &str, account: &str) -> Result<BTreeMap<String, String>, String> {
    let http = client::Client::new("http://unused.example").http;
    let page = http.get(url.clone()).send().await.map_err(|problem| problem.to_string())?;
    let status = page.status();
    let text = page.text().await.map_err(|problem| problem.to_string())?;
    let heading = text.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default();
    if status != 200 || !heading.contains("sandbox") || !text.contains(">Allow</button>") || !text.contains(">Deny</button>") || text.contains("<script") {
        return Err(format!("the consent page of {provider} is {status}: {text}"));
    }
    let form = format!("account={}&answer=allow", url::form_urlencoded::byte_serialize(account.as_bytes()).collect::<String>());
    let request = http.post(url.clone()).header("content-type", "application/x-www-form-urlencoded").body(form);
    let answer = request.send().await.map_err(|problem| problem.to_string())?;
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let back = Url::parse(&location).map_err(|_| format!("the consent page leads to `{location}`"))?;
    Ok(back.query_pairs().into_owned().collect())
}

impl Trial<'_> {
    /// Everything that is not as the file says about an account that has its tokens by OAuth.
    pub async fn run_by_oauth(&self, client: Option<&Client>) -> Vec<String> {
        let entries = self.account.values.iter().map(|(id, value)| (id.clone(), Secret::new(value.clone()))).collect();
        let mut accepted = match validate_entries(self.manifest, &entries) {
            Ok(accepted) => accepted,
            Err(errors) => return errors.into_iter().map(|(field, words)| format!("`{field}` does not fit the form: {words}")).collect(),
        };
        let Some(oauth) = self.manifest.oauth_of(&accepted.config) else { return vec!["the entries choose another way than OAuth".to_owned()] };
        let app = match (oauth.grant, client) {
            (Grant::Code, Some(client)) => app_of(client),
            (Grant::Code, None) => return vec!["the file has no `[[oauth.clients]]`".to_owned()],
            _ => AppCredentials {
                client_id: accepted.config.get("client_id").cloned().unwrap_or_default(),
                client_secret: accepted.secrets.get("client_secret").map(copy),
                fields: BTreeMap::new(),
            },
        };
        let tokens = match self.tokens(oauth, &app, &mut accepted).await {
            Ok(tokens) if self.account.kind == Kind::Wrong => return vec![format!("a token is handed out for a code that is not good: {tokens:?}")],
            Ok(tokens) => tokens,
            // Nobody comes back from a consent page here: what the refusal means is all that a person sees.
            Err(Problem::Token(problem @ TokenProblem::Refused { .. })) if oauth.grant != Grant::Code => {
                return self.judge(&without_token(&problem), &accepted);
            }
            Err(Problem::Token(TokenProblem::Refused { .. })) if self.account.kind == Kind::Wrong => return Vec::new(),
            Err(Problem::Token(problem)) => return vec![format!("there is no token: {}", problem.code())],
            Err(Problem::Other(words)) => return vec![words],
        };
        accepted.config.extend(tokens.filled.clone());
        if let Err(words) = self.pick(oauth, &app, &mut accepted, &tokens).await {
            return vec![words];
        }
        let first = self.check_with(&accepted, &lent(&accepted, &app, &tokens.access_token)).await;
        match self.account.kind {
            // It was good, or a refusal stands in place of every route.
            Kind::Revoked if first.result.is_ok() => self.revoked(oauth, &app, &accepted, &tokens).await,
            Kind::Works => {
                let mut found = self.judge(&first, &lent_accepted(&accepted, &app, &tokens));
                if found.is_empty() {
                    found.extend(self.life(oauth, &app, &accepted, tokens, &first).await);
                }
                found
            }
            _ => self.judge(&first, &lent_accepted(&accepted, &app, &tokens)),
        }
    }

    async fn tokens(&self, oauth: &OAuth, app: &AppCredentials, accepted: &mut Accepted) -> Result<Tokens, Problem> {
        let party = Party { manifest: self.manifest, oauth, config: &accepted.config, app };
        match (oauth.grant, &oauth.assertion) {
            (Grant::Code, _) => {}
            (Grant::JwtBearer, Some(assertion)) => return Ok(self.connector.jwt_bearer(&party, &accepted.secrets[&assertion.key]).await?),
            _ => return Ok(self.connector.client_credentials(&party).await?),
        }
        let redirect_uri = format!("{REDIRECT}{}", self.manifest.id);
        let verifier = Secret::new(VERIFIER.to_owned());
        let url = self.connector.consent_url(&party, Consent { redirect_uri: &redirect_uri, state: STATE, verifier: &verifier })?;
        let mut back = allow(&url, &self.manifest.name, &self.account.title).await.map_err(Problem::Other)?;
        if !party.has_signed(&back.iter().map(|(name, value)| (name.clone(), Secret::new(value.clone()))).collect()) {
            return Err(Problem::Other(format!("the way back is not signed by the app's secret: {back:?}")));
        }
        if back.remove("state").as_deref() != Some(STATE) {
            return Err(Problem::Other("the state does not come back".to_owned()));
        }
        let code = back.remove(&oauth.code_param).ok_or_else(|| Problem::Other(format!("no code comes back: {back:?}")))?;
        for field in &self.manifest.fields {
            if let Some(FilledBy::Callback(name)) = &field.filled_by {
                let value = back.remove(name).filter(|value| field.takes(value));
                let value = value.ok_or_else(|| Problem::Other(format!("`{name}` does not come back as `{}` takes it", field.id)))?;
                accepted.config.insert(field.id.clone(), value);
            }
        }
        let party = Party { manifest: self.manifest, oauth, config: &accepted.config, app };
        let code = Code { code: &Secret::new(code), redirect_uri: &redirect_uri, verifier: &verifier };
        Ok(self.connector.take_code(&party, code).await?)
    }

    /// Picks the account that the file names; where the provider cannot list them the check will say why.
    async fn pick(&self, oauth: &OAuth, app: &AppCredentials, accepted: &mut Accepted, tokens: &Tokens) -> Result<(), String> {
        let Some(accounts) = &oauth.accounts else { return Ok(()) };
        let wanted = self.account.values.get(&accounts.field).cloned();
        if self.account.kind == Kind::Works {
            let party = Party { manifest: self.manifest, oauth, config: &accepted.config, app };
            let secrets = lent(accepted, app, &tokens.access_token);
            let listed = self.connector.oauth_accounts(&party, &secrets).await.map_err(|problem| format!("no accounts are listed: {}", problem.code()))?;
            if !listed.iter().any(|one| Some(&one.id) == wanted.as_ref()) {
                return Err(format!("the accounts are {listed:?}, and `{}` of the file is none of them", accounts.field));
            }
        }
        accepted.config.extend(wanted.map(|id| (accounts.field.clone(), id)));
        Ok(())
    }

    async fn check_with(&self, accepted: &Accepted, secrets: &BTreeMap<String, Secret<String>>) -> Outcome {
        let bound = self.connector.destination(self.manifest, &accepted.config).unwrap().origins;
        self.connector.check(self.manifest, &Credential { config: &accepted.config, secrets, bound }, &Seen::default()).await
    }

    /// A grant that ends: the token cannot be renewed, and then is good for nothing.
    async fn revoked(&self, oauth: &OAuth, app: &AppCredentials, accepted: &Accepted, tokens: &Tokens) -> Vec<String> {
        let party = Party { manifest: self.manifest, oauth, config: &accepted.config, app };
        let Some(refresh) = &tokens.refresh_token else { return vec!["there is no refresh token to be refused".to_owned()] };
        match self.connector.refresh(&party, refresh, tokens.granted.as_deref().unwrap_or_default()).await {
            Err(problem) if problem.ends_grant() => {}
            other => return vec![format!("the refresh should say that the grant has ended, and is {other:?}")],
        }
        let second = self.check_with(accepted, &lent(accepted, app, &tokens.access_token)).await;
        self.judge(&second, &lent_accepted(accepted, app, tokens))
    }

    /// A good connection reads, is renewed, and ends when the provider is told.
    async fn life(&self, oauth: &OAuth, app: &AppCredentials, accepted: &Accepted, tokens: Tokens, outcome: &Outcome) -> Vec<String> {
        let party = Party { manifest: self.manifest, oauth, config: &accepted.config, app };
        let secrets = lent(accepted, app, &tokens.access_token);
        let bound = self.connector.destination(self.manifest, &accepted.config).unwrap().origins;
        let mut found = self.previews(&Credential { config: &accepted.config, secrets: &secrets, bound }, outcome).await;
        let mut newest = tokens;
        if let Some(spent) = newest.refresh_token.take() {
            let granted = newest.granted.clone().unwrap_or_default();
            match self.connector.refresh(&party, &spent, &granted).await {
                Ok(renewed) => newest = Tokens { refresh_token: Some(renewed.refresh_token.unwrap_or_else(|| copy(&spent))), ..renewed },
                Err(problem) => return [found, vec![format!("the token cannot be renewed: {}", problem.code())]].concat(),
            }
            let rotated = newest.refresh_token.as_ref().is_some_and(|token| token.expose() != spent.expose());
            if rotated != oauth.refresh.rotates {
                found.push(format!("`oauth.refresh.rotates` is {}, and the provider does the other", oauth.refresh.rotates));
            }
            let again = self.connector.refresh(&party, &spent, &granted).await;
            if again.is_ok() != (!rotated || oauth.refresh.grace_s > 0) {
                found.push(format!("a spent refresh token is {again:?}"));
            }
        } else if oauth.grant == Grant::Code && newest.expires_at.is_some() {
            found.push("a token that ends comes without a refresh token".to_owned());
        }
        let secrets = lent(accepted, app, &newest.access_token);
        if let Err(failure) = self.check_with(accepted, &secrets).await.result {
            found.push(format!("a renewed token is {} ({}{})", failure.code.as_str(), failure.reason, failure.provider_said));
        }
        if oauth.revoke.is_some() {
            match self.connector.revoke_tokens(&party, &newest.access_token, newest.refresh_token.as_ref()).await {
                Ok(()) => match self.check_with(accepted, &secrets).await.result {
                    Err(failure) if failure.code == CheckCode::AuthRejected => {}
                    other => found.push(format!("a token that was to be forgotten is {other:?}")),
                },
                Err(problem) => found.push(format!("the provider does not forget the token: {}", problem.code())),
            }
        }
        found
    }
}

/// The entries with every secret that requests carry, none of which people may see.
fn lent_accepted(accepted: &Accepted, app: &AppCredentials, tokens: &Tokens) -> Accepted {
    let mut secrets = lent(accepted, app, &tokens.access_token);
    let open = |id: &String| accepted.config.values().any(|value| secrets.get(id).is_some_and(|secret| secret.expose() == value));
    let shown: Vec<String> = secrets.keys().filter(|id| open(id)).cloned().collect();
    shown.iter().for_each(|id| drop(secrets.remove(id)));
    Accepted { config: accepted.config.clone(), secrets }
}

/// The end of a check for which there was no token.
fn without_token(problem: &TokenProblem) -> Outcome {
    let TokenProblem::Refused { said, .. } = problem else { panic!("{problem:?}") };
    let failure =
        Failure { code: shown(problem), step: StepKind::Authenticate, status: None, retry_at: None, provider_said: said.clone(), reason: String::new() };
    Outcome { steps: Vec::new(), took_ms: 0, result: Err(failure) }
}

enum Problem {
    Token(TokenProblem),
    Other(String),
}

impl From<TokenProblem> for Problem {
    fn from(problem: TokenProblem) -> Self {
        Self::Token(problem)
    }
}
