//! Refresh tokens: each works once, whatever happens at once, and one that comes a second time ends everything it led to.

use std::sync::Arc;

use latchkey::services::tokens::Issued;
use latchkey::services::{App, ErrorCode, ServiceError, SignedIn, audit, tokens};
use latchkey::store::{Database, sessions, token_families};
use latchkey::vault::Secret;
use tokio::sync::Barrier;

use crate::services::world::{World, visitor, visitor_from};
use crate::support::database::{Engine, TestDatabase, on_both_engines};

const ROUNDS: usize = 100;
const USES: usize = 200;

fn secret(issued: &Issued) -> Secret<String> {
    Secret::new(issued.refresh.expose().clone())
}

async fn refresh(world: &World, token: &Secret<String>) -> Result<Issued, ServiceError> {
    tokens::refresh(&world.app, &visitor(), token).await
}

async fn works(app: &App, issued: &Issued) -> bool {
    tokens::recognise(app, &visitor_from(99), issued.access.expose()).await.is_ok()
}

async fn count(database: &Database, sql: &'static str) -> i64 {
    match database {
        Database::Sqlite { readers, .. } => sqlx::query_as::<_, (i64,)>(sql).fetch_one(readers).await.unwrap().0,
        Database::Postgres(pool) => sqlx::query_as::<_, (i64,)>(sql).fetch_one(pool).await.unwrap().0,
    }
}

/// Two hundred uses of one token at once, over these nodes; those that succeeded.
async fn race(nodes: &[Arc<World>], token: &str) -> Vec<Issued> {
    let start = Arc::new(Barrier::new(USES));
    let uses: Vec<_> = (0..USES)
        .map(|number| {
            let (node, start, token) = (nodes[number % nodes.len()].clone(), start.clone(), Secret::new(token.to_owned()));
            tokio::spawn(async move {
                start.wait().await;
                refresh(&node, &token).await
            })
        })
        .collect();
    let mut won = Vec::new();
    for used in uses {
        match used.await.unwrap() {
            Ok(issued) => won.push(issued),
            Err(error) => assert_eq!(error.code, ErrorCode::TokenInvalid, "{error:?}"),
        }
    }
    won
}

