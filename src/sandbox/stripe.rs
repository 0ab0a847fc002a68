//! Stripe: account, balance and customers under a secret or restricted key (stripe/openapi, `spec3.yaml`).

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::mishap;

/// The key of an account that works, without its prefix.
pub const ACCOUNT: &str = "sandboxAccountThatWorks";
/// The key that may read the balance but not the account.
pub const RESTRICTED: &str = "sandboxRestrictedKey";
/// A key of this prefix and a mishap's word fails that way.
pub const FAILING_ACCOUNT: &str = "sandboxAnswers";

/// A key in test mode: `sk` is a secret, `rk` a restricted one.
pub fn key(kind: &str, name: &str) -> String {
    format!("{kind}_test_{name}")
}

/// The API below its base path.
pub fn router() -> Router {
    Router::new()
        .route("/v1/account", get(account))
        .route("/v1/balance", get(balance))
        .route("/v1/customers", get(customers))
        .route_layer(from_fn(judge))
        .fallback(|| async { (StatusCode::NOT_FOUND, Json(said("Unrecognized request URL."))) })
}

fn said(message: &str) -> Value {
    json!({ "error": { "type": "invalid_request_error", "message": message } })
}

/// The name of the key that the request carries, as Bearer.
fn presented(headers: &HeaderMap) -> Option<&str> {
    let key = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    key.strip_prefix("sk_test_").or_else(|| key.strip_prefix("rk_test_"))
}

async fn judge(request: Request, next: Next) -> Response {
    let name = presented(request.headers()).map(str::to_owned);
    match name.as_deref() {
        Some(ACCOUNT | RESTRICTED) => next.run(request).await,
        Some(name) => match mishap::asked_for(name, FAILING_ACCOUNT) {
            Some(mishap) => mishap::answer(mishap, said).await,
            None => (StatusCode::UNAUTHORIZED, Json(said(&format!("Invalid API Key provided: sk_test_****{}", &name[name.len().saturating_sub(4)..]))))
                .into_response(),
        },
        None => (StatusCode::UNAUTHORIZED, Json(said("You did not provide an API key."))).into_response(),
    }
}

async fn account(headers: HeaderMap) -> Response {
    if presented(&headers) == Some(RESTRICTED) {
        let message = "The provided key does not have the required permissions for this endpoint on account 'acct_1SandboxLatchkey'.";
        return (StatusCode::FORBIDDEN, Json(said(message))).into_response();
    }
    Json(json!({
        "id": "acct_1SandboxLatchkey", "object": "account", "country": "US", "email": "finance@example.com", "charges_enabled": true,
        "business_profile": { "name": "Brightwater Bakery" }, "settings": { "dashboard": { "display_name": "Brightwater Bakery" } }
    }))
    .into_response()
}

async fn balance() -> Json<Value> {
    Json(json!({ "object": "balance", "available": [{ "amount": 1_842_000, "currency": "usd" }], "livemode": false }))
}

async fn customers() -> Json<Value> {
    Json(json!({
        "object": "list", "url": "/v1/customers", "has_more": false,
        "data": [{ "id": "cus_1", "object": "customer", "name": "Ada Quill" }, { "id": "cus_2", "object": "customer", "name": "Bo Marsh" }]
    }))
}
