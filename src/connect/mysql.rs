//! MySQL and MariaDB in their own protocol.

mod greeting;
mod refusal;
mod session;

use crate::catalogue::Auth;
use crate::domain::{CheckCode, StepKind, StepState};
use crate::egress::{EgressError, MysqlLogin};

use super::answer::unreached;
use super::connector::Context;
use super::encryption::Encryption;
use super::outcome::{Failure, Proof};
use super::scrub::Scrubber;
use super::steps::Steps;
use super::words;

/// Runs the six steps.
pub(super) async fn check(context: &Context<'_>, steps: &mut Steps<'_>) -> Result<Proof, Failure> {
    let Auth::Database { user, password, database } = &context.manifest.auth else {
        return Err(failure(CheckCode::Interrupted, StepKind::Resolve));
    };
    let open = |id: &str| context.credential.config.get(id).map_or("", String::as_str);
    let origin = &context.place.origin;
    steps.begin(StepKind::Resolve, format!("Looking up {}", origin.host())).await;
    let target = context.egress.resolve(origin.host(), origin.port()).await.map_err(|error| unreached(StepKind::Resolve, &error))?;
    steps.end(StepKind::Resolve, StepState::Passed, words::resolved(&target)).await;

    let encryption = Encryption::of(open("sslmode"), open("root_certificate"));
    steps.begin(StepKind::Secure, "Asking for encryption".to_owned()).await;
    let facts = greeting::ask(context.egress, &target, &encryption).await?;
    encryption.end_step(facts.as_ref(), steps).await;
    steps.begin(StepKind::Reach, "Asking the server".to_owned()).await;
    steps.end(StepKind::Reach, StepState::Passed, format!("The server speaks {}", context.manifest.name)).await;

    steps.begin(StepKind::Authenticate, format!("Sending the {}", context.manifest.credential_noun)).await;
    if !context.credential.bound.contains(origin) {
        return Err(unreached(StepKind::Authenticate, &EgressError::NotBound { origin: origin.to_string() }));
    }
    let secret = context.credential.secrets.get(password).map_or("", |secret| secret.expose().as_str());
    let mut scrubber = Scrubber::default();
    scrubber.add(secret);
    let login = MysqlLogin { user: open(user), password: secret, database: open(database) };
    let trust = match &encryption {
        Encryption::None => None,
        Encryption::Tls(trust) => Some(trust),
    };
    let signed_in = context.egress.mysql(&target, &login, trust).await;
    let conn = signed_in.map_err(|error| refusal::read(StepKind::Authenticate, &error, &scrubber))?;
    let identity = session::look_around(conn, &login, &context.place.host_shown, &scrubber, steps).await?;
    Ok(Proof { identity, session: None })
}

/// A failure of which only the code is known.
fn failure(code: CheckCode, step: StepKind) -> Failure {
    Failure { code, step, status: None, retry_at: None, provider_said: String::new(), reason: String::new() }
}
