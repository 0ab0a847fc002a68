//! One order of checks and audit entries, part by part.

use latchkey::domain::CheckState;
use latchkey::store::activity::{ActivityRow, Happened, of_connection};
use latchkey::store::{Database, audit, checks};

use super::fixtures::{NOW, Tenant, commit, connection_id, read};
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn checks_and_entries_come_in_one_order_part_by_part(database: Database) {
        let tenant = Tenant::create(&database).await;
        let (id, other) = (connection_id(), connection_id());
        for (connection, after) in [(&id, 1), (&id, 3), (&id, 3), (&other, 4)] {
            commit!(database, |on| checks::insert(on, &tenant.check(Some(connection), NOW.plus_millis(after), CheckState::Passed))).unwrap();
        }
        for action in ["connection.created", "connection.tested", "connection.edited", "connection.test_started", "connection.edited"] {
            let mut transaction = database.begin().await.unwrap();
            let (seq, mac) = audit::lock_chain(transaction.conn(), "n1").await.unwrap();
            let row = audit::AuditRow { action: action.to_owned(), ..tenant.entry("n1", seq + 1, mac, id.as_str()) };
            audit::append(transaction.conn(), &row).await.unwrap();
            transaction.commit().await.unwrap();
        }
        let but = ["connection.tested", "connection.test_started"];
        let whole = read!(database, |on| of_connection(on, &tenant.organization, &id, but, None, 100));
        let times: Vec<i64> = whole.iter().map(|row| row.at.since(NOW)).collect();
        assert_eq!(times, [5, 3, 3, 3, 1, 1]);
        let kinds: Vec<bool> = whole.iter().map(|row| matches!(row.what, Happened::Event { .. })).collect();
        assert_eq!(kinds, [true, true, false, false, true, false], "at one time the entries come before the checks");
        let expected = Happened::Check { asked_by: Some(tenant.member.clone()), state: CheckState::Passed, took_ms: 42, code: None };
        assert_eq!(whole[5].what, expected);

        let mut parts: Vec<ActivityRow> = Vec::new();
        loop {
            let before = parts.last().map(|row| (row.at, row.id.clone()));
            let place = before.as_ref().map(|(at, id)| (*at, id.as_str()));
            let part = read!(database, |on| of_connection(on, &tenant.organization, &id, but, place, 2));
            if part.is_empty() {
                break;
            }
            parts.extend(part);
        }
        assert_eq!(parts, whole);
    }
}
