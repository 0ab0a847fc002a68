//! Ways back that the provider signs with the app's secret, as Shopify does.

use latchkey::domain::ConsentTrouble;
use latchkey::services::drafts;
use latchkey::store::Database;

use super::{Stage, signed, trouble, with};
use crate::support::database::on_both_engines;
use crate::support::oauth::SECRET;

on_both_engines! {
    async fn row_05_a_way_back_that_the_provider_did_not_sign_brings_no_code_to_it(database: Database) {
        let stage = Stage::new(database).await;
        let draft = drafts::start(&stage.app, &stage.admin, "shelf").await.unwrap();
        stage.fill_in(&draft, &[("way", "account")]).await;
        for change in ["missing", "empty", "zeros", "cut", "another secret", "another code", "one more", "one less", "denied"] {
            let url = stage.go(&draft).await;
            let back = stage.allowed(&url, "a");
            let right = back.iter().find(|(name, _)| *name == "hmac").unwrap().1.clone();
            let changed = match change {
                "missing" => with(&back, "hmac", None),
                "empty" => with(&back, "hmac", Some("")),
                "zeros" => with(&back, "hmac", Some(&"0".repeat(64))),
                "cut" => with(&back, "hmac", Some(&right[..32])),
                "another secret" => signed(&back, "another"),
                "another code" => with(&back, "code", Some(&stage.provider.allows(&url, "b"))),
                "one more" => with(&back, "shop", Some("other")),
                "one less" => with(&back, "realmId", None),
                _ => with(&with(&back, "code", None), "error", Some("access_denied")),
            };
            assert_eq!(trouble(stage.arrive("shelf", &changed).await), ConsentTrouble::Issuer, "{change}");
            assert_eq!(trouble(stage.arrive("shelf", &back).await), ConsentTrouble::StateInvalid, "{change}: the state is used");
        }
        assert_eq!((stage.provider.exchanges(), stage.count().await), (0, 0));
        let denied = with(&with(&stage.allowed(&stage.go(&draft).await, "a"), "code", None), "error", Some("access_denied"));
        assert_eq!(trouble(stage.arrive("shelf", &signed(&denied, SECRET)).await), ConsentTrouble::Denied, "a signed no is a no");
        stage.trip("shelf", &draft, "a").await.unwrap();
        assert_eq!((stage.provider.exchanges(), stage.count().await), (1, 1), "the draft was not hurt");
    }
}
