//! Keys of requests: claimed once, by one member of one organization, until their time is over.

use latchkey::domain::{MemberId, OrganizationId};
use latchkey::store::Database;
use latchkey::store::idempotency_keys::{KeyRow, claim, delete_expired, find, keep, release};

use super::fixtures::{NOW, Tenant, commit, read};
use crate::support::database::on_both_engines;

const ABANDONED_MS: i64 = 1_000;

fn request(organization: &OrganizationId, member: &MemberId, later_ms: i64) -> KeyRow {
    KeyRow {
        organization: organization.clone(),
        member: member.clone(),
        key_mac: "k".to_owned(),
        route: "POST /api/v1/connections".to_owned(),
        body_mac: format!("b{later_ms}"),
        answer: None,
        created_at: NOW.plus_millis(later_ms),
        expires_at: NOW.plus_millis(later_ms + 10_000),
    }
}

async fn claimed(database: &Database, row: &KeyRow) -> bool {
    commit!(database, |on| claim(on, row, row.created_at.plus_millis(-ABANDONED_MS))).unwrap()
}

on_both_engines! {
    async fn a_key_is_claimed_once_until_it_is_released(database: Database) {
        let ours = Tenant::create(&database).await;
        let (first, second) = (request(&ours.organization, &ours.member, 0), request(&ours.organization, &ours.member, 1));
        assert!(claimed(&database, &first).await);
        assert!(!claimed(&database, &second).await, "the first runs");
        assert_eq!(read!(database, |on| find(on, &ours.organization, &ours.member, "k")), Some(first.clone()));
        commit!(database, |on| release(on, &second)).unwrap();
        assert!(!claimed(&database, &second).await, "only the try that claimed it releases it");
        commit!(database, |on| release(on, &first)).unwrap();
        assert!(claimed(&database, &second).await);
    }

    async fn a_kept_answer_stays_until_its_time_is_over(database: Database) {
        let ours = Tenant::create(&database).await;
        let first = request(&ours.organization, &ours.member, 0);
        assert!(claimed(&database, &first).await);
        assert!(commit!(database, |on| keep(on, &first, "{}")).unwrap());
        assert!(!commit!(database, |on| keep(on, &first, "[]")).unwrap(), "an answer is kept once");
        commit!(database, |on| release(on, &first)).unwrap();
        assert!(!claimed(&database, &request(&ours.organization, &ours.member, 9_999)).await);
        assert_eq!(read!(database, |on| find(on, &ours.organization, &ours.member, "k")).unwrap().answer.as_deref(), Some("{}"));
        assert!(claimed(&database, &request(&ours.organization, &ours.member, 10_000)).await, "its time is over");
        assert_eq!(read!(database, |on| find(on, &ours.organization, &ours.member, "k")).unwrap().answer, None);
    }

    async fn a_try_that_was_cut_off_is_taken_over_and_keeps_nothing(database: Database) {
        let ours = Tenant::create(&database).await;
        let (first, second) = (request(&ours.organization, &ours.member, 0), request(&ours.organization, &ours.member, ABANDONED_MS + 1));
        assert!(claimed(&database, &first).await);
        assert!(!claimed(&database, &request(&ours.organization, &ours.member, ABANDONED_MS)).await, "it may still run");
        assert!(claimed(&database, &second).await);
        assert!(!commit!(database, |on| keep(on, &first, "{}")).unwrap());
        assert!(commit!(database, |on| keep(on, &second, "{}")).unwrap());
    }

    async fn the_same_key_of_others_is_another_key(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        assert!(claimed(&database, &request(&ours.organization, &ours.member, 0)).await);
        assert_eq!(read!(database, |on| find(on, &theirs.organization, &theirs.member, "k")), None);
        assert!(claimed(&database, &request(&theirs.organization, &theirs.member, 0)).await);
        assert_eq!(commit!(database, |on| delete_expired(on, NOW.plus_millis(9_999))).unwrap(), 0);
        assert_eq!(commit!(database, |on| delete_expired(on, NOW.plus_millis(10_000))).unwrap(), 2);
    }
}
