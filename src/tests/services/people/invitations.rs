//! Invitations: who may join by which link, and which links are dead.

use latchkey::domain::{Actor, Role, TeamId};
use latchkey::dto::Invitee;
use latchkey::services::invitations::{self, NewInvitation};
use latchkey::services::members::{self, Change};
use latchkey::services::{ErrorCode, SignedIn, access, sign_in, teams};
use latchkey::store::{Database, users};
use latchkey::vault::Secret;

use super::{again, audited, code, field, to, token};
use crate::services::world::{PASSWORD, World, visitor};
use crate::support::database::on_both_engines;
use crate::support::letters::newest_letter;

const LENA: &str = "lena@example.com";

fn password() -> Secret<String> {
    Secret::new("a second brass key, well cut".to_owned())
}

async fn join(world: &World, token: &str) -> Result<SignedIn, latchkey::services::ServiceError> {
    invitations::accept_new(&world.app, &visitor(), token, "Lena Sorensen", &password()).await
}

async fn email_of(world: &World, actor: &Actor) -> String {
    users::find(world.app.database.read().await.unwrap().conn(), access::person(actor).unwrap()).await.unwrap().unwrap().email
}

async fn admin(world: &World) -> Actor {
    let organization = world.set_up().await.organization;
    world.member(&organization, Role::OrgAdmin, &[]).await
}

