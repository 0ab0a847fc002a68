//! What must happen once or be counted exactly, however many try together: the setup link, sessions, counters.

use std::future::Future;

use latchkey::store::rate_limits::Usage;
use latchkey::store::sessions::{self, SessionRow};
use latchkey::store::{Database, rate_limits, setup_links};

use super::fixtures::{HOSTILE, NOW, Tenant, commit, read};
use crate::support::database::on_both_engines;

const AT_ONCE: u32 = 20;

async fn together<Answer: Send + 'static, Task: Future<Output = Answer> + Send + 'static>(task: impl Fn(u32) -> Task) -> Vec<Answer> {
    let tasks: Vec<_> = (0..AT_ONCE).map(|number| tokio::spawn(task(number))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn session(id_hash: &str, data: &str) -> SessionRow {
    SessionRow {
        id_hash: id_hash.to_owned(),
        id: None,
        user: None,
        organization: None,
        data: data.to_owned(),
        created_at: NOW,
        seen_at: NOW,
        address: "203.0.113.7".to_owned(),
        user_agent: "Firefox".to_owned(),
        expires_at: NOW.plus_millis(1000),
    }
}

on_both_engines! {
    async fn of_twenty_who_use_the_setup_link_one_wins(database: Database) {
        commit!(database, |on| setup_links::replace(on, "hash", NOW)).unwrap();
        let answers = together(|_| {
            let database = database.clone();
            async move { commit!(database, |on| setup_links::use_up(on, "hash", NOW)).unwrap() }
        })
        .await;
        assert_eq!(answers.into_iter().filter(|won| *won).count(), 1);
    }

    async fn the_setup_link_works_only_while_it_is_the_newest_and_unused(database: Database) {
        assert_eq!(read!(database, |on| setup_links::find(on)), None);
        assert!(!commit!(database, |on| setup_links::use_up(on, "first", NOW)).unwrap());
        commit!(database, |on| setup_links::replace(on, "first", NOW)).unwrap();
        commit!(database, |on| setup_links::replace(on, "second", NOW.plus_millis(1))).unwrap();
        assert!(!commit!(database, |on| setup_links::use_up(on, "first", NOW)).unwrap());
        assert!(!commit!(database, |on| setup_links::use_up(on, "", NOW)).unwrap());
        assert!(commit!(database, |on| setup_links::use_up(on, "second", NOW.plus_millis(2))).unwrap());
        commit!(database, |on| setup_links::replace(on, "third", NOW.plus_millis(3))).unwrap();
        let link = read!(database, |on| setup_links::find(on)).unwrap();
        assert_eq!((link.token_hash.as_str(), link.created_at, link.used_at), ("second", NOW.plus_millis(1), Some(NOW.plus_millis(2))));
        assert!(!commit!(database, |on| setup_links::use_up(on, "third", NOW)).unwrap());
    }

    async fn adding_a_session_never_overwrites_one(database: Database) {
        let answers = together(|number| {
            let database = database.clone();
            async move { (number, commit!(database, |on| sessions::insert(on, &session("h", &format!("{number}")))).unwrap()) }
        })
        .await;
        let winners: Vec<u32> = answers.into_iter().filter(|(_, added)| *added).map(|(number, _)| number).collect();
        assert_eq!(winners.len(), 1);
        assert_eq!(read!(database, |on| sessions::load(on, "h", NOW)), Some(session("h", &winners[0].to_string())));
    }

    async fn a_session_is_saved_and_ends(database: Database) {
        let tenant = Tenant::create(&database).await;
        let mut row = session("h1", HOSTILE);
        assert!(commit!(database, |on| sessions::insert(on, &row)).unwrap());
        assert_eq!(read!(database, |on| sessions::load(on, "h1", NOW)), Some(row.clone()));
        row.user = Some(tenant.user.clone());
        row.organization = Some(tenant.organization.clone());
        row.data = "{}".to_owned();
        assert!(commit!(database, |on| sessions::update(on, &row, NOW)).unwrap());
        assert_eq!(read!(database, |on| sessions::load(on, "h1", NOW)), Some(row.clone()));
        assert_eq!(read!(database, |on| sessions::load(on, "h1", row.expires_at)), None);

        assert!(commit!(database, |on| sessions::insert(on, &session("h2", "other"))).unwrap());
        assert_eq!(commit!(database, |on| sessions::delete_of_user(on, &tenant.user)).unwrap(), 1);
        assert_eq!(read!(database, |on| sessions::load(on, "h1", NOW)), None);
        commit!(database, |on| sessions::delete(on, "unknown")).unwrap();
        assert_eq!(commit!(database, |on| sessions::delete_expired(on, NOW)).unwrap(), 0);
        assert_eq!(commit!(database, |on| sessions::delete_expired(on, row.expires_at)).unwrap(), 1);
        assert!(commit!(database, |on| sessions::insert(on, &session("h3", ""))).unwrap());
        commit!(database, |on| sessions::delete(on, "h3")).unwrap();
        assert_eq!(read!(database, |on| sessions::load(on, "h3", NOW)), None);
    }

    async fn writing_does_not_bring_an_ended_session_back(database: Database) {
        let (row, late) = (session("h", "{}"), NOW.plus_millis(1000));
        assert!(commit!(database, |on| sessions::insert(on, &row)).unwrap());
        let longer = SessionRow { expires_at: NOW.plus_millis(5000), ..row.clone() };
        assert!(!commit!(database, |on| sessions::update(on, &longer, late)).unwrap(), "its time is over");
        assert_eq!(read!(database, |on| sessions::load(on, "h", NOW)), Some(row));
        let mut leaving = database.begin().await.unwrap();
        sessions::delete(leaving.conn(), "h").await.unwrap();
        let writer = tokio::spawn({
            let (database, longer) = (database.clone(), longer.clone());
            async move { commit!(database, |on| sessions::update(on, &longer, NOW)).unwrap() }
        });
        tokio::task::yield_now().await;
        leaving.commit().await.unwrap();
        assert!(!writer.await.unwrap(), "it was ended meanwhile");
        assert_eq!(read!(database, |on| sessions::load(on, "h", NOW)), None);
    }

    async fn every_use_is_counted(database: Database) {
        let mut counts: Vec<i64> = together(|_| {
            let database = database.clone();
            async move { commit!(database, |on| rate_limits::take(on, "b", NOW, 1000)).unwrap().used }
        })
        .await;
        counts.sort_unstable();
        assert_eq!(counts, (1..=i64::from(AT_ONCE)).collect::<Vec<_>>());
    }

    async fn a_counter_begins_again_when_its_window_has_ended(database: Database) {
        let ends = NOW.plus_millis(1000);
        assert_eq!(read!(database, |on| rate_limits::peek(on, HOSTILE, NOW)), None);
        assert_eq!(commit!(database, |on| rate_limits::take(on, HOSTILE, NOW, 1000)).unwrap(), Usage { used: 1, window_ends_at: ends });
        assert_eq!(commit!(database, |on| rate_limits::take(on, HOSTILE, NOW.plus_millis(999), 1000)).unwrap(), Usage { used: 2, window_ends_at: ends });
        assert_eq!(read!(database, |on| rate_limits::peek(on, HOSTILE, NOW.plus_millis(999))), Some(Usage { used: 2, window_ends_at: ends }));
        assert_eq!(read!(database, |on| rate_limits::peek(on, HOSTILE, ends)), None);
        assert_eq!(commit!(database, |on| rate_limits::take(on, HOSTILE, ends, 500)).unwrap(), Usage { used: 1, window_ends_at: ends.plus_millis(500) });
        assert_eq!(commit!(database, |on| rate_limits::take(on, "other", NOW, i64::MAX)).unwrap().used, 1);

        assert_eq!(commit!(database, |on| rate_limits::delete_ended(on, ends)).unwrap(), 0);
        assert_eq!(commit!(database, |on| rate_limits::delete_ended(on, ends.plus_millis(500))).unwrap(), 1);
        commit!(database, |on| rate_limits::clear(on, "other")).unwrap();
        assert_eq!(read!(database, |on| rate_limits::peek(on, "other", NOW)), None);
    }
}
