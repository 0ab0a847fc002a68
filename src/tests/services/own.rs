//! Connectors of an organization's own: drafts, publishing, who sees them, what they may not reach.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::connect::Connector;
use latchkey::domain::{Actor, CheckState, Role};
use latchkey::dto::MarketplaceFilter;
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::services::own::{self, MOST, STARTER};
use latchkey::services::{App, Entries, ErrorCode, ServiceError, audit, connections, drafts, marketplace};
use latchkey::store::Database;
use latchkey::vault::Secret;

use crate::egress::site::{Site, reply};
use crate::services::world::World;
use crate::support::database::on_both_engines;

const ID: &str = "acme-tickets";

async fn begin(database: Database) -> (World, Actor, Actor) {
    let world = World::new(database).await;
    let organization = world.set_up().await.organization;
    let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
    let stranger = world.member(&world.organization("Other").await, Role::OrgAdmin, &[]).await;
    (world, dana, stranger)
}

fn token() -> Entries {
    [("token".to_owned(), Secret::new("a token".to_owned()))].into()
}

fn code<T>(result: Result<T, ServiceError>) -> ErrorCode {
    result.err().expect("refused").code
}

async fn listed(app: &App, actor: &Actor) -> Vec<String> {
    let view = marketplace::list(app, actor, &MarketplaceFilter::default()).await.unwrap();
    view.connectors.into_iter().filter(|tile| tile.own).map(|tile| tile.id).collect()
}

