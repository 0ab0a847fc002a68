//! Every account of every sandbox file, checked by the real connector over real HTTP. What deviates is told at once, by connector.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use latchkey::catalogue::{Accepted, Manifest, ManifestError, Registry, Target, Tier, sandbox_files, validate_entries};
use latchkey::connect::{Connector, Credential, Outcome};
use latchkey::domain::{CheckCode, Clock, ManualClock};
use latchkey::dto::IdentityView;
use latchkey::sandbox::{Account, Client, Identity, Kind, Sandbox};
use latchkey::vault::Secret;

use crate::connect::bench::{NOW, Seen, connector, serve};
use crate::support::recorder::{Recorded, Recorder};

/// Enough for what comes before an answer that does not come.
const SHORT: Duration = Duration::from_millis(700);
/// Shorter secrets stand in other words by chance.
const TELLING: usize = 6;

fn told(errors: &[ManifestError]) -> String {
    errors.iter().map(|error| format!("\n  {error}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_does_what_its_kind_says() {
    let registry = Registry::embedded().unwrap_or_else(|errors| panic!("{}", told(&errors)));
    let files: BTreeMap<String, String> = sandbox_files().into_iter().collect();
    let orphans: Vec<&String> = files.keys().filter(|id| registry.get(id).is_none()).collect();
    assert!(orphans.is_empty(), "sandbox files without a manifest: {orphans:?}");
    let mut running = Vec::new();
    for manifest in registry.list() {
        let is_http = matches!(manifest.target, Target::Http { .. });
        match files.get(&manifest.id).cloned() {
            Some(text) => running.push((manifest.id.clone(), tokio::spawn(deviations(Manifest::clone(manifest), text)))),
            None if is_http && manifest.tier == Tier::Ready => {
                running.push((manifest.id.clone(), tokio::spawn(async { "\n  has no sandbox file".to_owned() })))
            }
            None => {}
        }
    }
    let mut all = String::new();
    for (id, task) in running {
        let found = task.await.unwrap_or_else(|problem| format!("\n  {problem}"));
        if !found.is_empty() {
            writeln!(all, "\n{id}:{found}").unwrap();
        }
    }
    assert!(all.is_empty(), "{all}");
}

/// Everything that is not as the sandbox file of this connector says.
async fn deviations(manifest: Manifest, text: String) -> String {
    let sandbox = match Sandbox::of(&manifest, &text) {
        Ok(sandbox) => sandbox.with_clock(&clock()),
        Err(errors) => return told(&errors),
    };
    let recorder = Recorder::default();
    let base = serve(recorder.around(sandbox.router())).await;
    let base = format!("{base}/{}", manifest.id);
    let mut all = String::new();
    for account in sandbox.accounts() {
        let oauth = BTreeMap::from([(manifest.id.clone(), format!("{base}/oauth"))]);
        let mut connector = connector(&manifest.id, &base).with_oauth_overrides(oauth);
        if account.kind == Kind::Slow {
            connector = connector.with_deadline(SHORT);
        }
        let trial = Trial { manifest: &manifest, account, connector };
        let mut found = Vec::new();
        let clients: Vec<Option<&Client>> = sandbox.clients(&manifest.id).iter().map(Some).collect();
        match clients.as_slice() {
            _ if !account.by_oauth => found.extend(trial.run().await),
            [] => found.extend(trial.run_by_oauth(None).await),
            [first, ..] if account.kind != Kind::Works => found.extend(trial.run_by_oauth(*first).await),
            all => {
                for client in all {
                    found.extend(trial.run_by_oauth(*client).await);
                }
            }
        }
        let sent = recorder.take();
        let differing = sent.iter().filter(|request| request.remark.as_ref().is_some_and(|remark| remark.differs));
        found.extend(differing.map(|request| format!("a request is not as the provider documents it: {request}")));
        if !found.is_empty() {
            write!(all, "\n  {} ({}): {}", account.title, account.kind.as_str(), found.join("\n    ")).unwrap();
            sent.iter().for_each(|request: &Recorded| write!(all, "\n      {request}").unwrap());
        }
    }
    all
}

/// The time of the connectors in these tests.
fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(NOW))
}

pub struct Trial<'a> {
    pub manifest: &'a Manifest,
    pub account: &'a Account,
    pub connector: Connector,
}

