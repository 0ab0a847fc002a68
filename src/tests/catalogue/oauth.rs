//! The manifest's section on tokens: each mistake is named by its key.

use latchkey::catalogue::read;

const ROBOT: &str = include_str!("../../catalogue/manifests/google-service-account.toml");
const ADS: &str = include_str!("../../catalogue/manifests/google-ads.toml");
const BOOKS: &str = include_str!("../../catalogue/manifests/quickbooks.toml");
const SHOP: &str = include_str!("../../catalogue/manifests/shopify.toml");
const ANY: &str = include_str!("../../catalogue/manifests/oauth2.toml");

fn file(text: &str) -> String {
    let id = text.lines().find_map(|line| line.strip_prefix("id = \"")).unwrap().trim_end_matches('"');
    format!("{id}.toml")
}

#[track_caller]
fn refused(text: &str, from: &str, to: &str, key: &str, words: &str) {
    assert!(text.contains(from), "the manifest holds `{from}`");
    let errors = read(&file(text), &text.replacen(from, to, 1)).expect_err("refused");
    assert!(errors.iter().any(|error| error.key == key && error.message.contains(words)), "{key} / {words} in {errors:?}");
}

#[track_caller]
fn taken(text: &str, from: &str, to: &str) {
    assert!(text.contains(from), "the manifest holds `{from}`");
    read(&file(text), &text.replacen(from, to, 1)).unwrap_or_else(|errors| panic!("{errors:?}"));
}

#[test]
fn addresses_are_https_and_filled_only_from_what_cannot_leave_its_place() {
    let authorize = "authorize_url = \"https://accounts.google.com/o/oauth2/v2/auth\"\n";
    refused(ADS, authorize, "", "oauth.authorize_url", "is missing");
    refused(ADS, authorize, "authorize_url = \"http://accounts.google.com/auth\"\n", "oauth.authorize_url", "https://");
    refused(ADS, "token_url = \"https://oauth2", "token_url = \"http://oauth2", "oauth.token_url", "https://");
    refused(ADS, "url = \"https://oauth2.googleapis.com/revoke\"", "url = \"ftp://oauth2.googleapis.com\"", "oauth.revoke.url", "https://");
    refused(ADS, "https://oauth2.googleapis.com/token", "https://{nobody}.googleapis.com/token", "oauth.token_url", "`nobody`");
    refused(ADS, "https://oauth2.googleapis.com/token", "https://{developer_token}/token", "oauth.token_url", "`developer_token`");
    let without_pattern = SHOP.replacen("pattern = \"[a-z0-9][a-z0-9-]{0,60}\"\n", "", 1);
    refused(&without_pattern, "required = true", "required = true", "oauth.authorize_url", "could hold anything");
    refused(ADS, "grant = \"code\"\n", "grant = \"client_credentials\"\n", "oauth.authorize_url", "belongs to the code grant");
    refused(ADS, "grant = \"code\"\n", "grant = \"code\"\nissuer = \"https://{nobody}\"\n", "oauth.issuer", "`nobody`");
}

/// Whoever connects an account may not say where the secret of the organization's app is sent.
#[test]
fn the_secret_of_an_app_is_led_nowhere_by_who_connects() {
    refused(ANY, "token_url = \"{token_url}\"", "token_url = \"{base_url}\"", "oauth.token_url", "could lead the app’s secret anywhere");
    taken(ANY, "token_url = \"{token_url}\"", "host_suffixes = [\".example.com\"]\ntoken_url = \"{base_url}\"");
    let revoke = "[oauth.revoke]\nurl = \"{base_url}/revoke\"\n\n[oauth.register]";
    refused(ANY, "[oauth.register]", revoke, "oauth.revoke.url", "could lead the app’s secret anywhere");
}

