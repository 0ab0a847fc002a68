//! Drafts: kept for a while, changed by compare and set.

use latchkey::store::drafts::DraftRow;
use latchkey::store::{Database, StoreError, drafts};

use super::fixtures::{HOSTILE, NOW, Tenant, commit, draft_id, read};
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn a_draft_is_kept_until_its_time_is_over(database: Database) {
        let tenant = Tenant::create(&database).await;
        let draft = DraftRow { entries: HOSTILE.to_owned(), sealed: Some(vec![0, 255]), key_id: Some("k1".to_owned()), ..tenant.draft() };
        commit!(database, |on| drafts::insert(on, &draft)).unwrap();
        let (organization, member) = (&tenant.organization, &tenant.member);
        assert_eq!(read!(database, |on| drafts::find(on, organization, member, &draft.id, NOW)), Some(draft.clone()));
        assert_eq!(read!(database, |on| drafts::find(on, organization, member, &draft.id, draft.expires_at)), None);
        assert_eq!(read!(database, |on| drafts::find_by_flow(on, organization, member, "ventures", "wizard", draft.expires_at)), None);
        assert_eq!(commit!(database, |on| drafts::delete_expired(on, NOW)).unwrap(), 0);
        assert_eq!(commit!(database, |on| drafts::delete_expired(on, draft.expires_at)).unwrap(), 1);
        assert_eq!(read!(database, |on| drafts::find(on, organization, member, &draft.id, NOW)), None);
    }

    async fn of_two_changes_to_one_version_the_second_is_refused(database: Database) {
        let tenant = Tenant::create(&database).await;
        let before = tenant.draft();
        commit!(database, |on| drafts::insert(on, &before)).unwrap();
        let change = DraftRow {
            name: HOSTILE.to_owned(),
            errors: "{\"password\":\"?\"}".to_owned(),
            secret_version: 1,
            key_id: Some("k1".to_owned()),
            sealed: Some(vec![1, 2, 3]),
            check_id: Some("chk".to_owned()),
            connection_id: Some("con".to_owned()),
            duplicate_of: Some("con2".to_owned()),
            updated_at: NOW.plus_millis(1),
            expires_at: NOW.plus_millis(5),
            ..before.clone()
        };
        commit!(database, |on| drafts::update(on, &change)).unwrap();
        assert!(matches!(commit!(database, |on| drafts::update(on, &before)), Err(StoreError::Conflict)));
        let stored = read!(database, |on| drafts::find(on, &tenant.organization, &tenant.member, &before.id, NOW)).unwrap();
        assert_eq!(stored, DraftRow { row_version: 2, ..change });
        let emptied = DraftRow { sealed: None, key_id: None, ..stored };
        commit!(database, |on| drafts::update(on, &emptied)).unwrap();
        assert_eq!(read!(database, |on| drafts::find(on, &tenant.organization, &tenant.member, &before.id, NOW)).unwrap().sealed, None);
    }

    async fn the_newest_unfinished_draft_of_a_flow_is_found(database: Database) {
        let tenant = Tenant::create(&database).await;
        let older = tenant.draft();
        let newer = DraftRow { created_at: NOW.plus_millis(1), ..tenant.draft() };
        let finished = DraftRow { created_at: NOW.plus_millis(2), connection_id: Some("con".to_owned()), ..tenant.draft() };
        let quick = DraftRow { created_at: NOW.plus_millis(3), flow: "quick".to_owned(), ..tenant.draft() };
        for draft in [&newer, &older, &finished, &quick] {
            commit!(database, |on| drafts::insert(on, draft)).unwrap();
        }
        let find = async |connector: &str, flow: &str| {
            read!(database, |on| drafts::find_by_flow(on, &tenant.organization, &tenant.member, connector, flow, NOW)).map(|draft| draft.id)
        };
        assert_eq!(find("ventures", "wizard").await, Some(newer.id.clone()));
        assert_eq!(find("ventures", "quick").await, Some(quick.id));
        assert_eq!(find("stripe", "wizard").await, None);
        assert!(commit!(database, |on| drafts::delete(on, &tenant.organization, &tenant.member, &newer.id)).unwrap());
        assert!(!commit!(database, |on| drafts::delete(on, &tenant.organization, &tenant.member, &draft_id())).unwrap());
        assert_eq!(find("ventures", "wizard").await, Some(older.id));
    }
}
