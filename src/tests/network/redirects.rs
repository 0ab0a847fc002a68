//! An open neighbour that points to blocked addresses.

use latchkey::egress::{BoundOrigins, Egress, HttpCall, Limits};

use super::attempts::Payload;
use super::doors::{Door, OPEN};

pub const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// An address that answers `status` and points to `location`.
pub fn pointing(status: u16, location: &str) -> String {
    format!("{OPEN}/r/{status}/{}/", hex::encode(location))
}

/// Where an open neighbour points to for `payload`: the encrypted spelling with every status, the others with one each.
pub fn addresses(payload: &Payload) -> Vec<String> {
    let encrypted = payload.urls.last().unwrap();
    let others = [
        payload.urls[0].clone(),
        format!("//{}/", payload.authority),
        format!("https:\\\\{}\\", payload.authority),
        format!("https://x:y@{}/", payload.authority),
        format!("/x\r\nlocation: {encrypted}"),
    ];
    let mut all: Vec<String> = STATUSES.iter().map(|status| pointing(*status, encrypted)).collect();
    all.extend(others.iter().zip(STATUSES).map(|(location, status)| pointing(status, location)));
    all
}

/// Two neighbours on the way, by every pair of statuses.
pub fn chains(target: &str) -> Vec<String> {
    STATUSES.iter().flat_map(|first| STATUSES.iter().map(move |second| pointing(*first, &pointing(*second, target)))).collect()
}

/// Follows `address` without a secret, as only then a call leaves its origin.
pub async fn follow(egress: &Egress, address: &str) {
    let Ok(url) = address.parse() else { return };
    let _ = egress.send(HttpCall::get(url), &BoundOrigins::default(), &Limits::default()).await;
}

/// A connection to a service without credentials.
pub fn door() -> Door {
    Door::of("rest-api", "base_url").choosing("way", "none")
}