on_both_engines! {
    async fn a_new_person_joins_by_the_letters_link_once(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        let team = teams::create(&world.app, &admin, "Lending").await.unwrap();
        let wanted = NewInvitation { team: team.to_string(), ..to(" Lena@Example.com ", Role::TeamLead) };
        let sent = invitations::invite(&world.app, &admin, &wanted).await.unwrap();
        assert_eq!((sent.email.as_str(), sent.role, sent.expired), (LENA, Role::TeamLead, false));
        let link = token(&world, LENA).await;
        let look = invitations::look(&world.app, None, &link).await.unwrap();
        assert_eq!((look.organization.as_str(), look.email.as_str(), look.who), ("AmPac Business Capital", LENA, Invitee::New));
        assert_eq!(invitations::look(&world.app, Some(&admin), &link).await.unwrap().who, Invitee::Other);
        assert_eq!(code(sign_in::sign_in(&world.app, &visitor(), LENA, &password()).await), ErrorCode::LoginFailed, "an invitation is no access");

        let joined = join(&world, &link).await.unwrap();
        assert_eq!(joined.organization, admin.organization);
        let lena = sign_in::actor_of(&world.app, &joined.user, &joined.organization, world.app.now(), &visitor()).await.unwrap().unwrap();
        assert_eq!(lena.teams(), [team]);
        assert_eq!(audited(&world, &admin.organization).await[0], "member.joined");
        assert!(sign_in::sign_in(&world.app, &visitor(), LENA, &password()).await.is_ok());
        assert_eq!(code(join(&world, &link).await), ErrorCode::LinkInvalid);
        assert_eq!(code(invitations::look(&world.app, None, &link).await), ErrorCode::LinkInvalid);
        assert_eq!(field(invitations::invite(&world.app, &admin, &to(LENA, Role::Viewer)).await), "email");
    }

    async fn a_link_works_once_whoever_is_first(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        invitations::invite(&world.app, &admin, &to(LENA, Role::Viewer)).await.unwrap();
        let link = token(&world, LENA).await;
        let (one, other, third) = tokio::join!(join(&world, &link), join(&world, &link), join(&world, &link));
        assert_eq!([one.is_ok(), other.is_ok(), third.is_ok()].iter().filter(|done| **done).count(), 1);
        assert_eq!(members::list(&world.app, &admin, false, "", 10).await.unwrap().counts.0, 3);
    }

    async fn dead_links_get_one_answer(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        let app = &world.app;
        let sent = invitations::invite(app, &admin, &to(LENA, Role::Viewer)).await.unwrap();
        let first = token(&world, LENA).await;
        assert_eq!(field(invitations::invite(app, &admin, &to(LENA, Role::Viewer)).await), "email", "one is open");
        world.clock.advance(1_000);
        invitations::resend(app, &admin, &sent.id).await.unwrap();
        let second = token(&world, LENA).await;
        assert_ne!(first, second);
        let dead = invitations::look(app, None, &first).await.unwrap_err();
        assert_eq!((dead.code, dead.message.as_str()), (ErrorCode::LinkInvalid, ErrorCode::LinkInvalid.text()));
        assert_eq!(code(join(&world, &first).await), ErrorCode::LinkInvalid, "replaced");
        for text in ["", "x", "../../etc", &format!("{second}x"), &second.to_lowercase()] {
            assert_eq!(code(invitations::look(app, None, text).await), ErrorCode::LinkInvalid, "{text}");
        }
        invitations::withdraw(app, &admin, &sent.id).await.unwrap();
        assert_eq!(code(join(&world, &second).await), ErrorCode::LinkInvalid, "withdrawn");
        assert_eq!(code(invitations::withdraw(app, &admin, &sent.id).await), ErrorCode::NotFound);
        assert_eq!(code(invitations::resend(app, &admin, &sent.id).await), ErrorCode::NotFound);

        invitations::invite(app, &admin, &to(LENA, Role::Viewer)).await.unwrap();
        let third = token(&world, LENA).await;
        world.clock.advance(7 * 24 * 60 * 60 * 1_000);
        assert_eq!(code(join(&world, &third).await), ErrorCode::LinkInvalid, "expired");
        let fresh = world.member(&admin.organization, Role::OrgAdmin, &[]).await;
        assert!(invitations::list(app, &fresh, "", 10).await.unwrap().0[0].expired);
        invitations::invite(app, &fresh, &to(LENA, Role::Viewer)).await.unwrap();
        assert_eq!(invitations::list(app, &fresh, "", 10).await.unwrap().0.len(), 1, "what has expired makes room");
        assert!(join(&world, &token(&world, LENA).await).await.is_ok());
    }

    async fn a_link_dies_with_the_right_of_who_sent_it(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        let app = &world.app;
        let mallory = world.member(&admin.organization, Role::OrgAdmin, &[]).await;
        invitations::invite(app, &mallory, &to(LENA, Role::OrgAdmin)).await.unwrap();
        let link = token(&world, LENA).await;
        members::change(app, &admin, mallory.member().unwrap().as_str(), &Change { role: Some(Role::Viewer), ..Change::default() }).await.unwrap();
        assert_eq!(code(join(&world, &link).await), ErrorCode::LinkInvalid);
        members::remove(app, &admin, mallory.member().unwrap().as_str(), "").await.unwrap();
        assert_eq!(code(join(&world, &link).await), ErrorCode::LinkInvalid);
    }

    async fn an_account_joins_while_signed_in_and_no_other_does(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        let app = &world.app;
        let elsewhere = world.organization("Other").await;
        let (lena, other) = (world.member(&elsewhere, Role::Viewer, &[]).await, world.member(&elsewhere, Role::OrgAdmin, &[]).await);
        let email = email_of(&world, &lena).await;
        let known = invitations::invite(app, &admin, &to(&email, Role::Developer)).await.unwrap();
        let unknown = invitations::invite(app, &admin, &to("nobody@example.com", Role::Developer)).await.unwrap();
        assert_eq!((known.role, known.invited_by, known.sent_at), (unknown.role, unknown.invited_by, unknown.sent_at), "nothing tells of the account");
        let link = token(&world, &email).await;
        assert_eq!(invitations::look(app, None, &link).await.unwrap().who, Invitee::SignIn);
        assert_eq!(code(join(&world, &link).await), ErrorCode::Conflict);
        assert_eq!(code(invitations::rejoin(app, &visitor(), &link).await), ErrorCode::Conflict, "who can sign in does");
        assert_eq!(code(invitations::accept(app, &other, &visitor(), &link).await), ErrorCode::Forbidden);
        assert_eq!(invitations::look(app, Some(&other), &link).await.unwrap().who, Invitee::Other);
        assert_eq!(invitations::look(app, Some(&lena), &link).await.unwrap().who, Invitee::Here);
        let joined = invitations::accept(app, &lena, &visitor(), &link).await.unwrap();
        assert_eq!(joined.organization, admin.organization);
        assert_eq!(code(invitations::accept(app, &lena, &visitor(), &link).await), ErrorCode::LinkInvalid);
        assert_eq!(latchkey::services::organizations::mine(app, &lena).await.unwrap().len(), 2);
    }

    async fn a_former_member_comes_back_by_invitation_alone(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        let app = &world.app;
        invitations::invite(app, &admin, &to(LENA, Role::OrgAdmin)).await.unwrap();
        let joined = join(&world, &token(&world, LENA).await).await.unwrap();
        members::remove(app, &admin, joined.member.as_str(), "").await.unwrap();
        assert_eq!(code(sign_in::sign_in(app, &visitor(), LENA, &password()).await), ErrorCode::LoginFailed);
        world.clock.advance(1_000);
        invitations::invite(app, &admin, &to(LENA, Role::Viewer)).await.unwrap();
        let link = token(&world, LENA).await;
        assert_eq!(invitations::look(app, None, &link).await.unwrap().who, Invitee::Returning);
        invitations::rejoin(app, &visitor(), &link).await.unwrap();
        let back = sign_in::sign_in(app, &visitor(), LENA, &password()).await.unwrap();
        assert_eq!(back.member, joined.member, "the same membership");
        let actor = world.actor(&back).await;
        assert_eq!(actor.reach(latchkey::domain::Action::ManageMembers), latchkey::domain::Reach::Nothing, "with the new role");
        assert!(again(&world, &actor).await.is_some());
    }

    async fn an_invitation_gives_no_more_than_its_sender_has(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        let app = &world.app;
        assert_eq!(field(invitations::invite(app, &admin, &to(LENA, Role::SuperAdmin)).await), "role");
        assert_eq!(field(invitations::invite(app, &admin, &to("lena", Role::Viewer)).await), "email");
        let foreign = teams::create(app, &world.member(&world.organization("Other").await, Role::OrgAdmin, &[]).await, "Theirs").await.unwrap();
        for team in [foreign.as_str(), "tea_00000000000000000000000000", "x"] {
            assert_eq!(field(invitations::invite(app, &admin, &NewInvitation { team: team.to_owned(), ..to(LENA, Role::Viewer) }).await), "team");
        }
        let limited = |role| NewInvitation { connections: Some(Vec::new()), ..to(LENA, role) };
        assert_eq!(field(invitations::invite(app, &admin, &limited(Role::TeamLead)).await), "connections");
        assert!(newest_letter(app, LENA).await.is_none(), "nothing was sent");
        assert!(TeamId::parse(foreign.as_str()).is_ok());
        for role in [Role::TeamLead, Role::Developer, Role::Viewer] {
            let actor = world.member(&admin.organization, role, &[]).await;
            assert_eq!(code(invitations::invite(app, &actor, &to(LENA, Role::Viewer)).await), ErrorCode::Forbidden);
        }
    }

    async fn letters_are_not_sent_without_end(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        let sent = invitations::invite(&world.app, &admin, &to(LENA, Role::Viewer)).await.unwrap();
        let mut refused = None;
        for _ in 0..120 {
            if let Err(error) = invitations::resend(&world.app, &admin, &sent.id).await {
                refused = Some(error);
                break;
            }
        }
        let refused = refused.expect("turned away");
        assert_eq!(refused.code, ErrorCode::SlowDown);
        assert!(refused.retry_at.is_some());
    }

    async fn the_letters_token_stands_nowhere_else(database: Database) {
        let world = World::new(database).await;
        let admin = admin(&world).await;
        invitations::invite(&world.app, &admin, &to(LENA, Role::Viewer)).await.unwrap();
        let letter = newest_letter(&world.app, LENA).await.unwrap();
        assert!(letter.contains("https://latchkey.example.com/invite/") && letter.contains("AmPac Business Capital"), "{letter}");
        let link = token(&world, LENA).await;
        let shown = format!("{:?}", invitations::list(&world.app, &admin, "", 10).await.unwrap());
        assert!(!shown.contains(&link), "the token is for who gets the letter");
        assert_eq!(link.len(), 43, "256 bits");
        assert_ne!(PASSWORD, link);
    }
}
