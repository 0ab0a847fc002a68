//! Where log lines go and what they look like.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Sends log lines to standard error: for people in a terminal, as JSON otherwise. A panic leaves its place, never its words.
pub fn start(config: &LogConfig) {
    let filter = EnvFilter::try_new(directives(&config.level)).unwrap_or_else(|_| EnvFilter::new("info"));
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

/// A bare level is for Latchkey's own lines; libraries only warn, unless everything is wanted (`trace`) or named.
fn directives(level: &str) -> String {
    match level {
        "info" | "debug" => format!("warn,tower_sessions=error,tower_sessions_core=error,latchkey={level}"),
        named => named.to_owned(),
    }
}
