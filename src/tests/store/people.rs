//! Organizations, users, members, milestones.

use latchkey::domain::{Email, Role};
use latchkey::store::members::MemberRow;
use latchkey::store::organizations::OrganizationRow;
use latchkey::store::users::UserRow;
use latchkey::store::{Database, members, milestones, organizations, users};

use super::fixtures::{HOSTILE, NOW, Tenant, broken_rule, commit, member_id, organization_id, read, user, user_id};
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn an_organization_is_found_as_it_was_added(database: Database) {
        assert_eq!(read!(database, |on| organizations::count(on)), 0);
        let row = OrganizationRow { id: organization_id(), name: HOSTILE.to_owned(), created_at: NOW };
        commit!(database, |on| organizations::insert(on, &row)).unwrap();
        assert_eq!(read!(database, |on| organizations::find(on, &row.id)), Some(row.clone()));
        assert_eq!(read!(database, |on| organizations::find(on, &organization_id())), None);
        assert_eq!(read!(database, |on| organizations::count(on)), 1);
        assert_eq!(broken_rule(commit!(database, |on| organizations::insert(on, &row))), "organizations_pkey");
    }

    async fn a_user_is_found_by_address_and_id(database: Database) {
        let row = UserRow { name: HOSTILE.to_owned(), password_hash: None, super_admin: true, ..user("o'brien@example.com") };
        commit!(database, |on| users::insert(on, &row)).unwrap();
        let email = Email::parse("O'Brien@example.com").unwrap();
        assert_eq!(read!(database, |on| users::find_by_email(on, &email)), Some(row.clone()));
        assert_eq!(read!(database, |on| users::find(on, &row.id)), Some(row.clone()));
        assert_eq!(read!(database, |on| users::find(on, &user_id())), None);
        assert_eq!(read!(database, |on| users::find_by_email(on, &Email::parse("_'brien@example.com").unwrap())), None);
    }

    async fn an_address_has_one_user(database: Database) {
        commit!(database, |on| users::insert(on, &user("ada@example.com"))).unwrap();
        assert_eq!(broken_rule(commit!(database, |on| users::insert(on, &user("ada@example.com")))), "users_email_key");
    }

    async fn theme_and_password_are_changed_for_one_user_only(database: Database) {
        let (ada, bob) = (user("ada@example.com"), user("bob@example.com"));
        commit!(database, |on| users::insert(on, &ada)).unwrap();
        commit!(database, |on| users::insert(on, &bob)).unwrap();
        commit!(database, |on| users::set_theme(on, &ada.id, "dark")).unwrap();
        commit!(database, |on| users::set_password_hash(on, &ada.id, HOSTILE)).unwrap();
        let changed = UserRow { theme: "dark".to_owned(), password_hash: Some(HOSTILE.to_owned()), ..ada.clone() };
        assert_eq!(read!(database, |on| users::find(on, &ada.id)), Some(changed));
        assert_eq!(read!(database, |on| users::find(on, &bob.id)), Some(bob));
    }

    async fn only_active_members_who_are_not_disabled_count(database: Database) {
        let tenant = Tenant::create(&database).await;
        let found = read!(database, |on| members::find_active(on, &tenant.organization, &tenant.user)).unwrap();
        assert_eq!(found.member, tenant.member_row());
        assert_eq!((found.name.as_str(), found.super_admin, found.disabled), ("Ada", false, false));
        assert_eq!(read!(database, |on| members::of_user(on, &tenant.user)), [tenant.member_row()]);

        let locked = UserRow { disabled: true, name: "Zoe".to_owned(), ..user("locked@example.com") };
        let invited = UserRow { name: "Bo".to_owned(), ..user("invited@example.com") };
        let member_of = |user: &UserRow, active| MemberRow { id: member_id(), user: user.id.clone(), active, role: Role::Viewer, ..tenant.member_row() };
        for (person, active) in [(&locked, true), (&invited, false)] {
            commit!(database, |on| users::insert(on, person)).unwrap();
            let member = member_of(person, active);
            commit!(database, |on| members::insert(on, &member)).unwrap();
            assert_eq!(read!(database, |on| members::find_active(on, &tenant.organization, &person.id)), None);
            assert_eq!(read!(database, |on| members::name_of(on, &tenant.organization, &member.id)), Some(person.name.clone()));
        }
        assert_eq!(read!(database, |on| members::of_user(on, &invited.id)), []);
        assert_eq!(read!(database, |on| members::count_active(on, &tenant.organization)), 2);
        let names: Vec<String> = read!(database, |on| members::list_active(on, &tenant.organization)).into_iter().map(|person| person.name).collect();
        assert_eq!(names, ["Ada", "Zoe"]);
    }

    async fn a_user_is_a_member_once(database: Database) {
        let tenant = Tenant::create(&database).await;
        let again = MemberRow { id: member_id(), ..tenant.member_row() };
        assert_eq!(broken_rule(commit!(database, |on| members::insert(on, &again))), "members_org_id_user_id_key");
    }

    async fn a_milestone_keeps_its_first_time(database: Database) {
        let tenant = Tenant::create(&database).await;
        assert!(commit!(database, |on| milestones::reach(on, &tenant.organization, "first_connection", NOW)).unwrap());
        assert!(!commit!(database, |on| milestones::reach(on, &tenant.organization, "first_connection", NOW.plus_millis(9))).unwrap());
        assert!(commit!(database, |on| milestones::reach(on, &tenant.organization, "recovery_sheet", NOW.plus_millis(5))).unwrap());
        let all = read!(database, |on| milestones::all(on, &tenant.organization));
        assert_eq!(all, [("first_connection".to_owned(), NOW), ("recovery_sheet".to_owned(), NOW.plus_millis(5))]);
    }
}
