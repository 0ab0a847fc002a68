//! Imports: a dry run writes nothing, what passes is saved, no secret is said, and tokens are frozen.

use std::ffi::OsString;

use latchkey::domain::{Clock as _, ConnectionStatus, Role};
use latchkey::services::expiry;
use latchkey::services::import::{self, Outcome, Source};
use latchkey::services::{ErrorCode, connections};
use latchkey::store::connections::{ListFilter, Order};
use latchkey::store::{Database, audit, credentials, grants};
use latchkey::vault::Secret;

use super::ending::{WORKS, grant, letters, oauth_app, world};
use crate::services::world::World;
use crate::support::database::on_both_engines;

const STRIPE: &str = "sk_test_sandboxAccountThatWorks";
const REFUSED: &str = "sk_test_sandboxRefusedKey";

fn environment(pairs: &[(&str, &str)]) -> Source {
    Source::environment(pairs.iter().map(|(name, value)| (OsString::from(*name), OsString::from(*value))))
}

fn file(text: &str) -> Source {
    Source::file(&Secret::new(text.to_owned())).unwrap()
}

async fn names(world: &World, organization: &latchkey::domain::OrganizationId) -> Vec<String> {
    let filter = ListFilter {
        text: String::new(),
        statuses: Vec::new(),
        tag: String::new(),
        member: None,
        only: None,
        others: false,
        order: Order::Name,
        limit: 100,
        offset: 0,
    };
    let mut reader = world.app.database.read().await.unwrap();
    latchkey::store::connections::list(reader.conn(), organization, &filter).await.unwrap().into_iter().map(|row| row.name).collect()
}

#[test]
fn lines_are_read_as_shells_read_them() {
    let text = "# a comment\n\nexport STRIPE_API_KEY=one # not this\nA='two # this' # not that\nB=\"three\\nlines\\\"\nmore\"\nC=\nD = spaced \n";
    let planned = format!("{:?}", file(text));
    assert!(!planned.contains("one") && !planned.contains("two") && planned.contains("STRIPE_API_KEY"), "names only: {planned}");
    for (text, line) in [
        ("A=1\nnonsense\n", 2),
        ("A=1\n\n=x", 3),
        ("A=\"never ends\nB=2", 1),
        ("{\"a\": 1}", 1),
        ("{\n\"connections\": [\n{\"connector\": \"x\", \"colour\": \"s3cret\"}]}", 3),
    ] {
        let problem = Source::file(&Secret::new(text.to_owned())).unwrap_err();
        assert_eq!(problem.line, line, "{text}: {problem}");
        assert!(!problem.to_string().contains("s3cret") && !problem.to_string().contains("never ends"), "{problem}");
    }
}

