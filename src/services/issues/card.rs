//! One open issue in words.

use crate::catalogue::Manifest;
use crate::domain::{Action, Actor, ConnectionStatus, OAuthAppId, Timestamp};
use crate::dto::{CredentialUse, IssueCard, IssueStep};
use crate::services::{App, access, checking, connections, words};
use crate::store::connections::ConnectionRow;
use crate::store::grants::GrantRow;
use crate::store::issues::IssueRow;

/// An open issue, and what is known of its connection.
pub(super) struct Known<'a> {
    pub issue: IssueRow,
    pub row: &'a ConnectionRow,
    pub manifest: Option<&'a Manifest>,
    /// None where it lives by no token.
    pub grant: Option<GrantRow>,
    pub uses: Vec<CredentialUse>,
}

impl Known<'_> {
    /// Whether the last renewal is what went wrong; else a check was.
    fn is_of_renewal(&self) -> bool {
        self.grant.as_ref().is_some_and(|grant| grant.failure_code == self.issue.code)
    }

    /// Whether apps get a token that still works.
    fn works(&self, now: Timestamp) -> bool {
        self.grant.as_ref().is_some_and(|grant| grant.expires_at.is_none_or(|end| end > now)) && self.row.status != ConnectionStatus::Disabled
    }

    /// As the actor may see it.
    pub(super) fn card(self, app: &App, actor: &Actor, now: Timestamp) -> IssueCard {
        let (row, issue) = (self.row, &self.issue);
        let details = access::may_on(actor, Action::SeeConnectionDetails, row);
        let provider = self.manifest.map_or(row.connector.as_str(), |manifest| manifest.name.as_str());
        let works = self.works(now);
        let sentence = if details {
            format!("{} {}", self.cause(app), words::issue_for_apps(row.status, self.grant.is_some(), works))
        } else {
            words::issue_effect(row.status)
        };
        let mut apps: Vec<String> = Vec::new();
        for used in self.uses.iter().filter(|_| details) {
            if !apps.contains(&used.application_name) {
                apps.push(used.application_name.clone());
            }
        }
        IssueCard {
            id: issue.id.to_string(),
            connection: row.id.to_string(),
            name: row.name.clone(),
            connector: row.connector.clone(),
            connector_name: provider.to_owned(),
            glyph: self.manifest.and_then(|manifest| manifest.glyph.clone()),
            account: if details { connections::account(row) } else { String::new() },
            title: if details { words::issue_title(&issue.code, provider) } else { words::issue_title_for_viewers(row.status, provider) },
            pill: words::issue_pill(row.status, !details),
            sentence,
            opened_at: issue.opened_at,
            lasts: words::span(now.since(issue.opened_at)),
            token_until: self.grant.as_ref().and_then(|grant| grant.expires_at).filter(|_| details && works),
            apps,
            told_at: issue.told_at.filter(|_| details),
            step: self.step(actor),
        }
    }

    fn cause(&self, app: &App) -> String {
        if self.is_of_renewal() {
            return words::renewal(&self.issue.code);
        }
        let headline = self.manifest.and_then(|manifest| checking::headline(app, manifest, self.row));
        headline.unwrap_or_else(|| words::reason(self.row.failure_code.as_deref()))
    }

    /// The one thing to do next, for those who may.
    fn step(&self, actor: &Actor) -> Option<IssueStep> {
        let (row, may_test) = (self.row, access::may_on(actor, Action::TestConnection, self.row));
        let sends = |words: &str, path: &str| Some(IssueStep { words: words.to_owned(), path: path.to_owned(), sends: true });
        if let Some(app) = self.refused_app().filter(|_| actor.may(Action::ManageOAuthApps, None)) {
            return Some(IssueStep { words: "Look at the app".to_owned(), path: format!("/oauth-apps/{app}"), sends: false });
        }
        match row.status {
            ConnectionStatus::ReauthRequired => connections::fix(actor, row, self.manifest).map(|(words, path)| IssueStep { words, path, sends: false }),
            ConnectionStatus::Active | ConnectionStatus::Error if may_test && self.is_of_renewal() => sends("Try again now", "/actions/connections/renew"),
            ConnectionStatus::Active | ConnectionStatus::Error if may_test => sends("Test it again", "/actions/connections/test"),
            _ => None,
        }
    }

    /// The organization's app that the provider refuses.
    fn refused_app(&self) -> Option<&OAuthAppId> {
        let refused = matches!(self.issue.code.as_str(), "invalid_client" | "unauthorized_client");
        self.grant.as_ref().filter(|_| refused && self.is_of_renewal())?.app.as_ref()
    }
}
