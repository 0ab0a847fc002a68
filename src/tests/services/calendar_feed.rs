//! The calendar for calendar programs: its form, and who gets it.

use latchkey::domain::{Clock as _, ConnectionStatus, Role};
use latchkey::services::expiry::{self, Edit, NewDate};
use latchkey::services::{ErrorCode, members};
use latchkey::store::members::{Standing, set_status};
use latchkey::store::{Database, organizations};

use super::ending::{DAY, oauth_app, world};
use crate::support::database::on_both_engines;

/// The lines of a calendar, put together again where they were folded (RFC 5545 §3.1).
fn unfolded(text: &str) -> Vec<String> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "every line ends with CRLF");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "no line is longer than 75 octets");
    text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

/// Name (without parameters) and value of each line.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |line: String| line.split_once(':').map(|(name, value)| (name.split(';').next().unwrap().to_owned(), value.to_owned())).unwrap();
    unfolded(text).into_iter().map(pair).collect()
}

fn all(text: &str, name: &str) -> Vec<String> {
    pairs(text).into_iter().filter(|(found, _)| found == name).map(|(_, value)| value).collect()
}

/// A text value read back (RFC 5545 §3.3.11).
fn read(value: &str) -> String {
    let (mut out, mut characters) = (String::new(), value.chars());
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => out.push('\n'),
                Some(other @ ('\\' | ';' | ',')) => out.push(other),
                other => panic!("{other:?} is escaped in {value}"),
            },
            ';' | ',' => panic!("{character} is not escaped in {value}"),
            _ => out.push(character),
        }
    }
    out
}

on_both_engines! {
    async fn it_reads_back_as_it_was_written(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let title = format!("Certificate; of a, b\\c {}", "Zertifikat für Ökostrom 🔑 ".repeat(3).trim());
        let new = NewDate { title: title.clone(), note: "One line,\nanother; end.".to_owned(), ends_at: world.clock.now().plus_millis(40 * DAY), ..NewDate::default() };
        let added = expiry::add(&world.app, &dana, &new).await.unwrap();
        let token = expiry::make_feed(&world.app, &dana).await.unwrap();
        let text = expiry::calendar(&world.app, token.expose()).await.unwrap();
        let lines = unfolded(&text);
        assert_eq!((lines.first().unwrap().as_str(), lines.last().unwrap().as_str()), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
        for needed in ["VERSION:2.0", "METHOD:PUBLISH", "BEGIN:VEVENT", "END:VEVENT", "DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20261231", "DTSTAMP:20261120T100000Z", "TRIGGER:-P7D", "TRIGGER:-P1D"] {
            assert_eq!(lines.iter().filter(|line| *line == needed).count(), 1, "{needed} in {lines:#?}");
        }
        assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VALARM").count(), lines.iter().filter(|line| *line == "END:VALARM").count());
        assert_eq!(read(&all(&text, "SUMMARY")[0]), format!("{title} ends"));
        assert_eq!(read(&all(&text, "DESCRIPTION")[0]), "One line,\nanother; end.\nIt ends on 30 Dec 2026.");
        let (uid, id) = (all(&text, "UID"), added.id.unwrap());
        assert_eq!(uid, [format!("{id}@latchkey.example.com")]);
        let later = Edit { ends_at: Some(world.clock.now().plus_millis(50 * DAY)), ..Edit::default() };
        expiry::edit(&world.app, &dana, &id, &later).await.unwrap();
        let changed = expiry::calendar(&world.app, token.expose()).await.unwrap();
        assert_eq!((all(&changed, "UID"), all(&changed, "DTSTART")), (uid, vec!["20270109".to_owned()]), "a date that moves stays the same event");
    }

    async fn it_shows_what_its_owner_may_see_at_that_moment(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let developer = world.member(&dana.organization, Role::Developer, &[]).await;
        let shop = world.connection(&dana, "Shop", ConnectionStatus::Active, None).await;
        let ends_at = world.clock.now().plus_millis(10 * DAY);
        expiry::add(&world.app, &dana, &NewDate { title: "Certificate".to_owned(), ends_at, ..NewDate::default() }).await.unwrap();
        expiry::add(&world.app, &dana, &NewDate { connection: shop.id.to_string(), ends_at, ..NewDate::default() }).await.unwrap();
        let app = oauth_app(&world, &dana, "AmPac", Some(ends_at)).await;
        let [all_of_it, some] = [&dana, &developer].map(|actor| expiry::make_feed(&world.app, actor));
        let (all_of_it, some) = (all_of_it.await.unwrap(), some.await.unwrap());
        let titles = async |token: &latchkey::vault::Token| {
            let text = expiry::calendar(&world.app, token.expose()).await.unwrap();
            assert!(!text.contains("an app's own secret") && !text.contains(token.expose()), "{text}");
            all(&text, "SUMMARY")
        };
        assert_eq!(titles(&all_of_it).await, ["API key of Stripe ends", "Certificate ends", "Client secret of AmPac ends"]);
        assert_eq!(titles(&some).await, ["API key of Stripe ends", "Certificate ends"]);
        assert!(expiry::calendar(&world.app, all_of_it.expose()).await.unwrap().contains(app.id.as_str()));
        let limit = members::Change { limited: Some(true), ..members::Change::default() };
        members::change(&world.app, &dana, developer.member().unwrap().as_str(), &limit).await.unwrap();
        assert_eq!(titles(&some).await, Vec::<String>::new(), "a limited member knows none of them");
    }

    async fn it_ends_with_the_token_and_with_the_membership(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let developer = world.member(&dana.organization, Role::Developer, &[]).await;
        let missing = async |token: &latchkey::vault::Token| matches!(expiry::calendar(&world.app, token.expose()).await, Err(error) if error.code == ErrorCode::NotFound);
        let first = expiry::make_feed(&world.app, &developer).await.unwrap();
        assert!(!missing(&first).await);
        let second = expiry::make_feed(&world.app, &developer).await.unwrap();
        assert!(missing(&first).await && !missing(&second).await, "the new one takes the old one's place");
        expiry::withdraw_feed(&world.app, &developer).await.unwrap();
        assert!(missing(&second).await);
        assert_eq!(expiry::feed_made_at(&world.app, &developer).await.unwrap(), None);
        let third = expiry::make_feed(&world.app, &developer).await.unwrap();
        let mut transaction = world.app.database.begin().await.unwrap();
        set_status(transaction.conn(), &dana.organization, developer.member().unwrap(), Standing::Deactivated).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(missing(&third).await);
        let fourth = expiry::make_feed(&world.app, &dana).await.unwrap();
        members::remove(&world.app, &dana, developer.member().unwrap().as_str(), "").await.unwrap();
        let mut transaction = world.app.database.begin().await.unwrap();
        set_status(transaction.conn(), &dana.organization, developer.member().unwrap(), Standing::Active).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(missing(&third).await && !missing(&fourth).await, "somebody who comes back begins anew");
        let mut transaction = world.app.database.begin().await.unwrap();
        organizations::erase(transaction.conn(), &dana.organization).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(missing(&fourth).await);
        assert!(matches!(expiry::calendar(&world.app, "").await, Err(error) if error.code == ErrorCode::NotFound));
    }
}
