//! `latchkey audit`.

use std::io::Write as _;
use std::path::Path;

use crate::config::Config;
use crate::domain::{Clock, Random};
use crate::server::{StartError, keys};
use crate::services::audit::{Report, checkpoints, open_key, read_checkpoints, verify_all};
use crate::store::{Database, schema_state};
use crate::vault::Secret;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// For the terminal.
    pub words: String,
    /// Whether nothing is wrong.
    pub whole: bool,
}

/// Recomputes every chain, also against the checkpoints of `file`. Writes nothing to the database.
///
/// # Errors
/// [`StartError`] when key, database or file cannot be read.
pub async fn verify_audit(config: &Config, random: &dyn Random, file: Option<&Path>) -> Result<Verdict, StartError> {
    let exported = match file {
        None => Vec::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|cause| StartError::Setup(format!("{} cannot be read: {cause}.", path.display())))?;
            let no_checkpoint = |line| StartError::Setup(format!("Line {line} of {} is no checkpoint. Nothing was verified.", path.display()));
            read_checkpoints(&text).map_err(no_checkpoint)?
        }
    };
    let (database, key) = open(config, random).await?;
    let report = verify_all(&database, &key, &exported).await?;
    database.close().await;
    Ok(Verdict { words: words(&report), whole: report.findings.is_empty() })
}

/// Seals the ends of all chains: to the end of `file`, or as the answer. Writes nothing to the database.
///
/// # Errors
/// [`StartError`] when key or database cannot be read, or the file cannot be written.
pub async fn checkpoint_audit(config: &Config, clock: &dyn Clock, random: &dyn Random, file: Option<&Path>) -> Result<String, StartError> {
    let (database, key) = open(config, random).await?;
    let made = checkpoints(&database, &key, clock.now()).await?;
    database.close().await;
    let lines = made.iter().map(crate::services::audit::Checkpoint::line).collect::<Result<Vec<_>, _>>()?.join("\n");
    let Some(path) = file else { return Ok(lines) };
    let unwritten = |cause| StartError::Setup(format!("{} cannot be written: {cause}.", path.display()));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(unwritten)?;
    writeln!(file, "{lines}").and_then(|()| file.sync_all()).map_err(unwritten)?;
    Ok(format!("{} were added to {}. Keep it where nobody can change both it and the database.", count(made.len(), "checkpoint"), path.display()))
}

async fn open(config: &Config, random: &dyn Random) -> Result<(Database, Secret<Vec<u8>>), StartError> {
    let nothing = || StartError::Setup("There is no audit log yet. The first `latchkey serve` makes it.".to_owned());
    if config.database.sqlite_path().is_some_and(|path| !path.exists()) {
        return Err(nothing());
    }
    let prepared = keys::prepare(config)?;
    let database = Database::open(&config.database.url).await?;
    let state = schema_state(&database).await?;
    if state.applied < state.known {
        let words = format!("The database is at step {}, this build knows {}. Run `latchkey migrate` first. Nothing was verified.", state.applied, state.known);
        return Err(StartError::Setup(words));
    }
    let keyring = keys::open_existing(&database, config, prepared, random).await?;
    let key = open_key(&database, &keyring).await?.ok_or_else(nothing)?;
    Ok((database, key))
}

fn words(report: &Report) -> String {
    let read = [count(report.chains, "chain"), count(report.entries, "entry"), count(report.checkpoints, "checkpoint")].join(", ");
    let mut lines = vec![format!("{read}: {}", if report.findings.is_empty() { "whole." } else { "NOT WHOLE." })];
    lines.extend(report.findings.iter().map(|found| format!("  {} {}: {}", found.node, found.seq, found.what)));
    lines.join("\n")
}

fn count(number: impl TryInto<usize>, one: &str) -> String {
    let many = one.strip_suffix('y').map_or_else(|| format!("{one}s"), |stem| format!("{stem}ies"));
    crate::services::words::count(number.try_into().unwrap_or(usize::MAX), one, &many)
}
