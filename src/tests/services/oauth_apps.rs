//! Apps that organizations register with providers: who may, what is proven, what is kept and what never comes back.

mod doctor;
mod life;
mod proof;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use latchkey::catalogue::Registry;
use latchkey::connect::Connector;
use latchkey::domain::{Actor, ActorKind, OrganizationId, Role, Timestamp};
use latchkey::egress::{Egress, EgressPolicy};
use latchkey::services::oauth_apps::{self, NewApp, NewSecret, Saved};
use latchkey::services::{App, Entries, ErrorCode, ServiceError};
use latchkey::store::Database;
use latchkey::vault::Secret;
use serde_json::json;

use crate::canaries::MARKER;
use crate::connect::bench::{Received, provider};
use crate::services::world::World;

/// A connector whose apps people register; `acme` and `acme-two` differ by their ids alone.
const MANIFEST: &str = include_str!("oauth_apps/acme.toml");

/// How the token address behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It judges the app, then the code (RFC 6749 §5.2).
    Honest,
    /// It judges the app under a code of its own.
    OwnCode,
    /// It answers the same whatever the secret is.
    Blind,
    /// It has a fault.
    Broken,
    /// It hands out a token for any code.
    Generous,
}

/// An organization with an admin, and a provider with a token address.
pub struct Stage {
    pub world: World,
    pub app: App,
    pub organization: OrganizationId,
    pub admin: Actor,
    pub mode: Arc<Mutex<Mode>>,
    pub log: Arc<Mutex<Vec<Received>>>,
}

/// The secret of this number, which the provider takes when it is even.
pub fn secret(number: usize) -> String {
    format!("{MARKER}{number:04}-{}", if number.is_multiple_of(2) { "good" } else { "bad" })
}

fn answer(mode: Mode, request: &Received) -> Response {
    let said =
        |status: u16, code: &str| (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": code, "error_description": request.body }))).into_response();
    let basic = request.headers.get("authorization").and_then(|value| value.strip_prefix("Basic ")).unwrap_or_default();
    let good = String::from_utf8(STANDARD.decode(basic).unwrap_or_default()).unwrap_or_default().ends_with("-good");
    match (mode, good) {
        (Mode::Honest, false) => said(401, "invalid_client"),
        (Mode::OwnCode, false) => said(200, "bad_app"),
        (Mode::Honest | Mode::OwnCode, true) | (Mode::Blind, _) => said(400, "invalid_grant"),
        (Mode::Broken, _) => said(500, "server_error"),
        (Mode::Generous, _) => Json(json!({ "access_token": "made-up", "token_type": "bearer" })).into_response(),
    }
}

impl Stage {
    pub async fn set(database: Database) -> Self {
        let second = MANIFEST.replace("id = \"acme\"\nname = \"Acme\"", "id = \"acme-two\"\nname = \"Acme Two\"");
        let other = latchkey::services::own::STARTER;
        let catalogue = Registry::from_texts(&[("acme.toml", MANIFEST), ("acme-two.toml", &second), ("acme-tickets.toml", other)]).unwrap();
        let mut world = World::of(database, catalogue, BTreeMap::new(), "").await;
        let organization = world.set_up().await.organization;
        let admin = world.member(&organization, Role::OrgAdmin, &[]).await;
        let mode = Arc::new(Mutex::new(Mode::Honest));
        let asked = mode.clone();
        let (base, log) = provider(move |request| answer(*asked.lock().unwrap(), request)).await;
        world.app.connect = Arc::new(connector(&world, &base));
        Self { app: world.app.clone(), world, organization, admin, mode, log }
    }

    pub fn is(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    pub async fn add(&self, label: &str, number: usize) -> Result<Saved, ServiceError> {
        oauth_apps::create(&self.app, &self.admin, "acme", new(label, &secret(number))).await
    }

    pub async fn swap(&self, id: &str, number: usize, accept_unproven: bool) -> Result<Saved, ServiceError> {
        let new = NewSecret { entries: entries(&[("client_secret", &secret(number))]), ends_at: None, accept_unproven };
        oauth_apps::rotate(&self.app, &self.admin, id, new).await
    }

    /// The secret that is in use.
    pub async fn in_use(&self, id: &str) -> String {
        let row = oauth_apps::find_for_use(&self.app, &self.admin, "acme", id).await.unwrap();
        oauth_apps::credentials(&self.app, &row).unwrap().client_secret.unwrap().expose().clone()
    }

    /// Action, outcome and detail of every entry about apps, oldest first.
    pub async fn recorded(&self) -> Vec<(String, String, serde_json::Value)> {
        let filter = latchkey::services::audit::Filter::default();
        let view = latchkey::services::audit::list(&self.app, &self.admin, &filter, "", 100).await.unwrap();
        let of_apps = view.items.into_iter().rev().filter(|entry| entry.action.starts_with("oauth_app."));
        of_apps.map(|entry| (entry.action, entry.outcome, serde_json::to_value(entry.facts).unwrap())).collect()
    }
}

/// A connector whose token addresses are at `base`.
pub fn connector(world: &World, base: &str) -> Connector {
    let policy = EgressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()], ..EgressPolicy::default() };
    let places = ["acme", "acme-two"].map(|id| (id.to_owned(), base.to_owned())).into();
    Connector::new(Egress::new(policy, "").unwrap(), BTreeMap::new(), world.clock.clone()).with_oauth_overrides(places)
}

pub fn entries(values: &[(&str, &str)]) -> Entries {
    values.iter().map(|(id, value)| ((*id).to_owned(), Secret::new((*value).to_owned()))).collect()
}

/// An app as an admin types it.
pub fn new(label: &str, secret: &str) -> NewApp {
    let entries = entries(&[("client_id", " acme-client-1 "), ("client_secret", secret), ("developer_token", &developer_token()), ("customer", "4471902256")]);
    NewApp { label: label.to_owned(), entries, secret_ends_at: None }
}

pub fn developer_token() -> String {
    format!("{MARKER}9999")
}

pub fn code<T>(result: Result<T, ServiceError>) -> ErrorCode {
    result.err().expect("refused").code
}

pub fn fields<T>(result: Result<T, ServiceError>) -> Vec<String> {
    let error = result.err().expect("refused");
    assert_eq!(error.code, ErrorCode::InvalidField, "{error:?}");
    error.fields.into_iter().map(|field| field.field).collect()
}

/// The same person, who signed in too long ago.
pub fn stale(actor: &Actor) -> Actor {
    let mut actor = actor.clone();
    if let ActorKind::Member { proven_at, .. } = &mut actor.kind {
        *proven_at = Timestamp::from_millis(proven_at.millis() - 600_001);
    }
    actor
}
