//! The frame around every page, and the first steps.

use serde::{Deserialize, Serialize};

use crate::domain::{Role, Timestamp};

/// The frame around every page of a signed-in member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShellView {
    /// The organization's name.
    pub organization: String,
    /// Ids and names of the person's other organizations, by name.
    pub others: Vec<(String, String)>,
    /// The member's name.
    pub person: String,
    /// The member's role.
    pub role: Role,
    /// Connections that are not disconnected.
    pub connections: usize,
    /// Open issues of connections.
    pub issues: usize,
    /// `light`, `dark` or empty for the system's choice.
    pub theme: String,
    /// Accounts of the sandbox providers; empty unless the operator runs them.
    pub sandbox: Vec<SandboxAccount>,
}

/// One account of a sandbox provider, as the banner prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxAccount {
    /// The connector's id.
    pub connector: String,
    /// What it shows: `Works`, `Wrong password`, `Asks to slow down`.
    pub title: String,
    /// Labels and values to type.
    pub values: Vec<(String, String)>,
}

/// The setup page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupView {
    /// The address people use.
    pub public_url: String,
    /// `SQLite` or `PostgreSQL`.
    pub database: String,
    /// How many migrations are applied.
    pub migrations: usize,
    /// Where the key comes from, in words.
    pub key_source: String,
    /// The key's fingerprint in groups of four hex digits.
    pub key_fingerprint: String,
}

/// The first steps of a new organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnboardingView {
    /// The member's first name.
    pub first_name: String,
    /// When a copy of the key was put away.
    pub key_copied_at: Option<Timestamp>,
    /// When the first account was connected.
    pub connected_at: Option<Timestamp>,
    /// When a second person joined.
    pub colleague_at: Option<Timestamp>,
    /// How many services there are.
    pub services: usize,
    /// Whether the viewer may tend the steps.
    pub may_tend: bool,
    /// Whether the viewer may have the recovery sheet.
    pub may_copy_key: bool,
}
