//! What belongs to one organization is never found, changed or deleted with the id of another.

use latchkey::domain::CheckState;
use latchkey::store::connections::ConnectionRow;
use latchkey::store::{Database, StoreError, activity, audit, checks, connections, credentials, drafts, members, milestones, organizations};

use super::fixtures::{NOW, Tenant, all, commit, member_id, read};
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn the_other_organization_finds_nothing(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let connection = ours.connected(&database, "Shop").await;
        let credential = ours.credential(&connection.id, 1, true);
        commit!(database, |on| credentials::insert(on, &credential)).unwrap();
        let draft = ours.draft();
        commit!(database, |on| drafts::insert(on, &draft)).unwrap();
        let check = ours.check(Some(&connection.id), NOW, CheckState::Passed);
        commit!(database, |on| checks::insert(on, &check)).unwrap();
        commit!(database, |on| milestones::reach(on, &ours.organization, "first_connection", NOW)).unwrap();
        let mut transaction = database.begin().await.unwrap();
        let (seq, mac) = audit::lock_chain(transaction.conn(), "n1").await.unwrap();
        audit::append(transaction.conn(), &ours.entry("n1", seq + 1, mac, connection.id.as_str())).await.unwrap();
        transaction.commit().await.unwrap();

        let them = &theirs.organization;
        assert_eq!(read!(database, |on| connections::find(on, them, &connection.id)), None);
        assert_eq!(read!(database, |on| connections::list(on, them, &all())), []);
        assert_eq!(read!(database, |on| connections::count(on, them, &all())), 0);
        assert_eq!(read!(database, |on| connections::count_by_status(on, them, connections::Sight::default())), []);
        assert_eq!(read!(database, |on| connections::of_connector(on, them, "stripe", connections::Sight::default())), []);
        assert_eq!(read!(database, |on| connections::count_by_connector(on, them, connections::Sight::default())), []);
        assert_eq!(read!(database, |on| credentials::active(on, them, &connection.id)), None);
        assert_eq!(read!(database, |on| credentials::versions(on, them, &connection.id)), []);
        assert_eq!(read!(database, |on| drafts::find(on, them, &ours.member, &draft.id, NOW)), None);
        assert_eq!(read!(database, |on| drafts::find_by_flow(on, them, &ours.member, "ventures", "wizard", NOW)), None);
        assert_eq!(read!(database, |on| checks::find(on, them, &check.id)), None);
        assert_eq!(read!(database, |on| checks::marks_since(on, them, &connection.id, NOW)), []);
        assert_eq!(read!(database, |on| members::find_active(on, them, &ours.user)), None);
        assert_eq!(read!(database, |on| members::name_of(on, them, &ours.member)), None);
        assert_eq!(read!(database, |on| members::list_active(on, them)).len(), 1);
        assert_eq!(read!(database, |on| milestones::all(on, them)), []);
        assert_eq!(read!(database, |on| audit::last(on, them, connection.id.as_str(), "connection.created")), None);
        assert_eq!(read!(database, |on| activity::of_connection(on, them, &connection.id, ["", ""], None, 10)), []);
        assert_eq!(read!(database, |on| checks::newest(on, them, &connection.id, 10)), []);
        assert!(!read!(database, |on| checks::is_running(on, them, &connection.id, NOW)));
        assert_eq!(read!(database, |on| organizations::find(on, them)).unwrap().id, *them);
    }

    async fn the_other_organization_changes_nothing(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let connection = ours.connected(&database, "Shop").await;
        let credential = ours.credential(&connection.id, 1, true);
        commit!(database, |on| credentials::insert(on, &credential)).unwrap();
        let draft = ours.draft();
        commit!(database, |on| drafts::insert(on, &draft)).unwrap();
        let check = ours.check(None, NOW, CheckState::Running);
        commit!(database, |on| checks::insert(on, &check)).unwrap();

        let them = &theirs.organization;
        let stolen = ConnectionRow { organization: them.clone(), ..connection.clone() };
        assert!(matches!(commit!(database, |on| connections::update(on, &stolen)), Err(StoreError::Conflict)));
        let stolen = drafts::DraftRow { organization: them.clone(), ..draft.clone() };
        assert!(matches!(commit!(database, |on| drafts::update(on, &stolen)), Err(StoreError::Conflict)));
        assert!(!commit!(database, |on| drafts::delete(on, them, &ours.member, &draft.id)).unwrap());
        assert!(!commit!(database, |on| credentials::replace_sealed(on, them, &credential.id, "k2", b"x")).unwrap());
        assert!(!commit!(database, |on| connections::delete(on, them, &connection.id)).unwrap());
        assert_eq!(commit!(database, |on| credentials::destroy_all(on, them, &connection.id)).unwrap(), 0);
        commit!(database, |on| checks::save_progress(on, them, &check.id, "[1]")).unwrap();
        commit!(database, |on| checks::attach(on, them, &check.id, &connection.id)).unwrap();
        let stolen = checks::CheckRow { organization: them.clone(), state: CheckState::Failed, ..check.clone() };
        assert!(!commit!(database, |on| checks::finish(on, &stolen)).unwrap());

        let us = &ours.organization;
        assert_eq!(read!(database, |on| connections::find(on, us, &connection.id)), Some(connection.clone()));
        assert_eq!(read!(database, |on| credentials::active(on, us, &connection.id)), Some(credential));
        assert_eq!(read!(database, |on| drafts::find(on, us, &ours.member, &draft.id, NOW)), Some(draft));
        assert_eq!(read!(database, |on| checks::find(on, us, &check.id)), Some(check));
    }

    async fn no_row_belongs_to_two_organizations(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let connection = ours.connected(&database, "Shop").await;
        let credential = theirs.credential(&connection.id, 1, true);
        assert!(matches!(commit!(database, |on| credentials::insert(on, &credential)), Err(StoreError::Sql(_))));
        let draft = drafts::DraftRow { member: ours.member.clone(), ..theirs.draft() };
        assert!(matches!(commit!(database, |on| drafts::insert(on, &draft)), Err(StoreError::Sql(_))));
    }

    async fn a_draft_is_its_members_alone(database: Database) {
        let (ours, colleague) = (Tenant::create(&database).await, member_id());
        let draft = ours.draft();
        commit!(database, |on| drafts::insert(on, &draft)).unwrap();
        assert_eq!(read!(database, |on| drafts::find(on, &ours.organization, &colleague, &draft.id, NOW)), None);
        assert!(!commit!(database, |on| drafts::delete(on, &ours.organization, &colleague, &draft.id)).unwrap());
    }
}
