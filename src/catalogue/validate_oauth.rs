//! What the section on tokens must fulfil.

use super::validate::{Findings, Position, check_field, words};
use super::validate_auth::is_header;
use super::{Auth, ClientAuth, Field, FieldKind, FilledBy, Grant, OAuth, RevokeStyle, Target, Template, TokenPlaces};

/// The endpoints, the parameters, the fields of an app, and that the token is sent.
pub(super) fn oauth(findings: &mut Findings<'_>) {
    filled_fields(findings);
    let Some(oauth) = findings.manifest.oauth.as_ref() else { return };
    option(findings, oauth);
    endpoint(findings, oauth, "oauth.token_url", &oauth.token_url);
    match (oauth.grant, &oauth.authorize_url) {
        (Grant::Code, Some(url)) => endpoint(findings, oauth, "oauth.authorize_url", url),
        (Grant::Code, None) => findings.add("oauth.authorize_url", "is missing: say where the browser is sent"),
        (_, Some(_)) => findings.add("oauth.authorize_url", "belongs to the code grant: remove it"),
        (_, None) => {}
    }
    if let Some(revoke) = &oauth.revoke {
        endpoint(findings, oauth, "oauth.revoke.url", &revoke.url);
        let needs_header = revoke.style == RevokeStyle::DeleteHeader;
        if needs_header != is_header(&revoke.header) {
            findings.add("oauth.revoke.header", "belongs to the style `delete_header`, which needs the name of a header");
        }
    }
    if let Some(issuer) = &oauth.issuer {
        findings.template("oauth.issuer", issuer, Position::App);
    }
    for (key, params) in [("authorize_params", &oauth.authorize_params), ("token_params", &oauth.token_params), ("refresh_params", &oauth.refresh_params)] {
        findings.templates(&format!("oauth.{key}"), params, Position::App);
    }
    for (name, value) in &oauth.authorize_params {
        let ours = matches!(name.as_str(), "state" | "redirect_uri" | "code_challenge" | "code_challenge_method");
        if ours || name == "response_type" && !matches!(value.text(), "code" | "") {
            findings.add(
                &format!("oauth.authorize_params.{name}"),
                "is what ties the way back to the attempt, or asks for something else than a code: leave it out, or leave `response_type` empty",
            );
        }
    }
    for field in &oauth.app_fields {
        check_field(findings, field);
        if findings.manifest.field(&field.id).is_some() || matches!(field.id.as_str(), "access_token" | "client_id" | "client_secret") {
            findings.add(&format!("oauth.app_fields.{}", field.id), "has the id of another value: choose another id");
        }
    }
    places(findings, &oauth.answer);
    lifetimes(findings, oauth);
    if let Some(register) = &oauth.register {
        if !register.url.starts_with("https://") || register.steps.is_empty() {
            findings.add("oauth.register", "needs a `url` that begins with `https://`, and `steps`");
        }
    } else if oauth.needs_app() {
        findings.add("oauth.register", "is missing: say how an admin registers an app");
    }
    grant(findings, oauth);
    callback_hmac(findings, oauth);
    chosen_by_field(findings, oauth);
    bound_secret(findings, oauth);
    words(findings, "oauth.words", &oauth.words);
    if let Some(accounts) = &oauth.accounts {
        findings.declared("oauth.accounts.field", &accounts.field);
        if let Some(url) = &accounts.url {
            endpoint(findings, oauth, "oauth.accounts.url", url);
        }
        findings.request("oauth.accounts.request", &accounts.request, Position::Open);
        for (key, pointer) in [("rows", &accounts.rows), ("id", &accounts.id), ("name", &accounts.name)] {
            findings.pointer(&format!("oauth.accounts.{key}"), pointer);
        }
    }
}

/// The option exists, and what it chooses sends the token.
fn option(findings: &mut Findings<'_>, oauth: &OAuth) {
    let scheme = match (&findings.manifest.auth, &oauth.option) {
        (Auth::Choice { options, .. }, Some(option)) => options.get(option),
        (Auth::Choice { .. }, None) => None,
        (scheme, None) => Some(scheme),
        (_, Some(_)) => {
            findings.add("oauth.option", "is set, but `auth` offers no choice: remove it");
            return;
        }
    };
    let sends = |template: &Template| template.fields().any(|id| id == "access_token");
    let sent = match scheme {
        Some(Auth::Bearer { token }) => sends(token),
        Some(Auth::ApiKey { keys }) => keys.iter().any(|key| sends(&key.value)),
        Some(Auth::Basic { username, password }) => sends(username) || sends(password),
        _ => false,
    };
    if !sent {
        findings.add("oauth", "gets a token that `auth` never sends: write `{access_token}` where it belongs, under the option that `oauth.option` names");
    }
    if !matches!(findings.manifest.target, Target::Http { .. }) {
        findings.add("oauth", "belongs to an HTTP API");
    }
}

