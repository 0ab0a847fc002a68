//! Connecting by a person's consent, through the use cases, on both engines, against a provider over real HTTP. The rows are those of the OAuth checklist.

mod endings;
mod flow;
mod leftovers;
mod moved;
mod reconnect;
mod rows;
mod signed_back;
mod started;

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::catalogue::Registry;
use latchkey::connect::Connector;
use latchkey::domain::{Actor, CheckState, ConsentTrouble, DraftId, OAuthAppId, OrganizationId, Role};
use latchkey::dto::{ConnectionView, DraftView};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::services::consent::{self, Arrived, CameBack, Ended, Stopped};
use latchkey::services::drafts::{self, Submitted};
use latchkey::services::{App, Entries, ErrorCode, connections, oauth_apps};
use latchkey::store::oauth_apps::OAuthAppRow;
use latchkey::store::{Database, oauth_apps as apps};
use latchkey::vault::{Secret, mac};
use url::Url;

use crate::services::world::{World, visitor};
use crate::support::oauth::{CLIENT, DEVELOPER_TOKEN, MANIFESTS, Provider, SECRET};

/// What only this browser's session holds.
pub const BROWSER: &str = "the browser's own";

/// An organization with an admin, a provider, and an app for each of its connectors.
pub struct Stage {
    pub world: World,
    pub app: App,
    pub provider: Provider,
    pub organization: OrganizationId,
    pub admin: Actor,
}

/// Values as a form sends them.
pub fn entries(values: &[(&str, &str)]) -> Entries {
    values.iter().map(|(id, value)| ((*id).to_owned(), Secret::new((*value).to_owned()))).collect()
}

impl Stage {
    pub async fn new(database: Database) -> Self {
        let mut world = World::of(database, Registry::from_texts(&MANIFESTS).unwrap(), BTreeMap::new(), "").await;
        let provider = Provider::start().await;
        let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
        let places = |lead: &str, own: bool| -> BTreeMap<String, String> {
            ["ledger", "books", "shelf"]
                .into_iter()
                .map(|id| (id.to_owned(), format!("{}{lead}{}", provider.url(), if own { format!("/{id}") } else { String::new() })))
                .collect()
        };
        let connector = Connector::new(Egress::new(policy, "").unwrap(), places("/api", true), world.clock.clone());
        world.app.connect = Arc::new(connector.with_oauth_overrides(places("/oauth", false)));
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let app = world.app.clone();
        let stage = Self { world, app, provider, organization, admin };
        for connector in ["ledger", "books", "shelf"] {
            stage.register(&stage.admin, connector, "Ours").await;
        }
        stage
    }

    /// Adds an app of the actor's organization.
    pub async fn register(&self, actor: &Actor, connector: &str, label: &str) -> OAuthAppId {
        let id = OAuthAppId::generate(self.world.clock.as_ref(), self.app.random.as_ref());
        let secret = Secret::new(SECRET.to_owned());
        let fields = if connector == "ledger" { entries(&[("developer_token", DEVELOPER_TOKEN)]) } else { Entries::new() };
        let sealed = oauth_apps::seal(&self.app, &actor.organization, &id, 1, Some(&secret), &fields).unwrap();
        let row = OAuthAppRow {
            id: id.clone(),
            organization: actor.organization.clone(),
            connector: connector.to_owned(),
            label: label.to_owned(),
            client_id: CLIENT.to_owned(),
            config: "{}".to_owned(),
            key_id: sealed.key_id,
            sealed: sealed.bytes,
            secret_version: 1,
            secret_hint: String::new(),
            secret_ends_at: None,
            created_by: actor.member().unwrap().clone(),
            created_at: self.app.now(),
            updated_at: self.app.now(),
            row_version: 1,
        };
        let mut transaction = self.app.database.begin().await.unwrap();
        apps::insert(transaction.conn(), &row).await.unwrap();
        transaction.commit().await.unwrap();
        id
    }

    /// A draft that waits for consent.
    pub async fn draft(&self, connector: &str) -> DraftId {
        let draft = drafts::start(&self.app, &self.admin, connector).await.unwrap();
        self.fill_in(&draft, &[]).await;
        draft
    }

