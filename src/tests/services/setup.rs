//! The one-time setup link.

use latchkey::domain::Action;
use latchkey::services::{ErrorCode, audit, setup, sign_in};
use latchkey::store::{Database, organizations};
use latchkey::vault::Secret;

use crate::services::world::{PASSWORD, World, form, visitor, visitor_from};
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn of_many_at_once_one_wins(database: Database) {
        let world = World::new(database).await;
        let token = setup::ensure_link(&world.app).await.unwrap().unwrap();
        let tries = (0..6).map(|_| {
            let (app, token) = (world.app.clone(), token.expose().clone());
            tokio::spawn(async move { setup::complete(&app, &visitor(), &token, form()).await.map_err(|error| error.code) })
        });
        let mut won = 0;
        for attempt in tries.collect::<Vec<_>>() {
            match attempt.await.unwrap() {
                Ok(_) => won += 1,
                Err(code) => assert_eq!(code, ErrorCode::SetupLinkInvalid),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(organizations::count(world.app.database.read().await.unwrap().conn()).await.unwrap(), 1);
        assert!(setup::ensure_link(&world.app).await.unwrap().is_none(), "no link once an organization exists");
        assert_eq!(setup::view(&world.app, token.expose()).await.unwrap_err().code, ErrorCode::SetupLinkInvalid);
    }

    async fn a_new_link_ends_the_old_one(database: Database) {
        let world = World::new(database).await;
        let old = setup::ensure_link(&world.app).await.unwrap().unwrap();
        let new = setup::ensure_link(&world.app).await.unwrap().unwrap();
        for wrong in [old.expose().as_str(), "", "x"] {
            assert_eq!(setup::view(&world.app, wrong).await.unwrap_err().code, ErrorCode::SetupLinkInvalid);
            assert_eq!(setup::complete(&world.app, &visitor(), wrong, form()).await.unwrap_err().code, ErrorCode::SetupLinkInvalid);
        }
        assert!(setup::view(&world.app, new.expose()).await.is_ok());
    }

    async fn links_that_do_not_fit_fill_no_log(database: Database) {
        let world = World::new(database).await;
        let token = setup::ensure_link(&world.app).await.unwrap().unwrap();
        for number in 0..60 {
            let error = setup::complete(&world.app, &visitor(), "x", form()).await.unwrap_err();
            assert_eq!(error.code, if number < 50 { ErrorCode::SetupLinkInvalid } else { ErrorCode::SlowDown }, "{number}");
        }
        assert_eq!(setup::complete(&world.app, &visitor_from(8), "x", form()).await.unwrap_err().code, ErrorCode::SetupLinkInvalid, "another address");
        assert_eq!(audit::verify(&world.app).await.unwrap().entries, 51);
        world.clock.advance(15 * 60 * 1_000 + 1);
        assert_eq!(setup::complete(&world.app, &visitor(), "x", form()).await.unwrap_err().code, ErrorCode::SetupLinkInvalid);
        setup::complete(&world.app, &visitor(), token.expose(), form()).await.unwrap();
    }

    async fn wrong_fields_are_named_and_use_nothing_up(database: Database) {
        let world = World::new(database).await;
        let token = setup::ensure_link(&world.app).await.unwrap().unwrap();
        let wrong = setup::SetupForm { organization: " ".to_owned(), name: String::new(), email: "nobody".to_owned(), password: Secret::new("short".to_owned()) };
        let error = setup::complete(&world.app, &visitor(), token.expose(), wrong).await.unwrap_err();
        let fields: Vec<&str> = error.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!((error.code, fields.as_slice()), (ErrorCode::InvalidField, ["organization", "name", "email", "password"].as_slice()));
        let who = setup::complete(&world.app, &visitor(), token.expose(), form()).await.unwrap();
        let actor = world.actor(&who).await;
        assert!(actor.may(Action::SeeServer, None), "the first admin runs this server");
        let again = sign_in::sign_in(&world.app, &visitor(), "dana@example.com", &Secret::new(PASSWORD.to_owned())).await.unwrap();
        assert_eq!(again, who);
        assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
    }
}
