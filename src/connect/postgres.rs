//! PostgreSQL in its own protocol: the one connector that a manifest cannot describe.

mod limit;
mod line;
mod session;
mod sqlstate;

use crate::catalogue::{Auth, Target};
use crate::domain::{CheckCode, StepKind, StepState};
use crate::dto::IdentityView;
use crate::egress::EgressError;

use super::answer::unreached;
use super::connector::Context;
use super::encryption::Encryption;
use super::outcome::{Failure, Proof};
use super::scrub::Scrubber;
use super::steps::Steps;
use super::words;

use limit::Limited;
use line::Line;

/// Runs the six steps.
pub(super) async fn check(context: &Context<'_>, steps: &mut Steps<'_>) -> Result<Proof, Failure> {
    let (Target::Database { .. }, Auth::Database { user, password, database }) = (&context.manifest.target, &context.manifest.auth) else {
        return Err(failure(CheckCode::Interrupted, StepKind::Resolve));
    };
    let open = |id: &str| context.credential.config.get(id).map_or("", String::as_str);
    let origin = &context.place.origin;
    steps.begin(StepKind::Resolve, format!("Looking up {}", origin.host())).await;
    let target = context.egress.resolve(origin.host(), origin.port()).await.map_err(|error| unreached(StepKind::Resolve, &error))?;
    steps.end(StepKind::Resolve, StepState::Passed, words::resolved(&target)).await;

    let encryption = Encryption::of(open("sslmode"), open("root_certificate"));
    steps.begin(StepKind::Secure, "Asking for encryption".to_owned()).await;
    let (line, facts) = line::open(context.egress, &target, &encryption).await?;
    encryption.end_step(facts.as_ref(), steps).await;
    steps.begin(StepKind::Reach, "Asking the server".to_owned()).await;
    let reached = if facts.is_some() { "The server speaks PostgreSQL" } else { "The server takes connections" };
    steps.end(StepKind::Reach, StepState::Passed, reached.to_owned()).await;

    steps.begin(StepKind::Authenticate, format!("Sending the {}", context.manifest.credential_noun)).await;
    if !context.credential.bound.contains(origin) {
        return Err(unreached(StepKind::Authenticate, &EgressError::NotBound { origin: origin.to_string() }));
    }
    let secret = context.credential.secrets.get(password).map_or("", |secret| secret.expose().as_str());
    let mut scrubber = Scrubber::default();
    scrubber.add(secret);
    let login = session::Login { user: open(user), password: secret, database: open(database), host: &context.place.host_shown };
    let limit = context.limits(0).max_body_bytes;
    let identity = match line {
        Line::Plain(stream) => Box::pin(session::run(Limited::new(stream, limit), &login, &scrubber, steps)).await,
        Line::Encrypted(stream) => Box::pin(session::run(Limited::new(*stream, limit), &login, &scrubber, steps)).await,
    }?;
    Ok(Proof { identity, session: None })
}

/// A failure of which only the code is known.
fn failure(code: CheckCode, step: StepKind) -> Failure {
    Failure::own(code, step, "")
}

/// Who signed in where. What the person typed in the open stays as it is, also where it resembles the password: two accounts must not look the same.
fn identity(login: &session::Login<'_>, user: &str, database: &str, version: &str, scrubber: &Scrubber) -> IdentityView {
    let named = |found: &str, typed: &str| if found == typed { typed.to_owned() } else { scrubber.clean(found) };
    let (user, database) = (named(user, login.user), named(database, login.database));
    let account_id = format!("{user}@{}/{database}", login.host);
    // `version()` reads `PostgreSQL 17.2 (Debian …) on x86_64…`: the first two words are for people.
    let version = version.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let facts = [("Server", login.host.to_owned()), ("Database", database), ("Version", scrubber.clean(&version))];
    IdentityView { account_id, account_name: user, facts: facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect() }
}
