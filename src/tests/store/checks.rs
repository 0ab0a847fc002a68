//! Checks: progress while they run, one end, marks for figures, the last day for bars.

use latchkey::domain::CheckState;
use latchkey::dto::Bar;
use latchkey::store::checks::{CheckMark, CheckRow};
use latchkey::store::connections::ConnectionRow;
use latchkey::store::{Database, checks, connections, recent};

use super::fixtures::{HOSTILE, NOW, Tenant, check_id, commit, connection_id, draft_id, read};
use crate::support::database::on_both_engines;

const MINUTE: i64 = 60_000;

on_both_engines! {
    async fn a_check_ends_once(database: Database) {
        let tenant = Tenant::create(&database).await;
        let row = CheckRow { draft: Some(draft_id()), ..tenant.check(None, NOW, CheckState::Running) };
        commit!(database, |on| checks::insert(on, &row)).unwrap();
        commit!(database, |on| checks::save_progress(on, &tenant.organization, &row.id, HOSTILE)).unwrap();
        let running = read!(database, |on| checks::find(on, &tenant.organization, &row.id)).unwrap();
        assert_eq!(running, CheckRow { steps: HOSTILE.to_owned(), ..row.clone() });

        let failed = CheckRow {
            state: CheckState::Failed,
            code: Some("timeout".to_owned()),
            steps: "[1]".to_owned(),
            result: "{\"a\":1}".to_owned(),
            took_ms: 77,
            ..row.clone()
        };
        assert!(commit!(database, |on| checks::finish(on, &failed)).unwrap());
        assert!(!commit!(database, |on| checks::finish(on, &CheckRow { state: CheckState::Passed, code: None, ..failed.clone() })).unwrap());
        commit!(database, |on| checks::save_progress(on, &tenant.organization, &row.id, "[late]")).unwrap();
        assert_eq!(read!(database, |on| checks::find(on, &tenant.organization, &row.id)), Some(failed));
        assert!(!commit!(database, |on| checks::finish(on, &CheckRow { id: check_id(), ..row.clone() })).unwrap());
    }

    async fn a_drafts_check_becomes_the_first_of_its_connection(database: Database) {
        let tenant = Tenant::create(&database).await;
        let (connection, other) = (connection_id(), connection_id());
        let row = CheckRow { draft: Some(draft_id()), ..tenant.check(None, NOW, CheckState::Passed) };
        commit!(database, |on| checks::insert(on, &row)).unwrap();
        commit!(database, |on| checks::attach(on, &tenant.organization, &row.id, &connection)).unwrap();
        commit!(database, |on| checks::attach(on, &tenant.organization, &row.id, &other)).unwrap();
        let stored = read!(database, |on| checks::find(on, &tenant.organization, &row.id));
        assert_eq!(stored, Some(CheckRow { connection: Some(connection), ..row }));
    }

    async fn marks_are_finished_checks_of_the_named_connection_in_order(database: Database) {
        let tenant = Tenant::create(&database).await;
        let (one, two) = (connection_id(), connection_id());
        for (connection, after, state) in [
            (&one, 30, CheckState::Passed),
            (&two, 20, CheckState::Failed),
            (&one, 10, CheckState::Stopped),
            (&one, -1, CheckState::Passed),
            (&one, 40, CheckState::Running),
        ] {
            commit!(database, |on| checks::insert(on, &tenant.check(Some(connection), NOW.plus_millis(after), state))).unwrap();
        }
        let mark = |after, state| CheckMark { at: NOW.plus_millis(after), state, took_ms: 42, code: None };
        let expected = [mark(10, CheckState::Stopped), mark(30, CheckState::Passed)];
        assert_eq!(read!(database, |on| checks::marks_since(on, &tenant.organization, &one, NOW)), expected);
        assert_eq!(read!(database, |on| checks::marks_since(on, &tenant.organization, &connection_id(), NOW)), []);
    }

    async fn the_row_of_a_connection_holds_its_last_day(database: Database) {
        let (tenant, other) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let (shop, store) = (tenant.connected(&database, "Shop").await, tenant.connected(&database, "Store").await);
        let day = |row: &ConnectionRow, tenant: &Tenant| {
            let (database, id, organization) = (database.clone(), row.id.clone(), tenant.organization.clone());
            async move {
                let stored = read!(database, |on| connections::find(on, &organization, &id)).unwrap();
                let mut found: Vec<_> = recent::read(&stored.recent).map(|(at, bar)| (at.since(NOW) / MINUTE, bar)).collect();
                found.sort_by_key(|(minute, _)| *minute);
                found
            }
        };
        let at = |minutes: i64, state| tenant.check(Some(&shop.id), NOW.plus_millis(minutes * MINUTE), state);
        assert_eq!(day(&shop, &tenant).await, []);

        // Late, slow, twice in a minute, stopped, too old.
        let slow = CheckRow { took_ms: 3_001, ..at(-90, CheckState::Passed) };
        let late = at(-120, CheckState::Passed);
        let worse = CheckRow { started_at: NOW.plus_millis(59_999), ..at(0, CheckState::Failed) };
        for row in [at(0, CheckState::Passed), slow, late, worse, at(-30, CheckState::Stopped), at(-24 * 60, CheckState::Passed)] {
            commit!(database, |on| checks::insert(on, &row)).unwrap();
        }
        assert_eq!(day(&shop, &tenant).await, [(-120, Bar::Ok), (-90, Bar::Slow), (0, Bar::Fail)]);

        let running = at(30, CheckState::Running);
        commit!(database, |on| checks::insert(on, &running)).unwrap();
        commit!(database, |on| checks::finish(on, &CheckRow { state: CheckState::Passed, ..running.clone() })).unwrap();
        commit!(database, |on| checks::finish(on, &CheckRow { state: CheckState::Failed, ..running.clone() })).unwrap();
        assert_eq!(day(&shop, &tenant).await, [(-120, Bar::Ok), (-90, Bar::Slow), (0, Bar::Fail), (30, Bar::Ok)]);

        // A day later only the new one is left, and a change of the row itself keeps it.
        commit!(database, |on| checks::insert(on, &at(24 * 60 + 31, CheckState::Passed))).unwrap();
        commit!(database, |on| connections::update(on, &ConnectionRow { name: "Shop 2".to_owned(), ..shop.clone() })).unwrap();
        assert_eq!(day(&shop, &tenant).await, [(24 * 60 + 31, Bar::Ok)]);

        assert_eq!(day(&store, &tenant).await, []);
        let drafted = CheckRow { draft: Some(draft_id()), ..tenant.check(None, NOW, CheckState::Passed) };
        commit!(database, |on| checks::insert(on, &drafted)).unwrap();
        commit!(database, |on| checks::attach(on, &tenant.organization, &drafted.id, &store.id)).unwrap();
        let foreign = CheckRow { connection: Some(store.id.clone()), ..other.check(None, NOW, CheckState::Failed) };
        commit!(database, |on| checks::insert(on, &foreign)).unwrap();
        assert_eq!(day(&store, &tenant).await, [(0, Bar::Ok)]);
    }
}
