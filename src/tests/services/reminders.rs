//! Reminders: each once, over several nodes and after a time without any.

use std::sync::Arc;

use latchkey::domain::{Actor, Clock as _, ConnectionStatus, Role};
use latchkey::services::expiry::{self, NewDate};
use latchkey::services::{App, Settings};
use latchkey::store::members::{Standing, set_status};
use latchkey::store::{Database, audit};

use super::ending::{DAY, email_of, grant, letters, world};
use crate::services::world::World;
use crate::support::database::on_both_engines;
use crate::support::letters::newest_letter;

const MINUTE: i64 = 60_000;

async fn add(world: &World, actor: &Actor, title: &str, days: i64) -> String {
    let new =
        NewDate { title: title.to_owned(), ends_at: world.clock.now().plus_millis(days * DAY), note: "Ask the registrar.".to_owned(), ..NewDate::default() };
    expiry::add(&world.app, actor, &new).await.unwrap().id.unwrap()
}

/// The same installation on another machine.
fn second_node(world: &World) -> App {
    let mut app = world.app.clone();
    app.settings = Arc::new(Settings { node: "node-2".to_owned(), ..(*world.app.settings).clone() });
    app
}

async fn subjects(world: &World) -> Vec<String> {
    letters(world).await.into_iter().map(|(_, subject)| subject).collect()
}

