//! A stored secret goes to the place it was entered for, or nowhere: every way we know to send it elsewhere, with listeners at every elsewhere.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use latchkey::catalogue::Registry;
use latchkey::domain::{Actor, ConnectionId, ConnectionStatus};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::services::{App, Entries, ErrorCode, ServiceError, connections, credentials};
use latchkey::store::{connections as rows, credentials as versions};
use latchkey::vault::{Binding, Secret};
use serde_json::json;

use crate::canaries::{MARKER, hits};
use crate::services::trap::{Traps, manifests};
use crate::services::world::World;
use crate::support::database::{TestDatabase, execute};

/// What was entered for the provider's own place.
fn secret() -> String {
    format!("{MARKER}0042")
}

fn entries(values: &[(&str, &str)]) -> Entries {
    values.iter().map(|(id, value)| ((*id).to_owned(), Secret::new((*value).to_owned()))).collect()
}

struct Stage {
    world: World,
    dana: Actor,
    traps: Traps,
    tried: usize,
}

impl Stage {
    async fn set(test: &TestDatabase) -> Self {
        let traps = Traps::start().await;
        let texts = manifests(traps.home.port());
        let texts: Vec<(&str, &str)> = texts.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
        let world = World::of(test.database(), Registry::from_texts(&texts).unwrap(), BTreeMap::new(), &traps.authority).await;
        let dana = world.actor(&world.set_up().await).await;
        Self { world, dana, traps, tried: 0 }
    }

    /// A connection of this connector to the provider's own place; one from before is ended.
    async fn connect(&self, connector: &str, open: &[(&str, &str)]) -> String {
        let before =
            rows::of_connector(self.world.app.database.read().await.unwrap().conn(), &self.dana.organization, connector, rows::Sight::default()).await.unwrap();
        for row in before {
            connections::disconnect(&self.world.app, &self.dana, row.id.as_str(), true).await.unwrap();
        }
        let mut typed = entries(open);
        typed.insert("key".to_owned(), Secret::new(secret()));
        let made = connections::create(&self.world.app, &self.dana, connector, "", typed).await;
        made.unwrap_or_else(|error| panic!("{connector}: {error:?} {:?}", error.diagnosis)).row.id
    }

    /// Nothing has arrived at any other place.
    #[track_caller]
    fn safe(&mut self, way: &str) {
        for (place, seen) in self.traps.elsewhere() {
            assert_eq!(hits(&seen), 0, "{way}: the secret arrived at {place}:\n{}", String::from_utf8_lossy(&seen));
        }
        self.tried += 1;
    }

    /// Tries an edit that leaves the secret out, in one call and through the form.
    async fn edit(&mut self, id: &str, open: &[(&str, &str)]) -> Result<(), ServiceError> {
        let mut with_empty = entries(open);
        with_empty.insert("key".to_owned(), Secret::new(String::new()));
        let form = credentials::submit(&self.world.app, &self.dana, id, with_empty).await;
        self.world.settle().await;
        let call = credentials::replace(&self.world.app, &self.dana, id, None, &entries(open), true).await;
        assert_eq!(form.is_err(), matches!(&call, Err(error) if error.code != ErrorCode::CheckFailed), "{open:?}: {form:?} {call:?}");
        self.safe(&format!("{open:?}"));
        call.map(drop)
    }

    /// Tries an edit that leads elsewhere; it is refused before anything is sent.
    async fn refused(&mut self, id: &str, open: &[(&str, &str)]) {
        let before = self.traps.connections();
        let error = self.edit(id, open).await.expect_err("refused");
        assert_eq!((error.code, self.traps.connections()), (ErrorCode::InvalidField, before), "{open:?}: {error:?}");
    }

    /// The secret must be entered again, and says so at its field.
    async fn asks_again(&mut self, id: &str, open: &[(&str, &str)]) {
        let before = self.traps.connections();
        let error = self.edit(id, open).await.expect_err("refused");
        let fields: Vec<(&str, &str)> = error.fields.iter().map(|field| (field.field.as_str(), field.message.as_str())).collect();
        assert_eq!(fields, [("key", "You changed the address. Enter the API key again.")], "{open:?}");
        assert_eq!(self.traps.connections(), before, "{open:?}");
    }
}

/// The same world with another way to the provider.
fn remapped(stage: &Stage, connector: &str, base: String) -> App {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    let egress = Egress::new(policy, &stage.traps.authority).unwrap();
    let overrides = BTreeMap::from([(connector.to_owned(), base)]);
    let mut app = stage.world.app.clone();
    app.connect = Arc::new(latchkey::connect::Connector::new(egress, overrides, stage.world.clock.clone()));
    app
}

