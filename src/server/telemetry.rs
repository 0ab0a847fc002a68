//! Where log lines go and what they look like.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Libraries that say too much; named in `log.level` they speak again.
const QUIET: [&str; 8] = ["sqlx", "hyper", "hyper_util", "h2", "rustls", "reqwest", "tower_sessions", "tower_sessions_core"];

/// Sends log lines to standard error: for people in a terminal, as JSON otherwise. A panic leaves its place, never its words.
pub fn start(config: &LogConfig) {
    let mut filter = EnvFilter::try_new(&config.level).unwrap_or_else(|_| EnvFilter::new("info"));
    for library in QUIET.into_iter().filter(|library| !config.level.contains(library)) {
        let level = if config.level.contains("trace") { "trace" } else { "warn" };
        if let Ok(directive) = format!("{library}={level}").parse() {
            filter = filter.add_directive(directive);
        }
    }
    let json = match config.format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Human => false,
        LogFormat::Json => true,
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started =
        if json { lines.json().flatten_event(true).try_init() } else { lines.with_target(false).with_ansi(std::io::stderr().is_terminal()).try_init() };
    drop(started);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a task panicked");
    }));
}
