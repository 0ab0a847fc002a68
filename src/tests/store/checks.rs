//! Checks: progress while they run, one end, marks for the bars.

use latchkey::domain::{CheckState, ConnectionId};
use latchkey::store::checks::{CheckMark, CheckRow};
use latchkey::store::{Database, checks};

use super::fixtures::{HOSTILE, NOW, Tenant, check_id, commit, connection_id, draft_id, read};
use crate::support::database::on_both_engines;

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

    async fn marks_are_finished_checks_of_the_named_connections_in_order(database: Database) {
        let tenant = Tenant::create(&database).await;
        let (one, two, three) = (connection_id(), connection_id(), connection_id());
        for (connection, after, state) in [
            (&one, 30, CheckState::Passed),
            (&two, 20, CheckState::Failed),
            (&one, 10, CheckState::Stopped),
            (&one, -1, CheckState::Passed),
            (&two, 40, CheckState::Running),
            (&three, 25, CheckState::Passed),
        ] {
            commit!(database, |on| checks::insert(on, &tenant.check(Some(connection), NOW.plus_millis(after), state))).unwrap();
        }
        let mark = |connection: &ConnectionId, after, state| CheckMark {
            connection: connection.as_str().to_owned(),
            at: NOW.plus_millis(after),
            state,
            took_ms: 42,
            code: None,
        };
        let expected = [mark(&one, 10, CheckState::Stopped), mark(&two, 20, CheckState::Failed), mark(&one, 30, CheckState::Passed)];
        let asked = [one.clone(), two.clone()];
        assert_eq!(read!(database, |on| checks::marks_since(on, &tenant.organization, &asked, NOW)), expected);
        assert_eq!(read!(database, |on| checks::marks_since(on, &tenant.organization, &[], NOW)), []);

        let mut many: Vec<ConnectionId> = (0..120).map(|_| connection_id()).collect();
        many.insert(0, one);
        many.push(two);
        assert_eq!(read!(database, |on| checks::marks_since(on, &tenant.organization, &many, NOW)), expected);
    }
}