async fn edits_of_a_url(stage: &mut Stage) {
    let (home, other) = (stage.traps.home.port(), stage.traps.other_port.port());
    let id = stage.connect("address", &[("address", &format!("https://127.0.0.1:{home}")), ("path", "me")]).await;
    let plain = stage.traps.plain.port();
    for address in [
        format!("https://127.0.0.1:{other}"),
        format!("https://127.0.0.2:{home}"),
        format!("HTTPS://127.0.0.1:{other}/"),
        format!("https://127.0.0.1:{other}/127.0.0.1:{home}"),
        format!("https://127.1:{other}"),
        format!("https://2130706433:{other}"),
        format!("https://0x7f000001:{other}"),
        format!("https://017700000001:{other}"),
        format!("https://[::ffff:127.0.0.1]:{other}"),
        format!("https://127\u{3002}0\u{3002}0\u{3002}2:{home}"),
        format!("https://localhost:{other}"),
        format!("https://localhost:{home}"),
        format!("https://127.0.0.1.:{other}"),
    ] {
        stage.asks_again(&id, &[("address", &address)]).await;
    }
    for address in [
        format!("http://127.0.0.1:{plain}"),
        format!("http://127.0.0.1:{home}"),
        format!("https://127.0.0.1:{home}@127.0.0.1:{other}"),
        format!("https://127.0.0.1:{home}\\@127.0.0.1:{other}"),
        format!("https://127.0.0.1:{other}/#@127.0.0.1:{home}"),
        format!("https://127.0.0.1:{other}?127.0.0.1:{home}"),
        format!("https:\\\\127.0.0.1:{other}"),
        format!("https://127.0.0.1:{home}\thttps://127.0.0.1:{other}"),
        format!("https://127.0.0.1%2f:{other}"),
        format!("//127.0.0.1:{other}"),
        "file:///etc/passwd".to_owned(),
    ] {
        stage.refused(&id, &[("address", &address)]).await;
    }
    for path in [
        format!("/127.0.0.1:{other}/"),
        format!("@127.0.0.1:{other}"),
        format!("\\127.0.0.1:{other}"),
        format!("\\\\127.0.0.1:{other}/"),
        format!("../..//127.0.0.1:{other}"),
        format!("https://127.0.0.1:{other}/"),
        format!("?@127.0.0.1:{other}/#"),
    ] {
        stage.edit(&id, &[("path", &path)]).await.expect("it stays at home");
    }
    stage.edit(&id, &[("extra", &format!("https://127.0.0.1:{other}"))]).await.expect("a header leads nowhere");
    stage.refused(&id, &[("extra", &format!("x\r\nhost: 127.0.0.1:{other}"))]).await;
}

async fn edits_of_parts(stage: &mut Stage) {
    let (home, other) = (stage.traps.home.port().to_string(), stage.traps.other_port.port().to_string());
    let id = stage.connect("parts", &[("host", "127.0.0.1"), ("port", &home)]).await;
    stage.asks_again(&id, &[("port", &other)]).await;
    stage.asks_again(&id, &[("host", "127.0.0.2")]).await;
    stage.asks_again(&id, &[("host", "0x7f.2")]).await;
    for host in [format!("127.0.0.1:{other}"), "127.0.0.1@127.0.0.2".to_owned(), "127.0.0.1/../".to_owned(), "127.0.0.2#".to_owned(), "127.0.0.2\\".to_owned()]
    {
        stage.refused(&id, &[("host", &host)]).await;
    }
    let id = stage.connect("site", &[("site", "1")]).await;
    stage.asks_again(&id, &[("site", "2")]).await;
    for site in [format!("1:{other}/"), "1@127.0.0.2".to_owned(), "1#".to_owned(), "1\\@127.0.0.2".to_owned(), "1%2f".to_owned(), "1?".to_owned()] {
        stage.refused(&id, &[("site", &site)]).await;
    }
    let id = stage.connect("region", &[("region", "1")]).await;
    stage.asks_again(&id, &[("region", "2")]).await;
    stage.refused(&id, &[("region", "3")]).await;
}