async fn rounds(nodes: Vec<Arc<World>>, url: &str) {
    let who: SignedIn = nodes[0].set_up().await;
    for round in 0..ROUNDS {
        let first = tokens::begin(&nodes[round % nodes.len()].app, &visitor(), &who).await.unwrap();
        let won = race(&nodes, first.refresh.expose()).await;
        assert_eq!(won.len(), 1, "round {round}");
        for node in &nodes {
            assert!(!works(&node.app, &won[0]).await && !works(&node.app, &first).await, "round {round}: the family has ended everywhere");
        }
        assert_eq!(refresh(&nodes[0], &secret(&won[0])).await.unwrap_err().code, ErrorCode::TokenInvalid, "round {round}");
        if round % 10 == 0 {
            let restarted = World::new(Database::open(url).await.unwrap()).await;
            assert!(!works(&restarted.app, &won[0]).await, "round {round}: after a restart");
            assert_eq!(refresh(&restarted, &secret(&won[0])).await.unwrap_err().code, ErrorCode::TokenInvalid, "round {round}: after a restart");
            restarted.app.database.close().await;
        }
    }
    let database = &nodes[0].app.database;
    let rounds = i64::try_from(ROUNDS).unwrap();
    assert_eq!(count(database, "SELECT count(*) FROM token_families WHERE ended_why = 'reused'").await, rounds);
    assert_eq!(count(database, "SELECT count(*) FROM audit_log WHERE action = 'tokens.reused'").await, rounds, "noted once each");
    assert_eq!(count(database, "SELECT count(*) FROM letters").await, rounds, "one letter each");
    assert_eq!(audit::verify(&nodes[0].app).await.unwrap().findings, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_uses_over_three_nodes_one_succeeds_postgres() {
    let test = TestDatabase::new(Engine::Postgres).await;
    let mut nodes = vec![Arc::new(World::new(test.database()).await)];
    for _ in 0..2 {
        nodes.push(Arc::new(World::new(Database::open(test.url()).await.unwrap()).await));
    }
    rounds(nodes.clone(), test.url()).await;
    for node in &nodes[1..] {
        node.app.database.close().await;
    }
    test.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_uses_on_one_node_one_succeeds_sqlite() {
    let test = TestDatabase::new(Engine::Sqlite).await;
    rounds(vec![Arc::new(World::new(test.database()).await)], test.url()).await;
    test.remove().await;
}

on_both_engines! {
    async fn tokens_rotate_and_the_old_one_ends_the_family(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let first = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        let second = refresh(&world, &secret(&first)).await.unwrap();
        let third = refresh(&world, &secret(&second)).await.unwrap();
        assert!(works(&world.app, &first).await && works(&world.app, &third).await);
        let other = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        assert_eq!(refresh(&world, &secret(&first)).await.unwrap_err().code, ErrorCode::TokenInvalid, "a copy comes back");
        for issued in [&first, &second, &third] {
            assert!(!works(&world.app, issued).await);
            assert_eq!(refresh(&world, &secret(issued)).await.unwrap_err().code, ErrorCode::TokenInvalid);
        }
        assert!(works(&world.app, &other).await, "another sign-in of the same person stays");
        let letters = count(&world.app.database, "SELECT count(*) FROM letters WHERE recipient = 'dana@example.com'").await;
        assert_eq!(letters, 1, "the person is told once");
    }

    async fn nothing_that_was_told_is_stored(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let issued = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        let (stored, hash): (String, String) = match &world.app.database {
            Database::Sqlite { readers, .. } => sqlx::query_as("SELECT family_id, token_hash FROM refresh_tokens").fetch_one(readers).await.unwrap(),
            Database::Postgres(pool) => sqlx::query_as("SELECT family_id, token_hash FROM refresh_tokens").fetch_one(pool).await.unwrap(),
        };
        assert_eq!(hash, issued.refresh.hash().as_str());
        assert!(!stored.contains(issued.refresh.expose().as_str()));
        assert!(!format!("{issued:?}").contains(issued.refresh.expose().as_str()));
    }

    async fn a_refresh_token_waits_thirty_days_and_a_family_lasts_ninety(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let day = 24 * 3_600_000;
        let issued = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        world.clock.advance(30 * day);
        assert_eq!(refresh(&world, &secret(&issued)).await.unwrap_err().code, ErrorCode::TokenInvalid, "it waited too long");
        assert_eq!(count(&world.app.database, "SELECT count(*) FROM audit_log WHERE action = 'tokens.reused'").await, 0, "which is no theft");
        let mut issued = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        for _ in 0..3 {
            world.clock.advance(29 * day);
            issued = refresh(&world, &secret(&issued)).await.unwrap();
        }
        assert_eq!(issued.refresh_ends_at.since(world.app.now()), 3 * day, "never beyond the end of the family");
        world.clock.advance(3 * day);
        assert_eq!(refresh(&world, &secret(&issued)).await.unwrap_err().code, ErrorCode::TokenInvalid);
        let removed = latchkey::jobs::remove_ended(&world.app.database, world.app.now().plus_millis(40 * day)).await.unwrap();
        assert!(removed >= 7, "{removed}");
        assert_eq!(count(&world.app.database, "SELECT count(*) FROM refresh_tokens").await, 0);
    }

    async fn what_nobody_knows_is_counted_and_noted_once(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let good = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        for number in 0..60 {
            let code = refresh(&world, &Secret::new(format!("guess {number}"))).await.unwrap_err().code;
            assert_eq!(code, if number < 50 { ErrorCode::TokenInvalid } else { ErrorCode::SlowDown }, "{number}");
        }
        assert_eq!(count(&world.app.database, "SELECT count(*) FROM audit_log WHERE action = 'token.refused'").await, 1);
        assert!(works(&world.app, &good).await, "guessing holds up nobody who knows");
        refresh(&world, &secret(&good)).await.unwrap();
    }

    async fn all_families_of_a_person_or_a_membership_end(database: Database) {
        let world = World::new(database).await;
        let who = world.set_up().await;
        let (first, second) = (tokens::begin(&world.app, &visitor(), &who).await.unwrap(), tokens::begin(&world.app, &visitor(), &who).await.unwrap());
        let mut transaction = world.app.database.begin().await.unwrap();
        assert_eq!(sessions::delete_of_user(transaction.conn(), &who.user).await.unwrap(), 0, "there is no session in a browser");
        transaction.commit().await.unwrap();
        assert!(!works(&world.app, &first).await && !works(&world.app, &second).await);
        let third = tokens::begin(&world.app, &visitor(), &who).await.unwrap();
        let elsewhere = world.organization("Other").await;
        let mut transaction = world.app.database.begin().await.unwrap();
        assert_eq!(token_families::end_of_member(transaction.conn(), &elsewhere, &who.member, world.app.now(), "x").await.unwrap(), 0, "not by another tenant");
        assert_eq!(token_families::end_of_member(transaction.conn(), &who.organization, &who.member, world.app.now(), "member_gone").await.unwrap(), 1);
        transaction.commit().await.unwrap();
        assert!(!works(&world.app, &third).await);
    }
}
