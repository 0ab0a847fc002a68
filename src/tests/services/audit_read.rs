//! Who sees which entries, and that every filter finds exactly what it should, part by part.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use latchkey::domain::{
    Actor, ActorKind, ApiKeyId, ApplicationId, ConnectionId, ConnectionStatus, OrganizationId, Random, Role, Scopes, SequenceRandom, TeamId, Timestamp,
};
use latchkey::dto::AuditFilter;
use latchkey::services::audit::{self, AuditEvent, Filter, Format, Target};
use latchkey::services::words::Topic;
use latchkey::services::{ErrorCode, connections, sign_in};
use latchkey::store::audit::AuditRow;
use latchkey::store::{Database, audit as log};

use crate::services::world::{World, visitor};
use crate::support::database::on_both_engines;

const START: i64 = 1_795_168_800_000;
const DAY: i64 = 24 * 3_600_000;

/// A filter, and what fits it.
type Case = (Vec<(&'static str, &'static str)>, Box<dyn Fn(&AuditRow) -> bool + Send + Sync>);

fn filter(pairs: &[(&str, &str)]) -> Filter {
    let mut wanted = AuditFilter::default();
    for (key, value) in pairs {
        let place = match *key {
            "q" => &mut wanted.q,
            "who" => &mut wanted.who,
            "what" => &mut wanted.what,
            "when" => &mut wanted.when,
            _ => &mut wanted.of,
        };
        (*value).clone_into(place);
    }
    Filter::read(&wanted).unwrap()
}

/// Everything that a filter finds, in parts of `size`.
async fn all(world: &World, actor: &Actor, wanted: &Filter, size: usize) -> Vec<(String, i64)> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let part = audit::list(&world.app, actor, wanted, &cursor, size).await.unwrap();
        assert!(part.items.len() <= size);
        found.extend(part.items.into_iter().map(|item| (item.node, item.seq)));
        match part.next_cursor {
            Some(next) => cursor = next,
            None => return found,
        }
    }
}

async fn targets(world: &World, actor: &Actor) -> BTreeSet<String> {
    let part = audit::list(&world.app, actor, &Filter::default(), "", 200).await.unwrap();
    part.items.into_iter().map(|item| format!("{} {} {}", item.actor.name, item.action, item.target.name).trim().to_owned()).collect()
}

fn pick<'a, T>(random: &dyn Random, from: &'a [T]) -> &'a T {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    &from[usize::try_from(u32::from_le_bytes(bytes)).unwrap() % from.len()]
}

/// Entries of two nodes with many of one instant, on three days.
async fn fill(database: &Database, organization: &OrganizationId, count: usize) -> Vec<AuditRow> {
    let random = SequenceRandom::default();
    let mut rows = Vec::new();
    let mut transaction = database.begin().await.unwrap();
    for number in 0..count {
        let node = *pick(&random, &["node-2", "node-3"]);
        let (seq, prev_mac) = log::lock_chain(transaction.conn(), node).await.unwrap();
        let kind = *pick(&random, &["member", "application", "job", "link"]);
        let id = match kind {
            "member" => *pick(&random, &["mem_0000000000000000000000000a", "mem_0000000000000000000000000b"]),
            "application" => "app_0000000000000000000000000a",
            _ => "",
        };
        let row = AuditRow {
            node: node.to_owned(),
            seq: seq + 1,
            organization: Some(organization.clone()),
            at: Timestamp::from_millis(START - i64::try_from(number / 40).unwrap() * DAY - *pick(&random, &[0, 1, 2])),
            actor_kind: kind.to_owned(),
            actor_id: id.to_owned(),
            actor_name: (*pick(&random, &["Ann 100%", "Bob_x", "Carla!"])).to_owned(),
            action: (*pick(&random, &["sign_in.done", "connection.tested", "connection.edited", "audit.exported", "no.words"])).to_owned(),
            target_kind: "connection".to_owned(),
            target_id: (*pick(&random, &["con_0000000000000000000000000a", "con_0000000000000000000000000b"])).to_owned(),
            target_name: (*pick(&random, &["Shop", "Bank"])).to_owned(),
            outcome: "done".to_owned(),
            detail: "{}".to_owned(),
            address: "203.0.113.9".to_owned(),
            user_agent: String::new(),
            request_id: format!("req_{number}"),
            prev_mac,
            mac: vec![1; 32],
        };
        log::append(transaction.conn(), &row).await.unwrap();
        rows.push(row);
    }
    transaction.commit().await.unwrap();
    rows
}

