//! A Ventures that takes every password which begins with `good`, remembers what it was sent and can be made to wait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use latchkey::catalogue::Registry;
use latchkey::domain::{Actor, ConnectionId};
use latchkey::services::{Entries, connections, credentials};
use latchkey::store::Database;
use latchkey::store::connections::{ConnectionRow, find};
use latchkey::store::credentials::{CredentialRow, versions};
use latchkey::vault::{Binding, Secret};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::services::world::World;

/// The provider; a password that holds `wait` is answered once somebody lets it through.
#[derive(Clone)]
pub struct Provider {
    seen: Arc<Mutex<Vec<String>>>,
    arrived: Arc<Semaphore>,
    gate: Arc<Semaphore>,
    called: Arc<dyn Fn() + Send + Sync>,
}

impl Provider {
    async fn start() -> (Self, String) {
        Self::start_with(|| {}).await
    }

    /// Starts it; `called` is told of every request before it is answered.
    pub async fn start_with(called: impl Fn() + Send + Sync + 'static) -> (Self, String) {
        let provider = Self { seen: Arc::default(), arrived: Arc::new(Semaphore::new(0)), gate: Arc::new(Semaphore::new(0)), called: Arc::new(called) };
        let router = Router::new().route("/token", post(token)).fallback(get(objects)).with_state(provider.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (provider, url)
    }

    /// The passwords so far.
    pub fn passwords(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until so many sign-ins wait.
    pub async fn waiting(&self, count: u32) {
        self.arrived.acquire_many(count).await.unwrap().forget();
    }

    /// Lets so many of them through.
    pub fn release(&self, count: usize) {
        self.gate.add_permits(count);
    }
}

async fn objects(State(provider): State<Provider>) -> Json<Value> {
    (provider.called)();
    Json(json!([{ "id": 1 }]))
}

async fn token(State(provider): State<Provider>, Json(body): Json<Value>) -> Response {
    (provider.called)();
    let password = body["password"].as_str().unwrap().to_owned();
    provider.seen.lock().unwrap().push(password.clone());
    if password.contains("wait") {
        provider.arrived.add_permits(1);
        provider.gate.acquire().await.unwrap().forget();
    }
    if password.starts_with("good") {
        Json(json!({ "token": hex::encode(password) })).into_response()
    } else {
        (StatusCode::UNAUTHORIZED, Json(json!({ "message": "no" }))).into_response()
    }
}

/// A world with one connection of the played provider, whose password is `good-1`.
pub struct Stage {
    pub world: World,
    pub dana: Actor,
    pub provider: Provider,
    pub id: String,
}

pub fn typed(password: &str, site: &str) -> Entries {
    let values = [("username", "api_user"), ("password", password), ("site", site)];
    values.iter().map(|(id, value)| ((*id).to_owned(), Secret::new((*value).to_owned()))).collect()
}

impl Stage {
    pub async fn set(database: Database) -> Self {
        let (provider, url) = Provider::start().await;
        let mapped = BTreeMap::from([("ventures".to_owned(), url)]);
        let world = World::of(database, Registry::embedded().unwrap(), mapped, "").await;
        let who = world.set_up().await;
        let dana = world.actor(&who).await;
        let id = connections::create(&world.app, &dana, "ventures", "Loans", typed("good-1", "one")).await.unwrap().row.id;
        Self { world, dana, provider, id }
    }

    /// Sends the form and waits for what follows.
    pub async fn submit(&self, actor: &Actor, entries: Entries) {
        credentials::submit(&self.world.app, actor, &self.id, entries).await.unwrap();
        self.world.settle().await;
    }

    /// Sends the form once more while a cut-off check still waits; then lets that one end too.
    pub async fn submit_again(&self, entries: Entries) {
        credentials::submit(&self.world.app, &self.dana, &self.id, entries).await.unwrap();
        self.provider.release(1);
        self.world.settle().await;
    }

    pub fn connection(&self) -> ConnectionId {
        ConnectionId::parse(&self.id).unwrap()
    }

    pub async fn row(&self) -> ConnectionRow {
        find(self.world.app.database.read().await.unwrap().conn(), &self.dana.organization, &self.connection()).await.unwrap().unwrap()
    }

    pub async fn versions(&self) -> Vec<CredentialRow> {
        versions(self.world.app.database.read().await.unwrap().conn(), &self.dana.organization, &self.connection()).await.unwrap()
    }

    /// Number and use of each version, newest first.
    pub async fn numbers(&self) -> Vec<(i64, bool)> {
        self.versions().await.into_iter().map(|version| (version.version, version.active)).collect()
    }

    /// The passwords that are stored, newest version first.
    pub async fn stored(&self) -> Vec<String> {
        let opened = |row: CredentialRow| {
            let number = u64::try_from(row.version).unwrap();
            let binding =
                Binding { organization: row.organization.as_str(), kind: "credential", record: row.connection.as_str(), field: "payload", version: number };
            let json: Value = serde_json::from_slice(self.world.app.keyring.open(&binding, &row.sealed).unwrap().expose()).unwrap();
            json["fields"]["password"].as_str().unwrap().to_owned()
        };
        self.versions().await.into_iter().map(opened).collect()
    }

    /// Everything that must stay as it is when nothing is changed.
    pub async fn state(&self) -> (ConnectionRow, Vec<CredentialRow>) {
        (self.row().await, self.versions().await)
    }
}
