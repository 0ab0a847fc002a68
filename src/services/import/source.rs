//! What is read: environment variables, a `.env` file, or JSON.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::services::Entries;
use crate::vault::Secret;

/// What another program has.
#[derive(Debug, Default)]
pub struct Source {
    /// Values by the names of variables.
    pub(super) variables: Entries,
    /// Connections that a file names one by one.
    pub(super) listed: Vec<Listed>,
}

/// A connection that a file names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// The connector's id.
    pub connector: String,
    /// What it is to be called; empty for the default.
    #[serde(default)]
    pub name: String,
    /// Values by the ids of fields.
    #[serde(default)]
    pub fields: Entries,
    /// Tokens that a person allowed.
    pub tokens: Option<ListedTokens>,
    /// Label or id of the app at the provider that the tokens belong to; empty for the only one.
    #[serde(default)]
    pub app: String,
}

/// Tokens that a person allowed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListedTokens {
    pub access_token: Secret<String>,
    pub refresh_token: Option<Secret<String>>,
    /// When the access token ends, in UTC milliseconds.
    pub expires_at: Option<i64>,
    /// What was granted, as the provider said it.
    #[serde(default)]
    pub scope: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    connections: Vec<Listed>,
}

/// Why a file cannot be read: where, never what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceProblem {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for SourceProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for SourceProblem {}

impl Source {
    /// Environment variables; those that are no text are left out.
    pub fn environment(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let text = variables.into_iter().filter_map(|(name, value)| Some((name.into_string().ok()?, Secret::new(value.into_string().ok()?))));
        Self { variables: text.collect(), listed: Vec::new() }
    }

    /// A file: JSON when it begins with a brace, otherwise lines of `NAME=value`.
    ///
    /// # Errors
    /// [`SourceProblem`].
    pub fn file(text: &Secret<String>) -> Result<Self, SourceProblem> {
        let text = text.expose().trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') { Self::json(text) } else { Ok(Self { variables: Lines { text, line: 1 }.read()?, listed: Vec::new() }) }
    }

    /// `{"connections": […]}`, or an object of variables.
    fn json(text: &str) -> Result<Self, SourceProblem> {
        // The text of an error may quote a value, so only its position is taken.
        let wrong = |error: &serde_json::Error, what: &str| SourceProblem { line: error.line(), message: what.to_owned() };
        match serde_json::from_str::<Listing>(text) {
            Ok(Listing { connections }) => Ok(Self { variables: BTreeMap::new(), listed: connections }),
            Err(as_listing) => match serde_json::from_str::<Entries>(text) {
                Ok(variables) => Ok(Self { variables, listed: Vec::new() }),
                Err(_) if as_listing.is_data() && text.contains("\"connections\"") => {
                    Err(wrong(&as_listing, "this does not fit a connection. Each has connector, name, fields, tokens and app; docs/IMPORT.md shows one."))
                }
                Err(error) => Err(wrong(&error, "this is no JSON object of texts, and no list of connections. docs/IMPORT.md shows both.")),
            },
        }
    }
}

/// Lines of `NAME=value`, as shells and containers read them.
struct Lines<'a> {
    text: &'a str,
    line: usize,
}

impl Lines<'_> {
    fn read(mut self) -> Result<Entries, SourceProblem> {
        let mut found = Entries::new();
        loop {
            self.skip(|character| character.is_whitespace());
            if self.text.is_empty() {
                return Ok(found);
            }
            if self.text.starts_with('#') {
                self.skip(|character| character != '\n');
                continue;
            }
            let (name, value) = self.pair()?;
            found.insert(name, value);
        }
    }

    fn problem(&self, message: &str) -> SourceProblem {
        SourceProblem { line: self.line, message: message.to_owned() }
    }

    fn skip(&mut self, fits: impl Fn(char) -> bool) {
        let end = self.text.find(|character| !fits(character)).unwrap_or(self.text.len());
        self.line += self.text[..end].matches('\n').count();
        self.text = &self.text[end..];
    }

    fn pair(&mut self) -> Result<(String, Secret<String>), SourceProblem> {
        if let Some(rest) = self.text.strip_prefix("export ") {
            self.text = rest;
            self.skip(|character| matches!(character, ' ' | '\t'));
        }
        let end = self.text.find(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-'))).unwrap_or(self.text.len());
        let name = self.text[..end].to_owned();
        self.text = &self.text[end..];
        self.skip(|character| matches!(character, ' ' | '\t'));
        match self.text.strip_prefix('=') {
            Some(rest) if !name.is_empty() => self.text = rest,
            _ => return Err(self.problem("this is no NAME=value. Mend the line, or begin it with # to leave it out.")),
        }
        self.skip(|character| matches!(character, ' ' | '\t'));
        let value = match self.text.chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            _ => self.bare(),
        };
        Ok((name, value))
    }

    /// Up to the end of the line, or to a comment behind a space.
    fn bare(&mut self) -> Secret<String> {
        let line = &self.text[..self.text.find('\n').unwrap_or(self.text.len())];
        let end = line.find(" #").or_else(|| line.find("\t#")).unwrap_or(line.len());
        let value = Secret::new(line[..end].trim().to_owned());
        self.text = &self.text[line.len()..];
        value
    }

    /// Up to the closing quote, over several lines too; a backslash counts within double quotes alone.
    fn quoted(&mut self, quote: char) -> Result<Secret<String>, SourceProblem> {
        let problem = self.problem("the quote that begins here does not end. Add it.");
        // Room for everything at once, so that growing leaves no copies behind.
        let mut value = Zeroizing::new(String::with_capacity(self.text.len()));
        let mut characters = self.text.char_indices().skip(1);
        while let Some((position, character)) = characters.next() {
            match character {
                _ if character == quote => {
                    self.line += self.text[..position].matches('\n').count();
                    self.text = &self.text[position + 1..];
                    self.skip(|character| character != '\n');
                    return Ok(Secret::new(std::mem::take(&mut *value)));
                }
                '\\' if quote == '"' => match characters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 'r')) => value.push('\r'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, other @ ('"' | '\\' | '$' | '`'))) => value.push(other),
                    Some((_, other)) => {
                        value.push('\\');
                        value.push(other);
                    }
                    None => return Err(problem),
                },
                _ => value.push(character),
            }
        }
        Err(problem)
    }
}
