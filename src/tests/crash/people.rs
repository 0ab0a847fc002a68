//! Somebody who changes connections until the program is gone.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ledger::{Ledger, Pending};
use super::{Chance, Fuse};
use crate::support::client::Client;

/// Connections that one person keeps at a time.
const KEPT: usize = 4;

/// One request; none when the program was killed before its answer was read whole.
async fn ask(client: &Client, fuse: &Fuse, method: &str, path: &str, body: &Value) -> Option<(u16, String)> {
    fuse.tick();
    let url = client.address(path);
    let request = client.http.request(method.parse().unwrap(), &url).header("cookie", client.cookie_header()).header("origin", client.address(""));
    let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.ok()?;
    let status = answer.status().as_u16();
    let text = answer.text().await.ok()?;
    fuse.tick();
    Some((status, text))
}

fn data(text: &str) -> Value {
    serde_json::from_str::<Value>(text).unwrap()["data"].clone()
}

/// Works until the program does not answer any more, and hands back what was acknowledged.
pub async fn work(client: Client, fuse: Arc<Fuse>, mut chance: Chance, mut ledger: Ledger) -> Ledger {
    while step(&client, &fuse, &mut chance, &mut ledger).await.is_some() {}
    ledger
}

async fn step(client: &Client, fuse: &Fuse, chance: &mut Chance, ledger: &mut Ledger) -> Option<()> {
    let live = ledger.live();
    if live.len() < 2 || (live.len() < KEPT && chance.below(4) == 0) {
        return create(client, fuse, ledger).await;
    }
    let id = live[usize::try_from(chance.below(live.len() as u64)).unwrap()].clone();
    let at = format!("/api/v1/connections/{id}");
    match chance.below(10) {
        0..=3 => {
            let secret = ledger.new_secret("good");
            ledger.pend(&id, Pending::Swap(secret.clone()));
            let (status, text) = ask(client, fuse, "PUT", &format!("{at}/credentials"), &json!({"fields": {"password": secret}})).await?;
            assert_eq!(status, 200, "{text}");
            ledger.swapped(&id, data(&text)["version"].as_i64().unwrap(), secret);
        }
        4 => {
            let (status, text) = ask(client, fuse, "PUT", &format!("{at}/credentials"), &json!({"fields": {"password": "wrong"}})).await?;
            assert_eq!(status, 422, "{text}");
        }
        5 | 6 => {
            ledger.pend(&id, Pending::Restore);
            let (status, text) = ask(client, fuse, "POST", &format!("{at}/credentials/restore"), &json!({})).await?;
            assert!(status == 200 || status == 409, "{status} {text}");
            ledger.restored(&id, (status == 200).then(|| data(&text)["version"].as_i64().unwrap()));
        }
        7 => through_the_form(client, fuse, ledger, &id).await?,
        8 => {
            let (status, text) = ask(client, fuse, "POST", &format!("{at}/test"), &json!({})).await?;
            // A test that a kill cut short counts as running until its time is over.
            let cut_short = status == 409 && text.contains("running already");
            assert!(cut_short || (status == 200 && data(&text)["state"] == "passed"), "{status} {text}");
        }
        _ => {
            ledger.pend(&id, Pending::Disconnect);
            let (status, text) = ask(client, fuse, "POST", &format!("{at}/disconnect"), &json!({})).await?;
            assert_eq!(status, 200, "{text}");
            ledger.disconnected(&id);
            if chance.below(2) == 0 {
                ledger.pend(&id, Pending::Delete);
                let (status, text) = ask(client, fuse, "DELETE", &at, &json!({})).await?;
                assert_eq!(status, 200, "{text}");
                ledger.deleted(&id);
            }
        }
    }
    Some(())
}

async fn create(client: &Client, fuse: &Fuse, ledger: &mut Ledger) -> Option<()> {
    let (name, secret) = (ledger.new_name(), ledger.new_secret("good"));
    let fields = json!({"username": name, "password": secret, "site": "crash"});
    let (status, text) = ask(client, fuse, "POST", "/api/v1/connections", &json!({"connector": "ventures", "name": name, "fields": fields})).await?;
    assert_eq!(status, 201, "{text}");
    ledger.created(data(&text)["row"]["id"].as_str().unwrap(), secret);
    Some(())
}

/// The form of the page: what it starts ends by itself.
async fn through_the_form(client: &Client, fuse: &Fuse, ledger: &mut Ledger, id: &str) -> Option<()> {
    let secret = ledger.new_secret("good");
    if !ledger.open_form(id, &secret) {
        return Some(());
    }
    fuse.tick();
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs([("id", id), ("password", &secret)]).finish();
    let request = client.http.post(client.address("/actions/connections/credentials")).header("cookie", client.cookie_header());
    let request = request.header("origin", client.address("")).header("content-type", "application/x-www-form-urlencoded").body(body);
    let answer = request.send().await.ok()?;
    assert_eq!(answer.status().as_u16(), 303);
    loop {
        let (status, text) = ask(client, fuse, "GET", &format!("/connections/{id}/credentials/test"), &json!({})).await?;
        if status == 303 {
            break;
        }
        assert!(status == 200 && text.contains("Testing the new"), "{status} {text}");
    }
    let (_, text) = ask(client, fuse, "GET", &format!("/api/v1/connections/{id}/credentials/versions"), &json!({})).await?;
    let active = data(&text)["items"].as_array().unwrap().iter().find(|version| version["active"] == true).unwrap()["version"].as_i64().unwrap();
    ledger.swapped(id, active, secret);
    ledger.close_form(id);
    Some(())
}
