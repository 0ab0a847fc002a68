//! Promise: what was acknowledged outlives `kill -9`, and nothing is left half-written.
//!
//! The built program is killed while several people create, change, restore, test, disconnect and delete; the moment is a number of requests, those of
//! the program to its provider included. Then everything it left is read and compared with what it had acknowledged.

mod ledger;
mod paused;
mod people;
mod renewals;

use std::ffi::OsString;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use latchkey::config::Config;
use latchkey::domain::SystemClock;
use latchkey::server::Server;
use latchkey::services::audit;
use latchkey::vault::SystemRandom;

use self::ledger::Ledger;
use self::people::work;
use crate::services::played::Provider;
use crate::support::client::Client;
use crate::support::database::TestDatabase;
use crate::support::program::{Program, set_up};

/// Kills per engine.
const ROUNDS: u64 = 100;
/// People who work at the same time.
const PEOPLE: usize = 3;
/// A round ends at the latest after so many requests.
const LONGEST: u64 = 40;
const PASSWORD: &str = "a quiet brass key, well cut";
const KEY: &str = "k3XJ0mQm1r8o5cN2b7Yt9uVwZaSdFgHjKlQwErTyUio=";

/// Chance that is the same in every run.
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From 0 up to but not including `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Kills the program at the request that was drawn.
#[derive(Default)]
pub struct Fuse {
    left: AtomicI64,
    program: Mutex<Option<Program>>,
}

impl Fuse {
    fn light(&self, program: Program, requests: u64) {
        *self.program.lock().unwrap() = Some(program);
        self.left.store(i64::try_from(requests).unwrap(), Ordering::SeqCst);
    }

    /// Kills the program now unless it is dead already; whether it was not.
    pub fn blow(&self) -> bool {
        self.program.lock().unwrap().take().is_some_and(|mut program| {
            program.kill();
            true
        })
    }

    /// Counts a request or an answer.
    pub fn tick(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1
            && let Some(mut program) = self.program.lock().unwrap().take()
        {
            program.kill();
        }
    }
}

fn settings(database: &str, provider: &str) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", database.to_owned()),
        ("LATCHKEY_SERVER__NODE", "crash".to_owned()),
        ("LATCHKEY_VAULT__KEY", KEY.to_owned()),
        ("LATCHKEY_EGRESS__ALLOW", "127.0.0.0/8".to_owned()),
        ("LATCHKEY_CONNECTORS__VENTURES__BASE_URL", provider.to_owned()),
    ]
}

/// Opens what the killed program left, as its next start would.
async fn open(settings: &[(&'static str, String)]) -> Server {
    let listen = [("LATCHKEY_SERVER__LISTEN", "127.0.0.1:0".to_owned())];
    let variables = settings.iter().chain(&listen).map(|(name, value)| (OsString::from(*name), OsString::from(value)));
    let config = Config::read(Path::new("there is no such file"), variables).unwrap();
    Server::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap()
}

/// Looks through all of it.
async fn look_through(settings: &[(&'static str, String)], ledgers: &mut [Ledger]) {
    let server = open(settings).await;
    assert_eq!(audit::verify(&server.app).await.unwrap().findings, []);
    let organization = ledger::organization(&server.app).await;
    for ledger in ledgers.iter_mut() {
        ledger.compare(&server.app, &organization).await;
    }
    ledger::nothing_half_written(&server.app).await;
    server.stop().await;
}

async fn killed_again_and_again(folder: &Path, database: &str) {
    let fuse = Arc::new(Fuse::default());
    let counter = fuse.clone();
    let (_, provider) = Provider::start_with(move || counter.tick()).await;
    let settings = settings(database, &provider);
    let first = Program::start(folder, &settings).await;
    let client = Client::new(&first.url);
    set_up(&client, &first, PASSWORD).await;
    let session = client.session().unwrap();
    drop(first);
    let mut ledgers: Vec<Ledger> = (0..PEOPLE).map(Ledger::new).collect();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut chance = Chance::new(round + 1);
        let program = Program::start(folder, &settings).await;
        let url = program.url.clone();
        fuse.light(program, 1 + chance.below(LONGEST));
        let people = ledgers.drain(..).enumerate().map(|(person, ledger)| {
            let client = Client::new(&url);
            client.set_session(&session);
            let chance = Chance::new(round * 31 + u64::try_from(person).unwrap() + 7);
            tokio::spawn(work(client, fuse.clone(), chance, ledger))
        });
        let people: Vec<_> = people.collect();
        for person in people {
            ledgers.push(person.await.unwrap());
        }
        look_through(&settings, &mut ledgers).await;
        acknowledged += ledgers.iter_mut().map(Ledger::take_acknowledged).sum::<usize>();
    }
    assert!(acknowledged > 200, "only {acknowledged} changes were acknowledged, so the kills prove little");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    killed_again_and_again(folder.path(), &format!("sqlite:{}", folder.path().join("latchkey.db").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_on_postgres() {
    let (folder, test) = (tempfile::tempdir().unwrap(), TestDatabase::postgres().await);
    killed_again_and_again(folder.path(), test.url()).await;
    test.remove().await;
}
