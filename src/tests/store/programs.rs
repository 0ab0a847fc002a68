//! Programs, their keys and the tokens of sign-ins: every column comes back, another tenant finds and changes nothing, and an end is an end.

use std::collections::BTreeSet;

use latchkey::domain::{ApiKeyId, ApplicationId, Scope, SessionId};
use latchkey::store::api_keys::{self, ApiKeyRow};
use latchkey::store::applications::{self, ApplicationRow};
use latchkey::store::token_families::{self, FamilyRow};
use latchkey::store::{Database, StoreError, presented};
use latchkey::vault::SystemRandom;

use super::fixtures::{HOSTILE, NOW, Tenant, commit, connection_id, read};
use crate::support::database::on_both_engines;

fn clock() -> latchkey::domain::ManualClock {
    latchkey::domain::ManualClock::at(NOW)
}

fn application(tenant: &Tenant) -> ApplicationRow {
    ApplicationRow {
        id: ApplicationId::generate(&clock(), &SystemRandom),
        organization: tenant.organization.clone(),
        name: HOSTILE.to_owned(),
        purpose: HOSTILE.to_owned(),
        owner: tenant.member.clone(),
        active: true,
        created_by: tenant.member.clone(),
        created_at: NOW,
        updated_at: NOW,
        row_version: 1,
    }
}

fn key(tenant: &Tenant, application: &ApplicationRow) -> ApiKeyRow {
    ApiKeyRow {
        id: ApiKeyId::generate(&clock(), &SystemRandom),
        organization: tenant.organization.clone(),
        application: application.id.clone(),
        name: HOSTILE.to_owned(),
        secret_hash: "a".repeat(64),
        scopes: [Scope::ConnectionsRead, Scope::AuditRead].into_iter().collect(),
        connections: Some(BTreeSet::from([connection_id(), connection_id()])),
        maker: tenant.member.clone(),
        maker_user: tenant.user.clone(),
        created_at: NOW,
        expires_at: Some(NOW.plus_millis(10_000)),
        ended_at: None,
        last_used_at: None,
        last_used_address: String::new(),
    }
}

/// A key of a program of its own.
pub async fn planted_key(database: &Database, tenant: &Tenant) -> ApiKeyId {
    let row = application(tenant);
    let row = ApplicationRow { name: row.id.to_string(), ..row };
    commit!(database, |on| applications::insert(on, &row)).unwrap();
    let made = key(tenant, &row);
    commit!(database, |on| api_keys::insert(on, &made)).unwrap();
    made.id
}

fn family(tenant: &Tenant) -> FamilyRow {
    FamilyRow {
        id: SessionId::generate(&clock(), &SystemRandom),
        organization: tenant.organization.clone(),
        user: tenant.user.clone(),
        member: tenant.member.clone(),
        address: "203.0.113.7".to_owned(),
        user_agent: HOSTILE.to_owned(),
        proven_at: NOW,
        created_at: NOW,
        used_at: NOW,
        ends_at: NOW.plus_millis(100_000),
        ended_at: None,
        ended_why: String::new(),
    }
}

