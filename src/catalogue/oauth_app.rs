//! What is asked of an app that an organization registered with a provider.

use super::{Field, FieldKind, Manifest, OAuth};

/// The field with the app's id at the provider.
pub const CLIENT_ID: &str = "client_id";
/// The field with the app's secret.
pub const CLIENT_SECRET: &str = "client_secret";

impl Manifest {
    /// How tokens are got by apps that organizations register; none where nobody registers one.
    pub fn oauth_by_app(&self) -> Option<&OAuth> {
        self.oauth.as_ref().filter(|oauth| oauth.needs_app())
    }
}

impl OAuth {
    /// What is asked of an app: its id, its secret where it has one, and what the provider gives it besides.
    pub fn entry_fields(&self) -> Vec<Field> {
        let id = standard(CLIENT_ID, "Client id", FieldKind::Text, "As the provider shows it; some call it app id or app key.");
        let secret = standard(CLIENT_SECRET, "Client secret", FieldKind::Secret, "It is sealed, and never shown again.");
        let own = [Some(id), self.app_secret.then_some(secret)].into_iter().flatten();
        own.chain(self.app_fields.iter().cloned()).collect()
    }

    /// Whether an open field decides where the app's secret is sent.
    pub fn leads_by(&self, field: &str) -> bool {
        let urls = [Some(&self.token_url), self.revoke.as_ref().map(|revoke| &revoke.url)];
        urls.into_iter().flatten().any(|url| url.fields().any(|id| id == field))
    }
}

fn standard(id: &str, title: &str, kind: FieldKind, help: &str) -> Field {
    Field {
        id: id.to_owned(),
        title: title.to_owned(),
        help: help.to_owned(),
        kind,
        required: true,
        default: String::new(),
        pattern: None,
        example: String::new(),
        find_url: String::new(),
        find_label: String::new(),
        options: Vec::new(),
        visible_when: None,
        filled_by: None,
    }
}
