//! A whole application on one test database: an organization with its first admin, and members of every role.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use latchkey::catalogue::Registry;
use latchkey::connect::Connector;
use latchkey::domain::{
    Actor, ActorKind, Clock, ConnectionId, ConnectionStatus, CredentialId, ManualClock, MemberId, OrganizationId, Role, TeamId, Timestamp, UserId, Visitor,
};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::sandbox::Sandbox;
use latchkey::services::accounts::{self, Edit};
use latchkey::services::{App, AppParts, Settings, SetupForm, SignedIn, audit, issues, setup, sign_in};
use latchkey::store::connections::ConnectionRow;
use latchkey::store::credentials::CredentialRow;
use latchkey::store::members::MemberRow;
use latchkey::store::organizations::OrganizationRow;
use latchkey::store::users::UserRow;
use latchkey::store::{Database, connections, credentials, members, organizations, users};
use latchkey::vault::{KeyId, Keyring, PasswordHasher, RootKey, Secret, SystemRandom};
use tokio::net::TcpListener;

pub const PASSWORD: &str = "correct horse battery";

pub struct World {
    pub app: App,
    pub clock: Arc<ManualClock>,
}

impl World {
    /// A world whose connectors lead nowhere.
    pub async fn new(database: Database) -> Self {
        Self::make(database, BTreeMap::new()).await
    }

