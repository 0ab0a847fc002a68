//! Every provider that Latchkey knows and plays: its app is added, and a wrong secret told from a right one.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::catalogue::Registry;
use latchkey::connect::Connector;
use latchkey::domain::Role;
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::sandbox::Sandbox;
use latchkey::services::oauth_apps::{self, NewApp};
use latchkey::store::Database;
use tokio::net::TcpListener;

use super::{entries, fields};
use crate::services::world::World;
use crate::support::database::on_both_engines;

/// Connectors whose token address is known only once somebody connects.
const LATER: [&str; 1] = ["shopify"];

on_both_engines! {
    async fn every_app_of_the_catalogue_is_proven_at_its_played_provider(database: Database) {
        let mut world = World::new(database).await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let registry = Registry::embedded().unwrap();
        let sandbox = Sandbox::embedded(&registry).unwrap().with_clock(&world.app.clock);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let places: BTreeMap<String, String> = sandbox.ids().map(|id| (id.to_owned(), format!("{base}/{id}/oauth"))).collect();
        let with_apps = registry.list().into_iter().filter(|manifest| manifest.oauth_by_app().is_some());
        let played: Vec<_> = with_apps.map(|manifest| (manifest.clone(), sandbox.clients(&manifest.id).to_vec())).collect();
        tokio::spawn(async move { sandbox.serve(listener, std::future::pending()).await });
        let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
        world.app.connect = Arc::new(Connector::new(Egress::new(policy, "").unwrap(), BTreeMap::new(), world.clock.clone()).with_oauth_overrides(places));
        assert!(!played.is_empty());
        for (manifest, clients) in played {
            let id = manifest.id.as_str();
            let client = clients.first().unwrap_or_else(|| panic!("{id} has no app to play with"));
            let typed = |secret: &str| {
                let mut all: Vec<(&str, &str)> = client.fields.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
                all.push(("client_id", &client.client_id));
                if manifest.oauth_by_app().unwrap().app_secret {
                    all.push(("client_secret", secret));
                }
                NewApp { label: id.to_owned(), entries: entries(&all), secret_ends_at: None }
            };
            let form = oauth_apps::form(&world.app, &admin, id).await.unwrap();
            let said = form.steps.iter().any(|step| step.contains(&form.redirect_uri));
            assert!(said && !form.steps.concat().contains("{redirect_uri}"), "{id}: the steps name the address to register: {:?}", form.steps);
            let proof = oauth_apps::create(&world.app, &admin, id, typed(&client.client_secret)).await.unwrap_or_else(|error| panic!("{id}: {error:?}")).proof;
            if client.client_secret.is_empty() {
                assert_eq!(proof, None, "{id}");
            } else if LATER.contains(&id) {
                assert_eq!(proof.unwrap().code, "entries_address", "{id}");
            } else {
                assert!(proof.as_ref().unwrap().proven, "{id}: {proof:?}");
                let wrong = oauth_apps::create(&world.app, &admin, id, typed("not the secret of this app")).await;
                assert_eq!(fields(wrong), ["client_secret"], "{id}");
            }
        }
    }
}