/// An address of the provider: `https://`, or one field that is a web address; other places take only values that cannot leave their part of it.
fn endpoint(findings: &mut Findings<'_>, oauth: &OAuth, key: &str, template: &Template) {
    findings.template(key, template, Position::App);
    let field = |id: &str| findings.manifest.field(id).or_else(|| oauth.app_fields.iter().find(|field| field.id == id));
    let fields: Vec<&Field> = template.fields().filter_map(field).collect();
    let first_is_url = template.text().starts_with('{') && fields.first().is_some_and(|field| field.kind == FieldKind::Url);
    let is_free = |field: &&&Field| !matches!(field.kind, FieldKind::Url | FieldKind::Host | FieldKind::Port | FieldKind::Select) && field.pattern.is_none();
    let free = fields.iter().find(is_free).map(|field| field.id.clone());
    if !first_is_url && !template.text().starts_with("https://") {
        findings.add(key, "must begin with `https://` or with a field of kind `url`");
    }
    if let Some(id) = free {
        findings.add(key, format!("names the field `{id}`, which could hold anything: give it a `pattern` or make it a `host`, `port` or `select`"));
    }
}

/// What a field decides instead of the manifest.
fn chosen_by_field(findings: &mut Findings<'_>, oauth: &OAuth) {
    if let Some(id) = &oauth.client_auth_field {
        let field = findings.manifest.field(id).or_else(|| oauth.app_fields.iter().find(|field| &field.id == id));
        let fits = |field: &Field| field.kind == FieldKind::Select && field.options.iter().all(|option| ClientAuth::parse(&option.value).is_some());
        if !field.is_some_and(fits) {
            findings.add("oauth.client_auth_field", format!("is `{id}`, which is no `select` with the values `basic`, `body` and `none`"));
        }
    }
    if let Some(id) = &oauth.scopes_field {
        if findings.manifest.field(id).is_none_or(|field| field.kind.is_secret()) {
            findings.add("oauth.scopes_field", format!("is `{id}`, which is no open field"));
        }
        if !oauth.scopes.is_empty() {
            findings.add("oauth.scopes", "is set, but `oauth.scopes_field` names the permissions: keep one of them");
        }
    }
}

/// The secret of an organization's app goes where its admins say: who connects an account cannot lead it elsewhere.
fn bound_secret(findings: &mut Findings<'_>, oauth: &OAuth) {
    if !oauth.needs_app() || !oauth.host_suffixes.is_empty() {
        return;
    }
    let places = [("oauth.token_url", Some(&oauth.token_url)), ("oauth.revoke.url", oauth.revoke.as_ref().map(|revoke| &revoke.url))];
    for (key, template) in places.into_iter().filter_map(|(key, template)| Some((key, template?))) {
        let free = |id: &&str| findings.manifest.field(id).is_some_and(|field| matches!(field.kind, FieldKind::Url | FieldKind::Host));
        if let Some(id) = template.fields().find(free).map(str::to_owned) {
            findings.add(
                key,
                format!(
                    "names the field `{id}`, so whoever connects could lead the app’s secret anywhere: make it a field of the app, or name `host_suffixes`"
                ),
            );
        }
    }
}

fn places(findings: &mut Findings<'_>, places: &TokenPlaces) {
    let all = [
        ("access_token", &places.access_token),
        ("refresh_token", &places.refresh_token),
        ("expires_in", &places.expires_in),
        ("expires_at", &places.expires_at),
        ("refresh_expires_in", &places.refresh_expires_in),
        ("scope", &places.scope),
    ];
    for (name, pointer) in all.into_iter().chain(places.error.iter().map(|pointer| ("error", pointer))) {
        findings.pointer(&format!("oauth.answer.{name}"), pointer);
    }
}

fn lifetimes(findings: &mut Findings<'_>, oauth: &OAuth) {
    let times = [oauth.access_lifetime_s, Some(oauth.refresh.grace_s), oauth.refresh.idle_s, oauth.refresh.lifetime_s];
    if times.into_iter().flatten().any(|seconds| !(0..=10 * 366 * 86_400).contains(&seconds)) {
        findings.add("oauth.refresh", "has a time that is negative or longer than ten years: times are in seconds");
    }
}

