//! The API from the first test to the disconnect, against the emulated providers.

use serde_json::json;

use crate::support::server::{TestServer, on_both_servers};

const PASSWORD: &str = "correct-horse";
const STRIPE: &str = "sk_test_sandboxAccountThatWorks";

on_both_servers! {
    async fn ventures_is_configured_shown_and_disconnected(server: &TestServer) {
        let admin = server.set_up().await;
        let base = "/api/v1/connectors/ventures";
        let nothing = json!({"configured": false, "username": null, "site": null});
        assert_eq!(admin.get(&format!("{base}/status")).await.json()["data"], nothing);

        let wrong = json!({"username": "api_user", "password": "canary-of-a-password", "site": "test_integration"});
        let refused = admin.json(&format!("{base}/configure"), wrong).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "check_failed"), "{}", refused.body);
        assert_eq!(refused.json()["error"]["details"]["diagnosis"]["code"], "auth_rejected");
        assert!(!refused.body.contains("canary-of-a-password"), "{}", refused.body);
        assert_eq!(admin.get(&format!("{base}/status")).await.json()["data"]["configured"], false, "nothing was saved");

        let right = json!({"username": "api_user", "password": PASSWORD, "site": "test_integration"});
        let done = admin.json(&format!("{base}/configure"), right).await;
        assert_eq!((done.status, done.json()), (200, json!({"success": true, "message": "Connected to Ventures"})));
        let status = admin.get(&format!("{base}/status")).await;
        assert_eq!(status.json()["data"], json!({"configured": true, "username": "api_user", "site": "test_integration"}));

        let listed = admin.get("/api/v1/connections").await;
        assert!(!listed.body.contains(PASSWORD));
        let id = listed.json()["data"]["items"][0]["id"].as_str().unwrap().to_owned();
        let tested = admin.json(&format!("/api/v1/connections/{id}/test"), json!({})).await;
        assert_eq!((tested.status, &tested.json()["data"]["state"]), (200, &json!("passed")), "{}", tested.body);
        let view = admin.get(&format!("/api/v1/connections/{id}")).await;
        assert_eq!(view.json()["data"]["status"], "active");
        assert!(!view.body.contains(PASSWORD));

        assert_eq!(admin.json(&format!("{base}/disconnect"), json!({})).await.status, 200);
        assert_eq!(admin.get(&format!("{base}/status")).await.json()["data"], nothing);
        assert_eq!(admin.json(&format!("{base}/disconnect"), json!({})).await.status, 404);
    }

    async fn stripe_is_tried_saved_and_seen_by_its_own_organization_alone(server: &TestServer) {
        let admin = server.set_up().await;
        let (stranger, _) = server.second_organization().await;
        let fields = json!({"api_key": STRIPE});
        let tried = admin.json("/api/v1/connections/test", json!({"connector": "stripe", "fields": fields})).await;
        assert_eq!((tried.status, &tried.json()["data"]["state"]), (200, &json!("passed")), "{}", tried.body);
        assert_eq!(admin.get("/api/v1/connections").await.json()["data"]["items"], json!([]), "a test saves nothing");

        let made = admin.json("/api/v1/connections", json!({"connector": "stripe", "name": "Shop", "fields": fields})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert!(!made.body.contains(STRIPE) && !tried.body.contains(STRIPE));
        let id = made.json()["data"]["row"]["id"].as_str().unwrap().to_owned();
        assert_eq!(stranger.get(&format!("/api/v1/connections/{id}")).await.status, 404);
        assert_eq!(stranger.json(&format!("/api/v1/connections/{id}/disconnect"), json!({})).await.status, 404);
        assert_eq!(admin.json(&format!("/api/v1/connections/{id}/disconnect"), json!({})).await.status, 200);
    }

    async fn entries_that_do_not_fit_are_refused_by_field(server: &TestServer) {
        let admin = server.set_up().await;
        let cases = [json!({}), json!({"api_key": ""}), json!({"api_key": "canary of a key with spaces"}), json!({"api_key": STRIPE, "canary_field": "x"})];
        for fields in cases {
            for path in ["/api/v1/connections", "/api/v1/connections/test"] {
                let answer = admin.json(path, json!({"connector": "stripe", "fields": fields})).await;
                assert_eq!(answer.status, 422, "{path} {fields}: {}", answer.body);
                assert!(!answer.json()["error"]["details"]["fields"].as_array().unwrap().is_empty(), "{}", answer.body);
                assert!(!answer.body.contains("canary of a key"), "{}", answer.body);
            }
        }
        let answer = admin.json("/api/v1/connections", json!({"connector": "nothing", "fields": {}})).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
    }
}
