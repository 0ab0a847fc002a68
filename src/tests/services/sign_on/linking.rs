//! Row 27: who an account is, how it is connected and disconnected, and what an organization can take back.

use latchkey::domain::{ActorKind, Role, SignOnPurpose, SignOnTrouble};
use latchkey::services::access::FRESH_MS;
use latchkey::services::sign_on::{self, Arrived, Change, Ended};
use latchkey::services::{ErrorCode, access, sign_in};
use latchkey::store::{Database, identities};
use serde_json::json;

use super::{Stage, code, query, trouble, typed};
use crate::services::world::visitor;
use crate::support::database::{execute, on_both_engines};

on_both_engines! {
    async fn row_27_an_address_alone_never_signs_anybody_in(database: Database) {
        let stage = Stage::new(database).await;
        stage.idp.claims(json!({"email": "dana@example.com", "email_verified": true}));
        assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::UnknownAccount);
        let change = Change { domains: Some(vec!["example.com".to_owned()]), join_role: Some("viewer".to_owned()), ..Change::default() };
        sign_on::change(&stage.app, &stage.admin, &stage.provider, &change).await.unwrap();
        execute(&stage.app.database, "UPDATE sign_on_domains SET verified_ms = 1").await;
        assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::AccountExists, "not even where people of the domain may join");
    }

    async fn row_27_connecting_and_disconnecting_need_a_fresh_sign_in(database: Database) {
        let stage = Stage::new(database).await;
        stage.world.clock.advance(FRESH_MS + 1);
        assert_eq!(code(stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await), ErrorCode::FreshSignInRequired);
        assert_eq!(code(stage.trip(SignOnPurpose::Link, None).await), ErrorCode::SignInRequired);
        let refused = sign_on::disconnect(&stage.app, &stage.admin, &stage.provider).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::FreshSignInRequired);
        assert_eq!(stage.idp.asked("/token").len(), 0);
    }

    async fn row_27_an_account_signs_in_whoever_connected_it(database: Database) {
        let stage = Stage::new(database).await;
        assert!(matches!(stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap(), Arrived::Linked(..)));
        let user = access::person(&stage.admin).unwrap();
        stage.idp.claims(json!({"email": "another@address.example", "email_verified": false}));
        let signed_in = stage.sign_in().await.unwrap();
        assert_eq!((&signed_in.user, &signed_in.organization), (user, &stage.organization), "its address may change and need not be verified");
        let methods = sign_on::methods(&stage.app, &stage.admin).await.unwrap();
        assert_eq!((methods.identities[0].email.as_str(), methods.identities[0].usable, methods.choices.len()), ("another@address.example", true, 0));
    }

    async fn an_attempt_to_connect_ends_when_somebody_else_came_back(database: Database) {
        let stage = Stage::new(database).await;
        let viewer = stage.world.member(&stage.organization, Role::Viewer, &[]).await;
        for actor in [Some(&viewer), None] {
            let url = stage.go(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
            assert_eq!(trouble(stage.arrive(actor, &stage.back(&url)).await), SignOnTrouble::StateInvalid);
        }
        assert_eq!(stage.idp.exchanges(), 0);
    }

    async fn an_account_is_one_persons_and_a_person_has_one_account_of_a_provider(database: Database) {
        let stage = Stage::new(database).await;
        let viewer = stage.world.member(&stage.organization, Role::Viewer, &[]).await;
        stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        assert_eq!(trouble(stage.trip(SignOnPurpose::Link, Some(&viewer)).await), SignOnTrouble::AlreadyLinked);
        assert_eq!(code(stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await), ErrorCode::Conflict);
    }

    async fn a_person_confirms_with_the_account_that_is_connected_and_with_no_other(database: Database) {
        let stage = Stage::new(database).await;
        assert_eq!(code(stage.trip(SignOnPurpose::Confirm, Some(&stage.admin)).await), ErrorCode::NotFound, "nothing is connected");
        stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        stage.world.clock.advance(FRESH_MS + 1);
        let url = stage.go(SignOnPurpose::Confirm, Some(&stage.admin)).await.unwrap();
        let asked = query(&url);
        assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "0"));
        assert!(matches!(stage.arrive(Some(&stage.admin), &stage.back(&url)).await.unwrap(), Arrived::Confirmed(..)));
        stage.idp.claims(json!({"sub": "alice-2"}));
        assert_eq!(trouble(stage.trip(SignOnPurpose::Confirm, Some(&stage.admin)).await), SignOnTrouble::NotYou);
        let now = stage.app.now().millis() / 1_000;
        stage.idp.claims(json!({"auth_time": now - 3_600}));
        assert_eq!(trouble(stage.trip(SignOnPurpose::Confirm, Some(&stage.admin)).await), SignOnTrouble::TokenRefused, "an old proof is none");
        stage.idp.claims(json!({"auth_time": now}));
        stage.trip(SignOnPurpose::Confirm, Some(&stage.admin)).await.unwrap();
    }

    async fn a_provider_that_was_turned_off_or_removed_signs_nobody_in(database: Database) {
        let stage = Stage::new(database).await;
        stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        let under_way = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
        let off = Change { enabled: Some(false), ..Change::default() };
        sign_on::change(&stage.app, &stage.admin, &stage.provider, &off).await.unwrap();
        assert_eq!(trouble(stage.go(SignOnPurpose::SignIn, None).await), SignOnTrouble::ProviderOff);
        assert_eq!(trouble(stage.arrive(None, &stage.back(&under_way)).await), SignOnTrouble::ProviderOff, "who was on the way there does not get in");
        assert!(!sign_on::methods(&stage.app, &stage.admin).await.unwrap().identities[0].usable);
        assert_eq!(sign_on::door(&stage.app, stage.organization.as_str()).await.unwrap_err().code, ErrorCode::NotFound);
        let on = Change { enabled: Some(true), ..Change::default() };
        sign_on::change(&stage.app, &stage.admin, &stage.provider, &on).await.unwrap();
        stage.sign_in().await.unwrap();
        assert_eq!(sign_on::remove(&stage.app, &stage.admin, &stage.provider).await.unwrap(), "Work account");
        assert_eq!(code(stage.go(SignOnPurpose::SignIn, None).await), ErrorCode::NotFound);
        let user = access::person(&stage.admin).unwrap();
        assert_eq!(identities::of_user(stage.app.database.read().await.unwrap().conn(), user).await.unwrap(), []);
    }

    async fn who_left_the_organization_or_was_disabled_does_not_get_in(database: Database) {
        let stage = Stage::new(database).await;
        let viewer = stage.world.member(&stage.organization, Role::Viewer, &[]).await;
        stage.trip(SignOnPurpose::Link, Some(&viewer)).await.unwrap();
        execute(&stage.app.database, "UPDATE members SET status = 'removed' WHERE role = 'viewer'").await;
        assert_eq!(trouble(stage.sign_in().await), SignOnTrouble::NoAccess);
        execute(&stage.app.database, "UPDATE members SET status = 'active' WHERE role = 'viewer'").await;
        stage.sign_in().await.unwrap();
        execute(&stage.app.database, "UPDATE users SET disabled = TRUE WHERE name = 'Viewer'").await;
        assert_eq!(trouble(stage.sign_in().await), SignOnTrouble::NoAccess);
    }

    async fn an_organizations_provider_opens_that_organization_alone(database: Database) {
        let stage = Stage::new(database).await;
        let other = stage.world.organization("Other").await;
        let stranger = stage.world.member(&other, Role::OrgAdmin, &[]).await;
        // The same person belongs to both, and the other organization's admin runs the provider that vouches for them there.
        let ActorKind::Member { user, .. } = &stage.admin.kind else { panic!("a member") };
        let member = latchkey::store::members::MemberRow {
            id: latchkey::domain::MemberId::generate(stage.app.clock.as_ref(), stage.app.random.as_ref()),
            organization: other.clone(),
            user: user.clone(),
            role: Role::Viewer,
            active: true,
            created_at: stage.app.now(),
        };
        let mut transaction = stage.app.database.begin().await.unwrap();
        latchkey::store::members::insert(transaction.conn(), &member).await.unwrap();
        transaction.commit().await.unwrap();
        let theirs = sign_on::add(&stage.app, &stranger, &typed(stage.idp.url())).await.unwrap().id;
        assert!(matches!(stage.go(SignOnPurpose::Link, Some(&stranger)).await, Err(Ended::Failed(error)) if error.code == ErrorCode::NotFound), "a foreign provider");
        stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        let there = Stage { provider: theirs, organization: other.clone(), admin: stranger, app: stage.app.clone(), idp: stage.idp.clone(), world: stage.world };
        assert_eq!(trouble(there.sign_in().await), SignOnTrouble::UnknownAccount, "the same issuer and subject by another organization's provider are not connected");
        let as_there = sign_in::actor_of(&there.app, user, &other, there.app.now(), &visitor()).await.unwrap().unwrap();
        there.trip(SignOnPurpose::Link, Some(&as_there)).await.unwrap();
        assert_eq!(there.sign_in().await.unwrap().organization, other);
    }

    async fn the_last_way_of_signing_in_stays(database: Database) {
        let stage = Stage::new(database).await;
        stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        let methods = sign_on::methods(&stage.app, &stage.admin).await.unwrap();
        assert_eq!((methods.password, methods.may_disconnect), (false, false));
        let refused = sign_on::disconnect(&stage.app, &stage.admin, &stage.provider).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict, "{refused}");
        let second = sign_on::add(&stage.app, &stage.admin, &typed(stage.idp.url())).await.unwrap().id;
        execute(&stage.app.database, "UPDATE users SET password_hash = 'a hash'").await;
        assert_eq!(sign_on::disconnect(&stage.app, &stage.admin, &second).await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(sign_on::disconnect(&stage.app, &stage.admin, &stage.provider).await.unwrap(), "Work account");
        assert_eq!(trouble(stage.trip(SignOnPurpose::SignIn, None).await), SignOnTrouble::UnknownAccount);
    }
}