async fn redirects(stage: &mut Stage) {
    let home = format!("https://127.0.0.1:{}", stage.traps.home.port());
    for (connector, first) in [("address", "me"), ("query", "me"), ("basic", "me"), ("login", "token")] {
        let id = stage.connect(connector, &[("address", &home), ("path", first)]).await;
        let kinds: &[&str] = if connector == "address" { &["port", "relative", "user", "backslash", "plain"] } else { &["port"] };
        for status in [301, 302, 303, 307, 308] {
            for kind in kinds {
                let path = format!("redirect-{status}-{kind}");
                let result = stage.edit(&id, &[("path", &path)]).await;
                assert_eq!(result.expect_err("a redirect elsewhere").code, ErrorCode::CheckFailed, "{connector} {path}");
            }
        }
    }
    let id = stage.connect("login", &[("address", &home), ("path", "token"), ("after", "me")]).await;
    for status in [301, 302, 303, 307, 308] {
        let result = stage.edit(&id, &[("after", &format!("redirect-{status}-port"))]).await;
        assert_eq!(result.expect_err("the minted token stays too").code, ErrorCode::CheckFailed);
    }
}

async fn retries_and_returns(stage: &mut Stage) {
    let (home, other) = (format!("https://127.0.0.1:{}", stage.traps.home.port()), format!("https://127.0.0.1:{}", stage.traps.other_port.port()));
    let (app, dana) = (stage.world.app.clone(), stage.dana.clone());
    let id = stage.connect("address", &[("address", &home), ("path", "me")]).await;
    // A failed try at the other place with a secret of its own; the form keeps the address, never the right to the stored one.
    let mut own = entries(&[("address", &other), ("path", "refuse"), ("key", "another-secret")]);
    credentials::submit(&app, &dana, &id, own).await.unwrap();
    stage.world.settle().await;
    assert_eq!(credentials::view(&app, &dana, &id).await.unwrap().values["address"], other);
    stage.safe("a failed try elsewhere");
    stage.asks_again(&id, &[("address", &other), ("path", "refuse")]).await;
    stage.asks_again(&id, &[("address", &other), ("path", "me")]).await;
    // It waits for a decision, then its entries are sent again without the secret.
    own = entries(&[("address", &other), ("path", "stranger"), ("key", "another-secret")]);
    credentials::submit(&app, &dana, &id, own).await.unwrap();
    stage.world.settle().await;
    assert!(credentials::view(&app, &dana, &id).await.unwrap().decision.is_some());
    stage.asks_again(&id, &[("address", &other), ("path", "stranger")]).await;
    // The connection moves with a secret of its own, and back.
    own = entries(&[("address", &other), ("path", "me"), ("key", "another-secret")]);
    credentials::replace(&app, &dana, &id, None, &own, true).await.unwrap();
    assert!(stage.traps.arrived_elsewhere("another-secret"), "the other place can be reached, so its silence means something");
    stage.asks_again(&id, &[("address", &home)]).await;
    connections::test(&app, &dana, &id).await.unwrap();
    stage.safe("a test after the move");
    credentials::restore(&app, &dana, &id, None, Some(1)).await.unwrap();
    stage.safe("a restore after the move");
    connections::test(&app, &dana, &id).await.unwrap();
    stage.safe("a test after the restore");
    stage.asks_again(&id, &[("address", &other)]).await;
}

