//! Just-in-time membership: a verified address of a domain that the organization has proven, and nobody's here.

use std::net::SocketAddr;
use std::sync::Arc;

use latchkey::domain::{Role, SignOnPurpose, SignOnTrouble};
use latchkey::services::ErrorCode;
use latchkey::services::sign_on::{self, Change, Offered};
use latchkey::store::{Database, members, users};
use serde_json::{Value, json};
use tokio::net::UdpSocket;

use super::{Stage, trouble, typed};
use crate::support::database::on_both_engines;
use crate::support::idp::Script;

/// A name server that says `texts` of one name, and of every other that there is none.
async fn name_server(name: &'static str, texts: Vec<String>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let wanted: Vec<u8> = name.split('.').flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat()).chain([0]).collect();
    tokio::spawn(async move {
        let mut buffer = [0_u8; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let question = &buffer[..length];
            let known = question[12..].starts_with(&wanted);
            // An answer to another question comes first, as from somebody who guesses.
            let mut guessed = question.to_vec();
            guessed[0] ^= 0xFF;
            guessed[2] = 0x81;
            socket.send_to(&guessed, from).await.unwrap();
            let mut answer = question.to_vec();
            answer[2] = 0x81;
            answer[3] = if known { 0x80 } else { 0x83 };
            answer[7] = if known { u8::try_from(texts.len()).unwrap() } else { 0 };
            for text in texts.iter().filter(|_| known) {
                // In two strings, as long texts are.
                let (one, other) = text.split_at(text.len() / 2);
                let data: Vec<u8> = [one, other].into_iter().flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part.as_bytes()].concat()).collect();
                answer.extend_from_slice(&[0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
                answer.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
                answer.extend_from_slice(&data);
            }
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    address
}

/// A stage whose domain is proven and whose people join as `role`.
async fn joining(database: Database, role: &str) -> Stage {
    let mut stage = Stage::new(database).await;
    stage.app.sign_on = Arc::new(Offered { providers: Vec::new(), verified_domains: vec![("work.example".to_owned(), stage.organization.clone())] });
    let change = Change { join_role: Some(role.to_owned()), ..Change::default() };
    sign_on::change(&stage.app, &stage.admin, &stage.provider, &change).await.unwrap();
    let proven = sign_on::prove(&stage.app, &stage.admin, &stage.provider, "work.example").await.unwrap();
    assert!(proven.domains[0].verified_at.is_some());
    stage
}

on_both_engines! {
    async fn a_colleague_joins_with_the_role_that_was_chosen(database: Database) {
        let stage = joining(database, "viewer").await;
        let signed_in = stage.sign_in().await.unwrap();
        let mut reader = stage.app.database.read().await.unwrap();
        let user = users::find(reader.conn(), &signed_in.user).await.unwrap().unwrap();
        assert_eq!((user.email.as_str(), user.name.as_str(), user.password_hash, user.super_admin), ("alice@work.example", "Alice Archer", None, false));
        let member = members::find_active(reader.conn(), &stage.organization, &signed_in.user).await.unwrap().unwrap();
        assert_eq!(member.member.role, Role::Viewer);
        drop(reader);
        let again = stage.sign_in().await.unwrap();
        assert_eq!(again, signed_in, "the second time it is the same person");
    }

    async fn only_verified_addresses_of_proven_domains_join(database: Database) {
        let stage = joining(database, "developer").await;
        let refused = |claims: Value, expected: SignOnTrouble| (claims, expected);
        for (claims, expected) in [
            refused(json!({"email_verified": false}), SignOnTrouble::EmailUnverified),
            refused(json!({"email_verified": null}), SignOnTrouble::EmailUnverified),
            refused(json!({"email_verified": "true"}), SignOnTrouble::EmailUnverified),
            refused(json!({"email_verified": 1}), SignOnTrouble::EmailUnverified),
            refused(json!({"email_verified": false, "xms_edov": true}), SignOnTrouble::EmailUnverified),
            refused(json!({"email": "alice@other.example"}), SignOnTrouble::UnknownAccount),
            refused(json!({"email": "alice@sub.work.example"}), SignOnTrouble::UnknownAccount),
            refused(json!({"email": "alice@evil@work.example"}), SignOnTrouble::UnknownAccount),
            refused(json!({"email": "work.example"}), SignOnTrouble::UnknownAccount),
            refused(json!({"email": null}), SignOnTrouble::UnknownAccount),
            refused(json!({"email": "Dana@Example.com"}), SignOnTrouble::UnknownAccount),
        ] {
            stage.idp.claims(claims.clone());
            assert_eq!(trouble(stage.sign_in().await), expected, "{claims}");
        }
        let none = Change { join_role: Some("none".to_owned()), ..Change::default() };
        sign_on::change(&stage.app, &stage.admin, &stage.provider, &none).await.unwrap();
        stage.idp.claims(json!({}));
        assert_eq!(trouble(stage.sign_in().await), SignOnTrouble::UnknownAccount, "nobody joins where nobody may");
        assert_eq!(members::count_active(stage.app.database.read().await.unwrap().conn(), &stage.organization).await.unwrap(), 2);
    }

    async fn a_domain_that_is_only_claimed_lets_nobody_join(database: Database) {
        let stage = Stage::new(database).await;
        let change = Change { join_role: Some("viewer".to_owned()), ..Change::default() };
        sign_on::change(&stage.app, &stage.admin, &stage.provider, &change).await.unwrap();
        assert_eq!(trouble(stage.sign_in().await), SignOnTrouble::UnknownAccount);
        assert_eq!(sign_on::organization_of(&stage.app, "alice@work.example").await.unwrap(), None);
    }

    async fn who_was_removed_does_not_join_again(database: Database) {
        let stage = joining(database, "viewer").await;
        stage.sign_in().await.unwrap();
        crate::support::database::execute(&stage.app.database, "UPDATE members SET status = 'removed' WHERE role = 'viewer'").await;
        assert_eq!(trouble(stage.sign_in().await), SignOnTrouble::NoAccess);
    }

    async fn two_tabs_of_a_newcomer_make_one_account(database: Database) {
        let stage = joining(database, "viewer").await;
        let (one, other) = (stage.go(SignOnPurpose::SignIn, None).await.unwrap(), stage.go(SignOnPurpose::SignIn, None).await.unwrap());
        let (back, late) = (stage.back(&one), stage.back(&other));
        stage.idp.expects(&one);
        let first = stage.arrive(None, &back).await;
        stage.idp.expects(&other);
        let second = stage.arrive(None, &late).await;
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
        assert_eq!(members::count_active(stage.app.database.read().await.unwrap().conn(), &stage.organization).await.unwrap(), 3);
    }

    async fn what_stands_beside_the_token_counts_when_it_is_of_the_same_person(database: Database) {
        let stage = joining(database, "viewer").await;
        let thin = json!({"email": null, "email_verified": null, "name": null});
        let said = json!({"sub": "mallory", "email": "alice@work.example", "email_verified": true});
        stage.idp.says(Script { claims: thin.clone(), userinfo: Some(said), ..Script::default() });
        assert_eq!(trouble(stage.sign_in().await), SignOnTrouble::TokenRefused);
        let said = json!({"sub": "alice-1", "email": "alice@work.example", "email_verified": true, "name": "Alice"});
        stage.idp.says(Script { claims: thin, userinfo: Some(said), ..Script::default() });
        stage.sign_in().await.unwrap();
        let asked = stage.idp.asked("/userinfo").pop().unwrap();
        assert_eq!((asked.authorization.as_str(), asked.query.as_str()), ("Bearer access-1", ""));
    }

    async fn a_domain_is_proven_by_its_dns_and_held_by_one(database: Database) {
        let mut stage = Stage::new(database).await;
        let view = sign_on::view(&stage.app, &stage.admin, &stage.provider).await.unwrap();
        let domain = view.domains[0].clone();
        assert_eq!((domain.record_name.as_str(), domain.verified_at), ("_latchkey-challenge.work.example", None));
        stage.asking(name_server("_latchkey-challenge.other.example", vec![domain.record_value.clone()]).await);
        let refused = sign_on::prove(&stage.app, &stage.admin, &stage.provider, "work.example").await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        stage.asking(name_server("_latchkey-challenge.work.example", vec!["latchkey-verification=guessed".to_owned()]).await);
        assert_eq!(sign_on::prove(&stage.app, &stage.admin, &stage.provider, "work.example").await.unwrap_err().code, ErrorCode::Conflict);
        stage.asking(name_server("_latchkey-challenge.work.example", vec!["v=spf1 -all".to_owned(), domain.record_value.clone()]).await);
        let proven = sign_on::prove(&stage.app, &stage.admin, &stage.provider, " Work.Example ").await.unwrap();
        assert!(proven.domains[0].verified_at.is_some());
        assert_eq!(sign_on::organization_of(&stage.app, "anybody@work.example").await.unwrap(), Some(stage.organization.clone()));
        assert_eq!(sign_on::prove(&stage.app, &stage.admin, &stage.provider, "never.example").await.unwrap_err().code, ErrorCode::NotFound);
        let other = stage.world.organization("Other").await;
        let stranger = stage.world.member(&other, Role::OrgAdmin, &[]).await;
        let theirs = sign_on::add(&stage.app, &stranger, &typed(stage.idp.url())).await.unwrap();
        assert_ne!(theirs.domains[0].record_value, domain.record_value, "each has a text of its own");
        assert_eq!(sign_on::prove(&stage.app, &stranger, &theirs.id, "work.example").await.unwrap_err().code, ErrorCode::Conflict);
        stage.app.sign_on = Arc::new(Offered { providers: Vec::new(), verified_domains: vec![("work.example".to_owned(), other)] });
        let held = sign_on::prove(&stage.app, &stranger, &theirs.id, "work.example").await.unwrap_err();
        assert!(held.code == ErrorCode::Conflict && held.message.contains("another provider"), "{held}");
    }

    async fn a_name_server_that_does_not_answer_proves_nothing(database: Database) {
        let mut stage = Stage::new(database).await;
        stage.asking("127.0.0.1:9".parse().unwrap());
        let refused = sign_on::prove(&stage.app, &stage.admin, &stage.provider, "work.example").await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
    }
}
