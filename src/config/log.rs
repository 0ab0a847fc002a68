//! `[log]`: what is logged and how.

use serde::Deserialize;

use super::problem::Review;

/// What is logged and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,latchkey::web=debug`.
    pub level: String,
    /// The form of a line.
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people in a terminal, JSON otherwise.
    Auto,
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    level: Option<String>,
    format: Option<String>,
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> LogConfig {
    LogConfig {
        level: review.parse("log.level", raw.level, "info".to_owned(), "give error, warn, info, debug or trace", |text| {
            tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| text.to_owned())
        }),
        format: review.parse("log.format", raw.format, LogFormat::Auto, "give auto, human or json", |text| match text {
            "auto" => Some(LogFormat::Auto),
            "human" => Some(LogFormat::Human),
            "json" => Some(LogFormat::Json),
            _ => None,
        }),
    }
}