on_both_engines! {
    async fn programs_and_keys_come_back_as_they_were_kept(database: Database) {
        let tenant = Tenant::create(&database).await;
        let mut row = application(&tenant);
        commit!(database, |on| applications::insert(on, &row)).unwrap();
        assert!(matches!(commit!(database, |on| applications::insert(on, &ApplicationRow { id: ApplicationId::generate(&clock(), &SystemRandom), ..row.clone() })), Err(StoreError::Duplicate(_))));
        assert_eq!(read!(database, |on| applications::find(on, &tenant.organization, &row.id)), Some(row.clone()));
        row.active = false;
        commit!(database, |on| applications::update(on, &row)).unwrap();
        assert!(matches!(commit!(database, |on| applications::update(on, &row)), Err(StoreError::Conflict)), "it was read before");
        let mut made = key(&tenant, &row);
        commit!(database, |on| api_keys::insert(on, &made)).unwrap();
        assert_eq!(read!(database, |on| presented::find(on, &made.id)).map(|found| found.key), Some(made.clone()));
        let bare = ApiKeyRow { connections: None, expires_at: None, ..key(&tenant, &row) };
        commit!(database, |on| api_keys::insert(on, &bare)).unwrap();
        assert_eq!(read!(database, |on| api_keys::find(on, &tenant.organization, &row.id, &bare.id)), Some(bare));
        commit!(database, |on| api_keys::note_use(on, &tenant.organization, &made.id, NOW, "::1", NOW)).unwrap();
        commit!(database, |on| api_keys::note_use(on, &tenant.organization, &made.id, NOW.plus_millis(9), "::2", NOW.plus_millis(-1))).unwrap();
        (made.last_used_at, made.last_used_address) = (Some(NOW), "::1".to_owned());
        assert_eq!(read!(database, |on| presented::find(on, &made.id)).map(|found| found.key), Some(made.clone()));
        assert!(!commit!(database, |on| api_keys::expire(on, &tenant.organization, &made.id, NOW, NOW.plus_millis(10_001))).unwrap(), "never later than before");
        assert!(commit!(database, |on| api_keys::expire(on, &tenant.organization, &made.id, NOW, NOW.plus_millis(5))).unwrap());
        assert!(commit!(database, |on| api_keys::end(on, &tenant.organization, &made.id, NOW)).unwrap());
        assert!(!commit!(database, |on| api_keys::end(on, &tenant.organization, &made.id, NOW)).unwrap(), "once");
        assert!(commit!(database, |on| applications::delete(on, &tenant.organization, &row.id)).unwrap());
        assert_eq!(read!(database, |on| api_keys::of_organization(on, &tenant.organization)), []);
    }

    async fn another_organization_finds_and_changes_nothing(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let (row, family) = (application(&ours), family(&ours));
        let made = key(&ours, &row);
        commit!(database, |on| applications::insert(on, &row)).unwrap();
        commit!(database, |on| api_keys::insert(on, &made)).unwrap();
        commit!(database, |on| token_families::insert(on, &family)).unwrap();
        let them = &theirs.organization;
        assert_eq!(read!(database, |on| applications::find(on, them, &row.id)), None);
        assert_eq!(read!(database, |on| applications::list(on, them, None)), []);
        assert_eq!(read!(database, |on| applications::list(on, them, Some(&ours.member))), []);
        assert_eq!(read!(database, |on| applications::count(on, them)), 0);
        assert_eq!(read!(database, |on| api_keys::find(on, them, &row.id, &made.id)), None);
        assert_eq!(read!(database, |on| api_keys::of_application(on, them, &row.id)), []);
        assert_eq!(read!(database, |on| api_keys::of_organization(on, them)), []);
        let foreign = ApplicationRow { organization: them.clone(), name: "Theirs".to_owned(), ..row.clone() };
        assert!(matches!(commit!(database, |on| applications::update(on, &foreign)), Err(StoreError::Conflict)));
        assert!(!commit!(database, |on| applications::delete(on, them, &row.id)).unwrap());
        assert!(!commit!(database, |on| api_keys::end(on, them, &made.id, NOW)).unwrap());
        assert!(!commit!(database, |on| api_keys::expire(on, them, &made.id, NOW, NOW)).unwrap());
        commit!(database, |on| api_keys::note_use(on, them, &made.id, NOW, "::1", NOW)).unwrap();
        assert_eq!(commit!(database, |on| token_families::end_of_member(on, them, &ours.member, NOW, "x")).unwrap(), 0);
        assert_eq!(commit!(database, |on| token_families::end_of_user(on, &theirs.user)).unwrap(), 0);
        assert_eq!(read!(database, |on| applications::find(on, &ours.organization, &row.id)), Some(row));
        assert_eq!(read!(database, |on| presented::find(on, &made.id)).map(|found| found.key), Some(made));
        assert_eq!(read!(database, |on| token_families::find(on, &family.id)), Some(family));
    }

    async fn a_refresh_token_is_spent_once_and_only_in_a_family_that_works(database: Database) {
        let tenant = Tenant::create(&database).await;
        let (first, second) = (family(&tenant), family(&tenant));
        for (row, name) in [(&first, "a"), (&second, "b")] {
            commit!(database, |on| token_families::insert(on, row)).unwrap();
            commit!(database, |on| token_families::add_refresh_token(on, &row.id, name, NOW, NOW.plus_millis(1_000))).unwrap();
        }
        assert!(!commit!(database, |on| token_families::spend(on, "c", NOW)).unwrap(), "unknown");
        assert!(!commit!(database, |on| token_families::spend(on, "a", NOW.plus_millis(1_000))).unwrap(), "its time is over");
        assert!(commit!(database, |on| token_families::spend(on, "a", NOW)).unwrap());
        assert!(!commit!(database, |on| token_families::spend(on, "a", NOW)).unwrap(), "once");
        assert_eq!(read!(database, |on| token_families::of_refresh_token(on, "a")).map(|(family, used)| (family.id, used)), Some((first.id, true)));
        assert!(commit!(database, |on| token_families::end(on, &second.id, NOW, "signed_out")).unwrap());
        assert!(!commit!(database, |on| token_families::end(on, &second.id, NOW, "reused")).unwrap(), "an end stays what it was");
        assert!(!commit!(database, |on| token_families::spend(on, "b", NOW)).unwrap(), "its family has ended");
        assert_eq!(read!(database, |on| token_families::find(on, &second.id)).unwrap().ended_why, "signed_out");
        assert_eq!(commit!(database, |on| token_families::delete_ended(on, NOW.plus_millis(100_000))).unwrap(), 0);
        assert_eq!(commit!(database, |on| token_families::delete_ended(on, NOW.plus_millis(100_001))).unwrap(), 4);
    }
}