on_both_engines! {
    async fn a_draft_is_kept_however_broken_and_cannot_be_connected(database: Database) {
        let (world, dana, _) = begin(database).await;
        let app = &world.app;
        let broken = "name = \"Half\"\nid = [\n<script>\r\n";
        let id = own::create(app, &dana, broken).await.unwrap().to_string();
        let view = own::view(app, &dana, &id).await.unwrap();
        assert_eq!((view.manifest.as_str(), view.line.state.as_str(), view.preview), ("name = \"Half\"\nid = [\n<script>\n", "draft", None));
        assert!(view.findings[0].line.is_some(), "{:?}", view.findings);
        let refused = own::publish(app, &dana, &id).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidField);
        assert!(refused.fields[0].message.starts_with("line "), "{:?}", refused.fields);
        assert_eq!(code(own::test(app, &dana, &id, token()).await), ErrorCode::Conflict);
        own::save(app, &dana, &id, STARTER).await.unwrap();
        let view = own::view(app, &dana, &id).await.unwrap();
        assert_eq!((view.findings, view.line.name.as_str(), view.preview.unwrap().fields.len()), (Vec::new(), "Acme Tickets", 1));
        assert_eq!(code(drafts::start(app, &dana, ID).await), ErrorCode::NotFound);
        assert_eq!(code(connections::create(app, &dana, ID, "", token()).await), ErrorCode::NotFound);
        assert_eq!(code(connections::test_unsaved(app, &dana, ID, token()).await), ErrorCode::NotFound);
        assert_eq!(code(marketplace::connector(app, &dana, ID).await), ErrorCode::NotFound);
        assert_eq!(listed(app, &dana).await, Vec::<String>::new());
        assert_eq!(audit::verify(app).await.unwrap().findings, []);
    }

    async fn a_published_one_is_there_for_its_organization_alone(database: Database) {
        let (world, dana, stranger) = begin(database).await;
        let app = &world.app;
        let id = own::create(app, &dana, STARTER).await.unwrap().to_string();
        own::publish(app, &dana, &id).await.unwrap();
        own::publish(app, &dana, &id).await.unwrap();
        assert_eq!(listed(app, &dana).await, [ID]);
        assert!(marketplace::connector(app, &dana, ID).await.unwrap().summary.own);
        assert!(drafts::start(app, &dana, ID).await.is_ok());
        let member = world.member(&dana.organization, Role::Developer, &[]).await;
        assert!(marketplace::connector(app, &member, ID).await.is_ok());
        assert_eq!(listed(app, &stranger).await, Vec::<String>::new());
        let unknown = marketplace::connector(app, &stranger, "nothing").await.unwrap_err();
        let foreign = marketplace::connector(app, &stranger, ID).await.unwrap_err();
        assert_eq!((foreign.code, foreign.message), (unknown.code, unknown.message));
        assert_eq!(code(drafts::start(app, &stranger, ID).await), ErrorCode::NotFound);
        let theirs = own::create(app, &stranger, &STARTER.replace("Acme Tickets", "Theirs")).await.unwrap().to_string();
        own::publish(app, &stranger, &theirs).await.unwrap();
        assert_eq!(marketplace::connector(app, &stranger, ID).await.unwrap().summary.name, "Theirs");
        assert_eq!(marketplace::connector(app, &dana, ID).await.unwrap().summary.name, "Acme Tickets");
    }

    async fn a_broken_edit_leaves_the_published_text_in_use(database: Database) {
        let (world, dana, _) = begin(database).await;
        let app = &world.app;
        let id = own::create(app, &dana, STARTER).await.unwrap().to_string();
        own::publish(app, &dana, &id).await.unwrap();
        own::save(app, &dana, &id, "id = nothing").await.unwrap();
        let view = own::view(app, &dana, &id).await.unwrap();
        assert_eq!((view.line.state.as_str(), view.line.name.as_str()), ("changed", "Acme Tickets"));
        assert!(marketplace::connector(app, &dana, ID).await.is_ok());
        own::save(app, &dana, &id, &STARTER.replace("Acme Tickets", "Acme Desk")).await.unwrap();
        assert_eq!(marketplace::connector(app, &dana, ID).await.unwrap().summary.name, "Acme Tickets");
        own::publish(app, &dana, &id).await.unwrap();
        assert_eq!(marketplace::connector(app, &dana, ID).await.unwrap().summary.name, "Acme Desk", "what was kept is read anew");
        own::save(app, &dana, &id, &STARTER.replace(ID, "acme-desk")).await.unwrap();
        let refused = own::publish(app, &dana, &id).await.unwrap_err();
        assert_eq!((refused.code, refused.fields[0].field.as_str()), (ErrorCode::InvalidField, "id"));
    }

    async fn an_id_is_taken_once(database: Database) {
        let (world, dana, _) = begin(database).await;
        let app = &world.app;
        let first = own::create(app, &dana, STARTER).await.unwrap().to_string();
        let second = own::create(app, &dana, STARTER).await.unwrap().to_string();
        own::publish(app, &dana, &first).await.unwrap();
        let refused = own::publish(app, &dana, &second).await.unwrap_err();
        assert_eq!((refused.code, refused.fields[0].field.as_str()), (ErrorCode::InvalidField, "id"));
        assert!(refused.fields[0].message.starts_with("line 4: "), "{:?}", refused.fields);
        for taken in ["stripe", "own"] {
            let findings = own::check(app, &dana, None, &STARTER.replace(ID, taken)).await.unwrap();
            assert_eq!((findings.len(), findings[0].key.as_str(), findings[0].line), (1, "id", Some(4)), "{taken}");
        }
        assert_eq!(own::check(app, &dana, Some(&first), STARTER).await.unwrap(), []);
        own::delete(app, &dana, &first).await.unwrap();
        assert_eq!(code(marketplace::connector(app, &dana, ID).await), ErrorCode::NotFound);
        own::publish(app, &dana, &second).await.unwrap();
        assert_eq!(listed(app, &dana).await, [ID]);
    }

    async fn there_are_limits(database: Database) {
        let (world, dana, _) = begin(database).await;
        let app = &world.app;
        let large = format!("{STARTER}#{}", "x".repeat(64 * 1024));
        assert_eq!(code(own::create(app, &dana, &large).await), ErrorCode::InvalidField);
        let id = own::create(app, &dana, STARTER).await.unwrap().to_string();
        assert_eq!(code(own::save(app, &dana, &id, &large).await), ErrorCode::InvalidField);
        assert_eq!(own::check(app, &dana, None, &large).await.unwrap().len(), 1);
        for _ in 1..MOST {
            own::create(app, &dana, "").await.unwrap();
        }
        let refused = own::create(app, &dana, STARTER).await.unwrap_err();
        assert!(refused.code == ErrorCode::Conflict && refused.message.contains("100"), "{}", refused.message);
        assert_eq!(own::list(app, &dana).await.unwrap().connectors.len(), MOST);
    }

    async fn a_private_address_is_never_spoken_to(database: Database) {
        let (mut world, dana, _) = begin(database).await;
        let site = Site::start(|_| reply(200, "", b"{}")).await;
        let closed = Egress::new(EgressPolicy::default(), "").unwrap();
        world.app.connect = Arc::new(Connector::new(closed, BTreeMap::new(), world.clock.clone()));
        let app = &world.app;
        let id = own::create(app, &dana, STARTER).await.unwrap().to_string();
        let here = format!("https://{}", site.address);
        for address in ["https://169.254.169.254", here.as_str(), "https://localhost", "https://10.0.0.1", "https://2130706433", "https://[::ffff:7f00:1]"] {
            own::save(app, &dana, &id, &STARTER.replace("https://tickets.acme.example", address)).await.unwrap();
            own::publish(app, &dana, &id).await.unwrap();
            for result in [own::test(app, &dana, &id, token()).await, connections::test_unsaved(app, &dana, ID, token()).await] {
                match result {
                    Ok(check) => assert_eq!((check.state, check.diagnosis.unwrap().code.as_str()), (CheckState::Failed, "egress_blocked"), "{address}"),
                    Err(error) => assert_eq!(error.code, ErrorCode::InvalidField, "{address}"),
                }
            }
        }
        for plain in ["http://169.254.169.254", "http://127.0.0.1"] {
            own::save(app, &dana, &id, &STARTER.replace("https://tickets.acme.example", plain)).await.unwrap();
            assert_eq!(code(own::test(app, &dana, &id, token()).await), ErrorCode::Conflict, "{plain}");
            assert_eq!(code(own::publish(app, &dana, &id).await), ErrorCode::InvalidField, "{plain}");
        }
        assert_eq!(site.seen(), Vec::<String>::new());
    }
}