    /// Sends the details; the draft waits for consent then.
    pub async fn fill_in(&self, draft: &DraftId, values: &[(&str, &str)]) {
        let submitted = drafts::submit(&self.app, &self.admin, draft.as_str(), "", entries(values)).await.unwrap();
        assert_eq!(submitted, Submitted::Consent);
    }

    /// Leaves for the provider; the address there.
    pub async fn go(&self, draft: &DraftId) -> Url {
        consent::begin(&self.app, &self.admin, draft.as_str(), Some(BROWSER)).await.unwrap().url
    }

    /// What the browser brings back after somebody allowed it as this account.
    pub fn allowed(&self, url: &Url, account: &str) -> Vec<(&'static str, String)> {
        let mut back =
            vec![("state", query(url)["state"].clone()), ("code", self.provider.allows(url, account)), ("iss", "https://login.books.example".to_owned())];
        back.push(("realmId", "4620816365".to_owned()));
        signed(&back, SECRET)
    }

    /// Arrives at the callback of this connector.
    pub async fn arrive(&self, connector: &str, back: &[(&'static str, String)]) -> Result<Arrived, Ended> {
        consent::arrive(&self.app, &visitor(), Some(&self.admin), Some(BROWSER), came_back(connector, back)).await
    }

    /// There and back, and the check to its end.
    pub async fn trip(&self, connector: &str, draft: &DraftId, account: &str) -> Result<Arrived, Ended> {
        let url = self.go(draft).await;
        let arrived = self.arrive(connector, &self.allowed(&url, account)).await;
        self.world.settle().await;
        arrived
    }

    /// How the draft's page sees it.
    pub async fn view(&self, draft: &DraftId) -> DraftView {
        drafts::view(&self.app, &self.admin, draft.as_str()).await.unwrap()
    }

    /// A whole connection of this account.
    pub async fn connected(&self, connector: &str, account: &str) -> ConnectionView {
        let draft = self.draft(connector).await;
        let arrived = self.trip(connector, &draft, account).await.unwrap();
        assert_eq!(arrived, Arrived::Testing(draft.clone(), None));
        let view = self.view(&draft).await;
        assert_eq!(view.check.as_ref().map(|check| check.state), Some(CheckState::Passed), "{:?}", view.check);
        connections::view(&self.app, &self.admin, &view.connection.expect("it is connected")).await.unwrap()
    }

    /// How many connections there are.
    pub async fn count(&self) -> usize {
        connections::list(&self.app, &self.admin, &Default::default()).await.unwrap().total
    }
}

/// What a browser brings back.
pub fn came_back(connector: &str, back: &[(&'static str, String)]) -> CameBack {
    let query = back.iter().map(|(key, value)| ((*key).to_owned(), Secret::new(value.clone()))).collect();
    CameBack { connector: connector.to_owned(), query }
}

/// The same, signed with this secret as `shelf` signs.
pub fn signed(back: &[(&'static str, String)], secret: &str) -> Vec<(&'static str, String)> {
    let others = with(back, "hmac", None);
    let sorted: BTreeMap<_, _> = others.iter().cloned().collect();
    let message = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&sorted).finish();
    let signature = hex::encode(mac(&Secret::new(secret.as_bytes().to_vec()), message.as_bytes()));
    with(&others, "hmac", Some(&signature))
}

/// The query of an address.
pub fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// What a browser brings back with one value changed; `None` takes it away.
pub fn with(back: &[(&'static str, String)], key: &'static str, value: Option<&str>) -> Vec<(&'static str, String)> {
    let kept = back.iter().filter(|(name, _)| *name != key).cloned();
    kept.chain(value.map(|value| (key, value.to_owned()))).collect()
}

/// The known end of a trip.
#[track_caller]
pub fn stopped(outcome: Result<Arrived, Ended>) -> Stopped {
    match outcome {
        Err(Ended::Stopped(stopped)) => stopped,
        other => panic!("expected a known end, not {other:?}"),
    }
}

/// Which end it was.
#[track_caller]
pub fn trouble(outcome: Result<Arrived, Ended>) -> ConsentTrouble {
    stopped(outcome).trouble
}

/// The code of a refusal.
#[track_caller]
pub fn code<T>(result: Result<T, latchkey::services::ServiceError>) -> ErrorCode {
    result.err().expect("refused").code
}
