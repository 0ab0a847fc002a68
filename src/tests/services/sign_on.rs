//! Single sign-on through the use cases, on both engines, against a provider over real HTTP. The rows are those of the OAuth checklist.

mod joining;
mod linking;
mod managing;
mod rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::connect::Connector;
use latchkey::domain::{Actor, LocalPath, OrganizationId, Role, SignOnPurpose, SignOnTrouble};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::services::sign_in::Entered;
use latchkey::services::sign_on::{self, Arrived, CameBack, Ended, NewProvider, Wish};
use latchkey::services::{App, ErrorCode, SignedIn};
use latchkey::store::Database;
use latchkey::vault::Secret;
use url::Url;

use crate::services::world::{World, visitor};
use crate::support::idp::{CLIENT, Idp, SECRET};

/// What only this browser's session holds.
pub const BROWSER: &str = "the browser's own";

/// An organization with an admin and a provider.
pub struct Stage {
    pub world: World,
    pub app: App,
    pub idp: Idp,
    pub organization: OrganizationId,
    pub admin: Actor,
    /// The id of the provider.
    pub provider: String,
}

/// A provider as an admin types it.
pub fn typed(issuer: &str) -> NewProvider {
    NewProvider {
        kind: "oidc".to_owned(),
        label: "Work account".to_owned(),
        issuer: issuer.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Secret::new(SECRET.to_owned()),
        domains: vec!["work.example".to_owned()],
        join_role: "none".to_owned(),
    }
}

impl Stage {
    pub async fn new(database: Database) -> Self {
        let world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let idp = Idp::start(world.clock.clone()).await;
        let app = world.app.clone();
        let provider = sign_on::add(&app, &admin, &typed(idp.url())).await.unwrap().id;
        Self { world, app, idp, organization, admin, provider }
    }

    /// The same, asking this name server.
    pub fn asking(&mut self, nameserver: std::net::SocketAddr) {
        let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], nameservers: vec![nameserver], ..EgressPolicy::default() };
        let egress = Egress::new(policy, "").unwrap();
        self.app.connect = Arc::new(Connector::new(egress, BTreeMap::new(), self.world.clock.clone()));
    }

    /// Goes to the provider; the address there.
    pub async fn go(&self, purpose: SignOnPurpose, actor: Option<&Actor>) -> Result<Url, Ended> {
        let next = LocalPath::parse("/marketplace?q=a").unwrap();
        let wish = Wish { provider: &self.provider, purpose, next: &next, binding: BROWSER };
        let url = sign_on::begin(&self.app, &visitor(), actor, wish).await?.url;
        self.idp.expects(&url);
        Ok(url)
    }

    /// What the browser brings back from there.
    pub fn back(&self, url: &Url) -> CameBack {
        CameBack {
            provider: self.provider.clone(),
            state: query(url).remove("state"),
            code: Some(Secret::new("code-1".to_owned())),
            error: None,
            iss: Some(self.idp.url().to_owned()),
        }
    }

    pub async fn arrive(&self, actor: Option<&Actor>, back: &CameBack) -> Result<Arrived, Ended> {
        sign_on::arrive(&self.app, &visitor(), actor, Some(BROWSER), back).await
    }

    /// There and back.
    pub async fn trip(&self, purpose: SignOnPurpose, actor: Option<&Actor>) -> Result<Arrived, Ended> {
        let url = self.go(purpose, actor).await?;
        self.arrive(actor, &self.back(&url)).await
    }

    /// There and back, to sign in.
    pub async fn sign_in(&self) -> Result<SignedIn, Ended> {
        match self.trip(SignOnPurpose::SignIn, None).await? {
            Arrived::Entered(Entered::In(signed_in), _) => Ok(signed_in),
            other => panic!("not signed in: {other:?}"),
        }
    }
}

/// The query of an address.
pub fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// The known end of an attempt.
pub fn trouble<T: std::fmt::Debug>(outcome: Result<T, Ended>) -> SignOnTrouble {
    match outcome {
        Err(Ended::Trouble(trouble)) => trouble,
        other => panic!("expected a known end, not {other:?}"),
    }
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(outcome: Result<T, Ended>) -> ErrorCode {
    match outcome {
        Err(Ended::Failed(error)) => error.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}
