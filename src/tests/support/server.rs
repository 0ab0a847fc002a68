//! A real server in this process, on a port and a database of its own, with the emulated providers beside it.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use latchkey::catalogue::Registry;
use latchkey::config::Config;
use latchkey::domain::{Clock, ConnectionId, ConnectionStatus, MemberId, OrganizationId, Role, SystemClock, TeamId, UserId};
use latchkey::sandbox::Sandbox;
use latchkey::server::Server;
use latchkey::store::connections::ConnectionRow;
use latchkey::store::members::MemberRow;
use latchkey::store::organizations::OrganizationRow;
use latchkey::store::users::UserRow;
use latchkey::store::{Database, connections, members, organizations, users};
use latchkey::vault::{Secret, SystemRandom};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::client::Client;
use super::database::{Engine, TestDatabase};

/// The password of everybody in these tests.
pub const PASSWORD: &str = "a quiet brass key, well cut";
/// The first admin's address.
pub const ADMIN: &str = "dana@example.com";
/// 32 bytes, known to the tests alone.
const KEY: &str = "k3XJ0mQm1r8o5cN2b7Yt9uVwZaSdFgHjKlQwErTyUio=";

/// A running server.
pub struct TestServer {
    /// The server itself.
    pub server: Server,
    /// Where it is.
    pub url: String,
    /// The token of the setup link.
    pub setup_token: String,
    variables: Vec<(OsString, OsString)>,
    database: TestDatabase,
    sandbox: JoinHandle<std::io::Result<()>>,
    outbox: TempDir,
}

