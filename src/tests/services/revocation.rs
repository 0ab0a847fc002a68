//! Disconnecting tells the provider where it can, and ends here in any case.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use latchkey::catalogue::Registry;
use latchkey::connect::Connector;
use latchkey::domain::{Actor, ConnectionStatus};
use latchkey::egress::{Egress, EgressPolicy, Origin};
use latchkey::services::{ErrorCode, connections};
use latchkey::store::connections::ConnectionRow;
use latchkey::store::{Database, audit, credentials};
use latchkey::vault::Binding;
use tokio::net::TcpListener;

use crate::services::world::World;
use crate::support::database::on_both_engines;

const KEY: &str = "sk_test_canaryRevoke0000";
const REVOKE: &str =
    "\n[revoke]\nnote = \"Stripe deletes the key.\"\nrequest = { method = \"DELETE\", path = \"/key\", success = { statuses = [204], text = true } }\n";

/// A provider that answers everything with what stands in it, and counts; 0 stands for no answer at all.
#[derive(Clone)]
struct Provider {
    answer: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<String>>>,
    base: String,
}

impl Provider {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { answer: Arc::new(AtomicUsize::new(204)), seen: Arc::default(), base };
        let inner = provider.clone();
        let answer = move |request: Request| {
            let inner = inner.clone();
            async move {
                inner.seen.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
                match u16::try_from(inner.answer.load(Ordering::SeqCst)).unwrap() {
                    0 => std::future::pending().await,
                    status => StatusCode::from_u16(status).unwrap(),
                }
            }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
        provider
    }

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

async fn begin(database: Database) -> (World, Actor, Provider) {
    let mut world = World::new(database).await;
    let provider = Provider::start().await;
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalogue/manifests/stripe.toml")).unwrap() + REVOKE;
    world.app.catalogue = Arc::new(Registry::from_texts(&[("stripe.toml", &manifest)]).unwrap());
    world.app.connect = Arc::new(connector(&world, &provider));
    let who = world.set_up().await;
    let dana = world.actor(&who).await;
    (world, dana, provider)
}

fn connector(world: &World, provider: &Provider) -> Connector {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    let bases = BTreeMap::from([("stripe".to_owned(), provider.base.clone())]);
    Connector::new(Egress::new(policy, "").unwrap(), bases, world.clock.clone())
}

/// A connection whose credential opens and leads to the provider.
async fn connected(world: &World, dana: &Actor, provider: &Provider, name: &str) -> ConnectionRow {
    let row = world.connection(dana, name, ConnectionStatus::Active, None).await;
    let port = provider.base.rsplit(':').next().unwrap().parse().unwrap();
    let origins = latchkey::egress::BoundOrigins::only(Origin::new("http", "127.0.0.1", port).unwrap());
    let payload = serde_json::json!({"fields": {"api_key": KEY}, "session": null, "bound_origins": origins});
    let binding = Binding { organization: row.organization.as_str(), kind: "credential", record: row.id.as_str(), field: "payload", version: 1 };
    let sealed = world.app.keyring.seal(&binding, payload.to_string().as_bytes(), world.app.random.as_ref());
    let mut transaction = world.app.database.begin().await.unwrap();
    let credential = credentials::active(transaction.conn(), &row.organization, &row.id).await.unwrap().unwrap();
    credentials::replace_sealed(transaction.conn(), &row.organization, &credential.id, &credential.key_id, sealed.bytes()).await.unwrap();
    transaction.commit().await.unwrap();
    row
}

on_both_engines! {
    async fn it_says_what_the_provider_did_and_erases_in_any_case(database: Database) {
        let (mut world, dana, provider) = begin(database).await;
        let cases = [
            (204, Some(true), "Stripe was told and confirmed it. Stripe deletes the key.", ""),
            (401, Some(true), "did not accept the API key any more", ""),
            (500, Some(false), "Stripe could not be told. The provider failed. The API key may still work there", "target_error"),
            (0, Some(false), "Stripe could not be told. There was no answer in time.", "timeout"),
        ];
        for (answer, revoked, words, code) in cases {
            provider.answer.store(answer, Ordering::SeqCst);
            if answer == 0 {
                world.app.connect = Arc::new(connector(&world, &provider).with_deadline(Duration::from_secs(1)));
            }
            let row = connected(&world, &dana, &provider, &format!("Answers {answer}")).await;
            assert_eq!(connections::view(&world.app, &dana, row.id.as_str()).await.unwrap().revocation.as_deref(), Some("Stripe deletes the key."));
            let done = connections::disconnect(&world.app, &dana, row.id.as_str(), true).await.unwrap();
            assert_eq!(done.revoked, revoked, "{answer}: {}", done.sentence);
            assert!(done.sentence.starts_with("The API key is erased here") && done.sentence.contains(words), "{}", done.sentence);
            assert_eq!(provider.calls(), ["DELETE /key"]);
            let mut reader = world.app.database.read().await.unwrap();
            assert_eq!(credentials::versions(reader.conn(), &row.organization, &row.id).await.unwrap(), []);
            let entry = audit::last(reader.conn(), &row.organization, row.id.as_str(), "connection.disconnected").await.unwrap().unwrap();
            let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap();
            assert_eq!((detail["revoked"].as_bool(), detail["code"].as_str().unwrap_or_default()), (revoked, code));
            assert!(!entry.detail.contains(KEY) && !done.sentence.contains(KEY));
            drop(reader);
            assert_eq!(connections::disconnect(&world.app, &dana, row.id.as_str(), true).await.unwrap_err().code, ErrorCode::Conflict);
            assert_eq!(provider.calls(), Vec::<String>::new(), "what has ended is not told again");
        }
    }

    async fn nobody_is_told_who_was_not_to_be(database: Database) {
        let (world, dana, provider) = begin(database).await;
        let row = connected(&world, &dana, &provider, "Quiet").await;
        let done = connections::disconnect(&world.app, &dana, row.id.as_str(), false).await.unwrap();
        assert_eq!((done.revoked, done.sentence.contains("Stripe was not told")), (None, true), "{}", done.sentence);
        assert_eq!(provider.calls(), Vec::<String>::new());
    }

    async fn what_does_not_open_is_erased_too(database: Database) {
        let (world, dana, provider) = begin(database).await;
        let row = world.connection(&dana, "Broken", ConnectionStatus::Active, None).await;
        let done = connections::disconnect(&world.app, &dana, row.id.as_str(), true).await.unwrap();
        assert_eq!((done.revoked, done.sentence.contains("could not be read")), (Some(false), true), "{}", done.sentence);
        assert_eq!(provider.calls(), Vec::<String>::new());
        let left = credentials::versions(world.app.database.read().await.unwrap().conn(), &row.organization, &row.id).await.unwrap();
        assert_eq!(left, []);
    }
}
