//! A provider that tells another address with renewed tokens: it is gone to where the manifest allows it, and nowhere else.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey::catalogue::Registry;
use latchkey::connect::Connector;
use latchkey::domain::{ConnectionId, ConnectionStatus};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::services::audit::{self, Filter};
use latchkey::services::{connections, grants};
use latchkey::store::connections::{ConnectionRow, find};
use latchkey::store::credentials::{CredentialRow, active};
use latchkey::store::{Database, grants as rows};
use latchkey::vault::Binding;
use serde_json::{Value, json};

use super::Stage;
use crate::support::database::on_both_engines;
use crate::support::oauth::MANIFESTS;

/// The API where it really is; the token address stays where it is played.
fn unmapped(stage: &mut Stage) {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    let places = BTreeMap::from([("books".to_owned(), format!("{}/oauth", stage.provider.url()))]);
    let connector = Connector::new(Egress::new(policy, "").unwrap(), BTreeMap::new(), stage.world.clock.clone());
    stage.app.connect = Arc::new(connector.with_oauth_overrides(places));
}

async fn stored(stage: &Stage, id: &str) -> (ConnectionRow, CredentialRow, Value) {
    let mut reader = stage.app.database.read().await.unwrap();
    let id = ConnectionId::parse(id).unwrap();
    let row = find(reader.conn(), &stage.organization, &id).await.unwrap().unwrap();
    let credential = active(reader.conn(), &stage.organization, &id).await.unwrap().unwrap();
    let version = credential.version.unsigned_abs();
    let binding = Binding { organization: stage.organization.as_str(), kind: "credential", record: id.as_str(), field: "payload", version };
    let payload = serde_json::from_slice(stage.app.keyring.open(&binding, &credential.sealed).unwrap().expose()).unwrap();
    (row, credential, payload)
}

async fn renew(stage: &Stage, id: &str) {
    assert_eq!(grants::refresh_now(&stage.app, &stage.admin, id).await.unwrap().failure, None);
}

/// Facts of the last renewal.
async fn facts(stage: &Stage) -> Value {
    let entries = audit::list(&stage.app, &stage.admin, &Filter::default(), "", 10).await.unwrap();
    let entry = entries.items.into_iter().find(|entry| entry.action == "credential.renewed").unwrap();
    serde_json::to_value(entry).unwrap()
}

on_both_engines! {
    async fn an_allowed_address_is_taken_over_with_the_tokens(database: Database) {
        let mut stage = Stage::new(database).await;
        let id = stage.connected("books", "acme").await.row.id;
        let before = stored(&stage, &id).await;
        assert!(before.0.config.contains("https://eu1.books.example"), "{}", before.0.config);

        renew(&stage, &id).await;
        let same = stored(&stage, &id).await;
        assert_eq!((&same.0.config, &same.0.host, same.0.row_version), (&before.0.config, &before.0.host, before.0.row_version), "nothing new, nothing written");

        unmapped(&mut stage);
        stage.provider.over(json!({ "instance_url": "https://eu2.books.example" }));
        renew(&stage, &id).await;
        let (row, credential, payload) = stored(&stage, &id).await;
        let config: Value = serde_json::from_str(&row.config).unwrap();
        assert_eq!((config["instance_url"].as_str(), row.host.as_str()), (Some("https://eu2.books.example"), "eu2.books.example"));
        assert_eq!((&credential.config, &credential.host), (&row.config, &row.host), "the version says the same");
        assert_eq!(payload["bound_origins"], json!(["https://eu2.books.example:443"]), "and the tokens go there alone");
        assert_eq!((row.status, row.next_check_at), (ConnectionStatus::Active, Some(stage.app.now())), "it is looked at soon");
        assert!(facts(&stage).await.to_string().contains("eu2.books.example"));
        let view = connections::view(&stage.app, &stage.admin, &id).await.unwrap();
        assert!(view.settings.contains(&("Instance".to_owned(), "https://eu2.books.example".to_owned())), "{:?}", view.settings);

        stage.provider.over(json!({ "instance_url": null }));
        renew(&stage, &id).await;
        assert_eq!(stored(&stage, &id).await.0.config, row.config, "no word of it leaves it as it is");
    }

    async fn an_address_that_the_manifest_does_not_allow_is_not_gone_to(database: Database) {
        let mut stage = Stage::new(database).await;
        let id = stage.connected("books", "acme").await.row.id;
        unmapped(&mut stage);
        let before = stored(&stage, &id).await;
        let suffixes = "host_suffixes = [\".books.example\"]\n";
        let (file, books) = MANIFESTS[1];
        assert!(books.contains(suffixes));
        let anywhere = Registry::from_texts(&[(file, &books.replacen(suffixes, "", 1))]).unwrap();
        for (round, address) in ["https://books.example.evil.example", "https://evilbooks.example", "https://books.example", "https://eu2.books.example"].into_iter().enumerate() {
            if round == 3 {
                stage.app.catalogue = Arc::new(anywhere.clone());
            }
            stage.provider.over(json!({ "instance_url": address }));
            renew(&stage, &id).await;
            let after = stored(&stage, &id).await;
            assert_eq!((&after.0.config, &after.0.host, &after.1.config), (&before.0.config, &before.0.host, &before.1.config), "{address}");
            assert_eq!(after.2["bound_origins"], before.2["bound_origins"], "{address}");
            assert_ne!(after.2["grant"], before.2["grant"], "{address}: the new tokens are kept, for the old ones may have ended");
            assert!(facts(&stage).await.to_string().contains("address_refused"), "{address}");
        }
        let connection = ConnectionId::parse(&id).unwrap();
        let grant = rows::active(stage.app.database.read().await.unwrap().conn(), &stage.organization, &connection).await.unwrap().unwrap();
        assert_eq!((grant.generation, grant.failures), (5, 0));
    }
}