#[test]
fn the_token_must_be_sent_by_the_way_that_it_belongs_to() {
    refused(BOOKS, "token = \"{access_token}\"", "token = \"x\"", "oauth", "`auth` never sends");
    refused(BOOKS, "[oauth]\n", "[oauth]\noption = \"oauth\"\n", "oauth.option", "offers no choice");
    refused(SHOP, "option = \"oauth\"\n", "option = \"nothing\"\n", "oauth", "`auth` never sends");
    refused(SHOP, "option = \"oauth\"\n", "option = \"token\"\n", "oauth", "`auth` never sends");
    refused(SHOP, "option = \"oauth\"\n", "", "oauth", "`auth` never sends");
    let database = include_str!("../../catalogue/manifests/postgresql.toml").to_owned() + "\n[oauth]\ngrant = \"code\"\ntoken_url = \"https://a.example/t\"\n";
    refused(&database, "grant = \"code\"", "grant = \"code\"", "oauth", "belongs to an HTTP API");
}

#[test]
fn a_token_and_secrets_of_an_app_stand_only_where_a_credential_belongs() {
    refused(ADS, "Accept = \"application/json\"", "X-Token = \"{access_token}\"", "target.headers.X-Token", "`access_token`");
    refused(ADS, "Accept = \"application/json\"", "X-Token = \"{developer_token}\"", "target.headers.X-Token", "`developer_token`");
    refused(ADS, "access_type = \"offline\"", "access_type = \"{developer_token}\"", "oauth.authorize_params.access_type", "`developer_token`");
    refused(SHOP, "expiring = \"1\"", "expiring = \"{token}\"", "oauth.token_params.expiring", "secret field `token`");
    refused(ADS, "[oauth.refresh]\n", "[oauth.refresh_params]\na = \"{b\"\n\n[oauth.refresh]\n", "oauth.refresh_params.a", "brace");
    taken(ADS, "access_type = \"offline\"", "access_type = \"{login_customer_id}\"");
}

#[test]
fn fields_of_an_app_have_ids_of_their_own() {
    for id in ["customer_id", "access_token", "client_id", "client_secret"] {
        refused(ADS, "id = \"login_customer_id\"", &format!("id = \"{id}\""), &format!("oauth.app_fields.{id}"), "id of another value");
    }
    refused(ADS, "title = \"Manager account\"", "title = \"\"", "fields.login_customer_id.title", "empty");
}

#[test]
fn places_are_pointers_and_times_are_seconds() {
    refused(BOOKS, "\"/x_refresh_token_expires_in\"", "\"x_refresh\"", "oauth.answer.refresh_expires_in", "no JSON pointer");
    refused(ADS, "rows = \"/resourceNames\"", "rows = \"resourceNames\"", "oauth.accounts.rows", "no JSON pointer");
    for time in ["idle_s = -1", "lifetime_s = 99999999999", "grace_s = -5"] {
        refused(ADS, "idle_s = 15552000", time, "oauth.refresh", "times are in seconds");
    }
    refused(ADS, "client_auth = \"body\"", "client_auth = \"body\"\naccess_lifetime_s = -1", "oauth.refresh", "times are in seconds");
}

#[test]
fn an_admin_is_told_how_to_register_an_app() {
    let register = ADS.split("[oauth.register]").nth(1).unwrap().split("[oauth.accounts]").next().unwrap();
    refused(ADS, &format!("[oauth.register]{register}"), "", "oauth.register", "is missing");
    refused(ADS, "url = \"https://console.cloud.google.com", "url = \"http://console.cloud.google.com", "oauth.register", "https://");
}

#[test]
fn grants_have_what_they_need() {
    refused(ADS, "grant = \"code\"\n", "grant = \"client_credentials\"\n", "oauth.grant", "`client_id`");
    refused(ADS, "grant = \"code\"\n", "grant = \"jwt_bearer\"\n", "oauth.assertion", "is missing");
    let assertion = "[oauth.assertion]\nissuer = \"{customer_id}\"\nkey = \"nothing\"\n\n[oauth.refresh]";
    refused(ADS, "[oauth.refresh]", assertion, "oauth.assertion", "belongs to the grant `jwt_bearer`");
    let signed = ADS.replacen("grant = \"code\"\n", "grant = \"jwt_bearer\"\n", 1);
    refused(&signed, "[oauth.refresh]", assertion, "oauth.assertion.key", "`nothing`");
}