impl Trial<'_> {
    async fn run(&self) -> Vec<String> {
        let entries = self.account.values.iter().map(|(id, value)| (id.clone(), Secret::new(value.clone()))).collect();
        let accepted = match validate_entries(self.manifest, &entries) {
            Ok(accepted) => accepted,
            Err(errors) => return errors.into_iter().map(|(field, words)| format!("`{field}` does not fit the form: {words}")).collect(),
        };
        let origins = match self.connector.destination(self.manifest, &accepted.config) {
            Ok(destination) => destination.origins,
            Err(problem) => return vec![problem.to_string()],
        };
        let credential = Credential { config: &accepted.config, secrets: &accepted.secrets, bound: origins };
        let outcome = self.connector.check(self.manifest, &credential, &Seen::default()).await;
        let mut found = self.judge(&outcome, &accepted);
        if self.account.kind == Kind::Works && found.is_empty() {
            found.extend(self.previews(&credential, &outcome).await);
        }
        found
    }

    pub fn judge(&self, outcome: &Outcome, accepted: &Accepted) -> Vec<String> {
        let mut found = Vec::new();
        let mut shown = format!("{:?}", outcome.steps);
        match (self.wanted(), &outcome.result) {
            (Wanted::Passed | Wanted::Either(_), Ok(proof)) => {
                write!(shown, "{:?}", proof.identity).unwrap();
                found.extend(other_identity(&self.account.identity, &proof.identity));
            }
            (Wanted::Failed(code) | Wanted::Either(code), Err(failure)) if failure.code == code => {
                let words = self.connector.diagnose(self.manifest, failure, &accepted.config);
                if !self.account.headline.is_empty() && words.headline != self.account.headline {
                    found.push(format!("the headline is `{}`, not `{}`", words.headline, self.account.headline));
                }
                let parts = [("headline", &words.headline), ("sentence", &words.sentence), ("cause", &words.cause), ("fix", &words.fix)];
                found.extend(parts.into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(name, _)| format!("the diagnosis has no {name}")));
                if words.fix_steps.is_empty() {
                    found.push("the diagnosis has no steps".to_owned());
                }
                write!(shown, "{words:?}").unwrap();
            }
            (wanted, Ok(proof)) => found.push(format!("it passed as {:?}, and should be {wanted}", proof.identity)),
            (wanted, Err(failure)) => found.push(format!(
                "it is {} at {:?} ({}{}), and should be {wanted}",
                failure.code.as_str(),
                failure.step,
                failure.reason,
                failure.provider_said
            )),
        }
        found.extend(seen(&accepted.secrets, &shown));
        found
    }

    fn wanted(&self) -> Wanted {
        let Account { kind, expect, identity, .. } = self.account;
        if let Some(code) = CheckCode::parse(expect) {
            return Wanted::Failed(code);
        }
        match kind {
            _ if expect == "passed" => Wanted::Passed,
            Kind::Other if *identity == Identity::default() => Wanted::Untold,
            Kind::Works | Kind::Other => Wanted::Passed,
            Kind::Wrong | Kind::Revoked => Wanted::Failed(CheckCode::AuthRejected),
            Kind::FewRights => Wanted::Either(CheckCode::Forbidden),
            Kind::RateLimited => Wanted::Failed(CheckCode::RateLimited),
            Kind::Down => Wanted::Failed(CheckCode::TargetError),
            Kind::Html => Wanted::Failed(CheckCode::UnexpectedContent),
            Kind::Slow => Wanted::Failed(CheckCode::Timeout),
            Kind::Endless => Wanted::Failed(CheckCode::ResponseTooLarge),
            Kind::Redirect => Wanted::Failed(CheckCode::RedirectRefused),
        }
    }

    /// Every stream has a row to show, and no secret in it.
    pub async fn previews(&self, credential: &Credential<'_>, outcome: &Outcome) -> Vec<String> {
        let session = outcome.result.as_ref().ok().and_then(|proof| proof.session.as_ref());
        let mut found = Vec::new();
        for stream in &self.manifest.streams {
            match self.connector.preview(self.manifest, credential, session, &stream.id).await {
                Ok(preview) if preview.rows.is_empty() => found.push(format!("the stream `{}` has no row", stream.id)),
                Ok(preview) => found.extend(seen(credential.secrets, &format!("{:?}", preview.rows))),
                Err(failure) => {
                    found.push(format!("the stream `{}` cannot be read: {} ({}{})", stream.id, failure.code.as_str(), failure.reason, failure.provider_said))
                }
            }
        }
        found
    }
}

/// Secrets that stand in what people see.
fn seen(secrets: &BTreeMap<String, Secret<String>>, shown: &str) -> Vec<String> {
    let telling = secrets.iter().filter(|(_, secret)| secret.expose().len() >= TELLING);
    telling.filter(|(_, secret)| shown.contains(secret.expose().as_str())).map(|(id, _)| format!("the secret `{id}` stands in what people see")).collect()
}

/// How a check must end.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Passed,
    Failed(CheckCode),
    /// Passed with less, or this.
    Either(CheckCode),
    Untold,
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Passed => formatter.write_str("passed"),
            Self::Failed(code) => formatter.write_str(code.as_str()),
            Self::Either(code) => write!(formatter, "passed or {}", code.as_str()),
            Self::Untold => formatter.write_str("told by `expect` or `identity` in the file"),
        }
    }
}

fn other_identity(wanted: &Identity, found: &IdentityView) -> Vec<String> {
    let mut others = Vec::new();
    for (name, wanted, found) in [("account_id", &wanted.account_id, &found.account_id), ("account_name", &wanted.account_name, &found.account_name)] {
        if !wanted.is_empty() && wanted != found {
            others.push(format!("`{name}` is `{found}`, not `{wanted}`"));
        }
    }
    for (label, wanted) in &wanted.facts {
        let value = found.facts.iter().find(|(known, _)| known == label).map_or("", |(_, value)| value.as_str());
        if value != wanted {
            others.push(format!("the fact `{label}` is `{value}`, not `{wanted}`"));
        }
    }
    others
}