on_both_engines! {
    async fn every_filter_finds_exactly_what_fits_once_and_in_order(database: Database) {
        let world = World::new(database).await;
        let organization = world.organization("AmPac").await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let rows = fill(&world.app.database, &organization, 160).await;
        let topic = |name: &str, row: &AuditRow| Topic::parse(name).unwrap().actions().any(|action| action == row.action);
        let cases: Vec<Case> = vec![
            (vec![], Box::new(|_| true)),
            (vec![("who", "people")], Box::new(|row| ["member", "link"].contains(&row.actor_kind.as_str()))),
            (vec![("who", "apps")], Box::new(|row| row.actor_kind == "application")),
            (vec![("who", "latchkey")], Box::new(|row| row.actor_kind == "job")),
            (vec![("who", "mem_0000000000000000000000000a")], Box::new(|row| row.actor_id == "mem_0000000000000000000000000a")),
            (vec![("who", "app_0000000000000000000000000a")], Box::new(|row| row.actor_id == "app_0000000000000000000000000a")),
            (vec![("what", "connections")], Box::new(move |row| topic("connections", row))),
            (vec![("what", "sign-in"), ("who", "people")], Box::new(move |row| row.action == "sign_in.done" && ["member", "link"].contains(&row.actor_kind.as_str()))),
            (vec![("what", "settings"), ("who", "mem_0000000000000000000000000b")], Box::new(|row| row.action == "audit.exported" && row.actor_id == "mem_0000000000000000000000000b")),
            (vec![("when", "today")], Box::new(|row| row.at.millis() >= START.div_euclid(DAY) * DAY)),
            (vec![("when", "7d"), ("q", "bank")], Box::new(|row| row.target_name == "Bank")),
            (vec![("q", "100%")], Box::new(|row| row.actor_name == "Ann 100%")),
            (vec![("q", "b_b")], Box::new(|_| false)),
            (vec![("q", "OB_X")], Box::new(|row| row.actor_name == "Bob_x")),
            (vec![("q", "a!")], Box::new(|row| row.actor_name == "Carla!")),
            (vec![("q", "203.0.113.9")], Box::new(|_| true)),
            (vec![("q", "con_0000000000000000000000000b")], Box::new(|row| row.target_id == "con_0000000000000000000000000b")),
            (vec![("q", "con_0000000000000000000000000b"), ("what", "connections"), ("who", "apps")], Box::new(move |row| {
                row.target_id == "con_0000000000000000000000000b" && topic("connections", row) && row.actor_kind == "application"
            })),
            (vec![("q", "mem_0000000000000000000000000b")], Box::new(|row| row.actor_id == "mem_0000000000000000000000000b")),
            (vec![("q", "'); DROP TABLE audit_log;--")], Box::new(|_| false)),
        ];
        for (pairs, fits) in &cases {
            let mut expected: Vec<&AuditRow> = rows.iter().filter(|row| fits(row)).collect();
            expected.sort_by_key(|row| std::cmp::Reverse((row.at, row.seq, row.node.clone())));
            let expected: Vec<(String, i64)> = expected.into_iter().map(|row| (row.node.clone(), row.seq)).collect();
            for size in [1, 7, 200] {
                assert_eq!(all(&world, &admin, &filter(pairs), size).await, expected, "{pairs:?} in parts of {size}");
            }
        }
    }

    async fn nobody_sees_more_than_the_role_allows(database: Database) {
        let world = World::new(database).await;
        let organization = world.organization("AmPac").await;
        let (own, foreign) = (TeamId::parse("tea_00000000000000000000000001").unwrap(), TeamId::parse("tea_00000000000000000000000002").unwrap());
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let lead = world.member(&organization, Role::TeamLead, std::slice::from_ref(&own)).await;
        let developer = world.member(&organization, Role::Developer, &[]).await;
        let viewer = world.member(&organization, Role::Viewer, &[]).await;
        for (name, team) in [("Ours", Some(own.clone())), ("Theirs", Some(foreign)), ("Everybody's", None)] {
            let row = world.connection(&admin, name, ConnectionStatus::Active, team).await;
            connections::disable(&world.app, &admin, row.id.as_str()).await.unwrap();
        }
        let personal = world.personal(&admin, "Personal", ConnectionStatus::Active).await;
        connections::disable(&world.app, &admin, personal.id.as_str()).await.unwrap();
        for person in [&lead, &developer] {
            world.choose_theme(person).await;
        }
        let program = |maker: &Actor| Actor {
            kind: ActorKind::Application {
                application: ApplicationId::parse("app_0000000000000000000000000a").unwrap(),
                key: ApiKeyId::parse("key_0000000000000000000000000a").unwrap(),
                maker: maker.member().unwrap().clone(),
                name: "Loan export".to_owned(),
                role: Role::Developer,
                teams: Vec::new(),
                scopes: Scopes::default(),
            },
            ..maker.clone()
        };
        let event = || AuditEvent::done("connection.previewed", Target::connection(&personal.id, "Shop"), Vec::new());
        audit::record_alone(&world.app, (&program(&developer)).into(), event()).await.unwrap();
        let off = |name: &str| format!("Org admin connection.disabled {name}");
        let (by_lead, by_developer) = ("Team lead account.theme_changed".to_owned(), "Developer account.theme_changed".to_owned());
        let by_app = "Loan export connection.previewed Shop".to_owned();

        let everything = [off("Ours"), off("Theirs"), off("Everybody's"), off("Personal"), by_lead.clone(), by_developer.clone(), by_app.clone()];
        assert_eq!(targets(&world, &admin).await, everything.into());
        assert_eq!(targets(&world, &lead).await, [off("Ours"), by_lead].into());
        assert_eq!(targets(&world, &developer).await, [by_developer, by_app.clone()].into());
        let refused = audit::list(&world.app, &viewer, &Filter::default(), "", 10).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden);
        let limited = Actor { only: Some(Arc::new([personal.id.clone()].into())), ..admin.clone() };
        assert_eq!(targets(&world, &limited).await, [off("Personal"), by_app].into());
        let nothing = Actor { only: Some(Arc::new(BTreeSet::<ConnectionId>::new())), ..admin.clone() };
        assert_eq!(targets(&world, &nothing).await, BTreeSet::new());

        // One by one, the same.
        let chain = log::chain(world.app.database.read().await.unwrap().conn(), "node-1", 0, 100).await.unwrap();
        for (actor, count) in [(&admin, 7), (&lead, 2), (&developer, 2), (&limited, 2), (&nothing, 0)] {
            let mut seen = 0;
            for row in &chain {
                let found = audit::view(&world.app, actor, &row.node, &row.seq.to_string()).await;
                match found {
                    Ok(page) => {
                        assert!(page.chain.own && page.chain.before != Some(false) && page.chain.behind != Some(false), "{:?}", page.chain);
                        seen += 1;
                    }
                    Err(error) => assert_eq!(error.code, ErrorCode::NotFound),
                }
            }
            assert_eq!(seen, count, "{}", actor.name());
        }
        for (node, seq) in [("node-1", "0"), ("node-1", "-1"), ("node-1", "99"), ("node-1", "1x"), ("node-1", ""), ("node-1", "01"), ("node-9", "1"), ("", "1"), ("a\0b", "1"), ("node-1", "99999999999999999999")] {
            assert_eq!(audit::view(&world.app, &admin, node, seq).await.unwrap_err().code, ErrorCode::NotFound, "{node} {seq}");
        }
    }

    async fn another_organization_and_the_server_itself_are_not_seen(database: Database) {
        let world = World::new(database).await;
        let (ours, theirs) = (world.organization("Ours").await, world.organization("Theirs").await);
        let admin = world.member(&ours, Role::OrgAdmin, &[]).await;
        let stranger = world.member(&theirs, Role::OrgAdmin, &[]).await;
        let root = world.member(&ours, Role::SuperAdmin, &[]).await;
        world.choose_theme(&stranger).await;
        let nobody = latchkey::vault::Secret::new("not the password".to_owned());
        sign_in::sign_in(&world.app, &visitor(), "nobody@example.com", &nobody).await.unwrap_err();
        for actor in [&admin, &root] {
            assert_eq!(targets(&world, actor).await, BTreeSet::new());
            assert_eq!(audit::view(&world.app, actor, "node-1", "1").await.unwrap_err().code, ErrorCode::NotFound, "theirs");
        }
        let of_server = filter(&[("of", "server")]);
        assert_eq!(audit::list(&world.app, &admin, &of_server, "", 10).await.unwrap_err().code, ErrorCode::Forbidden);
        assert_eq!(audit::view(&world.app, &admin, "node-1", "2").await.unwrap_err().code, ErrorCode::NotFound, "the server's");
        assert!(audit::export(&world.app, &admin, of_server.clone(), Format::Csv).await.is_err());
        let seen = audit::list(&world.app, &root, &of_server, "", 10).await.unwrap().items;
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].sentence, "Somebody tried to sign in. E-mail or password was wrong.");
        assert_eq!(audit::view(&world.app, &root, "node-1", "2").await.unwrap().entry.action, "sign_in.failed");
    }

    async fn an_export_holds_everything_once_and_is_itself_recorded(database: Database) {
        let world = World::new(database).await;
        let organization = world.organization("AmPac").await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let rows = fill(&world.app.database, &organization, 1_150).await;
        let read = async |format| {
            let lines = audit::export(&world.app, &admin, Filter::default(), format).await.unwrap();
            let parts: Vec<_> = lines.try_collect().await.unwrap();
            assert!(parts.len() >= 2, "it comes in parts");
            String::from_utf8(parts.concat()).unwrap()
        };
        let before = 1_150;
        let text = read(Format::Jsonl).await;
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), before + 1, "and the entry of the export itself");
        let seen: BTreeSet<(String, i64)> = lines.iter().map(|line| (line["node"].as_str().unwrap().to_owned(), line["seq"].as_i64().unwrap())).collect();
        assert!(rows.iter().all(|row| seen.contains(&(row.node.clone(), row.seq))));
        let text = read(Format::Csv).await;
        assert_eq!(text.lines().count(), 1 + before + 2);
        assert!(text.starts_with("at,node,seq,"));
        let told = all(&world, &admin, &filter(&[("who", admin.member().unwrap().as_str())]), 10).await;
        assert_eq!(told.len(), 2, "both exports");
    }

    async fn what_a_spreadsheet_would_compute_is_defused(database: Database) {
        let world = World::new(database).await;
        let organization = world.organization("AmPac").await;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        for name in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a \"quoted\", name\nin two lines"] {
            let id = ConnectionId::generate(world.clock.as_ref(), world.app.random.as_ref());
            audit::record_alone(&world.app, (&admin).into(), AuditEvent::done("connection.tested", Target::connection(&id, name), Vec::new())).await.unwrap();
        }
        let lines = audit::export(&world.app, &admin, Filter::default(), Format::Csv).await.unwrap();
        let parts: Vec<_> = lines.try_collect().await.unwrap();
        let text = String::from_utf8(parts.concat()).unwrap();
        for cell in ["\"'=1+1\"", "\"'+1\"", "\"'-1\"", "\"'@SUM(A1)\"", "\"'\t=1\"", "\"'\r=1\"", "\"a \"\"quoted\"\", name\nin two lines\""] {
            assert!(text.contains(cell), "{cell} is not in {text}");
        }
    }
}
