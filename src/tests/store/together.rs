//! Rows that are looked up many at once: each asker's own, of its own tenant, and one that cannot be read spoils no other.

use std::collections::BTreeSet;

use latchkey::domain::ConnectionId;
use latchkey::store::{Database, StoreError, credentials, handout, presented};

use super::fixtures::{Tenant, commit, connection_id, read};
use super::programs::planted_key;
use crate::support::database::{execute, on_both_engines};

fn ids(rows: &[handout::HandoutRow]) -> BTreeSet<ConnectionId> {
    rows.iter().map(|row| row.connection.clone()).collect()
}

on_both_engines! {
    async fn credentials_come_together_as_they_come_alone(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let mut asked = Vec::new();
        for number in 0..40 {
            let tenant = if number % 2 == 0 { &ours } else { &theirs };
            let connection = tenant.connected(&database, &format!("Number {number}")).await.id;
            for version in 1..=number % 4 {
                let row = tenant.credential(&connection, version, version == number % 4);
                commit!(database, |on| credentials::insert(on, &row)).unwrap();
            }
            asked.push((tenant.organization.clone(), connection));
        }
        let found = read!(database, |on| handout::find_all(on, &asked));
        assert_eq!(found.len(), 40);
        for (number, (organization, connection)) in asked.iter().enumerate() {
            let alone = read!(database, |on| handout::find(on, organization, connection)).unwrap();
            assert_eq!((&alone.organization, &alone.connection), (organization, connection));
            let version = i64::try_from(number % 4).unwrap();
            assert_eq!(alone.credential.as_ref().map(|credential| credential.version), (version > 0).then_some(version));
            assert!(found.contains(&alone));
        }
        assert_eq!(read!(database, |on| handout::find_all(on, &[])), []);
    }

    async fn a_tenant_gets_nothing_of_another_and_what_is_not_there_is_left_out(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let (mine, foreign) = (ours.connected(&database, "Mine").await.id, theirs.connected(&database, "Theirs").await.id);
        let us = &ours.organization;
        let asked = [(us.clone(), mine.clone()), (us.clone(), foreign.clone()), (us.clone(), connection_id()), (theirs.organization.clone(), mine.clone())];
        assert_eq!(ids(&read!(database, |on| handout::find_all(on, &asked))), BTreeSet::from([mine]));
        assert_eq!(read!(database, |on| handout::find(on, us, &foreign)), None);
    }

    async fn a_row_that_cannot_be_read_spoils_no_other(database: Database) {
        let tenant = Tenant::create(&database).await;
        let (good, bad) = (tenant.connected(&database, "Good").await.id, tenant.connected(&database, "Bad").await.id);
        execute(&database, "UPDATE connections SET owner_member_id = 'nobody' WHERE name = 'Bad'").await;
        let asked = [&good, &bad].map(|id| (tenant.organization.clone(), id.clone()));
        assert_eq!(ids(&read!(database, |on| handout::find_all(on, &asked))), BTreeSet::from([good]));
        let mut reader = database.read().await.unwrap();
        assert!(matches!(handout::find(reader.conn(), &tenant.organization, &bad).await, Err(StoreError::BadRow { .. })));
    }

    async fn keys_come_together_as_they_come_alone(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let (mut asked, mut alone) = (Vec::new(), Vec::new());
        for tenant in [&ours, &theirs, &ours] {
            let id = planted_key(&database, tenant).await;
            alone.push(read!(database, |on| presented::find(on, &id)).unwrap());
            asked.push(id);
        }
        assert_ne!(alone[0].maker, alone[1].maker);
        let found = read!(database, |on| presented::find_all(on, &asked));
        assert!(found.len() == 3 && alone.iter().all(|row| found.contains(row)));
        execute(&database, "UPDATE api_keys SET scopes = 'everything' WHERE id = (SELECT min(id) FROM api_keys)").await;
        let found = read!(database, |on| presented::find_all(on, &asked));
        assert_eq!(found.len(), 2, "one cannot be read");
    }
}
