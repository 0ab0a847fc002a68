//! Letters: none before the commit, each once, by real SMTP or into a folder, again when it did not work, and not for ever.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use latchkey::domain::Email;
use latchkey::egress::{MailTls, OutgoingLetter, Post, PostError};
use latchkey::services::mail::{self, Delivery, Letter};
use latchkey::services::{App, audit};
use latchkey::store::{Database, audit as log, keys, letters};
use latchkey::vault::Secret;
use tokio_util::sync::CancellationToken;

use crate::services::world::World;
use crate::support::database::on_both_engines;
use crate::support::mail_server::{Line, MailServer};

const MINUTE: i64 = 60_000;
const LINK: &str = "https://latchkey.example.com/reset/s3cretLinkOfALetter0123456789abcdefghijklmnop-_?with=a&long=tail";

fn sender() -> Email {
    Email::parse("latchkey@example.com").unwrap()
}

fn post(server: &MailServer, tls: MailTls, login: Option<(&str, &str)>, roots: &str) -> Post {
    let login = login.map(|(user, password)| (user.to_owned(), Secret::new(password.to_owned())));
    let server = latchkey::egress::MailServer { host: "127.0.0.1".to_owned(), port: server.port, tls, login };
    Post::server(server, &sender(), roots).unwrap()
}