#[test]
fn what_is_signed_names_its_key_and_places() {
    let changed = |from: &str, to: &str| refused(ROBOT, from, to, "oauth.assertion.key_pointer", if to.is_empty() { "is missing" } else { "no JSON pointer" });
    changed("key_pointer = \"/private_key\"\n", "");
    changed("key_pointer = \"/private_key\"", "key_pointer = \"private_key\"");
    refused(ROBOT, "key_id_pointer = \"/", "key_id_pointer = \"", "oauth.assertion.key_id_pointer", "no JSON pointer");
}

#[test]
fn a_way_back_is_signed_with_the_secret_of_an_app() {
    let signs = "callback_hmac = \"hmac\"";
    refused(SHOP, signs, "callback_hmac = \"hmac\"\napp_secret = false", "oauth.callback_hmac", "an app with a secret");
    for name in ["", "code", "state"] {
        refused(SHOP, signs, &format!("callback_hmac = \"{name}\""), "oauth.callback_hmac", "the name of the parameter");
    }
}

#[test]
fn a_key_that_cannot_sign_is_told_beside_its_field() {
    use latchkey::catalogue::{read, validate_entries};
    use latchkey::vault::Secret;
    let manifest = read("google-service-account.toml", ROBOT).unwrap();
    let typed = |key: &str| [("key".to_owned(), Secret::new(key.to_owned()))].into();
    for wrong in ["nothing", "{}", r#"{"client_email":"a@b","private_key":"nothing"}"#, r#"{"client_email":"a@b"}"#, "[]"] {
        let errors = validate_entries(&manifest, &typed(wrong)).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].0 == "key" && errors[0].1.starts_with("This service account key cannot be read.") && !errors[0].1.contains(wrong), "{errors:?}");
    }
}

#[test]
fn fields_that_nobody_types_belong_to_what_fills_them() {
    refused(
        BOOKS,
        "filled_by = { callback = \"realmId\" }",
        "required = true\nfilled_by = { callback = \"realmId\" }",
        "fields.realm_id.filled_by",
        "never asked for",
    );
    refused(BOOKS, "filled_by = { callback = \"realmId\" }", "filled_by = \"account\"", "fields.realm_id.filled_by", "nobody picks");
    refused(BOOKS, "filled_by = { callback = \"realmId\" }", "filled_by = { answer = \"realmId\" }", "fields.realm_id.filled_by", "no JSON pointer");
    let alone = BOOKS.replacen("grant = \"code\"\n", "grant = \"client_credentials\"\n", 1);
    refused(&alone, "[auth]", "[auth]", "fields.realm_id.filled_by", "waits for a way back");
    refused(ADS, "field = \"customer_id\"", "field = \"nobody\"", "oauth.accounts.field", "`nobody`");
}

#[test]
fn what_a_field_decides_is_a_choice_of_what_there_is() {
    refused(ANY, "client_auth_field = \"client_auth\"", "client_auth_field = \"token_url\"", "oauth.client_auth_field", "no `select`");
    refused(ANY, "{ value = \"none\"", "{ value = \"other\"", "oauth.client_auth_field", "no `select`");
    refused(ANY, "scopes_field = \"scopes\"", "scopes_field = \"nobody\"", "oauth.scopes_field", "no open field");
    refused(ANY, "[oauth.refresh]", "[[oauth.scopes]]\nid = \"read\"\ntitle = \"Read\"\n\n[oauth.refresh]", "oauth.scopes", "keep one of them");
}

#[test]
fn a_header_belongs_to_the_style_that_sends_one() {
    refused(SHOP, "header = \"X-Shopify-Access-Token\"\nnote", "note", "oauth.revoke.header", "`delete_header`");
    refused(SHOP, "header = \"X-Shopify-Access-Token\"\nnote", "header = \"Host\"\nnote", "oauth.revoke.header", "`delete_header`");
    refused(ADS, "token = \"refresh\"\nnote", "token = \"refresh\"\nheader = \"X-Token\"\nnote", "oauth.revoke.header", "`delete_header`");
}