on_both_engines! {
    async fn each_reminder_goes_out_once_however_many_nodes_look(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let second = second_node(&world);
        let id = add(&world, &dana, "Certificate", 40).await;
        assert_eq!(expiry::remind(&world.app).await.unwrap(), 0, "forty days are far");
        let mut sent = 0;
        for (days, left) in [(10, 30), (16, 14), (7, 7), (6, 1)] {
            world.clock.advance(days * DAY - MINUTE);
            assert_eq!(expiry::remind(&world.app).await.unwrap(), 0, "a minute too early for {left}");
            world.clock.advance(MINUTE);
            let (one, other) = tokio::join!(expiry::remind(&world.app), expiry::remind(&second));
            assert_eq!(one.unwrap() + other.unwrap(), 1, "{left}");
            assert_eq!(expiry::remind(&second).await.unwrap(), 0, "{left} again");
            sent += 1;
            assert_eq!(letters(&world).await.len(), sent, "{left}");
        }
        world.clock.advance(2 * DAY);
        assert_eq!(expiry::remind(&world.app).await.unwrap(), 0, "it is over");
        assert_eq!(letters(&world).await, vec![("dana@example.com".to_owned(), "Certificate ends on 30 Dec 2026".to_owned()); 4]);
        let letter = newest_letter(&world.app, "dana@example.com").await.unwrap();
        for part in ["Hello Dana Whitfield,", "tomorrow", "Nothing has stopped yet.", "Note: Ask the registrar.", "https://latchkey.example.com/expiry/exp_"] {
            assert!(letter.contains(part), "{part} in {letter}");
        }
        let line = expiry::list(&world.app, &dana).await.unwrap().lines.remove(0);
        assert!(line.reminders.len() == 4 && line.reminders.iter().all(|reminder| reminder.sent), "{line:?}");
        let entry = audit::last(world.app.database.read().await.unwrap().conn(), &dana.organization, &id, "expiry.reminded").await.unwrap();
        assert!(entry.is_some_and(|entry| entry.actor_name == "Latchkey"));
    }

    async fn after_a_time_without_any_node_the_nearest_one_goes_out_alone(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        add(&world, &dana, "Missed three", 40).await;
        add(&world, &dana, "Over", 35).await;
        add(&world, &dana, "Long over", 31).await;
        world.clock.advance(36 * DAY);
        assert_eq!(expiry::remind(&world.app).await.unwrap(), 2);
        let mut said = subjects(&world).await;
        said.sort();
        assert_eq!(said, ["Missed three ends on 30 Dec 2026", "Over ended on 25 Dec 2026"]);
        world.clock.advance(3 * DAY);
        assert_eq!(expiry::remind(&world.app).await.unwrap(), 1, "the last one");
        assert_eq!(subjects(&world).await.len(), 3);
    }

    async fn nobody_is_reminded_of_what_they_just_entered_nor_of_what_renews_itself(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        add(&world, &dana, "Soon", 5).await;
        assert_eq!(expiry::remind(&world.app).await.unwrap(), 0);
        let row = world.connection(&dana, "Tokens", ConnectionStatus::Active, None).await;
        let now = world.clock.now();
        grant(&world, &row, |grant| {
            grant.kind = latchkey::domain::GrantKind::ClientCredentials;
            (grant.expires_at, grant.due_at) = (Some(now.plus_millis(2 * DAY)), Some(now));
        })
        .await;
        world.clock.advance(DAY);
        assert_eq!(expiry::remind(&world.app).await.unwrap(), 0);
        world.clock.advance(3 * DAY);
        assert_eq!(expiry::remind(&world.app).await.unwrap(), 1, "a day before");
    }

    async fn when_the_owner_is_gone_the_next_who_may_see_it_is_told(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let admin = world.member(&dana.organization, Role::OrgAdmin, &[]).await;
        let [maker, owner] = [world.member(&dana.organization, Role::Developer, &[]).await, world.member(&dana.organization, Role::Viewer, &[]).await];
        let new = NewDate {
            title: "Key".to_owned(),
            ends_at: world.clock.now().plus_millis(40 * DAY),
            owner: owner.member().unwrap().to_string(),
            ..NewDate::default()
        };
        expiry::add(&world.app, &maker, &new).await.unwrap();
        let end = async |actor: &Actor| {
            let mut transaction = world.app.database.begin().await.unwrap();
            set_status(transaction.conn(), &dana.organization, actor.member().unwrap(), Standing::Removed).await.unwrap();
            transaction.commit().await.unwrap();
        };
        let mut told = Vec::new();
        for (days, gone) in [(10, None), (16, Some(&owner)), (7, Some(&maker))] {
            if let Some(gone) = gone {
                end(gone).await;
            }
            world.clock.advance(days * DAY);
            assert_eq!(expiry::remind(&world.app).await.unwrap(), 1);
            let mut all: Vec<String> = letters(&world).await.into_iter().map(|(to, _)| to).collect();
            let mut fresh = all.split_off(told.len());
            fresh.sort();
            told.extend(fresh);
        }
        let mut admins = ["dana@example.com".to_owned(), email_of(&world, &admin).await];
        admins.sort();
        assert_eq!(told, [[email_of(&world, &owner).await, email_of(&world, &maker).await], admins].concat());
    }

    async fn a_personal_connection_keeps_its_name_from_those_who_stand_in(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let lead = world.member(&dana.organization, Role::OrgAdmin, &[]).await;
        let own = world.personal(&lead, "Secret plans", ConnectionStatus::Active).await;
        let new = NewDate {
            connection: own.id.to_string(),
            ends_at: world.clock.now().plus_millis(8 * DAY),
            note: "Hush.".to_owned(),
            ..NewDate::default()
        };
        expiry::add(&world.app, &lead, &new).await.unwrap();
        let mut transaction = world.app.database.begin().await.unwrap();
        set_status(transaction.conn(), &dana.organization, lead.member().unwrap(), Standing::Removed).await.unwrap();
        transaction.commit().await.unwrap();
        world.clock.advance(2 * DAY);
        assert_eq!(expiry::remind(&world.app).await.unwrap(), 1);
        assert_eq!(letters(&world).await, [("dana@example.com".to_owned(), "API key of Stripe ends on 28 Nov 2026".to_owned())]);
        let letter = newest_letter(&world.app, "dana@example.com").await.unwrap();
        assert!(!letter.contains("Secret plans") && !letter.contains("Hush."), "{letter}");
    }
}