async fn write(app: &App, to: &str) {
    let letter = Letter { subject: "Choose a new password".to_owned(), text: Secret::new(format!("Hello Zo\u{eb},\n\n{LINK}\n")) };
    let mut transaction = app.database.begin().await.unwrap();
    mail::queue(app, &mut transaction, &Email::parse(to).unwrap(), &letter).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn left(app: &App) -> i64 {
    keys::count_sealed(app.database.read().await.unwrap().conn(), &app.keyring.active_id().to_hex()).await.unwrap() - 1
}

/// What the text says, whatever its encoding.
fn decoded(data: &str) -> String {
    data.replace("=\r\n", "").replace("=3D", "=").replace("=C3=AB", "\u{eb}")
}

on_both_engines! {
    async fn a_letter_goes_out_by_smtp_and_leaves_nothing_behind(database: Database) {
        let world = World::new(database).await;
        let app = &world.app;
        let server = MailServer::start(Line::Plain).await;
        let post = post(&server, MailTls::None, None, "");
        assert_eq!(mail::deliver_next(app, &post).await.unwrap(), Delivery::NoneDue);
        write(app, "dana@example.com").await;
        assert_eq!(left(app).await, 1);
        assert_eq!(mail::deliver_next(app, &post).await.unwrap(), Delivery::Sent);
        assert_eq!(mail::deliver_next(app, &post).await.unwrap(), Delivery::NoneDue);
        assert_eq!(left(app).await, 0);
        let [letter] = server.arrived().try_into().unwrap();
        assert_eq!((letter.from.as_str(), letter.to.as_slice()), ("latchkey@example.com", ["dana@example.com".to_owned()].as_slice()));
        for line in ["From: Latchkey <latchkey@example.com>\r\n", "To: dana@example.com\r\n", "Subject: Choose a new password\r\n", "Auto-Submitted: auto-generated\r\n", "Message-ID: <let_"] {
            assert!(letter.data.contains(line), "{line} is missing from {}", letter.data);
        }
        assert!(decoded(&letter.data).contains(&format!("Hello Zo\u{eb},\r\n\r\n{LINK}\r\n")), "{}", letter.data);
    }

    async fn nothing_goes_out_before_the_commit_and_nothing_after_a_rollback(database: Database) {
        let world = World::new(database).await;
        let app = world.app.clone();
        let server = MailServer::start(Line::Plain).await;
        let stop = CancellationToken::new();
        let letter = Letter { subject: "x".to_owned(), text: Secret::new("x".to_owned()) };
        let mut transaction = app.database.begin().await.unwrap();
        mail::queue(&app, &mut transaction, &sender(), &letter).await.unwrap();
        drop(transaction);
        // The job does not look again for half a minute, so that only the commit can wake it.
        let job = tokio::spawn(latchkey::jobs::letters(app.clone(), post(&server, MailTls::None, None, ""), stop.clone()));
        for number in 1..=3 {
            write(&app, "dana@example.com").await;
            while server.arrived().len() < number {
                tokio::task::yield_now().await;
            }
        }
        stop.cancel();
        job.await.unwrap();
        assert_eq!((server.arrived().len(), left(&app).await), (3, 0));
    }

    async fn of_many_nodes_one_sends_each_letter(database: Database) {
        let world = World::new(database).await;
        let server = MailServer::start(Line::Plain).await;
        for number in 0..20 {
            write(&world.app, &format!("person-{number}@example.com")).await;
        }
        let nodes: Vec<_> = (0..4)
            .map(|_| {
                let (app, post) = (world.app.clone(), post(&server, MailTls::None, None, ""));
                tokio::spawn(async move {
                    while left(&app).await > 0 {
                        mail::deliver_next(&app, &post).await.unwrap();
                    }
                })
            })
            .collect();
        for node in nodes {
            node.await.unwrap();
        }
        let mut got: Vec<String> = server.arrived().into_iter().flat_map(|letter| letter.to).collect();
        got.sort();
        let before = got.len();
        got.dedup();
        assert_eq!((before, got.len()), (20, 20));
    }

    async fn who_was_away_too_long_changes_nothing(database: Database) {
        let world = World::new(database).await;
        let app = &world.app;
        write(app, "dana@example.com").await;
        let claim = async |until: i64| {
            let mut transaction = app.database.begin().await.unwrap();
            let claimed = letters::claim(transaction.conn(), app.now(), app.now().plus_millis(until)).await.unwrap();
            transaction.commit().await.unwrap();
            claimed
        };
        let slow = claim(MINUTE).await.unwrap();
        assert_eq!(claim(MINUTE).await, None, "it is left to who claimed it");
        world.clock.advance(MINUTE);
        let next = claim(MINUTE).await.unwrap();
        assert_eq!((next.tries, next.generation), (slow.tries + 1, slow.generation + 1));
        let mut transaction = app.database.begin().await.unwrap();
        assert!(!letters::remove(transaction.conn(), &slow.row.id, slow.generation).await.unwrap());
        assert!(!letters::put_off(transaction.conn(), &slow.row.id, slow.generation, app.now()).await.unwrap());
        assert!(letters::put_off(transaction.conn(), &next.row.id, next.generation, app.now().plus_millis(5)).await.unwrap());
        transaction.commit().await.unwrap();
        assert_eq!(claim(MINUTE).await, None);
        world.clock.advance(5);
        assert!(claim(MINUTE).await.is_some());
    }

    async fn a_refused_letter_is_tried_again_and_in_the_end_given_up(database: Database) {
        let world = World::new(database).await;
        let app = &world.app;
        let server = MailServer::start(Line::Plain).await;
        let post = post(&server, MailTls::None, None, "");
        write(app, "dana@example.com").await;
        server.refuse(Some("450 later, dana@example.com"));
        for wait in [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 240 * MINUTE, 240 * MINUTE] {
            assert_eq!(mail::deliver_next(app, &post).await.unwrap(), Delivery::PutOff);
            world.clock.advance(wait - 1);
            assert_eq!(mail::deliver_next(app, &post).await.unwrap(), Delivery::NoneDue, "{wait}");
            world.clock.advance(1);
        }
        server.refuse(None);
        assert_eq!(mail::deliver_next(app, &post).await.unwrap(), Delivery::Sent);
        write(app, "eve@example.com").await;
        server.refuse(Some("550 no such user"));
        assert_eq!(mail::deliver_next(app, &post).await.unwrap(), Delivery::PutOff);
        world.clock.advance(3 * 24 * 60 * MINUTE);
        assert_eq!(mail::deliver_next(app, &post).await.unwrap(), Delivery::GivenUp);
        assert_eq!(left(app).await, 0);
        let rows = log::chain(app.database.read().await.unwrap().conn(), "node-1", 0, 10).await.unwrap();
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.action.as_str(), row.outcome.as_str(), row.detail.as_str()), ("letter.given_up", "refused", r#"{"code":"mail_server"}"#));
        assert!(!format!("{rows:?}").contains("eve@"));
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn a_letter_that_can_never_go_is_given_up_at_once(database: Database) {
        let world = World::new(database).await;
        let server = MailServer::start(Line::Plain).await;
        write(&world.app, "dana@example.com").await;
        write(&world.app, "two..dots@example.com").await;
        let post = post(&server, MailTls::None, None, "");
        let mut outcomes = [mail::deliver_next(&world.app, &post).await.unwrap(), mail::deliver_next(&world.app, &post).await.unwrap()];
        outcomes.sort_by_key(|outcome| *outcome == Delivery::GivenUp);
        assert_eq!(outcomes, [Delivery::Sent, Delivery::GivenUp]);
    }
}

fn outgoing(text: &Secret<String>) -> OutgoingLetter<'_> {
    OutgoingLetter { id: "let_1", to: "dana@example.com", subject: "Hello", text, at: latchkey::domain::Timestamp::from_millis(1_795_168_800_000) }
}

#[tokio::test]
async fn a_mail_server_is_spoken_to_encrypted_and_signed_in_to() {
    let text = Secret::new("Hello".to_owned());
    for (line, tls) in [(Line::Implicit, MailTls::Implicit), (Line::StartTls, MailTls::StartTls)] {
        let server = MailServer::start(line).await;
        post(&server, tls, Some(("robot", "p@ss word")), &server.roots).send(&outgoing(&text)).await.unwrap();
        let [letter] = server.arrived().try_into().unwrap();
        assert!(letter.encrypted, "{line:?}");
        assert_eq!(letter.login.as_deref(), Some("robot:p@ss word"));
    }
}

#[tokio::test]
async fn nothing_is_sent_over_a_line_that_is_not_safe() {
    let text = Secret::new("Hello".to_owned());
    let login = Some(("robot", "p@ss word"));
    for (line, tls) in [(Line::Implicit, MailTls::Implicit), (Line::StartTls, MailTls::StartTls), (Line::Plain, MailTls::StartTls)] {
        let server = MailServer::start(line).await;
        let roots = if line == Line::Plain { server.roots.clone() } else { String::new() };
        let error = post(&server, tls, login, &roots).send(&outgoing(&text)).await.unwrap_err();
        assert!(matches!(error, PostError::Server(_)) && !error.to_string().contains("p@ss"), "{error}");
        assert_eq!(server.arrived(), [], "{line:?}");
    }
}

#[tokio::test]
async fn a_folder_holds_letters_for_its_owner_alone_in_the_order_of_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("deep/outbox");
    let post = Post::folder(outbox.clone(), &sender()).unwrap();
    let text = Secret::new(format!("Hello Zo\u{eb},\n\n{LINK}\n"));
    post.send(&outgoing(&text)).await.unwrap();
    post.send(&OutgoingLetter { id: "let_2", at: outgoing(&text).at.plus_millis(1), ..outgoing(&text) }).await.unwrap();
    let mut names: Vec<String> = fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["1795168800000-let_1.eml", "1795168800001-let_2.eml"]);
    assert_eq!(fs::metadata(&outbox).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(outbox.join(&names[0])).unwrap().permissions().mode() & 0o777, 0o600);
    let letter = fs::read_to_string(outbox.join(&names[0])).unwrap();
    assert!(letter.contains(&format!("Hello Zo\u{eb},\r\n\r\n{LINK}\r\n")), "the link stands on one line: {letter}");
    assert!(letter.contains("Date: Fri, 20 Nov 2026 "), "{letter}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("outbox"), "a file").unwrap();
    let post = Post::folder(folder.path().join("outbox"), &sender()).unwrap();
    let error = post.send(&outgoing(&Secret::new("x".to_owned()))).await.unwrap_err();
    assert_eq!(error.code(), "outbox_unwritable");
}

#[test]
fn a_subject_with_a_line_end_adds_no_header() {
    let text = Secret::new("x".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let post = Post::folder(folder.path().to_owned(), &sender()).unwrap();
    let letter = OutgoingLetter { subject: "Hello\r\nBcc: eve@example.com", ..outgoing(&text) };
    tokio::runtime::Runtime::new().unwrap().block_on(post.send(&letter)).unwrap();
    let file = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    assert!(!fs::read_to_string(file).unwrap().contains("\r\nBcc:"));
}
