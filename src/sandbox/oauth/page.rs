//! The pages of a played provider: plain HTML, without scripts and without anything from elsewhere.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// Forms lead away from here, so `form-action` is left open.
const POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The page on which a person picks an account and allows or denies.
pub(super) fn consent(provider: &str, scopes: &[&str], accounts: &[&str]) -> Response {
    let mut body = format!("<h1>{} (sandbox)</h1>\n<p>No account of anybody is touched: this provider is played.</p>\n", escape(provider));
    if !scopes.is_empty() {
        body.push_str("<p>The application asks for:</p>\n<ul>\n");
        scopes.iter().for_each(|scope| body.push_str(&format!("<li>{}</li>\n", escape(scope))));
        body.push_str("</ul>\n");
    }
    body.push_str("<form method=\"post\">\n<fieldset>\n<legend>Account</legend>\n");
    for (number, account) in accounts.iter().enumerate() {
        let (name, checked) = (escape(account), if number == 0 { " checked" } else { "" });
        body.push_str(&format!("<p><label><input type=\"radio\" name=\"account\" value=\"{name}\"{checked}> {name}</label></p>\n"));
    }
    body.push_str("</fieldset>\n<p><button name=\"answer\" value=\"allow\">Allow</button> <button name=\"answer\" value=\"deny\">Deny</button></p>\n</form>\n");
    page(StatusCode::OK, &format!("Sign in to {provider} (sandbox)"), &body)
}

/// The provider's own page for a request that it leads nowhere.
pub(super) fn refused(provider: &str, words: &str) -> Response {
    let body = format!("<h1>{} (sandbox) does not take this request</h1>\n<p>{}.</p>\n", escape(provider), escape(words));
    page(StatusCode::BAD_REQUEST, &format!("{provider} (sandbox)"), &body)
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let head = format!("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>", escape(title));
    let html = format!("<!doctype html>\n<html lang=\"en\">\n<head>\n{head}\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n");
    (status, [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")], Html(html))
        .into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