async fn behind_its_back(stage: &mut Stage) {
    let (home, other) = (format!("https://127.0.0.1:{}", stage.traps.home.port()), format!("https://127.0.0.1:{}", stage.traps.other_port.port()));
    let dana = stage.dana.clone();
    let id = stage.connect("address", &[("address", &home), ("path", "me")]).await;
    // The operator puts another place in the provider's stead.
    for base in [other.clone(), format!("http://127.0.0.1:{}", stage.traps.plain.port()), format!("https://127.0.0.2:{}", stage.traps.home.port())] {
        let app = remapped(stage, "address", base);
        let check = connections::test(&app, &dana, &id).await.unwrap();
        assert_eq!(check.diagnosis.unwrap().code, "egress_blocked");
        stage.safe("a test after a remap");
        let again = credentials::replace(&app, &dana, &id, None, &Entries::new(), true).await.unwrap_err();
        assert_eq!(again.fields[0].field, "key");
        stage.safe("an edit after a remap");
        let restored = credentials::restore(&app, &dana, &id, None, None).await;
        assert!(restored.is_err() || restored.unwrap().check.unwrap().diagnosis.is_some());
        stage.safe("a restore after a remap");
    }
    // The connector's own file changes its mind.
    let texts = manifests(stage.traps.other_port.port());
    let texts: Vec<(&str, &str)> = texts.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let site = stage.connect("site", &[("site", "1")]).await;
    let mut app = stage.world.app.clone();
    app.catalogue = Arc::new(Registry::from_texts(&texts).unwrap());
    assert_eq!(connections::test(&app, &dana, &site).await.unwrap().diagnosis.unwrap().code, "egress_blocked");
    stage.safe("another base URL in the manifest");
    assert!(credentials::replace(&app, &dana, &site, None, &Entries::new(), true).await.is_err());
    stage.safe("an edit under another manifest");
    // Somebody writes into the database.
    let evil = serde_json::to_string(&json!({"address": other, "path": "me"})).unwrap();
    let mut transaction = stage.world.app.database.begin().await.unwrap();
    let key = ConnectionId::parse(&id).unwrap();
    let mut row = rows::find(transaction.conn(), &dana.organization, &key).await.unwrap().unwrap();
    row.config = evil;
    rows::update(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    execute(&stage.world.app.database, "UPDATE credentials SET config = (SELECT c.config FROM connections c WHERE c.id = credentials.connection_id)").await;
    assert_eq!(connections::test(&stage.world.app, &dana, &id).await.unwrap().diagnosis.unwrap().code, "egress_blocked");
    stage.safe("a changed row");
    assert_eq!(credentials::replace(&stage.world.app, &dana, &id, None, &Entries::new(), true).await.unwrap_err().fields[0].field, "key");
    stage.safe("an edit of a changed row");
}

async fn databases(stage: &mut Stage) {
    let (home, other) = (stage.traps.postgres.port().to_string(), stage.traps.other_postgres.port().to_string());
    let id = postgres_connection(stage, &home).await;
    let open: [&[(&str, &str)]; 8] = [
        &[("port", &other)],
        &[("host", "127.0.0.2")],
        &[("host", "127.0.0.1,127.0.0.2")],
        &[("host", "/tmp")],
        &[("host", "127.0.0.1"), ("port", "1")],
        &[("sslmode", "require")],
        &[("sslmode", "verify-full")],
        &[("host", "localhost")],
    ];
    for changed in open {
        let error = credentials::replace(&stage.world.app, &stage.dana, &id, None, &entries(changed), true).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidField, "{changed:?}: {error:?}");
        assert!(error.fields[0].field == "password" || error.fields[0].field == "host", "{changed:?}: {error:?}");
        stage.safe(&format!("postgresql {changed:?}"));
    }
    for changed in [[("database", "x host=127.0.0.2"), ("user", "reader")], [("database", "x"), ("user", "reader@127.0.0.2")]] {
        drop(credentials::replace(&stage.world.app, &stage.dana, &id, None, &entries(&changed), true).await);
        stage.safe(&format!("postgresql {changed:?}"));
    }
}

/// A connection to the played database, as if it had been made long ago.
async fn postgres_connection(stage: &Stage, port: &str) -> String {
    let row = stage.world.connection(&stage.dana, "Database", ConnectionStatus::Active, None).await;
    let mut transaction = stage.world.app.database.begin().await.unwrap();
    let mut changed = rows::find(transaction.conn(), &row.organization, &row.id).await.unwrap().unwrap();
    changed.connector = "postgresql".to_owned();
    changed.config = json!({"host": "127.0.0.1", "port": port, "database": "reports", "user": "reader", "sslmode": "disable"}).to_string();
    rows::update(transaction.conn(), &changed).await.unwrap();
    let payload = json!({"fields": {"password": secret()}, "session": null, "bound_origins": [format!("postgres://127.0.0.1:{port}")]});
    let binding = Binding { organization: row.organization.as_str(), kind: "credential", record: row.id.as_str(), field: "payload", version: 1 };
    let sealed = stage.world.app.keyring.seal(&binding, payload.to_string().as_bytes(), stage.world.app.random.as_ref());
    let credential = versions::active(transaction.conn(), &row.organization, &row.id).await.unwrap().unwrap();
    versions::replace_sealed(transaction.conn(), &row.organization, &credential.id, &credential.key_id, sealed.bytes()).await.unwrap();
    transaction.commit().await.unwrap();
    row.id.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_stored_secret_arrives_elsewhere() {
    let test = TestDatabase::sqlite().await;
    let mut stage = Stage::set(&test).await;
    edits_of_a_url(&mut stage).await;
    edits_of_parts(&mut stage).await;
    redirects(&mut stage).await;
    retries_and_returns(&mut stage).await;
    behind_its_back(&mut stage).await;
    databases(&mut stage).await;
    assert!(stage.tried >= 110, "only {} ways were tried", stage.tried);
    assert!(hits(&stage.traps.at_home()) > 100, "the secret did arrive where it was entered for, so the scan sees it");
    let places: Vec<SocketAddr> = stage.traps.elsewhere().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places.len(), 4, "{places:?}");
    test.remove().await;
}
