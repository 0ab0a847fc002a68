//! `latchkey doctor`: what is configured, what is wrong, and how to mend it.

use crate::config::{Config, LogFormat};
use crate::domain::Random;
use crate::sandbox::Sandbox;
use crate::server::{keys, parts};
use crate::store::{Database, schema_state};

/// One line of the doctor's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is as it should be.
    pub good: bool,
    /// What was looked at and found; never a secret.
    pub words: String,
}

fn good(words: String) -> Finding {
    Finding { good: true, words }
}

fn bad(words: String) -> Finding {
    Finding { good: false, words }
}

/// Looks at everything a start needs; changes nothing and makes no database.
pub async fn doctor(config: &Config, random: &dyn Random) -> Vec<Finding> {
    let mut findings = settings(config);
    findings.push(match std::net::TcpListener::bind(config.server.listen) {
        Ok(_) => good(format!("{} is free to listen on.", config.server.listen)),
        Err(cause) if cause.kind() == std::io::ErrorKind::AddrInUse => {
            good(format!("{} is taken: Latchkey runs there, or another program does.", config.server.listen))
        }
        Err(cause) => bad(format!("{} cannot be listened on ({cause}). Set server.listen to an address of this machine.", config.server.listen)),
    });
    match parts::registry(config).and_then(|registry| parts::sandbox(&registry)) {
        Ok(sandbox) => findings.extend(reached_elsewhere(config, &sandbox)),
        Err(error) => findings.push(bad(error.to_string())),
    }
    let prepared = match keys::prepare(config) {
        Ok(prepared) => prepared,
        Err(error) => {
            findings.push(bad(error.to_string()));
            return findings;
        }
    };
    if config.database.sqlite_path().is_some_and(|path| !path.exists()) {
        findings.push(good(format!("{} does not exist yet; the first start makes it.", config.database.shown())));
        return findings;
    }
    let database = match Database::open(&config.database.url).await {
        Ok(database) => database,
        Err(error) => {
            findings.push(bad(crate::server::StartError::from(error).to_string()));
            return findings;
        }
    };
    findings.extend(look_inside(&database, config, prepared, random).await);
    database.close().await;
    findings
}

fn reached_elsewhere(config: &Config, sandbox: &Sandbox) -> Vec<Finding> {
    let played = config.sandbox.listen.map(|listen| good(format!("Played providers listen on {listen}.")));
    let urls = parts::base_urls(config, config.sandbox.listen.map(|listen| (sandbox, listen)));
    played.into_iter().chain(urls.into_iter().map(|(connector, url)| good(format!("{connector} is reached at {url}.")))).collect()
}

async fn look_inside(database: &Database, config: &Config, prepared: keys::Prepared, random: &dyn Random) -> Vec<Finding> {
    let shown = config.database.shown();
    match schema_state(database).await {
        Ok(state) if state.applied == 0 => return vec![good(format!("{shown} is empty; the first start fills it."))],
        Ok(state) if state.applied > state.known => {
            return vec![bad(format!("schema_newer: {shown} is at step {}, this build knows {}. Run the newer build.", state.applied, state.known))];
        }
        Ok(state) if state.applied < state.known => {
            return vec![bad(format!("{shown} is at step {} of {}. Run `latchkey migrate`.", state.applied, state.known))];
        }
        Ok(_) => {}
        Err(error) => return vec![bad(crate::server::StartError::from(error).to_string())],
    }
    let key = match keys::check(database, config, prepared, random).await {
        Ok(()) => good(format!("The key from {} opens this database.", keys::words(config).1)),
        Err(error) => bad(error.to_string()),
    };
    vec![good(format!("{shown} answers and is up to date.")), key]
}

fn settings(config: &Config) -> Vec<Finding> {
    let file = config.file.as_ref().map_or_else(
        || "No configuration file; defaults and the environment alone.".to_owned(),
        |path| format!("Configuration from {} and the environment.", path.display()),
    );
    let url = config.server.public_url.clone().unwrap_or_else(|| format!("http://{}", config.server.listen));
    let mut findings = vec![
        good(file),
        good(format!("Node {} is reached at {url}.", config.server.node)),
        good(format!("Database: {}.", config.database.shown())),
        good(format!("Key: {}.", keys::words(config).1)),
        good(format!(
            "Log: {}, {}.",
            config.log.level,
            match config.log.format {
                LogFormat::Auto => "for people in a terminal, JSON otherwise",
                LogFormat::Human => "for people",
                LogFormat::Json => "JSON",
            }
        )),
    ];
    findings.push(good(format!("{}.", config.mail.shown())));
    if config.sign_in.registration_closed {
        findings.push(good("New accounts need an invitation.".to_owned()));
    }
    if !config.egress.allow.is_empty() || !config.egress.allow_hosts.is_empty() {
        let networks = config.egress.allow.iter().map(ToString::to_string).chain(config.egress.allow_hosts.iter().cloned());
        findings.push(good(format!("Private places that connections may go to: {}.", networks.collect::<Vec<_>>().join(", "))));
    }
    if url.starts_with("http://") && !config.server.listen.ip().is_loopback() {
        findings.push(bad(format!(
            "The server can be reached from other machines at {} without https. Put a proxy with a certificate in front and set server.public_url to its https address.",
            config.server.listen
        )));
    }
    findings
}
