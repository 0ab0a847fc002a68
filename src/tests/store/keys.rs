//! Root keys and system secrets.

use latchkey::domain::LeftoverId;
use latchkey::store::authenticators::{self, AuthenticatorRow};
use latchkey::store::drafts::DraftRow;
use latchkey::store::keys::{self, RootKeyRow, SystemSecretRow};
use latchkey::store::leftovers::{self, Holder, LeftoverRow};
use latchkey::store::{Database, credentials, drafts};

use super::fixtures::{HOSTILE, NOW, Tenant, broken_rule, commit, read};
use crate::support::database::on_both_engines;

fn root_key(key_id: &str, after: i64) -> RootKeyRow {
    RootKeyRow {
        key_id: key_id.to_owned(),
        source: "file".to_owned(),
        check_value: "00".to_owned(),
        parameters: HOSTILE.to_owned(),
        status: "active".to_owned(),
        created_at: NOW.plus_millis(after),
    }
}

fn system_secret(sealed: &[u8]) -> SystemSecretRow {
    SystemSecretRow { name: "audit".to_owned(), version: 1, key_id: "k1".to_owned(), sealed: sealed.to_vec(), created_at: NOW }
}

on_both_engines! {
    async fn root_keys_are_listed_oldest_first(database: Database) {
        let (younger, older) = (root_key("a", 1), RootKeyRow { status: "retired".to_owned(), ..root_key("b", 0) });
        commit!(database, |on| keys::insert(on, &younger)).unwrap();
        commit!(database, |on| keys::insert(on, &older)).unwrap();
        assert_eq!(broken_rule(commit!(database, |on| keys::insert(on, &older))), "root_keys_pkey");
        assert_eq!(broken_rule(commit!(database, |on| keys::insert(on, &root_key("c", 2)))), keys::ONE_ACTIVE);
        assert_eq!(read!(database, |on| keys::list(on)), [older, younger]);
    }

    async fn the_first_system_secret_stays(database: Database) {
        assert!(!read!(database, |on| keys::holds_data(on)));
        assert_eq!(read!(database, |on| keys::system_secret(on, "audit")), None);
        assert!(commit!(database, |on| keys::insert_system_secret(on, &system_secret(&[0, 1]))).unwrap());
        assert!(!commit!(database, |on| keys::insert_system_secret(on, &system_secret(&[9]))).unwrap());
        assert_eq!(read!(database, |on| keys::system_secret(on, "audit")), Some(system_secret(&[0, 1])));
        assert!(read!(database, |on| keys::holds_data(on)));
    }

    async fn everything_sealed_under_a_key_is_counted(database: Database) {
        commit!(database, |on| keys::insert(on, &root_key("k1", 0))).unwrap();
        assert!(!read!(database, |on| keys::holds_data(on)));
        assert_eq!(read!(database, |on| keys::count_sealed(on, "k1")), 0);
        let tenant = Tenant::create(&database).await;
        assert!(read!(database, |on| keys::holds_data(on)));
        let connection = tenant.connected(&database, "Shop").await.id;
        commit!(database, |on| credentials::insert(on, &tenant.credential(&connection, 1, false))).unwrap();
        commit!(database, |on| credentials::insert(on, &tenant.credential(&connection, 2, true))).unwrap();
        let sealed = DraftRow { key_id: Some("k1".to_owned()), sealed: Some(vec![1]), ..tenant.draft() };
        let emptied = DraftRow { key_id: Some("k1".to_owned()), ..tenant.draft() };
        commit!(database, |on| drafts::insert(on, &sealed)).unwrap();
        commit!(database, |on| drafts::insert(on, &emptied)).unwrap();
        commit!(database, |on| keys::insert_system_secret(on, &system_secret(&[1]))).unwrap();
        let seed = AuthenticatorRow { user: tenant.user.clone(), version: 1, sealed: vec![1], turned_on_at: None, created_at: NOW };
        assert!(commit!(database, |on| authenticators::begin(on, &seed, "k1")).unwrap());
        assert_eq!(read!(database, |on| keys::count_sealed(on, "k1")), 5);
        let left = LeftoverRow {
            id: LeftoverId::parse("lov_0000000000000000000000000a").unwrap(),
            organization: tenant.organization.clone(),
            connector: "acme".to_owned(),
            config: "{}".to_owned(),
            app: None,
            holder: Holder::Connection(connection.clone()),
            name: String::new(),
            secret_version: 1,
            key_id: "k1".to_owned(),
            sealed: vec![1],
            created_at: NOW,
        };
        commit!(database, |on| leftovers::insert(on, &left)).unwrap();
        assert_eq!(read!(database, |on| keys::count_sealed(on, "k1")), 6);
        assert_eq!(read!(database, |on| keys::count_sealed(on, "k2")), 0);
    }
}
