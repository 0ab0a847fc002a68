//! A provider whose token endpoint fails.

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;

/// Its address; below `/broken` it answers 500, below `/refused` it refuses the grant, below `/silent` it never answers.
pub async fn token_endpoint() -> String {
    let broken = post(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "oops") });
    let refused = post(|| async { (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))) });
    let silent = post(|| async { std::future::pending::<()>().await });
    let router = Router::new().route("/broken/{*rest}", broken).route("/refused/{*rest}", refused).route("/silent/{*rest}", silent);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}
