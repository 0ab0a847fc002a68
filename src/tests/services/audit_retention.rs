//! What an organization does not keep loses its content, and the chain can still be verified.

use latchkey::domain::{Actor, Role};
use latchkey::services::ErrorCode;
use latchkey::services::audit::{self, Filter};
use latchkey::store::audit::AuditRow;
use latchkey::store::{Database, audit as log};

use crate::services::world::World;
use crate::support::database::{execute, on_both_engines};

const DAY: i64 = 24 * 3_600_000;

async fn chain(world: &World) -> Vec<AuditRow> {
    log::chain(world.app.database.read().await.unwrap().conn(), "node-1", 0, 1_000).await.unwrap()
}

async fn themes(world: &World, actor: &Actor, count: usize) {
    for _ in 0..count {
        world.choose_theme(actor).await;
    }
}

async fn assert_whole(world: &World) {
    assert_eq!(audit::verify(&world.app).await.unwrap().findings, []);
}

async fn listed(world: &World, actor: &Actor) -> usize {
    audit::list(&world.app, actor, &Filter::default(), "", 200).await.unwrap().items.len()
}

on_both_engines! {
    async fn old_entries_lose_their_content_and_the_chain_stays_whole(database: Database) {
        let world = World::new(database).await;
        let (ours, theirs) = (world.organization("Ours").await, world.organization("Theirs").await);
        let admin = world.member(&ours, Role::OrgAdmin, &[]).await;
        let other = world.member(&theirs, Role::OrgAdmin, &[]).await;
        themes(&world, &admin, 3).await;
        themes(&world, &other, 2).await;
        let kept = audit::note_checkpoint(&world.app).await.unwrap().unwrap();
        audit::set_retention(&world.app, &admin, 30).await.unwrap();
        world.clock.advance(29 * DAY);
        assert_eq!(audit::prune(&world.app).await.unwrap(), 0, "not yet");
        themes(&world, &admin, 1).await;
        world.clock.advance(2 * DAY);
        let before = chain(&world).await;
        assert_eq!(audit::prune(&world.app).await.unwrap(), 4, "three themes and the setting itself");
        assert_whole(&world).await;
        let after = chain(&world).await;
        for (before, after) in before.iter().zip(&after) {
            let is_old = before.organization.as_ref() == Some(&ours) && before.seq <= 6;
            assert_eq!((&before.mac, &before.prev_mac, before.at, before.seq), (&after.mac, &after.prev_mac, after.at, after.seq));
            if is_old {
                let left = format!("{}{}{}{}{}{}", after.actor_id, after.actor_name, after.action, after.target_name, after.address, after.user_agent);
                assert_eq!((left.as_str(), after.outcome.as_str()), ("", "pruned"));
            } else {
                assert_eq!(before, after, "what is kept is untouched");
            }
        }
        assert_eq!(after.last().unwrap().action, "audit.pruned");
        assert_eq!(listed(&world, &admin).await, 2, "the last theme, and that the rest was erased");
        assert_eq!(listed(&world, &other).await, 2, "others keep everything");
        assert_eq!(audit::view(&world.app, &admin, "node-1", "1").await.unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(audit::prune(&world.app).await.unwrap(), 0, "nothing twice");
        assert_eq!(kept.seq, 5);
        let set = audit::retention(&world.app, &admin).await.unwrap();
        assert_eq!((set.days, set.erased_before.is_some()), (30, true));
        let report = audit::verify_all(&world.app.database, &world.app.audit_key, &[kept]).await.unwrap();
        assert_eq!(report.findings, [], "a checkpoint over what was erased still fits");
    }

    async fn more_than_one_batch_goes_at_once(database: Database) {
        let world = World::new(database).await;
        let organization = world.organization("Ours").await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        audit::set_retention(&world.app, &admin, 30).await.unwrap();
        themes(&world, &admin, 520).await;
        world.clock.advance(31 * DAY);
        assert_eq!(audit::prune(&world.app).await.unwrap(), 521);
        assert_whole(&world).await;
        assert_eq!(listed(&world, &admin).await, 2, "one entry for each batch");
    }

    async fn what_was_erased_cannot_be_rewritten_and_evidence_is_not_erased(database: Database) {
        let world = World::new(database).await;
        let organization = world.organization("Ours").await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        themes(&world, &admin, 4).await;
        audit::set_retention(&world.app, &admin, 30).await.unwrap();
        execute(&world.app.database, "UPDATE audit_log SET actor_name = 'Somebody else' WHERE seq = 2").await;
        world.clock.advance(31 * DAY);
        assert_eq!(audit::prune(&world.app).await.unwrap(), 4);
        assert_eq!(chain(&world).await[1].actor_name, "Somebody else", "it does not fit its MAC, so it is kept");
        let findings = audit::verify(&world.app).await.unwrap().findings;
        assert_eq!((findings.len(), findings[0].seq, findings[0].what.as_str()), (1, 2, "was changed"));
        execute(&world.app.database, "UPDATE audit_log SET actor_name = 'Org admin' WHERE seq = 2").await;
        assert_whole(&world).await;
        execute(&world.app.database, "UPDATE audit_log SET actor_name = 'Mallory' WHERE seq = 3").await;
        assert_ne!(audit::verify(&world.app).await.unwrap().findings, [], "content where there is to be none");
        execute(&world.app.database, "UPDATE audit_log SET actor_name = '', detail = (SELECT detail FROM audit_log WHERE seq = 4) WHERE seq = 3").await;
        assert_ne!(audit::verify(&world.app).await.unwrap().findings, [], "the seal of another entry");
    }

    async fn changing_it_needs_an_admin_who_has_just_proven_who_they_are(database: Database) {
        let world = World::new(database).await;
        let organization = world.organization("Ours").await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        for days in [-1, 1, 29, 36_501, i64::MIN, i64::MAX] {
            assert_eq!(audit::set_retention(&world.app, &admin, days).await.unwrap_err().code, ErrorCode::InvalidField, "{days}");
        }
        for role in [Role::TeamLead, Role::Developer, Role::Viewer] {
            let actor = world.member(&organization, role, &[]).await;
            assert_eq!(audit::set_retention(&world.app, &actor, 30).await.unwrap_err().code, ErrorCode::Forbidden);
        }
        world.clock.advance(11 * 60_000);
        assert_eq!(audit::set_retention(&world.app, &admin, 30).await.unwrap_err().code, ErrorCode::FreshSignInRequired);
        assert_eq!(audit::retention(&world.app, &admin).await.unwrap().days, 0);
        assert_eq!(chain(&world).await.len(), 0, "nothing was changed");
    }
}
