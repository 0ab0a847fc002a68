//! Sealed versions: one active, replaced in place, destroyed together.

use latchkey::store::credentials::CredentialRow;
use latchkey::store::{Database, credentials};

use super::fixtures::{Tenant, broken_rule, commit, credential_id, read};
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn one_version_is_active(database: Database) {
        let tenant = Tenant::create(&database).await;
        let connection = tenant.connected(&database, "Shop").await.id;
        assert_eq!(read!(database, |on| credentials::active(on, &tenant.organization, &connection)), None);
        let old = tenant.credential(&connection, 1, false);
        let current = CredentialRow { sealed: Vec::new(), ..tenant.credential(&connection, 2, true) };
        commit!(database, |on| credentials::insert(on, &old)).unwrap();
        commit!(database, |on| credentials::insert(on, &current)).unwrap();
        assert_eq!(broken_rule(commit!(database, |on| credentials::insert(on, &tenant.credential(&connection, 3, true)))), "credentials_active");
        assert_eq!(broken_rule(commit!(database, |on| credentials::insert(on, &tenant.credential(&connection, 2, false)))), "credentials_connection_id_version_key");
        assert_eq!(read!(database, |on| credentials::active(on, &tenant.organization, &connection)), Some(current.clone()));
        assert_eq!(read!(database, |on| credentials::versions(on, &tenant.organization, &connection)), [current, old]);
    }

    async fn sealed_bytes_are_replaced_in_place(database: Database) {
        let tenant = Tenant::create(&database).await;
        let connection = tenant.connected(&database, "Shop").await.id;
        let row = tenant.credential(&connection, 1, true);
        commit!(database, |on| credentials::insert(on, &row)).unwrap();
        let every_byte: Vec<u8> = (0..=255).collect();
        assert!(commit!(database, |on| credentials::replace_sealed(on, &tenant.organization, &row.id, "k2", &every_byte)).unwrap());
        assert!(!commit!(database, |on| credentials::replace_sealed(on, &tenant.organization, &credential_id(), "k2", b"")).unwrap());
        let expected = CredentialRow { key_id: "k2".to_owned(), sealed: every_byte, ..row };
        assert_eq!(read!(database, |on| credentials::active(on, &tenant.organization, &connection)), Some(expected));
    }

    async fn all_versions_of_one_connection_are_destroyed(database: Database) {
        let tenant = Tenant::create(&database).await;
        let (gone, kept) = (tenant.connected(&database, "Gone").await.id, tenant.connected(&database, "Kept").await.id);
        for row in [tenant.credential(&gone, 1, false), tenant.credential(&gone, 2, true), tenant.credential(&kept, 1, true)] {
            commit!(database, |on| credentials::insert(on, &row)).unwrap();
        }
        assert_eq!(commit!(database, |on| credentials::destroy_all(on, &tenant.organization, &gone)).unwrap(), 2);
        assert_eq!(commit!(database, |on| credentials::destroy_all(on, &tenant.organization, &gone)).unwrap(), 0);
        assert_eq!(read!(database, |on| credentials::versions(on, &tenant.organization, &gone)), []);
        assert_eq!(read!(database, |on| credentials::versions(on, &tenant.organization, &kept)).len(), 1);
    }

    async fn what_is_not_committed_never_was(database: Database) {
        let tenant = Tenant::create(&database).await;
        let connection = tenant.connected(&database, "Shop").await.id;
        {
            let mut transaction = database.begin().await.unwrap();
            credentials::insert(transaction.conn(), &tenant.credential(&connection, 1, true)).await.unwrap();
            assert!(credentials::active(transaction.conn(), &tenant.organization, &connection).await.unwrap().is_some());
            assert_eq!(read!(database, |on| credentials::active(on, &tenant.organization, &connection)), None);
        }
        let mut next = database.begin().await.unwrap();
        assert_eq!(credentials::active(next.conn(), &tenant.organization, &connection).await.unwrap(), None);
    }
}
