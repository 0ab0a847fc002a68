//! Mistakes in a sandbox file are named with their file and key.

use latchkey::catalogue::{Manifest, Registry, Tier};
use latchkey::sandbox::Sandbox;

const GOOD: &str = r#"
[auth.default]
headers = { Authorization = "Bearer {api_key}" }
[refusal]
status = 401
[skip]
revoked = "x"
few_rights = "x"
rate_limited = "x"
down = "x"
html = "x"
slow = "x"
endless = "x"
[[accounts]]
kind = "works"
values = { api_key = "sk_test_sandbox" }
[[accounts]]
kind = "wrong"
values = { api_key = "sk_test_sandboxWrong" }
[[routes]]
path = "/rows"
body = '[]'
"#;

fn manifest() -> Manifest {
    Manifest::clone(Registry::embedded().unwrap().get("stripe").unwrap())
}

fn words(manifest: &Manifest, text: &str) -> String {
    Sandbox::of(manifest, text).err().unwrap_or_default().iter().map(|error| format!("{error}\n")).collect()
}

#[test]
fn every_mistake_names_file_and_key() {
    assert_eq!(words(&manifest(), GOOD), "");
    for (from, to, said) in [
        ("status = 401", "state = 401", "line 5"),
        ("endless = \"x\"", "", "stripe.sandbox.toml: `accounts` has none of the kind `endless`"),
        ("endless = \"x\"", "endless = \" \"", "`skip.endless` needs a reason"),
        ("endless = \"x\"", "endless = \"x\"\nwrong = \"x\"", "`skip.wrong` is left out, but there is an account"),
        ("endless = \"x\"", "endless = \"x\"\nworks = \"x\"", "`skip.works` is no kind of account that can be left out"),
        ("api_key = \"sk_test_sandboxWrong\"", "token = \"x\"", "`accounts[1] (wrong).values.token` is no field of the manifest"),
        ("kind = \"wrong\"", "kind = \"wrong\"\nauth = \"key\"", "`accounts[1] (wrong).auth` names `[auth.key]`, which is not there"),
        ("kind = \"wrong\"", "kind = \"wrong\"\nexpect = \"refused\"", "`accounts[1] (wrong).expect` is `refused`"),
        ("kind = \"wrong\"", "kind = \"other\"", "`accounts[1] (other).title` must say what it shows"),
        ("few_rights = \"x\"", "", "`accounts` has none of the kind `few_rights`"),
        ("path = \"/rows\"", "path = \"rows\"", "`routes[0] (GET rows).path` must begin with /"),
        ("path = \"/rows\"", "path = \"/rows?limit=1\"", "its parameters stand in `query`"),
        ("path = \"/rows\"", "path = \"/of/{shop}\"", "names {shop}, which is no field"),
        ("path = \"/rows\"", "path = \"/of/{api_key}\"", "names {api_key}, which is a secret"),
        ("path = \"/rows\"", "path = \"/rows\"\nmethod = \"PATCH\"", ".method` must be one of GET, POST, DELETE"),
        ("path = \"/rows\"", "path = \"/rows\"\naccounts = [\"few\"]", ".accounts` names `few`"),
        ("body = '[]'", "body = '[1,]'", "`routes[0] (GET /rows).body` looks like JSON but is none"),
        ("{api_key}", "{token}", "`auth.default` names {token}, which is no field"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let found = words(&manifest(), &GOOD.replacen(from, to, 1));
        assert!(found.contains(said) && found.contains("stripe.sandbox.toml"), "{to}: `{said}` is not in:\n{found}");
    }
}

#[test]
fn a_kind_that_must_differ_says_how() {
    let text = GOOD.replace("down = \"x\"", "") + "[[accounts]]\nkind = \"down\"\nvalues = { api_key = \"sk_test_sandboxDown\" }\n";
    assert!(words(&manifest(), &text).contains("`accounts[2] (down)` differs in nothing from one that works"));
}

#[test]
fn a_preview_may_have_fewer_kinds() {
    let mut manifest = manifest();
    manifest.tier = Tier::Preview;
    assert_eq!(words(&manifest, &GOOD.replace("endless = \"x\"", "")), "");
}

#[test]
fn mistakes_in_played_oauth_are_named() {
    const XERO: &str = include_str!("../../catalogue/manifests/xero.sandbox.toml");
    let xero = Manifest::clone(Registry::embedded().unwrap().get("xero").unwrap());
    assert_eq!(words(&xero, XERO), "");
    for (from, to, said) in [
        ("authorize = \"/identity/connect/authorize\"\n", "", "`oauth.authorize` is missing"),
        ("authorize = \"/identity", "authorize = \"identity", "`oauth.authorize` must begin with /"),
        ("token = \"/connect/token\"", "token = \"/-/token\"", "`oauth.token` must begin with /"),
        ("revoke = \"/connect/revocation\"", "revoke = \"/connect?a=1\"", "`oauth.revoke` must begin with /"),
        ("pkce = true", "pkce = true\ngrant = \"client_credentials\"", "`oauth.authorize` belongs to the code grant"),
        ("pkce = true", "pkce = true\ngrant = \"jwt_bearer\"", "`oauth.assertion` belongs to the grant"),
        ("body_refused = '{\"error\":\"{error}\"}'", "body_refused = '{\"error\":1}'", "`oauth.body_refused` must hold {error}"),
        ("\"expires_in\":{expires_in},", "\"expires_in\":,", "`oauth.body_ok` is no JSON"),
        ("{access_token}\",\"expires_in\"", "x\",\"expires_in\"", "`oauth.body_ok` must hold {access_token}"),
        ("pkce = true", "pkce = \"S256\"", "line"),
    ] {
        assert!(XERO.contains(from), "{from}");
        let found = words(&xero, &XERO.replacen(from, to, 1));
        assert!(found.contains(said), "{to}: `{said}` is not in:\n{found}");
    }
    let clients = XERO.replacen("[[oauth.clients]]\nclient_id = \"5A4DB0C5A4DB0C5A4DB0C5A4DB0C0001\"\nclient_secret = \"sandbox-xero-secret\"\n", "", 1);
    assert!(words(&xero, &clients).contains("`oauth.clients` is empty"));
    let mut without = xero.clone();
    without.oauth = None;
    assert!(words(&without, XERO).contains("the manifest has no `[oauth]`"));
}
