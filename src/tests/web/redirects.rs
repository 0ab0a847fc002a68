//! Nothing that a visitor sends leads a browser to another site (RFC 9700 §4.11): judged as a browser resolves `Location`.

use url::Url;

use crate::support::client::Answer;
use crate::support::server::{ADMIN, PASSWORD, TestServer, on_both_servers};

/// Ways of naming another site that look like a path, or that a parser might read otherwise.
const PAYLOADS: [&str; 84] = [
    "https://evil.example",
    "http://evil.example",
    "HTTPS://evil.example",
    "hTtPs:evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:////evil.example",
    "https:\\evil.example",
    "https:\\\\evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/////evil.example/..",
    "//evil.example/%2f..",
    "//evil.example:80/",
    "//evil.example?x",
    "//evil.example#x",
    "//user@evil.example",
    "//connections@evil.example",
    "//[::1]/",
    "//0x7f.1/",
    "//2130706433",
    "/\\evil.example",
    "/\\/evil.example",
    "/\\\\evil.example",
    "\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "\\/\\/evil.example",
    "\\//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    "\n//evil.example",
    " //evil.example",
    "  https://evil.example",
    "\u{a0}//evil.example",
    "\u{feff}//evil.example",
    "\0//evil.example",
    "\u{1}https://evil.example",
    "java\tscript:alert(1)",
    "javascript:alert(1)",
    "javascript://evil.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://evil.example/1",
    "about:blank",
    "mailto:a@evil.example",
    "ftp://evil.example",
    "ws://evil.example",
    "view-source:https://evil.example",
    "evil.example",
    "evil.example/connections",
    ".evil.example",
    "@evil.example",
    ":@evil.example",
    ":80",
    "?next=https://evil.example",
    "#//evil.example",
    "",
    "/%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/connections\r\nLocation: https://evil.example",
    "/connections\nSet-Cookie: a=b",
    "/connections\r\n\r\n<script>alert(1)</script>",
    "/.//evil.example",
    "/..//evil.example",
    "/./\\evil.example",
    "/connections/..//..//evil.example",
    "/\u{ff0f}evil.example",
    "\u{ff0f}\u{ff0f}evil.example",
    "/\u{3002}evil\u{3002}example",
    "/\u{202e}//evil.example",
    "http:/\\evil.example",
    "http://127.0.0.1@evil.example",
    "http://localhost:4800.evil.example",
    "//evil.example\\@127.0.0.1",
    "/connections?next=//evil.example",
];

fn assert_stays(server: &TestServer, answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {}", answer.body);
    for (name, value) in &answer.headers {
        assert!(!value.as_bytes().contains(&b'\n') && name != "refresh", "{what}: {name}");
    }
    assert!(!answer.headers.get_all("set-cookie").iter().any(|cookie| cookie.as_bytes().starts_with(b"a=b")), "{what}");
    if answer.headers.contains_key("location") {
        let site = Url::parse(&server.url).unwrap();
        let to = site.join(answer.location()).unwrap();
        assert_eq!(to.origin(), site.origin(), "{what} leads to {}", answer.location());
    }
}

fn encoded(payload: &str) -> String {
    url::form_urlencoded::byte_serialize(payload.as_bytes()).collect()
}

on_both_servers! {
    async fn no_payload_leads_to_another_site(server: &TestServer) {
        let admin = server.set_up().await;
        let visitor = server.client();
        for payload in PAYLOADS {
            assert_stays(server, &visitor.get(&format!("/sign-in?next={}", encoded(payload))).await, &format!("the sign-in page with {payload:?}"));
            assert_stays(server, &admin.get(&format!("/sign-in?next={}", encoded(payload))).await, &format!("the sign-in page, signed in, with {payload:?}"));
            assert_stays(server, &admin.get(&format!("/confirm?next={}", encoded(payload))).await, &format!("the confirm page with {payload:?}"));
            let confirmed = admin.form("/actions/confirm", &[("password", PASSWORD), ("next", payload)]).await;
            assert_eq!(confirmed.status, 303, "{payload:?}");
            assert_stays(server, &confirmed, &format!("the confirm form with {payload:?}"));
            let theme = admin.form("/actions/theme", &[("theme", "dark"), ("back", payload)]).await;
            assert_eq!(theme.status, 303, "{payload:?}");
            assert_stays(server, &theme, &format!("the theme form with {payload:?}"));
        }
    }

    async fn signing_in_leads_to_this_site_alone(server: &TestServer) {
        server.set_up().await;
        for payload in PAYLOADS {
            let form = [("email", ADMIN), ("password", PASSWORD), ("next", payload)];
            let answer = server.client().form("/actions/sign-in", &form).await;
            assert_eq!(answer.status, 303, "{payload:?}");
            assert_stays(server, &answer, &format!("signing in with {payload:?}"));
        }
    }

    async fn what_the_browser_says_of_itself_leads_nowhere(server: &TestServer) {
        let visitor = server.client();
        let headers = ["x-forwarded-host", "x-forwarded-server", "x-original-url", "x-rewrite-url", "forwarded", "referer", "origin"];
        for header in headers {
            for value in ["https://evil.example", "evil.example", "//evil.example", "host=evil.example;proto=https"] {
                let answer = visitor.send(reqwest::Method::GET, "/connections", &[(header, value)], None).await;
                assert_eq!(answer.location(), "/sign-in?next=%2Fconnections", "{header}: {value}");
            }
        }
    }
}

#[test]
fn there_are_enough_payloads() {
    let unlike: std::collections::BTreeSet<&str> = PAYLOADS.into_iter().collect();
    assert_eq!(unlike.len(), PAYLOADS.len(), "each payload once");
    let site = Url::parse("http://127.0.0.1:4800").unwrap();
    let leave = PAYLOADS.into_iter().filter(|payload| site.join(payload).is_ok_and(|to| to.origin() != site.origin())).count();
    assert!(leave >= 40, "only {leave} would leave if they were followed");
}
