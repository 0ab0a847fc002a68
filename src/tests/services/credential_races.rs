//! Two people, two tabs, a double click: each change ends as its maker would hope.

use latchkey::domain::{CheckState, ConnectionStatus, Role};
use latchkey::services::{ErrorCode, audit, connections, credentials};
use latchkey::store::{Database, checks, drafts};

use crate::services::played::{Stage, typed};
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn the_second_of_two_people_is_told_who_was_faster_and_loses_nothing(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        let jonas = stage.world.member(&dana.organization, Role::OrgAdmin, &[]).await;
        credentials::submit(app, &jonas, id, typed("good-wait", "one")).await.unwrap();
        stage.provider.waiting(1).await;
        credentials::replace(app, dana, id, None, &typed("good-2", "one"), false).await.unwrap();
        stage.provider.release(1);
        stage.world.settle().await;
        assert_eq!(stage.stored().await, ["good-2", "good-1"]);
        let decision = credentials::view(app, &jonas, id).await.unwrap().decision.unwrap();
        let (who, _) = decision.changed.unwrap();
        assert_eq!((who.as_str(), decision.other_account, decision.version), ("Dana Whitfield", false, 2));
        stage.world.clock.advance(120_000);
        credentials::replace(app, dana, id, None, &typed("good-3", "one"), false).await.unwrap();
        stage.world.clock.advance(60_000);
        let late = credentials::accept(app, &jonas, id, 2).await.unwrap_err();
        assert_eq!((late.code, late.message.contains("Dana Whitfield changed this connection 1 min ago.")), (ErrorCode::Conflict, true), "{}", late.message);
        assert_eq!(credentials::view(app, &jonas, id).await.unwrap().decision.unwrap().version, 3, "it still waits");
        credentials::accept(app, &jonas, id, 3).await.unwrap();
        assert_eq!(stage.stored().await, ["good-wait", "good-3", "good-2", "good-1"]);
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn in_one_call_the_slower_one_is_refused(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (stage.world.app.clone(), stage.dana.clone(), stage.id.clone());
        let slow = tokio::spawn(async move { credentials::replace(&app, &dana, &id, None, &typed("good-wait", "one"), false).await });
        stage.provider.waiting(1).await;
        credentials::replace(&stage.world.app, &stage.dana, &stage.id, None, &typed("good-2", "one"), false).await.unwrap();
        stage.provider.release(1);
        let refused = slow.await.unwrap().unwrap_err();
        assert_eq!((refused.code, refused.message.starts_with("Dana Whitfield changed")), (ErrorCode::Conflict, true));
        assert_eq!(stage.stored().await, ["good-2", "good-1"]);
    }

    async fn many_at_once_leave_one_in_use(database: Database) {
        let stage = Stage::set(database).await;
        let tasks: Vec<_> = (0..6)
            .map(|number| {
                let (app, dana, id) = (stage.world.app.clone(), stage.dana.clone(), stage.id.clone());
                let password = format!("good-wait-{number}");
                tokio::spawn(async move { credentials::replace(&app, &dana, &id, None, &typed(&password, "one"), false).await })
            })
            .collect();
        stage.provider.waiting(6).await;
        stage.provider.release(6);
        let mut done = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => done += 1,
                Err(error) => assert_eq!(error.code, ErrorCode::Conflict, "{error:?}"),
            }
        }
        assert_eq!((done, stage.numbers().await), (1, vec![(2, true), (1, false)]));
    }

    async fn a_double_click_is_one_check(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        let both = tokio::join!(
            credentials::submit(app, dana, id, typed("good-wait", "one")),
            credentials::submit(app, dana, id, typed("good-wait", "one")),
        );
        assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
        let other = credentials::submit(app, dana, id, typed("good-3", "one")).await.unwrap_err();
        assert_eq!((other.code, other.message.contains("is running")), (ErrorCode::Conflict, true));
        let wrong = credentials::submit(app, dana, id, typed("good-wait", "no site!")).await.unwrap_err();
        assert_eq!(wrong.code, ErrorCode::Conflict);
        stage.provider.release(1);
        stage.world.settle().await;
        assert_eq!(stage.stored().await, ["good-wait", "good-1"]);
        assert_eq!(stage.provider.passwords(), ["good-1", "good-wait"]);
    }

    async fn what_is_disconnected_meanwhile_stays_so(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        credentials::submit(app, dana, id, typed("good-wait", "one")).await.unwrap();
        stage.provider.waiting(1).await;
        connections::disconnect(app, dana, id, true).await.unwrap();
        stage.provider.release(1);
        stage.world.settle().await;
        assert_eq!((stage.row().await.status, stage.numbers().await), (ConnectionStatus::Revoked, vec![]));
        let mut reader = app.database.read().await.unwrap();
        let draft = drafts::find_edit(reader.conn(), &dana.organization, dana.member().unwrap(), &stage.connection()).await;
        assert_eq!(draft.unwrap().unwrap().sealed, None);
        assert_eq!(credentials::view(app, dana, id).await.unwrap_err().code, ErrorCode::Conflict);
    }

    async fn a_test_of_the_old_version_says_nothing_about_the_new(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        credentials::replace(app, dana, id, None, &typed("good-2", "one"), false).await.unwrap();
        stage.provider.release(1);
        credentials::replace(app, dana, id, None, &typed("good-wait", "one"), false).await.unwrap();
        stage.provider.waiting(1).await;
        let (inner, who, connection) = (app.clone(), dana.clone(), stage.id.clone());
        let old = tokio::spawn(async move { connections::test(&inner, &who, &connection).await });
        stage.provider.waiting(1).await;
        credentials::restore(app, dana, id, None, None).await.unwrap();
        let before = stage.row().await;
        stage.provider.release(1);
        assert_eq!(old.await.unwrap().unwrap().state, CheckState::Passed);
        assert_eq!(stage.row().await, before);
        assert_eq!(stage.stored().await.len(), 3);
    }

    async fn entries_whose_time_is_over_are_forgotten(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        stage.submit(dana, typed("good-2", "two")).await;
        stage.world.clock.advance(25 * 60 * 60 * 1_000);
        let view = credentials::view(app, dana, id).await.unwrap();
        assert!(view.draft.is_none() && view.decision.is_none() && view.values["site"] == "one");
        assert_eq!(credentials::accept(app, dana, id, 1).await.unwrap_err().code, ErrorCode::Conflict);
        stage.submit(dana, typed("good-3", "one")).await;
        assert_eq!(stage.stored().await, ["good-3", "good-1"]);
    }

    async fn a_check_that_was_cut_off_leaves_the_old_one_in_use(database: Database) {
        let stage = Stage::set(database).await;
        let (app, dana, id) = (&stage.world.app, &stage.dana, stage.id.as_str());
        credentials::submit(app, dana, id, typed("good-wait", "one")).await.unwrap();
        stage.provider.waiting(1).await;
        stage.world.clock.advance(60_000);
        let view = credentials::view(app, dana, id).await.unwrap();
        assert_eq!(view.check.unwrap().state, CheckState::Stopped);
        stage.submit_again(typed("good-2", "one")).await;
        assert_eq!(stage.stored().await, ["good-2", "good-1"]);
        let (connection, since) = (stage.connection(), stage.row().await.created_at);
        let mut reader = app.database.read().await.unwrap();
        let marks = checks::marks_since(reader.conn(), &dana.organization, &connection, since).await.unwrap();
        assert_eq!(marks.len(), 2, "only proofs of what is stored count for the connection");
    }
}
