//! Where the secrets of connectors of one's own go.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::connect::Connector;
use latchkey::domain::{Actor, CheckState, Role};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::services::own::{self, STARTER};
use latchkey::services::{App, Entries, ErrorCode, Wanted, connections};
use latchkey::store::Database;
use latchkey::vault::Secret;

use crate::egress::site::{Site, reply};
use crate::egress::tls::{Authority, authority, site_with};
use crate::services::world::World;
use crate::support::database::on_both_engines;

const ID: &str = "acme-tickets";
const TOKEN: &str = "canary-token-of-acme";

async fn provider(authority: &Authority) -> Site {
    site_with(authority, "127.0.0.1", (2020, 2100), |path| match path {
        "/api/v1/me" => reply(200, "content-type: application/json\r\n", br#"{"id": 7, "name": "Ada Quill"}"#),
        _ => reply(200, "content-type: application/json\r\n", br#"{"tickets": []}"#),
    })
    .await
}

/// The starter with another address, and a field for the authority of the provider.
fn manifest(site: &Site) -> String {
    let field = "[[fields]]\nid = \"authority\"\ntitle = \"Authority\"\nkind = \"multiline\"\nrequired = true\n\n[target]\nroot_certificate = \"authority\"";
    STARTER.replacen("[target]", field, 1).replacen("https://tickets.acme.example", &format!("https://{}", site.address), 1)
}

fn entries(authority: &Authority) -> Entries {
    [("token", TOKEN.to_owned()), ("authority", authority.pem())].map(|(key, value)| (key.to_owned(), Secret::new(value))).into()
}

async fn begin(database: Database, text: &str) -> (World, Actor, String) {
    let world = World::new(database).await;
    let organization = world.set_up().await.organization;
    let dana = world.member(&organization, Role::OrgAdmin, &[]).await;
    let id = own::create(&world.app, &dana, text).await.unwrap().to_string();
    (world, dana, id)
}

async fn put_into_use(app: &App, dana: &Actor, id: &str, text: &str) {
    own::save(app, dana, id, text).await.unwrap();
    own::publish(app, dana, id).await.unwrap();
}

on_both_engines! {
    async fn a_try_proves_the_account_and_saves_nothing(database: Database) {
        let authority = authority();
        let site = provider(&authority).await;
        let (world, dana, id) = begin(database, &manifest(&site)).await;
        let app = &world.app;
        assert_eq!(own::test(app, &dana, &id, Entries::new()).await.unwrap_err().code, ErrorCode::InvalidField);
        assert_eq!(own::view(app, &dana, &id).await.unwrap().tried.errors.len(), 2);
        let check = own::test(app, &dana, &id, entries(&authority)).await.unwrap();
        assert_eq!((check.state, check.diagnosis), (CheckState::Passed, None));
        let view = own::view(app, &dana, &id).await.unwrap();
        assert_eq!(view.tried.check.as_ref().unwrap().identity.as_ref().unwrap().account_name, "Ada Quill");
        assert_eq!(view.tried.values.keys().collect::<Vec<_>>(), ["authority"]);
        assert!(!serde_json::to_string(&view).unwrap().contains(TOKEN) && !format!("{view:?}").contains(TOKEN));
        assert_eq!(connections::list(app, &dana, &Default::default()).await.unwrap().total, 0);
        own::save(app, &dana, &id, STARTER).await.unwrap();
        assert_eq!(own::view(app, &dana, &id).await.unwrap().tried, Default::default(), "another text has not been tried");
    }

    async fn a_stored_secret_stays_with_the_address_it_was_typed_for(database: Database) {
        let authority = authority();
        let (first, second) = (provider(&authority).await, provider(&authority).await);
        let (world, dana, id) = begin(database, &manifest(&first)).await;
        let app = &world.app;
        own::publish(app, &dana, &id).await.unwrap();
        let connection = connections::create(app, &dana, ID, "", entries(&authority)).await.unwrap();
        assert!(connection.row.name.contains("Ada Quill") && first.seen_with(TOKEN) > 0);
        let refused = own::delete(app, &dana, &id).await.unwrap_err();
        assert!(refused.code == ErrorCode::Conflict && refused.message.contains(&connection.row.name), "{}", refused.message);

        put_into_use(app, &dana, &id, &manifest(&second)).await;
        let check = connections::test(app, &dana, &connection.row.id).await.unwrap();
        assert_eq!((check.state, check.diagnosis.unwrap().code.as_str()), (CheckState::Failed, "egress_blocked"));
        assert!(!second.seen().is_empty(), "it was asked without a credential");
        assert_eq!((second.seen_with(TOKEN), second.seen_with("authorization")), (0, 0));

        put_into_use(app, &dana, &id, &manifest(&first).replace("Acme Tickets", "Acme Desk")).await;
        assert_eq!(connections::test(app, &dana, &connection.row.id).await.unwrap().state, CheckState::Passed);
        let view = connections::view(app, &dana, &connection.row.id).await.unwrap();
        assert_eq!(view.row.connector_name, "Acme Desk");
        connections::disconnect(app, &dana, &connection.row.id, false).await.unwrap();
        own::delete(app, &dana, &id).await.unwrap();
        assert_eq!(connections::view(app, &dana, &connection.row.id).await.unwrap().row.connector_name, ID);
    }

    async fn what_is_somebody_elses_alone_keeps_its_connector(database: Database) {
        let authority = authority();
        let site = provider(&authority).await;
        let (world, dana, id) = begin(database, &manifest(&site)).await;
        let app = &world.app;
        own::publish(app, &dana, &id).await.unwrap();
        let other = world.member(&dana.organization, Role::OrgAdmin, &[]).await;
        let wanted = Wanted { name: "Not to be told", personal: true, team: "" };
        let connection = connections::create(app, &other, ID, wanted, entries(&authority)).await.unwrap();
        let refused = own::delete(app, &dana, &id).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        assert!(refused.message.contains("Acme Tickets of ") && !refused.message.contains("Not to be told"), "{}", refused.message);
        let users = own::view(app, &dana, &id).await.unwrap().connections;
        assert!(matches!(users.as_slice(), [(name, at)] if name.starts_with("Acme Tickets of ") && *at == connection.row.id), "{users:?}");
        connections::disconnect(app, &dana, &connection.row.id, false).await.unwrap();
        own::delete(app, &dana, &id).await.unwrap();
    }

    async fn an_operators_address_is_for_the_connectors_of_latchkey(database: Database) {
        let authority = authority();
        let (theirs, mapped) = (provider(&authority).await, Site::start(|_| reply(200, "", b"{}")).await);
        let (mut world, dana, id) = begin(database, &manifest(&theirs)).await;
        let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
        let overrides = BTreeMap::from([(ID.to_owned(), mapped.url("").to_string())]);
        world.app.connect = Arc::new(Connector::new(Egress::new(policy, "").unwrap(), overrides, world.clock.clone()));
        let check = own::test(&world.app, &dana, &id, entries(&authority)).await.unwrap();
        assert_eq!(check.state, CheckState::Passed);
        assert_eq!(mapped.seen(), Vec::<String>::new());
    }
}