on_both_engines! {
    async fn a_dry_run_says_what_would_happen_and_writes_nothing(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        world.connection(&dana, "Main", ConnectionStatus::Active, None).await;
        let entries = async || {
            let mut reader = world.app.database.read().await.unwrap();
            audit::nodes(reader.conn()).await.unwrap()
        };
        let before = (names(&world, &dana.organization).await, entries().await);
        let source = environment(&[("STRIPE_SECRET_KEY", STRIPE), ("HOME", "/root"), ("AIRTABLE_ACCESS_TOKEN", WORKS), ("AIRTABLE_REFRESH_TOKEN", "a refresh token")]);
        let planned = import::plan(&world.app, &dana, source, &[]).await.unwrap();
        let found: Vec<_> = planned.iter().map(|one| (one.connector.as_str(), one.problems.len(), one.freezes, one.there.clone())).collect();
        assert_eq!(found, [("airtable", 1, true, Vec::new()), ("stripe", 0, false, vec!["Main".to_owned()])], "{planned:#?}");
        assert!(planned[0].problems[0].message.contains("no app"), "{planned:#?}");
        let value = &planned[1].values[0];
        assert_eq!((value.title.as_str(), value.variable.as_str(), value.length), ("API key", "STRIPE_SECRET_KEY", STRIPE.len()));
        let said = format!("{planned:?}");
        assert!(![STRIPE, WORKS, "a refresh token"].iter().any(|secret| said.contains(secret)), "{said}");
        assert_eq!((names(&world, &dana.organization).await, entries().await), before, "nothing was written");

        let unfit = import::plan(&world.app, &dana, environment(&[("STRIPE_API_KEY", "pk_live_publishable")]), &[]).await.unwrap();
        assert!(!unfit[0].problems[0].message.contains("pk_live"), "{unfit:?}");
        assert_eq!(import::plan(&world.app, &dana, environment(&[("STRIPE_API_KEY", "  ")]), &[]).await.unwrap(), []);
        assert_eq!(import::plan(&world.app, &dana, environment(&[("STRIPE_API_KEY", STRIPE)]), &["airtable".to_owned()]).await.unwrap(), []);
        let unknown = import::plan(&world.app, &dana, environment(&[]), &["nobody".to_owned()]).await.unwrap_err();
        assert_eq!(unknown.code, ErrorCode::InvalidField);
    }

    async fn what_passes_the_check_is_saved_and_the_rest_is_said(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let text = format!(
            r#"{{"connections": [{{"connector": "stripe", "name": "Till", "fields": {{"api_key": "{STRIPE}"}}}},
                {{"connector": "stripe", "name": "Wrong", "fields": {{"api_key": "{REFUSED}"}}}},
                {{"connector": "stripe", "name": "Unfit", "fields": {{"colour": "blue"}}}}]}}"#
        );
        let actor = import::on_behalf_of(&world.app, None, Some("dana@example.com")).await.unwrap();
        assert_eq!((actor.member(), actor.address), (dana.member(), None));
        let applied = import::apply(&world.app, &actor, file(&text), &[]).await.unwrap();
        assert!(matches!(&applied[0].outcome, Outcome::Saved(name, id) if name == "Till" && id.starts_with("con_")), "{applied:?}");
        assert!(matches!(&applied[1].outcome, Outcome::Refused(why) if why.contains("Stripe refused")), "{applied:?}");
        assert_eq!(applied[2].outcome, Outcome::Skipped);
        let said = format!("{applied:?}");
        assert!(!said.contains(STRIPE) && !said.contains(REFUSED), "{said}");
        assert_eq!(names(&world, &dana.organization).await, ["Till"]);
        let Outcome::Saved(_, id) = &applied[0].outcome else { unreachable!() };
        let mut reader = world.app.database.read().await.unwrap();
        let made = audit::last(reader.conn(), &dana.organization, id, "connection.created").await.unwrap().unwrap();
        assert_eq!((made.user_agent.as_str(), made.actor_name.as_str()), ("latchkey import", "Dana Whitfield"));
        assert!(audit::last(reader.conn(), &dana.organization, id, "connection.imported").await.unwrap().is_some());
        drop(reader);
        let again = import::apply(&world.app, &actor, environment(&[("STRIPE_API_KEY", STRIPE)]), &[]).await.unwrap();
        assert!(matches!(&again[0].outcome, Outcome::Refused(why) if why.contains("already connected, as Till")), "{again:?}");
        let viewer = world.member(&dana.organization, Role::Viewer, &[]).await;
        assert_eq!(import::apply(&world.app, &viewer, environment(&[]), &[]).await.unwrap_err().code, ErrorCode::Forbidden);
        let nobody = import::on_behalf_of(&world.app, Some("Elsewhere"), None).await.unwrap_err();
        assert_eq!(nobody.code, ErrorCode::InvalidField);
        assert_eq!(letters(&world).await, []);
    }

    async fn tokens_are_proven_kept_and_frozen_until_somebody_ends_that(database: Database) {
        let world = world(database).await;
        let dana = world.actor(&world.set_up().await).await;
        let ours = oauth_app(&world, &dana, "AmPac", None).await;
        let end = world.clock.now().plus_millis(3_600_000).millis();
        let listed = |access: &str, end: i64| {
            file(&format!(
                r#"{{"connections": [{{"connector": "airtable", "tokens": {{"access_token": "{access}", "refresh_token": "r-1", "expires_at": {end}, "scope": "schema.bases:read"}}}}]}}"#
            ))
        };
        let over = import::apply(&world.app, &dana, listed(WORKS, world.clock.now().millis()), &[]).await.unwrap();
        assert!(over[0].outcome == Outcome::Skipped && over[0].planned.problems[0].message.contains("has ended"), "{over:?}");
        let wrong = import::apply(&world.app, &dana, listed("patsandboxWrong00.sandboxsandboxsandboxsandboxsandbox", end), &[]).await.unwrap();
        assert!(matches!(&wrong[0].outcome, Outcome::Refused(_)), "{wrong:?}");
        assert_eq!(names(&world, &dana.organization).await, Vec::<String>::new());

        let applied = import::apply(&world.app, &dana, listed(WORKS, end), &[]).await.unwrap();
        let Outcome::Saved(_, id) = &applied[0].outcome else { panic!("{applied:?}") };
        let connection = latchkey::domain::ConnectionId::parse(id).unwrap();
        let mut reader = world.app.database.read().await.unwrap();
        let credential = credentials::active(reader.conn(), &dana.organization, &connection).await.unwrap().unwrap();
        let kept = grants::find(reader.conn(), &dana.organization, &credential.id).await.unwrap().unwrap();
        assert_eq!((kept.app, kept.due_at, kept.granted.as_str(), kept.expires_at.map(|at| at.millis())), (Some(ours.id), None, "schema.bases:read", Some(end)));
        assert_eq!(grants::frozen_since(reader.conn(), &dana.organization, &connection).await.unwrap(), Some(world.clock.now()));
        assert!(audit::last(reader.conn(), &dana.organization, id, "connection.frozen").await.unwrap().is_some());
        drop(reader);
        let view = connections::view(&world.app, &dana, id).await.unwrap();
        assert_eq!((view.frozen_at, view.may_unfreeze), (Some(world.clock.now()), true));
        let line = expiry::list(&world.app, &dana).await.unwrap().lines.remove(0);
        assert_eq!((line.title.as_str(), line.renews), ("Sign-in to Airtable", false), "frozen, it ends for want of use");

        let developer = world.member(&dana.organization, Role::Developer, &[]).await;
        assert_eq!(import::unfreeze(&world.app, &developer, id).await.unwrap_err().code, ErrorCode::Forbidden);
        import::unfreeze(&world.app, &dana, id).await.unwrap();
        assert_eq!(import::unfreeze(&world.app, &dana, id).await.unwrap_err().code, ErrorCode::Conflict);
        let mut reader = world.app.database.read().await.unwrap();
        let due = grants::find(reader.conn(), &dana.organization, &credential.id).await.unwrap().unwrap().due_at;
        assert_eq!((due, grants::frozen_since(reader.conn(), &dana.organization, &connection).await.unwrap()), (Some(world.clock.now()), None));
        assert!(audit::last(reader.conn(), &dana.organization, id, "connection.unfrozen").await.unwrap().is_some());
        drop(reader);
        let other = world.connection(&dana, "Other", ConnectionStatus::Active, None).await;
        grant(&world, &other, |_| {}).await;
        assert_eq!(import::unfreeze(&world.app, &dana, other.id.as_str()).await.unwrap_err().code, ErrorCode::Conflict, "it was never frozen");
    }
}
