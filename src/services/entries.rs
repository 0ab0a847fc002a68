//! What was typed into a form.

use std::collections::BTreeMap;

use crate::catalogue::{Accepted, FieldKind, Manifest, OAuth, Target, validate_entries};
use crate::domain::{Actor, DisplayName, OAuthAppId, TeamId};
use crate::egress::BoundOrigins;
use crate::services::grants::Opened;
use crate::services::payload::Payload;
use crate::services::{App, Entries, ErrorCode, FieldError, ServiceError, names, teams};
use crate::store::Conn;

/// The longest value that a draft keeps for another look, in bytes.
const LONGEST_KEPT: usize = 64 * 1_024;

/// Entries that fit their fields, with the secrets bound to where they lead.
#[derive(Debug)]
pub struct Ready {
    /// Fields that are no secret.
    pub config: BTreeMap<String, String>,
    /// The secrets.
    pub payload: Payload,
    /// The organization's app, where requests carry what is secret of it.
    pub app: Option<OAuthAppId>,
    /// What is open of tokens that have just come.
    pub opened: Option<Opened>,
}

impl Ready {
    /// How a person has to allow access at the provider first; none where that is not needed.
    pub fn consent<'a>(&self, manifest: &'a Manifest) -> Option<&'a OAuth> {
        manifest.oauth_of(&self.config).filter(|oauth| oauth.needs_app() && self.payload.grant.is_none())
    }

    /// Refuses entries that a person has to allow at the provider before anything can be tested.
    pub fn refuse_consent(self, manifest: &Manifest) -> Result<Self, ServiceError> {
        if self.consent(manifest).is_none() {
            return Ok(self);
        }
        let name = &manifest.name;
        Err(ServiceError::conflict(format!(
            "A person has to allow access at {name} first. Connect it in the console, or begin with a call of start. Nothing was saved."
        )))
    }
}

/// Entries that fit their fields and lead somewhere.
pub fn accept(app: &App, manifest: &Manifest, entries: &Entries) -> Result<Ready, Vec<FieldError>> {
    let wrong = |errors: Vec<(String, String)>| errors.into_iter().map(|(field, message)| FieldError { field, message }).collect::<Vec<_>>();
    let Accepted { config, secrets } = validate_entries(manifest, entries).map_err(wrong)?;
    let ready =
        |config, bound_origins| Ready { config, payload: Payload { fields: secrets, session: None, grant: None, bound_origins }, app: None, opened: None };
    match app.connect.destination(manifest, &config) {
        Ok(destination) => Ok(ready(config, destination.origins)),
        // Where it leads is known once the provider has answered; until then the secrets may go nowhere.
        Err(_) if is_told_later(manifest, &config) => Ok(ready(config, BoundOrigins::default())),
        Err(problem) => Err(vec![FieldError { field: address_field(manifest), message: problem.to_string() }]),
    }
}

/// Whether the provider's answer fills in a part of the address that is not there yet.
fn is_told_later(manifest: &Manifest, config: &BTreeMap<String, String>) -> bool {
    let Target::Http { base_url, .. } = &manifest.target else { return false };
    let by_provider = |id: &str| manifest.field(id).is_some_and(|field| field.filled_by.is_some());
    manifest.oauth_of(config).is_some() && base_url.fields().any(|id| by_provider(id) && !config.contains_key(id))
}

/// The field that says where the credential goes.
pub fn address_field(manifest: &Manifest) -> String {
    let address = manifest.fields.iter().find(|field| matches!(field.kind, FieldKind::Url | FieldKind::Host));
    address.or_else(|| manifest.fields.first()).map(|field| field.id.clone()).unwrap_or_default()
}

/// What may be shown again: values of fields that the manifest knows and does not call secret.
pub fn showable(manifest: &Manifest, entries: &Entries) -> BTreeMap<String, String> {
    let open = manifest.fields.iter().filter(|field| !field.kind.is_secret());
    let typed = open.filter_map(|field| entries.get(&field.id).map(|value| (field.id.clone(), value.expose().clone())));
    typed.filter(|(_, value)| value.len() <= LONGEST_KEPT).collect()
}

/// How a connection to be is called, and whose it is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The name; empty for the default.
    pub name: &'a str,
    /// Whether it is to be the actor's alone.
    pub personal: bool,
    /// Id of the team it is to belong to; empty for the whole organization, or the only team that the actor may choose.
    pub team: &'a str,
}

impl<'a> From<&'a str> for Wanted<'a> {
    /// A connection for everybody.
    fn from(name: &'a str) -> Self {
        Self { name, ..Self::default() }
    }
}

/// What is wrong with a wanted name; an empty one stands for the default and is fine.
pub async fn objection_to_name(on: Conn<'_>, actor: &Actor, Wanted { name, personal, .. }: Wanted<'_>) -> Result<Option<ServiceError>, ServiceError> {
    if name.trim().is_empty() {
        return Ok(None);
    }
    let Ok(name) = DisplayName::parse(name) else {
        return Ok(Some(ServiceError::invalid_field("name", "Use 1 to 120 characters on one line.")));
    };
    let owner = actor.member().filter(|_| personal);
    let free = names::free(on, &actor.organization, owner, name.as_str()).await?;
    Ok((free != name.as_str()).then(|| ServiceError::name_taken(&free)))
}

/// Accepted entries of a known connector, with a name that is free and the team that was chosen.
pub async fn accept_named(
    app: &App,
    actor: &Actor,
    manifest: &Manifest,
    wanted: Wanted<'_>,
    entries: &Entries,
) -> Result<(Ready, Option<TeamId>), ServiceError> {
    let mut reader = app.database.read().await?;
    let objection = objection_to_name(reader.conn(), actor, wanted).await?;
    let team = match teams::for_connection(reader.conn(), actor, wanted).await {
        Err(error) if error.code != ErrorCode::InvalidField => return Err(error),
        chosen => chosen,
    };
    match (accept(app, manifest, entries), objection, team) {
        (Ok(ready), None, Ok(team)) => Ok((ready, team)),
        (Ok(_), Some(objection), Ok(_)) | (Ok(_), None, Err(objection)) => Err(objection),
        (ready, objection, team) => {
            let mut fields = ready.err().unwrap_or_default();
            fields.extend(objection.into_iter().chain(team.err()).flat_map(|objection| objection.fields));
            Err(ServiceError::invalid_fields(fields))
        }
    }
}
