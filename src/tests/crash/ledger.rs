//! What was acknowledged to one person, and what the database holds of it.

use std::collections::BTreeMap;

use latchkey::domain::{ConnectionId, ConnectionStatus, OrganizationId};
use latchkey::services::App;
use latchkey::store::{Database, audit, connections, credentials};
use latchkey::vault::Binding;
use serde_json::Value;

/// A change whose answer has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// To this secret.
    Swap(String),
    /// To an earlier version.
    Restore,
    /// To its end.
    Disconnect,
    /// To nothing at all.
    Delete,
}

/// One connection as its owner knows it.
#[derive(Debug)]
struct Known {
    live: bool,
    deleted: bool,
    /// The version in use.
    active: i64,
    /// The one before, which must be kept; 0 for none.
    before: i64,
    secrets: BTreeMap<i64, String>,
    pending: Option<Pending>,
    /// Whether its form may have been cut off: for half a minute its check counts as running.
    form_open: bool,
}

/// One person's connections.
#[derive(Debug)]
pub struct Ledger {
    person: usize,
    drawn: usize,
    acknowledged: usize,
    known: BTreeMap<String, Known>,
    names: Vec<String>,
}

impl Ledger {
    pub const fn new(person: usize) -> Self {
        Self { person, drawn: 0, acknowledged: 0, known: BTreeMap::new(), names: Vec::new() }
    }

    pub fn live(&self) -> Vec<String> {
        self.known.iter().filter(|(_, known)| known.live).map(|(id, _)| id.clone()).collect()
    }

    pub fn new_secret(&mut self, kind: &str) -> String {
        self.drawn += 1;
        format!("{kind}-{}-{}", self.person, self.drawn)
    }

    pub fn new_name(&mut self) -> String {
        self.drawn += 1;
        let name = format!("person{}-{}", self.person, self.drawn);
        self.names.push(name.clone());
        name
    }

    pub fn take_acknowledged(&mut self) -> usize {
        std::mem::take(&mut self.acknowledged)
    }

    pub fn created(&mut self, id: &str, secret: String) {
        self.acknowledged += 1;
        self.known.insert(
            id.to_owned(),
            Known { live: true, deleted: false, active: 1, before: 0, secrets: BTreeMap::from([(1, secret)]), pending: None, form_open: false },
        );
    }

    pub fn pend(&mut self, id: &str, pending: Pending) {
        self.known.get_mut(id).unwrap().pending = Some(pending);
    }

    /// Opens the form, unless it may have been cut off before.
    pub fn open_form(&mut self, id: &str, secret: &str) -> bool {
        let known = self.known.get_mut(id).unwrap();
        let free = !known.form_open;
        if free {
            known.form_open = true;
            known.pending = Some(Pending::Swap(secret.to_owned()));
        }
        free
    }

    pub fn close_form(&mut self, id: &str) {
        self.known.get_mut(id).unwrap().form_open = false;
    }

    pub fn swapped(&mut self, id: &str, version: i64, secret: String) {
        self.acknowledged += 1;
        let known = self.known.get_mut(id).unwrap();
        known.before = known.active;
        known.active = version;
        known.secrets.insert(version, secret);
        known.pending = None;
    }

    pub fn restored(&mut self, id: &str, version: Option<i64>) {
        let known = self.known.get_mut(id).unwrap();
        known.pending = None;
        if let Some(version) = version {
            self.acknowledged += 1;
            known.before = known.active;
            known.active = version;
        }
    }

    pub fn disconnected(&mut self, id: &str) {
        self.acknowledged += 1;
        let known = self.known.get_mut(id).unwrap();
        (known.live, known.pending) = (false, None);
    }

    pub fn deleted(&mut self, id: &str) {
        self.acknowledged += 1;
        let known = self.known.get_mut(id).unwrap();
        (known.deleted, known.pending) = (true, None);
    }

    /// Compares with the database and goes on from what it holds.
    pub async fn compare(&mut self, app: &App, organization: &OrganizationId) {
        for (id, known) in &mut self.known {
            known.compare(app, organization, id).await;
        }
        self.adopt(app, organization).await;
    }

    /// Takes over connections that were made but not acknowledged.
    async fn adopt(&mut self, app: &App, organization: &OrganizationId) {
        let rows = connections::of_connector(app.database.read().await.unwrap().conn(), organization, "ventures", connections::Sight::default()).await.unwrap();
        let unknown = |row: &connections::ConnectionRow| self.names.contains(&row.name) && !self.known.contains_key(row.id.as_str());
        let rows: Vec<_> = rows.into_iter().filter(unknown).collect();
        for row in rows {
            let versions = opened(app, organization, &row.id).await;
            assert_eq!(versions.keys().map(|(number, active)| (*number, *active)).collect::<Vec<_>>(), [(1, true)], "{}", row.name);
            let secrets = versions.into_iter().map(|((number, _), secret)| (number, secret)).collect();
            self.known.insert(row.id.to_string(), Known { live: true, deleted: false, active: 1, before: 0, secrets, pending: None, form_open: false });
        }
    }
}

