//! Connections: names, changes, lists.

use latchkey::domain::{ConnectionStatus, Timestamp};
use latchkey::store::connections::{ConnectionRow, ListFilter, Order};
use latchkey::store::{Database, StoreError, connections};

use super::fixtures::{HOSTILE, NOW, Tenant, all, broken_rule, commit, organization_id, read};
use crate::support::database::{execute, on_both_engines};

async fn names(database: &Database, tenant: &Tenant, filter: ListFilter) -> Vec<String> {
    let rows = read!(database, |on| connections::list(on, &tenant.organization, &filter));
    let count = read!(database, |on| connections::count(on, &tenant.organization, &ListFilter { limit: 0, offset: 99, ..filter.clone() }));
    if filter.limit == all().limit && filter.offset == 0 {
        assert_eq!(count, i64::try_from(rows.len()).unwrap());
    }
    rows.into_iter().map(|row| row.name).collect()
}

async fn search(database: &Database, tenant: &Tenant, text: &str) -> Vec<String> {
    names(database, tenant, ListFilter { text: text.to_owned(), ..all() }).await
}

on_both_engines! {
    async fn a_connection_is_found_as_it_was_added(database: Database) {
        let tenant = Tenant::create(&database).await;
        let row = ConnectionRow {
            config: HOSTILE.to_owned(),
            account_name: HOSTILE.to_owned(),
            last_check_id: Some("chk".to_owned()),
            failure_code: Some("timeout".to_owned()),
            next_check_at: None,
            last_checked_at: Some(Timestamp::from_millis(i64::MAX)),
            ..tenant.connection(HOSTILE)
        };
        commit!(database, |on| connections::insert(on, &row)).unwrap();
        assert_eq!(read!(database, |on| connections::find(on, &tenant.organization, &row.id)), Some(row.clone()));
        assert_eq!(read!(database, |on| connections::find(on, &organization_id(), &row.id)), None);
        assert_eq!(search(&database, &tenant, HOSTILE).await, [HOSTILE]);
    }

    async fn a_name_is_free_again_after_a_disconnect(database: Database) {
        let (tenant, other) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let first = tenant.connected(&database, "Shop").await;
        assert_eq!(broken_rule(commit!(database, |on| connections::insert(on, &tenant.connection("Shop")))), "connections_name");
        other.connected(&database, "Shop").await;
        let second = tenant.connected(&database, "Shop 2").await;
        let renamed = ConnectionRow { name: "Shop".to_owned(), ..second };
        assert_eq!(broken_rule(commit!(database, |on| connections::update(on, &renamed))), "connections_name");
        commit!(database, |on| connections::update(on, &ConnectionRow { status: ConnectionStatus::Revoked, ..first.clone() })).unwrap();
        tenant.connected(&database, "Shop").await;
        assert!(matches!(read!(database, |on| connections::find(on, &tenant.organization, &first.id)), Some(row) if row.status == ConnectionStatus::Revoked));
    }

    async fn of_two_changes_to_one_version_the_second_is_refused(database: Database) {
        let tenant = Tenant::create(&database).await;
        let before = tenant.connected(&database, "Shop").await;
        let change = ConnectionRow {
            name: "Store".to_owned(),
            status: ConnectionStatus::Error,
            host: "h".to_owned(),
            failure_code: Some("timeout".to_owned()),
            last_checked_at: None,
            updated_at: NOW.plus_millis(7),
            ..before.clone()
        };
        commit!(database, |on| connections::update(on, &change)).unwrap();
        let late = ConnectionRow { name: "Late".to_owned(), ..before };
        assert!(matches!(commit!(database, |on| connections::update(on, &late)), Err(StoreError::Conflict)));
        let stored = read!(database, |on| connections::find(on, &tenant.organization, &change.id)).unwrap();
        assert_eq!(stored, ConnectionRow { row_version: 2, ..change });
        assert_eq!(search(&database, &tenant, "store").await, ["Store"]);
        assert_eq!(search(&database, &tenant, "shop").await, Vec::<String>::new());
        commit!(database, |on| connections::update(on, &stored)).unwrap();
    }

    async fn every_character_of_a_search_stands_for_itself(database: Database) {
        let tenant = Tenant::create(&database).await;
        for name in ["50% off", "a_b", "a!b", "axb", r"back\slash", "quote'd"] {
            let row = ConnectionRow { account_id: String::new(), account_name: String::new(), ..tenant.connection(name) };
            commit!(database, |on| connections::insert(on, &row)).unwrap();
        }
        assert_eq!(search(&database, &tenant, "%").await, ["50% off"]);
        assert_eq!(search(&database, &tenant, "a_b").await, ["a_b"]);
        assert_eq!(search(&database, &tenant, "!").await, ["a!b"]);
        assert_eq!(search(&database, &tenant, r"\").await, [r"back\slash"]);
        assert_eq!(search(&database, &tenant, "'").await, ["quote'd"]);
        assert_eq!(search(&database, &tenant, "a\0x\nb").await, ["axb"]);
        assert_eq!(search(&database, &tenant, "' OR 1=1 --").await, Vec::<String>::new());
        assert_eq!(search(&database, &tenant, &"x".repeat(200_000)).await, Vec::<String>::new());
        assert_eq!(search(&database, &tenant, "").await.len(), 6);
    }

    async fn a_search_looks_at_name_account_and_id_and_not_at_case_or_accents(database: Database) {
        let tenant = Tenant::create(&database).await;
        let row = ConnectionRow { account_id: "ACCT_42".to_owned(), account_name: "Café ÜBER".to_owned(), ..tenant.connection("Łódź Étoile") };
        commit!(database, |on| connections::insert(on, &row)).unwrap();
        for text in ["étoile", "ETOILE", "łÓdz", "cafe u", "acct_42", "über", row.id.as_str()] {
            assert_eq!(search(&database, &tenant, text).await, ["Łódź Étoile"], "{text}");
        }
        for text in ["etoilecafe", "etoile\ncafe", "stripe", "https"] {
            assert_eq!(search(&database, &tenant, text).await, Vec::<String>::new(), "{text}");
        }
    }

    async fn lists_have_five_orders_and_pages(database: Database) {
        let tenant = Tenant::create(&database).await;
        for (name, checked) in [("Éclair", Some(3)), ("b", None), ("A", Some(1)), ("Zebra", Some(2))] {
            let row = ConnectionRow { last_checked_at: checked.map(Timestamp::from_millis), ..tenant.connection(name) };
            commit!(database, |on| connections::insert(on, &row)).unwrap();
        }
        let ordered = async |order| names(&database, &tenant, ListFilter { order, ..all() }).await;
        assert_eq!(ordered(Order::Name).await, ["A", "b", "Éclair", "Zebra"]);
        assert_eq!(ordered(Order::NameDescending).await, ["Zebra", "Éclair", "b", "A"]);
        assert_eq!(ordered(Order::Checked).await, ["b", "A", "Zebra", "Éclair"]);
        assert_eq!(ordered(Order::CheckedDescending).await, ["Éclair", "Zebra", "A", "b"]);
        let by_id = read!(database, |on| connections::list(on, &tenant.organization, &ListFilter { order: Order::Id, ..all() }));
        assert!(by_id.len() == 4 && by_id.is_sorted_by_key(|row| row.id.clone()));
        assert_eq!(names(&database, &tenant, ListFilter { limit: 2, offset: 1, ..all() }).await, ["b", "Éclair"]);
        assert_eq!(names(&database, &tenant, ListFilter { offset: 9, ..all() }).await, Vec::<String>::new());
    }

    async fn lists_and_counts_know_the_status(database: Database) {
        let tenant = Tenant::create(&database).await;
        for status in ConnectionStatus::ALL {
            let row = ConnectionRow { status, connector: format!("c_{}", status.as_str()), ..tenant.connection(status.as_str()) };
            commit!(database, |on| connections::insert(on, &row)).unwrap();
        }
        let with = async |statuses: &[ConnectionStatus]| names(&database, &tenant, ListFilter { statuses: statuses.to_vec(), ..all() }).await;
        assert_eq!(with(&[]).await, ["active", "disabled", "error", "pending", "reauth_required"]);
        assert_eq!(with(&[ConnectionStatus::Revoked]).await, ["revoked"]);
        assert_eq!(with(&[ConnectionStatus::Error, ConnectionStatus::ReauthRequired, ConnectionStatus::Error]).await, ["error", "reauth_required"]);
        assert_eq!(with(&ConnectionStatus::ALL).await.len(), 6);

        let counts = read!(database, |on| connections::count_by_status(on, &tenant.organization, connections::Sight::default()));
        assert_eq!(counts.len(), 6);
        assert!(counts.iter().all(|counted| (counted.seen, counted.others) == (1, 0)));
        let connectors = read!(database, |on| connections::count_by_connector(on, &tenant.organization, connections::Sight::default()));
        assert_eq!(connectors.len(), 5);
        assert!(!connectors.contains(&("c_revoked".to_owned(), 1)));
        assert_eq!(read!(database, |on| connections::of_connector(on, &tenant.organization, "c_error", connections::Sight::default())).len(), 1);
        assert_eq!(read!(database, |on| connections::of_connector(on, &tenant.organization, "c_revoked", connections::Sight::default())), []);
    }

    async fn a_row_that_holds_nonsense_is_named(database: Database) {
        let tenant = Tenant::create(&database).await;
        let row = tenant.connected(&database, "Shop").await;
        execute(&database, "UPDATE connections SET status = 'strange'").await;
        let mut reader = database.read().await.unwrap();
        let outcome = connections::find(reader.conn(), &tenant.organization, &row.id).await;
        assert!(matches!(outcome, Err(StoreError::BadRow { table: "connections", column: "status", id }) if id == row.id.as_str()));
        assert!(matches!(connections::count_by_status(reader.conn(), &tenant.organization, connections::Sight::default()).await, Err(StoreError::BadRow { column: "status", .. })));
    }
}
