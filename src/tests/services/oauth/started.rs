//! Beginning from the API, without a browser of one's own.

use latchkey::domain::{ConsentTrouble, Role};
use latchkey::services::consent::{self, Arrived, StartWish};
use latchkey::services::{Entries, ErrorCode, Wanted, connections};
use latchkey::store::Database;
use url::Url;

use super::{Stage, came_back, code, entries, query, stopped};
use crate::services::world::visitor;
use crate::support::database::on_both_engines;

fn wish<'a>(app: &'a str, connection: &'a str, fields: Entries) -> StartWish<'a> {
    StartWish { wanted: Wanted { name: "By call", personal: false, team: "" }, app, connection, fields }
}

on_both_engines! {
    async fn the_same_member_comes_back_in_any_browser(database: Database) {
        let stage = Stage::new(database).await;
        let started = consent::start(&stage.app, &stage.admin, "books", wish("", "", Entries::new()), None).await.unwrap();
        let url = Url::parse(&started.authorize_url).unwrap();
        assert_eq!(query(&url)["state"], started.state);
        let colleague = stage.world.member(&stage.organization, Role::OrgAdmin, &[]).await;
        let back = stage.allowed(&url, "acme");
        let lured = consent::arrive(&stage.app, &visitor(), Some(&colleague), Some("theirs"), came_back("books", &back)).await;
        assert_eq!(stopped(lured).trouble, ConsentTrouble::StateInvalid, "who was lured there connects nothing");
        let started = consent::start(&stage.app, &stage.admin, "books", wish("", "", Entries::new()), None).await.unwrap();
        let back = stage.allowed(&Url::parse(&started.authorize_url).unwrap(), "acme");
        let arrived = consent::arrive(&stage.app, &visitor(), Some(&stage.admin), Some("any"), came_back("books", &back)).await.unwrap();
        assert!(matches!(arrived, Arrived::Testing(..)));
        stage.world.settle().await;
        let list = connections::list(&stage.app, &stage.admin, &Default::default()).await.unwrap();
        assert_eq!(list.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["By call"]);
        let id = list.rows[0].id.clone();
        let started = consent::start(&stage.app, &stage.admin, "books", wish("", &id, Entries::new()), None).await.unwrap();
        let back = stage.allowed(&Url::parse(&started.authorize_url).unwrap(), "acme");
        consent::arrive(&stage.app, &visitor(), Some(&stage.admin), None, came_back("books", &back)).await.unwrap();
        stage.world.settle().await;
        assert_eq!(connections::view(&stage.app, &stage.admin, &id).await.unwrap().versions.len(), 2, "reconnected");
    }

    async fn what_cannot_begin_leaves_nothing_behind(database: Database) {
        let stage = Stage::new(database).await;
        let start = async |connector: &str, wish: StartWish<'_>| consent::start(&stage.app, &stage.admin, connector, wish, None).await.map(drop);
        assert_eq!(code(start("nothing", wish("", "", Entries::new())).await), ErrorCode::NotFound);
        assert_eq!(code(start("books", wish("oap_00000000000000000000000000", "", Entries::new())).await), ErrorCode::NotFound);
        assert_eq!(code(start("books", wish("", "con_00000000000000000000000000", Entries::new())).await), ErrorCode::NotFound);
        assert_eq!(code(start("books", wish("", "", entries(&[("else", "x")]))).await), ErrorCode::InvalidField);
        assert_eq!(code(start("shelf", wish("", "", entries(&[("way", "token"), ("token", "x")]))).await), ErrorCode::Conflict);
        let id = stage.connected("books", "acme").await.row.id;
        assert_eq!(code(start("ledger", wish("", &id, Entries::new())).await), ErrorCode::NotFound, "of another connector");
        let viewer = stage.world.member(&stage.organization, Role::Viewer, &[]).await;
        assert_eq!(code(consent::start(&stage.app, &viewer, "books", wish("", "", Entries::new()), None).await), ErrorCode::Forbidden);
    }
}
