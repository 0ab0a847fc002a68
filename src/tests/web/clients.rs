//! The clients that `docs/API.md` shows, against the server: they are read by people who copy them.

#[expect(dead_code, clippy::disallowed_methods, reason = "a program outside, as people copy it")]
#[path = "../../../docs/clients/latchkey.rs"]
mod rust_client;

use std::path::Path;
use std::process::{Command, Stdio};

use self::rust_client::Latchkey;
use super::reads::planted::{ACCESS, Tokens, with_tokens};
use crate::support::server::{ADMIN, TestServer, on_both_servers};
use crate::web::audit_unwritable::{break_the_log, mend_the_log};
use crate::web::bearer::key;

const PYTHON: &str = r#"
import sys
sys.path.insert(0, sys.argv[1])
import latchkey
vault = latchkey.Latchkey(sys.argv[2], sys.argv[3])
one = vault.credential(sys.argv[4])
assert vault.credential(sys.argv[4]) is one, "it is kept"
one.refresh_at = 0
assert vault.credential(sys.argv[4]) is one and one.refresh_at > 0, "nothing new"
vault.forget(sys.argv[4])
two = vault.credential(sys.argv[4])
assert two is not one and two.tag == one.tag
assert one.token not in repr(one)
try:
    vault.credential("con_00000000000000000000000000")
    raise SystemExit("it was handed out")
except latchkey.Refused as refused:
    assert (refused.status, refused.code, refused.retry_after) == (404, "not_found", None), refused
try:
    latchkey.Latchkey("http://127.0.0.1:1", sys.argv[3]).credential(sys.argv[4])
    raise SystemExit("nobody was there")
except latchkey.Refused as refused:
    assert (refused.code, refused.retry_after) == ("unreachable", 5), refused
print(two.token)
"#;

const TYPESCRIPT: &str = r#"
import { Latchkey, Refused } from "FOLDER/latchkey.ts";
const [url, key, id] = process.argv.slice(-3);
const same = (one: unknown, other: unknown, why: string) => { if (one !== other) throw new Error(`${why}: ${one} ${other}`); };
const vault = new Latchkey(url, key);
const [one, two] = await Promise.all([vault.credential(id), vault.credential(id)]);
same(one, two, "asked once for both");
one.refresh_at = 0;
const held = await vault.credential(id);
same(held.refresh_at > Date.now(), true, "nothing new");
vault.forget(id);
await vault.credential(id);
const refusal = async (vault: Latchkey, id: string) => vault.credential(id).then(() => { throw new Error("handed out"); }, (error: Refused) => error);
const missing = await refusal(vault, "con_00000000000000000000000000");
same(missing.code, "not_found", "code");
same(missing.retryAfter, null, "a person has to act");
same((await refusal(new Latchkey("http://127.0.0.1:1", key), id)).code, "unreachable", "code");
console.log(held.credential.access_token);
"#;

/// What a program prints, which must end well.
async fn printed(mut command: Command) -> String {
    let done = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output().unwrap()).await.unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&done.stdout).trim().to_owned(), String::from_utf8_lossy(&done.stderr).into_owned());
    assert!(done.status.success(), "{said}\n{wrong}");
    said
}

/// How many reads were recorded of one program.
async fn reads(server: &TestServer, admin: &crate::support::client::Client, name: &str, home: &str) -> usize {
    let app = home.rsplit('/').next().unwrap();
    let entries = admin.get(&format!("/api/v1/audit?who={app}&what=credentials")).await.json();
    let items = entries["data"]["items"].as_array().unwrap().clone();
    assert!(items.iter().all(|item| item["user_agent"].as_str().unwrap().starts_with("latchkey-")), "{name} at {}: {entries}", server.url);
    items.len()
}

on_both_servers! {
    async fn the_python_client_does_what_it_says(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let (key, home, _) = key(&admin, "Python", &["credentials:token"], None).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/clients");
        let mut command = Command::new("python3");
        command.args(["-B", "-c", PYTHON]).arg(&folder).args([server.url.as_str(), &key, id.as_str()]);
        assert_eq!(printed(command).await, ACCESS);
        assert_eq!(reads(server, &admin, "Python", &home).await, 3, "one, nothing new, and one after it was forgotten");
    }

    async fn the_typescript_client_does_what_it_says(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let (key, home, _) = key(&admin, "TypeScript", &["credentials:token"], None).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("try.ts");
        std::fs::write(&script, TYPESCRIPT.replace("FOLDER", root.join("docs/clients").to_str().unwrap())).unwrap();
        // Comes with the stylesheet's tools, which `make test` installs.
        let mut command = Command::new(root.join("style/node_modules/.bin/jiti"));
        command.env("JITI_FS_CACHE", "false").arg(&script).args([server.url.as_str(), &key, id.as_str()]);
        assert_eq!(printed(command).await, ACCESS);
        assert_eq!(reads(server, &admin, "TypeScript", &home).await, 3, "one for both, nothing new, and one after it was forgotten");
    }

    async fn the_rust_client_does_what_it_says(server: &TestServer) {
        let admin = server.set_up().await;
        let dana = server.member_row(&server.organization().await, ADMIN).await;
        let (key, home, _) = key(&admin, "Rust", &["credentials:read"], None).await;
        let id = with_tokens(server, &dana, "Ads", &Tokens::default()).await;
        // Twenty minutes are more than a token of this provider has.
        let short = Latchkey::new(server.client().http, &server.url, &key).min_valid(1_200).credential(id.as_str()).await.unwrap_err();
        assert_eq!((short.status, short.code.as_str(), short.retry_after.is_some()), (503, "token_unavailable", true), "{short}");
        let vault = Latchkey::new(server.client().http, &server.url, &key);
        let one = vault.credential(id.as_str()).await.unwrap();
        assert_eq!((one.credential.access_token.as_deref(), one.version), (Some(ACCESS), 1));
        assert!(!format!("{one:?}").contains(ACCESS));
        break_the_log(&server.server.app.database).await;
        assert!(std::sync::Arc::ptr_eq(&one, &vault.credential(id.as_str()).await.unwrap()), "it is kept");
        vault.forget(id.as_str()).await;
        assert_eq!(vault.credential(id.as_str()).await.unwrap_err().code, "audit_unavailable");
        mend_the_log(&server.server.app.database).await;
        let other = vault.credential("con_00000000000000000000000000").await.unwrap_err();
        assert_eq!((other.status, other.code.as_str()), (404, "not_found"));
        assert_eq!(reads(server, &admin, "Rust", &home).await, 2, "one that was refused, and one");
    }
}
