//! The audit chain: no gap and no fork, however many write together.

use latchkey::domain::OrganizationId;
use latchkey::store::audit::{self, AuditRow};
use latchkey::store::{Database, StoreError};

use super::fixtures::{HOSTILE, Tenant, read};
use crate::support::database::{execute, on_both_engines};

async fn add(database: &Database, tenant: &Tenant, node: &str, target_id: &str) -> AuditRow {
    let mut transaction = database.begin().await.unwrap();
    let (seq, mac) = audit::lock_chain(transaction.conn(), node).await.unwrap();
    let row = tenant.entry(node, seq + 1, mac, target_id);
    audit::append(transaction.conn(), &row).await.unwrap();
    transaction.commit().await.unwrap();
    row
}

on_both_engines! {
    async fn a_chain_begins_with_nothing(database: Database) {
        let mut transaction = database.begin().await.unwrap();
        assert_eq!(audit::lock_chain(transaction.conn(), "n1").await.unwrap(), (0, vec![0; 32]));
        assert_eq!(audit::lock_chain(transaction.conn(), "n1").await.unwrap(), (0, vec![0; 32]));
    }

    async fn twenty_writers_make_one_chain(database: Database) {
        let tenant = std::sync::Arc::new(Tenant::create(&database).await);
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (database, tenant) = (database.clone(), tenant.clone());
                tokio::spawn(async move { add(&database, &tenant, "n1", "t").await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let chain = read!(database, |on| audit::chain(on, "n1", 0, 100));
        assert_eq!(chain.len(), 20);
        let mut before = (0, vec![0; 32]);
        for row in chain {
            assert_eq!((row.seq, &row.prev_mac), (before.0 + 1, &before.1));
            before = (row.seq, row.mac);
        }
        assert_eq!(read!(database, |on| audit::nodes(on)), [("n1".to_owned(), 20, before.1)]);
    }

    async fn an_entry_that_does_not_follow_is_refused(database: Database) {
        let tenant = Tenant::create(&database).await;
        let first = add(&database, &tenant, "n1", "t").await;
        for (seq, prev_mac) in [(1, first.mac.clone()), (3, first.mac.clone()), (2, vec![7; 32])] {
            let mut transaction = database.begin().await.unwrap();
            audit::lock_chain(transaction.conn(), "n1").await.unwrap();
            let outcome = audit::append(transaction.conn(), &tenant.entry("n1", seq, prev_mac, "t")).await;
            assert!(matches!(outcome, Err(StoreError::Conflict)));
        }
        let mut transaction = database.begin().await.unwrap();
        assert!(matches!(audit::append(transaction.conn(), &tenant.entry("n2", 1, vec![0; 32], "t")).await, Err(StoreError::Conflict)));
    }

    async fn entries_are_found_by_target_and_in_order(database: Database) {
        let tenant = Tenant::create(&database).await;
        let rows = [
            add(&database, &tenant, "n1", HOSTILE).await,
            add(&database, &tenant, "n1", "other").await,
            add(&database, &tenant, "n1", HOSTILE).await,
            add(&database, &tenant, "n2", HOSTILE).await,
        ];
        assert_eq!(read!(database, |on| audit::last(on, &tenant.organization, HOSTILE, "connection.created")), Some(rows[2].clone()));
        assert_eq!(read!(database, |on| audit::last(on, &tenant.organization, HOSTILE, "connection.edited")), None);
        assert_eq!(read!(database, |on| audit::chain(on, "n1", 1, 1)), [rows[1].clone()]);
        assert_eq!(read!(database, |on| audit::chain(on, "n1", 3, 10)), []);
        let nodes = read!(database, |on| audit::nodes(on));
        assert_eq!(nodes, [("n1".to_owned(), 3, rows[2].mac.clone()), ("n2".to_owned(), 1, rows[3].mac.clone())]);
    }

    async fn an_entry_of_the_server_itself_has_no_organization(database: Database) {
        let tenant = Tenant::create(&database).await;
        let mut transaction = database.begin().await.unwrap();
        let (seq, mac) = audit::lock_chain(transaction.conn(), "n1").await.unwrap();
        let row = AuditRow { organization: None, ..tenant.entry("n1", seq + 1, mac, "t") };
        audit::append(transaction.conn(), &row).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(read!(database, |on| audit::chain(on, "n1", 0, 10)), [row]);
        assert_eq!(read!(database, |on| audit::last(on, &tenant.organization, "t", "connection.created")), None);
        execute(&database, "UPDATE audit_log SET org_id = 'strange'").await;
        let mut reader = database.read().await.unwrap();
        assert!(OrganizationId::parse("strange").is_err());
        assert!(matches!(audit::chain(reader.conn(), "n1", 0, 10).await, Err(StoreError::BadRow { table: "audit_log", column: "org_id", .. })));
    }
}
