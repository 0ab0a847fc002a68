//! Why a token could not be renewed, in words.

/// A sentence for the stable code of a failed renewal, and what helps.
pub fn renewal(code: &str) -> String {
    match code {
        "unknown_outcome" => "A renewal was cut off, and the provider does not take what is stored any more. Sign in there again.".to_owned(),
        "no_refresh_token" => "The provider gave nothing to renew the access with, so it ends. Sign in there again.".to_owned(),
        "secret_unreadable" => "What is stored cannot be opened here. The log of the server says why.".to_owned(),
        "invalid_grant" | "auth_rejected" | "reauth_required" => "The provider does not accept the access any more. Sign in there again.".to_owned(),
        "status_401" | "status_403" | "status_404" => {
            "The provider does not accept what is stored here any more. Look whether it still exists there, then sign in again or enter it anew.".to_owned()
        }
        "invalid_client" | "unauthorized_client" => "The provider does not know the app that asked, or its secret. Look at the app's id and secret.".to_owned(),
        _ if is_of_line(code) => "The provider could not be asked to renew the token. Latchkey keeps trying.".to_owned(),
        _ => format!("The provider refused to renew the token: {code}. Latchkey tries again now and then."),
    }
}

fn is_of_line(code: &str) -> bool {
    let own = ["timeout", "connect_refused", "dns_failed", "tls_invalid", "target_error", "rate_limited", "interrupted", "renewal_takes_long"];
    code.starts_with("unreachable_") || code.starts_with("busy_") || own.contains(&code)
}
