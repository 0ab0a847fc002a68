//! What sessions, known browsers, codes and ceremonies promise as rows.

use latchkey::domain::SessionId;
use latchkey::store::ceremonies::{self, CeremonyRow};
use latchkey::store::passkeys::handle;
use latchkey::store::sessions::{self, SEEN_EVERY_MS, SessionRow};
use latchkey::store::{Database, devices, users};

use super::fixtures::{NOW, Tenant, commit, read, session_id, user};
use crate::support::database::on_both_engines;

fn session(hash: &str, id: Option<SessionId>, tenant: &Tenant) -> SessionRow {
    SessionRow {
        id_hash: hash.to_owned(),
        id,
        user: Some(tenant.user.clone()),
        organization: Some(tenant.organization.clone()),
        data: "{}".to_owned(),
        created_at: NOW,
        seen_at: NOW,
        address: String::new(),
        user_agent: String::new(),
        expires_at: NOW.plus_millis(1_000_000),
    }
}

on_both_engines! {
    async fn use_is_noted_at_most_once_a_minute_and_survives_a_save(database: Database) {
        let tenant = Tenant::create(&database).await;
        let row = session("h", Some(session_id()), &tenant);
        assert!(commit!(database, |on| sessions::insert(on, &row)).unwrap());
        let (early, due) = (NOW.plus_millis(SEEN_EVERY_MS - 1), NOW.plus_millis(SEEN_EVERY_MS));
        assert!(!commit!(database, |on| sessions::touch(on, "h", early, "203.0.113.9", "Firefox")).unwrap());
        assert!(commit!(database, |on| sessions::touch(on, "h", due, "203.0.113.9", "Firefox")).unwrap());
        assert!(!commit!(database, |on| sessions::touch(on, "h", due, "203.0.113.8", "Safari")).unwrap(), "of two nodes, one writes");
        assert!(commit!(database, |on| sessions::update(on, &SessionRow { id: None, ..row.clone() }, NOW)).unwrap());
        let found = read!(database, |on| sessions::load(on, "h", NOW)).unwrap();
        assert_eq!(found, SessionRow { seen_at: due, address: "203.0.113.9".to_owned(), user_agent: "Firefox".to_owned(), ..row });
    }

    async fn a_person_lists_and_ends_only_own_sessions(database: Database) {
        let (tenant, other) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let (here, there, foreign) = (session_id(), session_id(), session_id());
        for row in [session("a", Some(here.clone()), &tenant), session("b", Some(there.clone()), &tenant), session("half", None, &tenant), session("c", Some(foreign.clone()), &other)] {
            assert!(commit!(database, |on| sessions::insert(on, &row)).unwrap());
        }
        assert_eq!(read!(database, |on| sessions::list(on, &tenant.user, NOW)).len(), 2, "what is half done is no session");
        assert_eq!(read!(database, |on| sessions::list(on, &tenant.user, NOW.plus_millis(1_000_000))), [], "nor what is over");
        assert!(!commit!(database, |on| sessions::end(on, &tenant.user, &foreign)).unwrap());
        assert!(commit!(database, |on| sessions::end(on, &tenant.user, &there)).unwrap());
        assert!(!commit!(database, |on| sessions::end(on, &tenant.user, &there)).unwrap());
        assert_eq!(commit!(database, |on| sessions::end_others(on, &tenant.user, &here)).unwrap(), 1, "the half one");
        assert!(read!(database, |on| sessions::load(on, "a", NOW)).is_some() && read!(database, |on| sessions::load(on, "c", NOW)).is_some());
    }

    async fn a_browser_is_known_for_its_people_until_it_is_forgotten(database: Database) {
        let (ada, bob) = (user("ada@example.com"), user("bob@example.com"));
        for person in [&ada, &bob] {
            commit!(database, |on| users::insert(on, person)).unwrap();
        }
        let end = NOW.plus_millis(1_000);
        commit!(database, |on| devices::renew(on, None, "one", &ada.id, NOW, end)).unwrap();
        assert!(read!(database, |on| devices::knows(on, "one", "ada@example.com", NOW)));
        assert!(!read!(database, |on| devices::knows(on, "one", "bob@example.com", NOW)) && !read!(database, |on| devices::knows(on, "two", "ada@example.com", NOW)));
        commit!(database, |on| devices::renew(on, Some("one"), "two", &bob.id, NOW, end)).unwrap();
        assert!(!read!(database, |on| devices::knows(on, "one", "ada@example.com", NOW)), "the old token knows nobody");
        assert!(read!(database, |on| devices::knows(on, "two", "ada@example.com", NOW)) && read!(database, |on| devices::knows(on, "two", "bob@example.com", NOW)));
        assert!(!read!(database, |on| devices::knows(on, "two", "ada@example.com", end)), "not for ever");
        for number in 0..25_i64 {
            commit!(database, |on| devices::renew(on, None, &format!("more-{number}"), &ada.id, NOW.plus_millis(number + 1), end)).unwrap();
        }
        assert_eq!(commit!(database, |on| devices::forget_of_user(on, &ada.id)).unwrap(), 20);
    }

    async fn a_ceremony_is_taken_once_for_its_purpose_and_person(database: Database) {
        let person = user("ada@example.com");
        commit!(database, |on| users::insert(on, &person)).unwrap();
        let row = |hash: &str, user| CeremonyRow { token_hash: hash.to_owned(), purpose: "sign_in".to_owned(), user, state: "{}".to_owned(), expires_at: NOW.plus_millis(5) };
        commit!(database, |on| ceremonies::insert(on, &row("open", None))).unwrap();
        commit!(database, |on| ceremonies::insert(on, &row("hers", Some(person.id.clone())))).unwrap();
        for (hash, purpose, user, now) in [("hers", "sign_in", None, NOW), ("open", "sign_in", Some(&person.id), NOW), ("open", "add", None, NOW), ("open", "sign_in", None, NOW.plus_millis(5)), ("x", "sign_in", None, NOW)] {
            assert_eq!(commit!(database, |on| ceremonies::take(on, hash, purpose, user, now)).unwrap(), None, "{hash} {purpose}");
        }
        assert_eq!(commit!(database, |on| ceremonies::take(on, "open", "sign_in", None, NOW)).unwrap().as_deref(), Some("{}"));
        assert_eq!(commit!(database, |on| ceremonies::take(on, "open", "sign_in", None, NOW)).unwrap(), None);
        assert_eq!(commit!(database, |on| ceremonies::delete_expired(on, NOW.plus_millis(5))).unwrap(), 1);
    }

    async fn a_person_keeps_the_first_handle(database: Database) {
        let person = user("ada@example.com");
        commit!(database, |on| users::insert(on, &person)).unwrap();
        assert_eq!(commit!(database, |on| handle(on, &person.id, "one")).unwrap(), "one");
        assert_eq!(commit!(database, |on| handle(on, &person.id, "two")).unwrap(), "one");
    }
}
