//! What the tests of checks share: a connector that may reach this machine, providers that answer as told, and checks with typed entries.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::response::Response;
use latchkey::catalogue::{Manifest, Registry, read, validate_entries};
use latchkey::connect::{Connector, Credential, Failure, Outcome, Preview, Progress};
use latchkey::domain::{CheckCode, ManualClock, StepReport, StepState, Timestamp};
use latchkey::egress::{BoundOrigins, Egress, EgressPolicy};
use latchkey::vault::Secret;
use tokio::net::TcpListener;

pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub fn manifest(id: &str) -> Manifest {
    Manifest::clone(Registry::embedded().unwrap().get(id).unwrap())
}

/// What every manifest begins with.
const HEAD: &str = r#"
id = "acme"
name = "Acme"
category = "custom"
regions = ["Global"]
summary = "Things."
tier = "preview"
sign_in = "Key"
credential_noun = "key"
find_steps = []
sign_in_steps = []
[about]
reads = "Things."
never = "Change a thing."
stored = "The key, sealed."
needs = "One minute."
[[fields]]
id = "key"
title = "Key"
kind = "secret"
required = true
[target]
kind = "http"
base_url = "https://api.acme.example"
"#;

/// The text of a manifest of its own: the field `key`, the target, and `rest`.
pub fn acme_text(rest: &str) -> String {
    format!("{HEAD}{rest}")
}

/// The connector `acme`, which is described by `rest`.
#[track_caller]
pub fn acme(rest: &str) -> Manifest {
    read("acme.toml", &acme_text(rest)).unwrap()
}

/// A connector that may reach this machine, with `base` in place of the provider's own address.
pub fn connector(id: &str, base: &str) -> Connector {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    let overrides = if base.is_empty() { BTreeMap::new() } else { BTreeMap::from([(id.to_owned(), base.to_owned())]) };
    Connector::new(Egress::new(policy, "").unwrap(), overrides, Arc::new(ManualClock::at(NOW)))
}

pub fn entries(pairs: &[(&str, &str)]) -> BTreeMap<String, Secret<String>> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Secret::new((*value).to_owned()))).collect()
}

/// Validates and checks entries, as a first connect does.
pub async fn check(connector: &Connector, id: &str, pairs: &[(&str, &str)]) -> Outcome {
    check_bound(connector, &manifest(id), pairs, None, &Seen::default()).await
}

pub async fn check_bound(connector: &Connector, manifest: &Manifest, pairs: &[(&str, &str)], bound: Option<BoundOrigins>, progress: &dyn Progress) -> Outcome {
    let accepted = validate_entries(manifest, &entries(pairs)).unwrap();
    let bound = bound.unwrap_or_else(|| connector.destination(manifest, &accepted.config).unwrap().origins);
    connector.check(manifest, &Credential { config: &accepted.config, secrets: &accepted.secrets, bound }, progress).await
}

/// Checks entries against a manifest of its own, played at `base`.
pub async fn check_acme(manifest: &Manifest, base: &str, pairs: &[(&str, &str)]) -> Outcome {
    check_bound(&connector("acme", base), manifest, pairs, None, &Seen::default()).await
}

/// Looks at a stream with a session of an earlier login, if any.
pub async fn preview(manifest: &Manifest, base: &str, pairs: &[(&str, &str)], session: Option<&str>, stream: &str) -> Result<Preview, Failure> {
    let (connector, accepted) = (connector("acme", base), validate_entries(manifest, &entries(pairs)).unwrap());
    let bound = connector.destination(manifest, &accepted.config).unwrap().origins;
    let session = session.map(|session| Secret::new(session.to_owned()));
    let credential = Credential { config: &accepted.config, secrets: &accepted.secrets, bound };
    connector.preview(manifest, &credential, session.as_ref(), stream).await
}

#[track_caller]
pub fn failed(outcome: &Outcome, code: CheckCode) -> &Failure {
    let failure = outcome.result.as_ref().expect_err("the check fails");
    assert_eq!(failure.code, code, "{failure:?}");
    let report = outcome.steps.iter().find(|report| report.kind == failure.step).unwrap();
    assert_eq!(report.state, StepState::Failed);
    assert!(outcome.steps.iter().filter(|report| report.kind > failure.step).all(|report| report.state == StepState::NotRun));
    failure
}

/// Every state of the steps that was told.
#[derive(Default)]
pub struct Seen(pub Mutex<Vec<Vec<StepReport>>>);

#[async_trait]
impl Progress for Seen {
    async fn changed(&self, steps: &[StepReport]) {
        self.0.lock().unwrap().push(steps.to_vec());
    }
}

/// Serves `router` on a free port; the address has no slash at its end.
pub async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A request as a provider saw it.
#[derive(Clone, Debug)]
pub struct Received {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// A provider that answers as `answer` says and remembers every request.
pub async fn provider<F>(answer: F) -> (String, Arc<Mutex<Vec<Received>>>)
where
    F: Fn(&Received) -> Response + Clone + Send + Sync + 'static,
{
    let log = Arc::new(Mutex::new(Vec::new()));
    let seen = log.clone();
    let handler = move |request: Request| {
        let (seen, answer) = (seen.clone(), answer.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
            let received = Received { line: format!("{} {}", parts.method, parts.uri), headers, body: String::from_utf8(body.to_vec()).unwrap() };
            seen.lock().unwrap().push(received.clone());
            answer(&received)
        }
    };
    (serve(Router::new().fallback(handler)).await, log)
}