impl Known {
    async fn compare(&mut self, app: &App, organization: &OrganizationId, id: &str) {
        let key = ConnectionId::parse(id).unwrap();
        let row = connections::find(app.database.read().await.unwrap().conn(), organization, &key).await.unwrap();
        let versions = opened(app, organization, &key).await;
        let pending = self.pending.take();
        let Some(row) = row else {
            assert!(self.deleted || pending == Some(Pending::Delete), "{id} was acknowledged and is not there");
            assert!(versions.is_empty(), "{id} is deleted, yet a credential is left");
            (self.live, self.deleted) = (false, true);
            return;
        };
        assert!(!self.deleted, "{id} was acknowledged to be deleted");
        if row.status == ConnectionStatus::Revoked {
            assert!(!self.live || pending == Some(Pending::Disconnect), "{id} ended by itself");
            assert!(versions.is_empty(), "{id} has ended, yet a credential is left");
            self.live = false;
            return;
        }
        assert!(self.live, "{id} was acknowledged to have ended");
        let active: Vec<i64> = versions.keys().filter(|(_, active)| *active).map(|(number, _)| *number).collect();
        assert_eq!(active.len(), 1, "{id} has {active:?} in use");
        let (number, secret) = (active[0], versions[&(active[0], true)].clone());
        let as_acknowledged = number == self.active && self.secrets.get(&number) == Some(&secret);
        let as_pending = match &pending {
            Some(Pending::Swap(wanted)) => secret == *wanted,
            Some(Pending::Restore) => self.secrets.get(&number) == Some(&secret),
            Some(Pending::Disconnect | Pending::Delete) | None => false,
        };
        assert!(as_acknowledged || as_pending, "{id}: version {number} is in use, acknowledged was {} with {pending:?}", self.active);
        for ((number, _), secret) in &versions {
            assert!(self.secrets.get(number).is_none_or(|known| known == secret), "{id}: version {number} holds another secret");
        }
        let kept = |wanted: i64| wanted == 0 || versions.keys().any(|(number, _)| *number == wanted);
        assert!(kept(if number == self.active { self.before } else { self.active }), "{id}: the version before is lost");
        assert!(versions.len() <= 4, "{id} keeps {} versions", versions.len());
        if number != self.active {
            (self.before, self.active) = (self.active, number);
        }
        self.secrets = versions.into_iter().map(|((number, _), secret)| (number, secret)).collect();
    }
}

/// Number, use and password of every version; each must open.
async fn opened(app: &App, organization: &OrganizationId, id: &ConnectionId) -> BTreeMap<(i64, bool), String> {
    let rows = credentials::versions(app.database.read().await.unwrap().conn(), organization, id).await.unwrap();
    let password = |row: &credentials::CredentialRow| {
        let version = u64::try_from(row.version).unwrap();
        let binding = Binding { organization: organization.as_str(), kind: "credential", record: id.as_str(), field: "payload", version };
        let json: Value = serde_json::from_slice(app.keyring.open(&binding, &row.sealed).unwrap().expose()).unwrap();
        json["fields"]["password"].as_str().unwrap().to_owned()
    };
    rows.iter().map(|row| ((row.version, row.active), password(row))).collect()
}

/// The only organization.
pub async fn organization(app: &App) -> OrganizationId {
    let entries = audit::chain(app.database.read().await.unwrap().conn(), "crash", 0, 100).await.unwrap();
    entries.into_iter().find_map(|entry| entry.organization).unwrap()
}

/// Every live connection has one credential in use, no ended one has any, no check can run for ever, and every sealed draft opens.
pub async fn nothing_half_written(app: &App) {
    let one_each = "SELECT count(*) FROM connections c WHERE (CASE WHEN c.status = 'revoked' THEN 0 ELSE 1 END) <> \
                    (SELECT count(*) FROM credentials v WHERE v.connection_id = c.id AND v.active)";
    assert_eq!(count(&app.database, one_each).await, 0);
    assert_eq!(count(&app.database, "SELECT count(*) FROM credentials v JOIN connections c ON c.id = v.connection_id WHERE c.status = 'revoked'").await, 0);
    assert_eq!(count(&app.database, "SELECT count(*) FROM checks WHERE state = 'running' AND deadline_ms - started_ms > 30000").await, 0);
    for (id, organization, version, sealed) in drafts(&app.database).await {
        let version = u64::try_from(version).unwrap();
        let binding = Binding { organization: &organization, kind: "draft", record: &id, field: "secrets", version };
        app.keyring.open(&binding, &sealed).unwrap();
    }
}

async fn count(database: &Database, sql: &'static str) -> i64 {
    let (count,): (i64,) = match database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_one(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(sql).fetch_one(pool).await.unwrap(),
    };
    count
}

async fn drafts(database: &Database) -> Vec<(String, String, i64, Vec<u8>)> {
    let sql = "SELECT id, org_id, secret_version, sealed FROM drafts WHERE sealed IS NOT NULL";
    match database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
    }
}