    /// A world whose connectors lead to played providers.
    pub async fn with_providers(database: Database) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let sandbox = Sandbox::embedded(&Registry::embedded().unwrap()).unwrap();
        let mapped = sandbox.ids().map(|id| (id.to_owned(), format!("{base}/{id}"))).collect();
        tokio::spawn(async move { sandbox.serve(listener, std::future::pending()).await });
        Self::make(database, mapped).await
    }

    /// A world whose Ventures is at this base URL.
    pub async fn with_ventures(database: Database, base_url: String) -> Self {
        Self::make(database, [("ventures".to_owned(), base_url)].into()).await
    }

    /// The present, in seconds since 1970.
    pub fn clock_seconds(&self) -> i64 {
        self.clock.now().millis() / 1_000
    }

    /// Waits for the checks that run on their own.
    pub async fn settle(&self) {
        self.app.tasks.close();
        self.app.tasks.wait().await;
        self.app.tasks.reopen();
    }

    async fn make(database: Database, base_urls: BTreeMap<String, String>) -> Self {
        Self::of(database, Registry::embedded().unwrap(), base_urls, "").await
    }

    /// A world of these connectors, with base URLs in place of theirs and further root certificates.
    pub async fn of(database: Database, catalogue: Registry, base_urls: BTreeMap<String, String>, roots: &str) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_168_800_000)));
        let keyring = Keyring::new(KeyId::from_bytes([1; 16]), RootKey::new(std::array::from_fn(|position| u8::try_from(position).unwrap())));
        let audit_key = audit::load_key(&database, &keyring, &SystemRandom, clock.as_ref()).await.unwrap();
        let settings = Settings {
            public_url: "https://latchkey.example.com".to_owned(),
            node: "node-1".to_owned(),
            database_engine: database.engine().to_owned(),
            key_source: "a file beside the database".to_owned(),
            key_path: Some("/var/lib/latchkey/root.key".to_owned()),
            key_fingerprint: keyring.fingerprint(),
            version: "test".to_owned(),
            ..Settings::default()
        };
        let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
        let egress = Egress::new(policy, roots).unwrap();
        let app = App::new(AppParts {
            database,
            keyring: Arc::new(keyring),
            catalogue: Arc::new(catalogue),
            own: Arc::default(),
            connect: Arc::new(Connector::new(egress, base_urls, clock.clone())),
            passwords: PasswordHasher::new(2),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            audit_key: Arc::new(audit_key),
            tasks: tokio_util::task::TaskTracker::new(),
            flights: Arc::default(),
            letters: Arc::default(),
            leftovers: Arc::default(),
            keys: Arc::default(),
            handouts: Arc::default(),
            reads: Arc::default(),
            sign_on: Arc::default(),
            settings: Arc::new(settings),
        });
        Self { app, clock }
    }

    /// The first organization with Dana as its super admin.
    pub async fn set_up(&self) -> SignedIn {
        let token = setup::ensure_link(&self.app).await.unwrap().expect("a fresh installation has a link");
        setup::complete(&self.app, &visitor(), token.expose(), form()).await.unwrap()
    }

    pub async fn actor(&self, who: &SignedIn) -> Actor {
        sign_in::actor_of(&self.app, &who.user, &who.organization, self.clock.now(), &visitor()).await.unwrap().expect("signed in")
    }

    /// Another organization, without people.
    pub async fn organization(&self, name: &str) -> OrganizationId {
        let row = OrganizationRow { id: OrganizationId::generate(self.clock.as_ref(), &SystemRandom), name: name.to_owned(), created_at: self.clock.now() };
        let mut transaction = self.app.database.begin().await.unwrap();
        organizations::insert(transaction.conn(), &row).await.unwrap();
        transaction.commit().await.unwrap();
        row.id
    }

    /// A member of this role, as an actor who leads `teams`.
    pub async fn member(&self, organization: &OrganizationId, role: Role, teams: &[TeamId]) -> Actor {
        let user = UserRow {
            id: UserId::generate(self.clock.as_ref(), &SystemRandom),
            email: format!("{}-{}@example.com", role.as_str(), UserId::generate(self.clock.as_ref(), &SystemRandom)),
            name: role.title().to_owned(),
            password_hash: None,
            super_admin: role == Role::SuperAdmin,
            theme: String::new(),
            disabled: false,
            created_at: self.clock.now(),
        };
        let member = MemberRow {
            id: MemberId::generate(self.clock.as_ref(), &SystemRandom),
            organization: organization.clone(),
            user: user.id.clone(),
            role,
            active: true,
            created_at: self.clock.now(),
        };
        let mut transaction = self.app.database.begin().await.unwrap();
        users::insert(transaction.conn(), &user).await.unwrap();
        members::insert(transaction.conn(), &member).await.unwrap();
        transaction.commit().await.unwrap();
        let mut actor = sign_in::actor_of(&self.app, &user.id, organization, self.clock.now(), &visitor()).await.unwrap().unwrap();
        if let ActorKind::Member { teams: led, .. } = &mut actor.kind {
            *led = teams.to_vec();
        }
        actor
    }

    /// Something small that somebody does, and that is recorded: another theme than the one before.
    pub async fn choose_theme(&self, actor: &Actor) {
        let user = latchkey::services::access::person(actor).unwrap();
        let before = users::find(self.app.database.read().await.unwrap().conn(), user).await.unwrap().unwrap().theme;
        let theme = if before == "dark" { "light" } else { "dark" }.to_owned();
        accounts::edit(&self.app, actor, &Edit { theme: Some(theme), ..Edit::default() }).await.unwrap();
    }

    /// A connection that somebody made, with a credential.
    pub async fn connection(&self, actor: &Actor, name: &str, status: ConnectionStatus, team: Option<TeamId>) -> ConnectionRow {
        self.stand(actor, name, status, team, None).await
    }

    /// A connection that is this actor's alone.
    pub async fn personal(&self, actor: &Actor, name: &str, status: ConnectionStatus) -> ConnectionRow {
        self.stand(actor, name, status, None, actor.member().cloned()).await
    }

    async fn stand(&self, actor: &Actor, name: &str, status: ConnectionStatus, team: Option<TeamId>, owner: Option<MemberId>) -> ConnectionRow {
        let now = self.clock.now();
        let row = ConnectionRow {
            id: ConnectionId::generate(self.clock.as_ref(), &SystemRandom),
            organization: actor.organization.clone(),
            team,
            owner,
            description: String::new(),
            tags: Vec::new(),
            edits: 1,
            connector: "stripe".to_owned(),
            name: name.to_owned(),
            status,
            config: "{}".to_owned(),
            account_id: format!("acct_{name}"),
            account_name: "Acme".to_owned(),
            identity: r#"{"account_id":"acct_1","account_name":"Acme","facts":[]}"#.to_owned(),
            host: "api.stripe.com".to_owned(),
            last_check_id: None,
            last_checked_at: Some(now),
            next_check_at: Some(now.plus_millis(1_800_000)),
            failure_code: status.needs_somebody().then(|| "auth_rejected".to_owned()),
            recent: String::new(),
            created_by: actor.member().unwrap().clone(),
            created_at: now,
            updated_at: now,
            row_version: 1,
        };
        let credential = CredentialRow {
            id: CredentialId::generate(self.clock.as_ref(), &SystemRandom),
            organization: row.organization.clone(),
            connection: row.id.clone(),
            version: 1,
            active: true,
            key_id: self.app.keyring.active_id().to_hex(),
            sealed: vec![1, 2, 3],
            created_at: now,
            created_by: actor.member().unwrap().clone(),
            config: row.config.clone(),
            account_id: row.account_id.clone(),
            account_name: row.account_name.clone(),
            identity: row.identity.clone(),
            host: row.host.clone(),
            activated_at: now,
            activated_by: actor.member().unwrap().clone(),
        };
        let mut transaction = self.app.database.begin().await.unwrap();
        connections::insert(transaction.conn(), &row).await.unwrap();
        credentials::insert(transaction.conn(), &credential).await.unwrap();
        if let Some(code) = row.failure_code.as_deref() {
            issues::open(&self.app, &mut transaction, &row, code).await.unwrap();
        }
        transaction.commit().await.unwrap();
        row
    }
}

pub fn visitor() -> Visitor {
    visitor_from(7)
}

pub fn visitor_from(last: u8) -> Visitor {
    Visitor { address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)), user_agent: "Firefox".to_owned(), device: None, request_id: "request-1".to_owned() }
}

pub fn form() -> SetupForm {
    SetupForm {
        organization: "AmPac Business Capital".to_owned(),
        name: "Dana Whitfield".to_owned(),
        email: "Dana@Example.com".to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
    }
}