fn grant(findings: &mut Findings<'_>, oauth: &OAuth) {
    match (oauth.grant, &oauth.assertion) {
        (Grant::JwtBearer, Some(assertion)) => {
            findings.declared("oauth.assertion.key", &assertion.key);
            findings.template("oauth.assertion.issuer", &assertion.issuer, Position::App);
            for (key, template) in [("subject", &assertion.subject), ("audience", &assertion.audience)] {
                if let Some(template) = template {
                    findings.template(&format!("oauth.assertion.{key}"), template, Position::App);
                }
            }
            let of_file =
                [("key_pointer", &assertion.key_pointer), ("issuer_pointer", &assertion.issuer_pointer), ("key_id_pointer", &assertion.key_id_pointer)];
            for (key, pointer) in of_file {
                findings.pointer(&format!("oauth.assertion.{key}"), pointer.as_deref().unwrap_or_default());
            }
            if assertion.key_pointer.is_none() && (assertion.issuer_pointer.is_some() || assertion.key_id_pointer.is_some()) {
                findings.add(
                    "oauth.assertion.key_pointer",
                    "is missing: the issuer or the key’s id is to be read from a JSON file, so say where the key stands in it",
                );
            }
        }
        (Grant::JwtBearer, None) => findings.add("oauth.assertion", "is missing: say what is signed, and with which key"),
        (_, Some(_)) => findings.add("oauth.assertion", "belongs to the grant `jwt_bearer`: remove it"),
        (Grant::ClientCredentials, None) => {
            for id in ["client_id", "client_secret"] {
                findings.declared("oauth.grant", id);
            }
        }
        (Grant::Code, None) => {}
    }
}

/// What signs the way back is keyed with the app's secret, and is none of the parameters that have a meaning of their own.
fn callback_hmac(findings: &mut Findings<'_>, oauth: &OAuth) {
    let Some(name) = &oauth.callback_hmac else { return };
    if !oauth.needs_app() || !oauth.app_secret {
        findings.add("oauth.callback_hmac", "needs the code grant and an app with a secret, which it is keyed with");
    }
    if name.is_empty() || name == &oauth.code_param || matches!(name.as_str(), "state" | "iss" | "error" | "error_description") {
        findings.add("oauth.callback_hmac", "must be the name of the parameter that signs the others");
    }
}

/// Fields that nobody types belong to a grant that fills them.
fn filled_fields(findings: &mut Findings<'_>) {
    let manifest = findings.manifest;
    let by_person = manifest.oauth.as_ref().is_some_and(OAuth::needs_app);
    for field in &manifest.fields {
        let Some(filled_by) = &field.filled_by else { continue };
        let key = format!("fields.{}.filled_by", field.id);
        if field.kind.is_secret() || field.required {
            findings.add(&key, "is set on a field that is secret or required: it is open, and never asked for");
        }
        match filled_by {
            FilledBy::Callback(_) if !by_person => findings.add(&key, "waits for a way back that there is not: only the code grant has one"),
            FilledBy::Answer(pointer) => findings.pointer(&key, pointer),
            FilledBy::Account if manifest.oauth.as_ref().is_none_or(|oauth| oauth.accounts.is_none()) => {
                findings.add(&key, "waits for an account that nobody picks: add `[oauth.accounts]`");
            }
            FilledBy::Callback(_) | FilledBy::Account => {}
        }
    }
}

/// The words of a template that stand for what OAuth brings along.
pub(super) fn is_of_oauth(oauth: Option<&OAuth>, id: &str, position: Position) -> bool {
    let Some(oauth) = oauth else { return false };
    let of_app = |secret: bool| oauth.app_fields.iter().any(|field| field.id == id && (secret || !field.kind.is_secret()));
    match position {
        Position::Credential { .. } => id == "access_token" || of_app(true),
        Position::App => matches!(id, "client_id" | "redirect_uri" | "scopes") || of_app(false),
        Position::Open | Position::Path | Position::Words => false,
    }
}

/// Secret fields that a grant spends instead of sending them with requests.
pub(super) fn is_spent(oauth: Option<&OAuth>, id: &str) -> bool {
    oauth.is_some_and(|oauth| match oauth.grant {
        Grant::ClientCredentials => id == "client_secret",
        Grant::JwtBearer => oauth.assertion.as_ref().is_some_and(|assertion| assertion.key == id),
        Grant::Code => false,
    })
}