impl TestServer {
    /// A fresh installation.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, &[]).await
    }

    /// A fresh installation with further settings.
    pub async fn start_with(engine: Engine, settings: &[(&str, &str)]) -> Self {
        Self::start_at(engine, settings, Arc::new(SystemClock)).await
    }

    /// The same, by this clock.
    pub async fn start_at(engine: Engine, settings: &[(&str, &str)], clock: Arc<dyn Clock>) -> Self {
        let database = TestDatabase::empty(engine).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let providers = listener.local_addr().unwrap();
        let played = Sandbox::embedded(&Registry::embedded().unwrap()).unwrap();
        let sandbox = tokio::spawn(async move { played.serve(listener, std::future::pending()).await });
        let outbox = tempfile::tempdir().unwrap();
        let ventures = format!("http://{providers}/ventures");
        let stripe = format!("http://{providers}/stripe");
        let variables = [
            ("LATCHKEY_SERVER__LISTEN", "127.0.0.1:0"),
            ("LATCHKEY_SERVER__NODE", "test"),
            ("DATABASE_URL", database.url()),
            ("LATCHKEY_VAULT__KEY", KEY),
            ("LATCHKEY_MAIL__OUTBOX", outbox.path().to_str().unwrap()),
            ("LATCHKEY_EGRESS__ALLOW", "127.0.0.0/8"),
            ("LATCHKEY_CONNECTORS__VENTURES__BASE_URL", &ventures),
            ("LATCHKEY_CONNECTORS__STRIPE__BASE_URL", &stripe),
        ];
        let variables = variables.iter().chain(settings).map(|(name, value)| (OsString::from(*name), OsString::from(*value)));
        let variables: Vec<(OsString, OsString)> = variables.collect();
        let config = Config::read(Path::new("there is no such file"), variables.clone()).unwrap();
        let server = Server::start(config, clock, Arc::new(SystemRandom)).await.unwrap();
        let url = format!("http://{}", server.address);
        let setup_token = server.notes.iter().find_map(|note| note.split_once("/setup/")).unwrap().1.trim().to_owned();
        Self { server, url, setup_token, variables, database, sandbox, outbox }
    }

    /// What it was started with, for commands beside it.
    pub fn config(&self) -> Config {
        Config::read(Path::new("there is no such file"), self.variables.clone()).unwrap()
    }

    /// Somebody with a browser, not signed in.
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// The letters to this address so far, oldest first; waits until there are `count`.
    pub async fn letters(&self, to: &str, count: usize) -> Vec<String> {
        for _ in 0..30_000 {
            let mut files: Vec<_> = std::fs::read_dir(self.outbox.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
            files.sort();
            let letters = files.iter().map(|path| std::fs::read_to_string(path).unwrap());
            let letters: Vec<String> = letters.filter(|letter| letter.contains(&format!("To: {to}\r\n"))).collect();
            if letters.len() >= count {
                return letters;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        panic!("fewer than {count} letters to {to}");
    }

    /// What stands behind `/{page}/` in the newest of `count` letters to this address.
    pub async fn token(&self, to: &str, count: usize, page: &str) -> String {
        let letter = self.letters(to, count).await.pop().unwrap();
        let (_, rest) = letter.split_once(&format!("{}/{page}/", self.server.public_url)).unwrap_or_else(|| panic!("no link in {letter}"));
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Completes the setup; the answer is the signed-in first admin.
    pub async fn set_up(&self) -> Client {
        let client = self.client();
        let form = [("link", self.setup_token.as_str()), ("organization", "AmPac"), ("name", "Dana Whitfield"), ("email", ADMIN), ("password", PASSWORD)];
        let answer = client.form("/actions/setup", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert_eq!(answer.location(), "/connections");
        client
    }

    /// The organization that the setup made.
    pub async fn organization(&self) -> OrganizationId {
        let app = &self.server.app;
        let user = users::find_by_email(app.database.read().await.unwrap().conn(), &latchkey::domain::Email::parse(ADMIN).unwrap()).await.unwrap().unwrap();
        members::of_user(app.database.read().await.unwrap().conn(), &user.id).await.unwrap().remove(0).organization
    }

    /// Adds a member of `organization` and signs in; the address is `<name>@example.com`.
    pub async fn member(&self, organization: &OrganizationId, name: &str, role: Role) -> (Client, MemberRow) {
        let app = &self.server.app;
        let (clock, random) = (app.clock.as_ref(), app.random.as_ref());
        let hash = app.passwords.hash(&Secret::new(PASSWORD.to_owned()), [7; 16]).await.unwrap();
        let user = UserRow {
            id: UserId::generate(clock, random),
            email: format!("{name}@example.com"),
            name: name.to_owned(),
            password_hash: Some(hash),
            super_admin: false,
            theme: String::new(),
            disabled: false,
            created_at: app.now(),
        };
        let member = MemberRow {
            id: MemberId::generate(clock, random),
            organization: organization.clone(),
            user: user.id.clone(),
            role,
            active: true,
            created_at: app.now(),
        };
        let mut transaction = app.database.begin().await.unwrap();
        users::insert(transaction.conn(), &user).await.unwrap();
        members::insert(transaction.conn(), &member).await.unwrap();
        transaction.commit().await.unwrap();
        let client = self.client();
        client.sign_in(&user.email, PASSWORD).await;
        (client, member)
    }

    /// Another organization with an admin of its own, signed in.
    pub async fn second_organization(&self) -> (Client, MemberRow) {
        let app = &self.server.app;
        let row =
            OrganizationRow { id: OrganizationId::generate(app.clock.as_ref(), app.random.as_ref()), name: "Elsewhere".to_owned(), created_at: app.now() };
        let mut transaction = app.database.begin().await.unwrap();
        organizations::insert(transaction.conn(), &row).await.unwrap();
        transaction.commit().await.unwrap();
        self.member(&row.id, "stranger", Role::OrgAdmin).await
    }

    /// A connection of this member, as if it had been made long ago.
    pub async fn connection(&self, member: &MemberRow, name: &str) -> ConnectionId {
        self.connection_of(member, name, None, ConnectionStatus::Active).await
    }

    /// The same, of a team and in this state.
    pub async fn connection_of(&self, member: &MemberRow, name: &str, team: Option<TeamId>, status: ConnectionStatus) -> ConnectionId {
        let app = &self.server.app;
        let id = ConnectionId::generate(app.clock.as_ref(), app.random.as_ref());
        let row = ConnectionRow {
            id: id.clone(),
            organization: member.organization.clone(),
            team,
            owner: None,
            description: String::new(),
            tags: Vec::new(),
            edits: 1,
            connector: "stripe".to_owned(),
            name: name.to_owned(),
            status,
            config: "{}".to_owned(),
            account_id: format!("acct_{name}"),
            account_name: name.to_owned(),
            identity: r#"{"account_id":"acct_1","account_name":"Acme","facts":[]}"#.to_owned(),
            host: "api.stripe.com".to_owned(),
            last_check_id: None,
            last_checked_at: None,
            next_check_at: None,
            failure_code: None,
            recent: String::new(),
            created_by: member.id.clone(),
            created_at: app.now(),
            updated_at: app.now(),
            row_version: 1,
        };
        let mut transaction = app.database.begin().await.unwrap();
        connections::insert(transaction.conn(), &row).await.unwrap();
        transaction.commit().await.unwrap();
        id
    }

    /// Ends a membership.
    pub async fn remove(&self, member: &MemberRow) {
        self.set_status(member, "removed").await;
    }

    /// Gives a membership this status.
    pub async fn set_status(&self, member: &MemberRow, status: &str) {
        let sql = "UPDATE members SET status = $2 WHERE id = $1";
        match &self.server.app.database {
            Database::Sqlite { writer, .. } => {
                sqlx::query(sql).bind(member.id.as_str()).bind(status).execute(writer).await.unwrap();
            }
            Database::Postgres(pool) => {
                sqlx::query(sql).bind(member.id.as_str()).bind(status).execute(pool).await.unwrap();
            }
        }
    }

    /// The membership of the person with this address.
    pub async fn member_row(&self, organization: &OrganizationId, email: &str) -> MemberRow {
        let app = &self.server.app;
        let mut reader = app.database.read().await.unwrap();
        let user = users::find_by_email(reader.conn(), &latchkey::domain::Email::parse(email).unwrap()).await.unwrap().unwrap();
        members::find_active(reader.conn(), organization, &user.id).await.unwrap().unwrap().member
    }

    /// Tries the setup form once more with the used link; the status of the page it leads to.
    pub async fn set_up_again_is_refused(&self) -> u16 {
        let client = self.client();
        let form =
            [("link", self.setup_token.as_str()), ("organization", "Second"), ("name", "Mallory"), ("email", "mallory@example.com"), ("password", PASSWORD)];
        let answer = client.form("/actions/setup", &form).await;
        if answer.status == 303 { client.get(answer.location()).await.status } else { answer.status }
    }

    /// Stops it as an operator would, and deletes its database.
    pub async fn stop(self) {
        self.server.stop().await;
        self.sandbox.abort();
        self.database.remove().await;
    }
}

/// Makes two tests of each body, one per engine, each with a server of its own.
macro_rules! on_both_servers {
    ($($(#[$meta:meta])* async fn $name:ident($server:ident: &TestServer) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($server: &TestServer) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let server = $crate::support::server::TestServer::start($crate::support::database::Engine::Sqlite).await;
                body(&server).await;
                server.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let server = $crate::support::server::TestServer::start($crate::support::database::Engine::Postgres).await;
                body(&server).await;
                server.stop().await;
            }
        }
    )+};
}
pub(crate) use on_both_servers;
