//! A failing token endpoint never withholds a token that still works.

use serde_json::json;

use super::planted::{ACCESS, Tokens, become_one_of, with_tokens};
use super::{a_key, read};
use crate::support::database::Engine;
use crate::support::failing::token_endpoint;
use crate::support::program::free_port;
use crate::support::server::{ADMIN, TestServer};

/// Connectors, each of whose token endpoint fails in a way of its own.
const WAYS: [(&str, &str); 4] = [("xero", "broken"), ("sage", "refused"), ("quickbooks", "silent"), ("google-drive", "down")];

async fn reads_go_on(engine: Engine) {
    let url = token_endpoint().await;
    let settings = WAYS.map(|(connector, way)| {
        let name = format!("LATCHKEY_CONNECTORS__{}__OAUTH_URL", connector.to_uppercase());
        (name, if way == "down" { format!("http://127.0.0.1:{}", free_port()) } else { format!("{url}/{way}") })
    });
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let server = TestServer::start_with(engine, &settings).await;
    let admin = server.set_up().await;
    let dana = server.member_row(&server.organization().await, ADMIN).await;
    let key = a_key(&admin, "Token", &["credentials:token"]).await;
    for (connector, way) in WAYS {
        let id = with_tokens(&server, &dana, way, &Tokens { is_due: true, ..Tokens::default() }).await;
        become_one_of(&server, &id, connector, &json!({})).await;
        let renewing = {
            let (http, address) = (admin.http.clone(), admin.address(&format!("/api/v1/connections/{id}/refresh")));
            let request = http.post(address).header("cookie", admin.cookie_header()).header("origin", &server.url).header("content-type", "application/json");
            tokio::spawn(request.body("{}").send())
        };
        for number in 0..20 {
            let answer = read(&server, &key, id.as_str()).await;
            assert_eq!(answer.status, 200, "{way}, read {number}: {}", answer.body);
            assert!(answer.body.contains(ACCESS), "{way}: {}", answer.body);
        }
        renewing.abort();
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_token_endpoint_withholds_nothing_that_works_on_sqlite() {
    reads_go_on(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_token_endpoint_withholds_nothing_that_works_on_postgres() {
    reads_go_on(Engine::Postgres).await;
}
