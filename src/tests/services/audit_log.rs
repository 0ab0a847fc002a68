//! What is written to the log, and what `verify` finds when somebody changes the tables behind its back.

use latchkey::services::accounts::{self, Edit};
use latchkey::services::audit;
use latchkey::store::Database;

use crate::services::world::World;
use crate::support::database::on_both_engines;

async fn run(database: &Database, sql: &'static str) {
    let changed = match database {
        Database::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.unwrap().rows_affected(),
        Database::Postgres(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
    };
    assert!(changed > 0, "{sql}");
}

async fn log_of_ten(database: Database) -> World {
    let world = World::new(database).await;
    let who = world.set_up().await;
    let dana = world.actor(&who).await;
    for number in 0..9 {
        accounts::edit(&world.app, &dana, &Edit { theme: Some(if number % 2 == 0 { "dark" } else { "light" }.to_owned()), ..Edit::default() }).await.unwrap();
    }
    let report = audit::verify(&world.app).await.unwrap();
    assert_eq!((report.entries, report.findings), (10, Vec::new()), "no false alarm");
    world
}

macro_rules! tamperings {
    ($($name:ident: $($sql:literal),+;)+) => {
        on_both_engines! {
            $(async fn $name(database: Database) {
                let world = log_of_ten(database).await;
                $(run(&world.app.database, $sql).await;)+
                assert_ne!(audit::verify(&world.app).await.unwrap().findings, []);
            })+
        }
    };
}

tamperings! {
    an_edited_name: "UPDATE audit_log SET actor_name = 'Marcus Okafor' WHERE seq = 4";
    an_edited_tenant: "UPDATE audit_log SET org_id = NULL WHERE seq = 4";
    a_tenant_that_is_none: "UPDATE audit_log SET org_id = 'x' WHERE seq = 4";
    an_edited_time: "UPDATE audit_log SET at_ms = at_ms + 1 WHERE seq = 10";
    a_deleted_entry: "DELETE FROM audit_log WHERE seq = 5";
    a_deleted_beginning: "DELETE FROM audit_log WHERE seq < 4";
    a_cut_tail: "DELETE FROM audit_log WHERE seq > 7";
    an_emptied_log: "DELETE FROM audit_log";
    two_that_changed_places: "UPDATE audit_log SET seq = 99 WHERE seq = 3", "UPDATE audit_log SET seq = 3 WHERE seq = 4", "UPDATE audit_log SET seq = 4 WHERE seq = 99";
    an_entry_moved_to_another_node: "UPDATE audit_log SET node = 'node-2' WHERE seq = 10";
    a_removed_end: "DELETE FROM audit_chains";
    an_end_set_back: "UPDATE audit_chains SET seq = 6, mac = (SELECT mac FROM audit_log WHERE seq = 6)";
}
