use latchkey::catalogue::read;

const STRIPE: &str = include_str!("../../catalogue/manifests/stripe.toml");
const VENTURES: &str = include_str!("../../catalogue/manifests/ventures.toml");

fn refused(file: &str, text: &str, from: &str, to: &str) -> Vec<(String, String)> {
    assert!(text.contains(from), "the manifest holds `{from}`");
    let errors = read(file, &text.replacen(from, to, 1)).expect_err("refused");
    assert!(errors.iter().all(|error| error.file == file && !error.message.is_empty()), "{errors:?}");
    errors.into_iter().map(|error| (error.key, error.message)).collect()
}

#[track_caller]
fn names(found: &[(String, String)], key: &str, words: &str) {
    assert!(found.iter().any(|(found, message)| found == key && message.contains(words)), "{key} / {words} in {found:?}");
}

#[test]
fn a_key_nobody_knows_is_named_with_its_line() {
    let errors = read("stripe.toml", &STRIPE.replacen("regions =", "regoins =", 1)).expect_err("refused");
    assert_eq!((errors[0].line, errors[0].key.as_str()), (Some(4), "regoins"));
    assert!(errors[0].to_string().starts_with("stripe.toml, line 4: `regoins` unknown field"), "{}", errors[0]);
}

#[test]
fn a_wrong_value_is_named_with_its_line() {
    let line = |text: &str, part: &str| text.lines().position(|line| line.contains(part)).map(|position| position + 1);
    for (file, text, from, to, key) in [
        ("stripe.toml", STRIPE, "(sk|rk)_(test", "(sk|rk_(test", "fields.api_key.pattern"),
        ("stripe.toml", STRIPE, "said = [\"/error", "said = [\"error", "check.said"),
        ("stripe.toml", STRIPE, "rows = \"/data\"", "rows = \"data\"", "streams[0].rows"),
        ("stripe.toml", STRIPE, "tier = \"ready\"", "tier = \"done\"", "tier"),
        ("ventures.toml", VENTURES, "value = \"Bearer {session}\"", "value = \"Bearer\"", "auth.value"),
        ("ventures.toml", VENTURES, "id = \"ventures\"", "id = ", ""),
    ] {
        let text = text.replacen(from, to, 1);
        let errors = read(file, &text).expect_err("refused");
        assert!(errors.iter().any(|error| error.key == key && error.line == line(&text, to)), "{to}: {errors:?}");
    }
}

#[test]
fn a_template_names_only_declared_fields() {
    names(&refused("stripe.toml", STRIPE, "\"{account}\" }", "\"{shop}\" }"), "target.headers.Stripe-Account", "`shop`");
    names(&refused("stripe.toml", STRIPE, "\"/v1/account\"\nsuccess", "\"/v1/{nobody}\"\nsuccess"), "check.authenticate.path", "`nobody`");
    names(&refused("stripe.toml", STRIPE, "\"/v1/account\"\nsuccess", "\"/v1/{account\"\nsuccess"), "check.authenticate.path", "brace");
}

#[test]
fn a_secret_stands_only_where_a_credential_belongs() {
    names(&refused("stripe.toml", STRIPE, "\"/v1/account\"\nsuccess", "\"/v1/{api_key}\"\nsuccess"), "check.authenticate.path", "secret field `api_key`");
    names(&refused("stripe.toml", STRIPE, "\"{account}\" }", "\"{api_key}\" }"), "target.headers.Stripe-Account", "secret field");
    names(&refused("ventures.toml", VENTURES, "[\"{username}\"]", "[\"{password}\"]"), "identity.account_name", "secret field");
    names(&refused("ventures.toml", VENTURES, "accept {username} with", "accept {password} with"), "words.auth_rejected.sentence", "secret field");
}

#[test]
fn a_secret_that_is_never_sent_is_refused() {
    names(&refused("ventures.toml", VENTURES, ", password = \"{password}\"", ""), "fields.password", "never sends it");
}

#[test]
fn a_pattern_must_compile() {
    names(&refused("stripe.toml", STRIPE, "(sk|rk)_", "(sk|rk_"), "fields.api_key.pattern", "compiles");
}

#[test]
fn field_ids_are_unique_and_not_reserved() {
    names(&refused("ventures.toml", VENTURES, "id = \"site\"", "id = \"username\""), "fields.username", "twice");
    names(&refused("ventures.toml", VENTURES, "id = \"site\"", "id = \"draft\""), "fields.draft.id", "none of");
}

#[test]
fn ready_needs_a_check_and_an_identity() {
    let text = STRIPE.split("[check]").next().expect("a head");
    let errors = read("stripe.toml", text).expect_err("refused");
    let keys: Vec<&str> = errors.iter().map(|error| error.key.as_str()).collect();
    assert!(keys.contains(&"check") && keys.contains(&"identity") && keys.contains(&"streams"), "{keys:?}");
    assert!(read("stripe.toml", &text.replacen("\"ready\"", "\"preview\"", 1)).is_ok());
}

#[test]
fn the_file_is_called_like_the_connector() {
    names(&refused("ventures.toml", VENTURES, "id = \"ventures\"", "id = \"venturez\""), "id", "venturez.toml");
}

#[test]
fn a_base_url_is_https_and_filled_only_from_fields_that_cannot_leave_their_place() {
    let url = "base_url = \"https://api.venturesgo.com/api/v4\"";
    names(&refused("ventures.toml", VENTURES, url, "base_url = \"http://api.venturesgo.com\""), "target.base_url", "https://");
    names(&refused("ventures.toml", VENTURES, url, "base_url = \"https://{username}.venturesgo.com\""), "target.base_url", "`username`");
    let with_pattern = VENTURES.replacen(url, "base_url = \"https://{site}.venturesgo.com\"", 1);
    assert!(read("ventures.toml", &with_pattern).is_ok());
}

#[test]
fn a_login_must_say_where_the_token_stands_and_goes() {
    names(&refused("ventures.toml", VENTURES, "token = [\"/token\", \"text\"]", "token = [\"token\"]"), "auth.token", "JSON pointer");
    names(&refused("ventures.toml", VENTURES, "Bearer {session}", "Bearer"), "auth.value", "{session}");
}
