//! What is wrong with the configuration, in words that mend it.

use std::fmt;

use figment::Figment;
use figment::error::Kind;

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, such as `server.listen`.
    pub key: String,
    /// Where its value came from: a file, a variable, or `default`.
    pub origin: String,
    /// What is wrong; never a secret's value.
    pub wrong: String,
    /// What to do.
    pub fix: String,
}

impl Problem {
    /// A problem of `key`.
    pub fn new(key: &str, origin: &str, wrong: &str, fix: &str) -> Self {
        Self { key: key.to_owned(), origin: origin.to_owned(), wrong: wrong.to_owned(), fix: fix.to_owned() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (from {}): {}. To mend it: {}.", self.key, self.origin, self.wrong, self.fix)
    }
}

/// The configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Everything that was found.
    pub problems: Vec<Problem>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The configuration cannot be used; nothing was started or changed.")?;
        self.problems.iter().try_for_each(|problem| write!(formatter, "\n  {problem}"))
    }
}

impl ConfigError {
    /// A single problem.
    pub fn one(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }

    pub(super) fn from_figment(error: figment::Error) -> Self {
        let problems = error.into_iter().map(|error| {
            let mut key = error.path.join(".");
            let (wrong, fix) = match &error.kind {
                Kind::UnknownField(field, known) => {
                    if !key.ends_with(field.as_str()) {
                        key = if key.is_empty() { field.clone() } else { format!("{key}.{field}") };
                    }
                    ("there is no such setting".to_owned(), format!("remove it, or use one of: {}", known.join(", ")))
                }
                Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => ("the value has the wrong type".to_owned(), format!("give {expected}")),
                Kind::Message(message) if error.path.is_empty() => (without_source(message), "correct the file".to_owned()),
                _ => ("the value cannot be read".to_owned(), "see the comments in Leptos.toml".to_owned()),
            };
            let origin = error.metadata.as_ref().map_or_else(|| "default".to_owned(), origin_of);
            Problem { key: if key.is_empty() { "file".to_owned() } else { key }, origin, wrong, fix }
        });
        Self { problems: problems.collect() }
    }
}

/// A message of the TOML reader without the lines that quote the file (`7 | url = "…"`, `  | ^`), which may hold a password: place and reason.
fn without_source(message: &str) -> String {
    let quotes = |line: &&str| line.trim_start().trim_start_matches(|digit: char| digit.is_ascii_digit()).trim_start().starts_with('|');
    let lines: Vec<&str> = message.trim().lines().collect();
    let Some(last) = lines.iter().rposition(quotes) else { return lines.join(" ") };
    let place = lines.iter().take(1).filter(|line| !quotes(line));
    place.chain(lines.iter().skip(last + 1)).copied().collect::<Vec<_>>().join(": ")
}

fn origin_of(metadata: &figment::Metadata) -> String {
    metadata.source.as_ref().and_then(|source| source.file_path()).map_or_else(|| metadata.name.to_string(), |path| path.display().to_string())
}

/// Collects problems while sections are checked.
pub(super) struct Review<'a> {
    figment: &'a Figment,
    problems: Vec<Problem>,
}

impl<'a> Review<'a> {
    pub(super) const fn new(figment: &'a Figment) -> Self {
        Self { figment, problems: Vec::new() }
    }

    pub(super) fn refuse(&mut self, key: &str, wrong: &str, fix: &str) {
        let problem = Problem::new(key, &self.origin(key), wrong, fix);
        self.problems.push(problem);
    }

    pub(super) fn origin(&self, key: &str) -> String {
        self.figment.find_metadata(key).map_or_else(|| "default".to_owned(), origin_of)
    }

    pub(super) fn is_from_file(&self, key: &str) -> bool {
        self.figment.find_metadata(key).and_then(|metadata| metadata.source.as_ref()).is_some_and(|source| source.file_path().is_some())
    }

    /// Reads a value by `parse`; a failure is noted and answered with `fallback`.
    pub(super) fn parse<T>(&mut self, key: &str, text: Option<String>, fallback: T, fix: &str, parse: impl FnOnce(&str) -> Option<T>) -> T {
        let Some(text) = text else { return fallback };
        parse(text.trim()).unwrap_or_else(|| {
            self.refuse(key, "the value cannot be used", fix);
            fallback
        })
    }

    pub(super) fn finish<T>(self, config: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() { Ok(config) } else { Err(ConfigError { problems: self.problems }) }
    }
}
