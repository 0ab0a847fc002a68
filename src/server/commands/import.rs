//! `latchkey import`.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::Verdict;
use crate::config::Config;
use crate::domain::{Clock, Random};
use crate::server::{StartError, keys, parts};
use crate::services::import::{self, Applied, Outcome, Planned, Source};
use crate::services::words::count;
use crate::services::{App, ServiceError};
use crate::vault::Secret;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 * 1_024 * 1_024;

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOrder {
    /// `env`, or the path of a file; none only to end a freeze.
    pub from: Option<String>,
    /// Name or id of the organization; none for the only one.
    pub organization: Option<String>,
    /// E-mail address of the member in whose name; none for the only admin.
    pub member: Option<String>,
    /// Ids of the only connectors.
    pub only: Vec<String>,
    /// Whether to do it; otherwise it is only said what would happen.
    pub apply: bool,
    /// The connection whose tokens Latchkey is to renew from now on.
    pub unfreeze: Option<String>,
}

/// Brings along what another program has, or says what would happen. Works beside a running server. `variables` is the environment.
///
/// # Errors
/// [`StartError`] when the file, the key or the database cannot be read.
pub async fn import(
    config: &Config,
    order: &ImportOrder,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Verdict, StartError> {
    let source = match order.from.as_deref() {
        Some("env") => Some(Source::environment(variables)),
        Some(path) => Some(read(Path::new(path))?),
        None if order.unfreeze.is_some() => None,
        None => return Err(StartError::Setup("Say where from: --from env, or --from and the path of a .env or JSON file.".to_owned())),
    };
    if config.database.sqlite_path().is_some_and(|path| !path.exists()) {
        return Err(StartError::Setup("There is no database yet. Start the server and set it up first.".to_owned()));
    }
    let prepared = keys::prepare(config)?;
    let public_url = config.server.public_url.clone().unwrap_or_else(|| format!("http://{}", config.server.listen));
    let (app, _) = parts::app(config, None, prepared, &public_url, config.server.listen, clock, random).await?;
    let done = Box::pin(run(&app, order, source)).await;
    app.database.close().await;
    Ok(done?)
}

async fn run(app: &App, order: &ImportOrder, source: Option<Source>) -> Result<Verdict, ServiceError> {
    let actor = import::on_behalf_of(app, order.organization.as_deref(), order.member.as_deref()).await?;
    if let Some(id) = &order.unfreeze {
        let name = import::unfreeze(app, &actor, id).await?;
        let words =
            format!("Latchkey renews the tokens of {name} from now on. Make sure that no other program does: each renewal ends the token that the other has.");
        return Ok(Verdict { words, whole: true });
    }
    let source = source.unwrap_or_default();
    Ok(if order.apply {
        let applied = Box::pin(import::apply(app, &actor, source, &order.only)).await?;
        of_applied(&applied, actor.name())
    } else {
        of_plan(&import::plan(app, &actor, source, &order.only).await?)
    })
}

fn read(path: &Path) -> Result<Source, StartError> {
    let shown = path.display();
    let unreadable = |cause: std::io::Error| StartError::Setup(format!("{shown} cannot be read: {cause}."));
    if std::fs::metadata(path).map_err(unreadable)?.len() > LARGEST {
        return Err(StartError::Setup(format!("{shown} is larger than 4 MiB. Give a smaller file.")));
    }
    let text = Secret::new(std::fs::read_to_string(path).map_err(unreadable)?);
    Source::file(&text).map_err(|problem| StartError::Setup(format!("{shown}, {problem} Nothing was changed.")))
}

const NOTHING: &str = "Nothing of a known connector was found. docs/IMPORT.md says what variables are called.";

fn of_plan(planned: &[Planned]) -> Verdict {
    if planned.is_empty() {
        return Verdict { words: format!("{NOTHING} Nothing was written."), whole: false };
    }
    let ready = planned.iter().filter(|one| one.problems.is_empty()).count();
    let mut words = String::new();
    for one in planned {
        describe(&mut words, one);
        if one.problems.is_empty() {
            line(&mut words, "would be checked, and connected if the check passes.");
        }
    }
    let rest = planned.len() - ready;
    let _ = write!(words, "{} can be tried", count(ready, "connection", "connections"));
    if rest > 0 {
        let _ = write!(words, ", {} first", count(rest, "needs a change", "need a change"));
    }
    words.push_str(". This was a dry run: nothing was written, nobody was asked. Run it again with --apply to connect.");
    Verdict { words, whole: rest == 0 }
}

fn of_applied(applied: &[Applied], name: &str) -> Verdict {
    if applied.is_empty() {
        return Verdict { words: format!("{NOTHING} Nothing was saved."), whole: false };
    }
    let (mut words, mut saved) = (String::new(), 0);
    for Applied { planned, outcome } in applied {
        describe(&mut words, planned);
        match outcome {
            Outcome::Saved(name, id) => {
                saved += 1;
                line(&mut words, &format!("connected as {name} ({id})."));
                if planned.freezes {
                    line(&mut words, "Its tokens are frozen: the other program goes on renewing them. Once it has stopped, end the freeze:");
                    line(&mut words, &format!("latchkey import --unfreeze {id}"));
                }
            }
            Outcome::Refused(why) => line(&mut words, &format!("not connected: {why}")),
            Outcome::Skipped => line(&mut words, "not tried."),
        }
    }
    let _ = write!(words, "{} of {} connected, in the name of {name}. The audit log says so.", saved, applied.len());
    Verdict { words, whole: saved == applied.len() }
}

/// What was found of one connection: titles, variables and lengths, never a value.
fn describe(words: &mut String, planned: &Planned) {
    let name = if planned.name.is_empty() { String::new() } else { format!(" ({})", planned.name) };
    let _ = writeln!(words, "{}{name}", planned.provider);
    for value in &planned.values {
        let from = if value.variable.is_empty() { String::new() } else { format!(" from {}", value.variable) };
        line(words, &format!("{}: set, {}{from}", value.title, count(value.length, "character", "characters")));
    }
    for problem in &planned.problems {
        let names = if problem.variables.is_empty() { String::new() } else { format!(" Read from {}.", problem.variables.join(" or ")) };
        line(words, &format!("{}: {}{names}", problem.title, problem.message));
    }
    if !planned.there.is_empty() {
        line(words, &format!("There already: {}. The same account is not connected twice.", planned.there.join(", ")));
    }
}

fn line(words: &mut String, text: &str) {
    let _ = writeln!(words, "  {text}");
}
