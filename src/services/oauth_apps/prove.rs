//! Asking the provider whether it takes a secret.

use std::collections::BTreeMap;

use crate::catalogue::{CLIENT_SECRET, Manifest, OAuth};
use crate::connect::oauth::{AppCredentials, ClientProof, Code, Party};
use crate::domain::Actor;
use crate::dto::SecretProof;
use crate::services::audit::{self, AuditEvent, Fact, Target};
use crate::services::oauth_apps::redirect_uri;
use crate::services::{App, ServiceError};
use crate::vault::{Secret, Token};

/// What the provider says of the secret; none when there is none to ask about. It may take twenty seconds.
pub(super) async fn prove(app: &App, manifest: &Manifest, oauth: &OAuth, credentials: &AppCredentials) -> Option<ClientProof> {
    credentials.client_secret.as_ref()?;
    let config = usual(manifest);
    let party = Party { manifest, oauth, config: &config, app: credentials };
    let [code, verifier, other] = [(); 3].map(|()| Secret::new(Token::generate(app.random.as_ref()).expose().clone()));
    let redirect_uri = redirect_uri(app, &manifest.id);
    Some(app.connect.prove_client(&party, Code { code: &code, redirect_uri: &redirect_uri, verifier: &verifier }, &other).await)
}

/// What the fields of a connection hold before anybody types: there is no connection yet.
fn usual(manifest: &Manifest) -> BTreeMap<String, String> {
    let open = manifest.fields.iter().filter(|field| !field.kind.is_secret() && !field.default.is_empty());
    open.map(|field| (field.id.clone(), field.default.clone())).collect()
}

/// What is said of a proof; `Err` with the refusal when the provider refuses the secret, which is recorded.
pub(super) async fn judged(
    app: &App,
    actor: &Actor,
    manifest: &Manifest,
    proof: Option<ClientProof>,
    (action, target): (&'static str, Target),
) -> Result<Option<SecretProof>, ServiceError> {
    match proof {
        None => Ok(None),
        Some(ClientProof::Right) => Ok(Some(SecretProof { proven: true, code: String::new() })),
        Some(ClientProof::Unclear(code)) => Ok(Some(SecretProof { proven: false, code })),
        Some(ClientProof::Wrong) => {
            refused(app, actor, manifest, "secret_refused", (action, target)).await?;
            let message = format!("{} does not take this secret with this client id. Copy both again, or make a new secret there.", manifest.name);
            Err(ServiceError::invalid_field(CLIENT_SECRET, message))
        }
    }
}

/// Records that a secret was not put in use.
pub(super) async fn refused(app: &App, actor: &Actor, manifest: &Manifest, code: &str, (action, target): (&'static str, Target)) -> Result<(), ServiceError> {
    let facts = vec![Fact::Connector(manifest.id.clone()), Fact::Code(code.to_owned())];
    let mut transaction = app.database.begin().await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::refused(action, target, facts)).await?;
    transaction.commit().await?;
    Ok(())
}
