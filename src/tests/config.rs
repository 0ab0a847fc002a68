//! Configuration: what the committed file means, where values come from, and how wrong ones are refused.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use latchkey::config::{Config, ConfigError, KeyChoice, LogFormat, MailConfig, MailWay, SmtpEncryption};

fn read(file: Option<&str>, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Leptos.toml");
    if let Some(text) = file {
        fs::write(&path, text).unwrap();
    }
    Config::read(&path, variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
}

fn refused(file: Option<&str>, variables: &[(&str, &str)]) -> String {
    read(file, variables).map(|config| panic!("accepted: {config:?}")).unwrap_err().to_string()
}

#[test]
fn the_committed_file_is_what_the_defaults_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = Config::read(&root.join("Leptos.toml"), []).unwrap();
    let defaults = read(None, &[]).unwrap();
    assert_eq!(committed.leptos, defaults.leptos);
    assert_eq!(committed.server, defaults.server);
    assert_eq!(committed.database, defaults.database);
    assert_eq!(committed.egress, defaults.egress);
    assert_eq!(committed.connectors, defaults.connectors);
    assert_eq!(committed.sandbox, defaults.sandbox);
    assert_eq!(committed.log, defaults.log);
    assert_eq!(committed.sign_in, defaults.sign_in);
    assert_eq!(committed.mail.shown(), defaults.mail.shown());
    assert!(!defaults.sign_in.registration_closed);
    assert!(matches!(committed.vault.key, KeyChoice::Beside));
    assert_eq!(committed.database.url, "sqlite:data/latchkey.db");
    assert_eq!(committed.server.listen.to_string(), "127.0.0.1:4800");
}

#[test]
fn the_committed_file_agrees_with_the_manifest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = |file: &str| -> toml::Table {
        let whole: toml::Table = fs::read_to_string(root.join(file)).unwrap().parse().unwrap();
        whole["package"]["metadata"]["leptos"].as_table().unwrap().clone()
    };
    let manifest = table("Cargo.toml");
    for (key, value) in table("Leptos.toml") {
        assert_eq!(manifest.get(&key), Some(&value), "{key}");
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\nnode = \"file\"\n[sign_in]\nhashes_at_once = 3\n";
    let config = read(Some(file), &[("LATCHKEY_SERVER__LISTEN", "127.0.0.1:2"), ("LATCHKEY_LOG__FORMAT", "json")]).unwrap();
    assert_eq!((config.server.listen.port(), config.server.node.as_str(), config.sign_in.hashes_at_once), (2, "file", 3));
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(read(None, &[("LATCHKEY_SIGN_IN__HASHES_AT_ONCE", "4")]).unwrap().sign_in.hashes_at_once, 4);
}

#[test]
fn a_truth_value_may_come_from_either() {
    let listen = ("LATCHKEY_SANDBOX__LISTEN", "127.0.0.1:4801");
    assert!(read(Some("[sandbox]\nplays_all = true\n"), &[listen]).unwrap().sandbox.plays_all);
    assert!(read(None, &[listen, ("LATCHKEY_SANDBOX__PLAYS_ALL", "true")]).unwrap().sandbox.plays_all);
    assert!(!read(None, &[listen]).unwrap().sandbox.plays_all);
}

#[test]
fn what_kubernetes_sets_for_a_service_of_this_name_is_no_setting() {
    let names =
        ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_4800_TCP", "PORT_4800_TCP_PROTO", "PORT_4800_TCP_PORT", "PORT_4800_TCP_ADDR"];
    let names = names.map(|name| format!("LATCHKEY_{name}"));
    let variables: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "tcp://10.0.0.11:4800")).collect();
    assert_eq!(read(None, &variables).unwrap().server, read(None, &[]).unwrap().server);
}

#[test]
fn database_url_counts_and_latchkeys_own_variable_counts_more() {
    let plain = ("DATABASE_URL", "postgres://user:hunter2@db/plain");
    assert_eq!(read(None, &[plain]).unwrap().database.url, "postgres://user:hunter2@db/plain");
    let own = ("LATCHKEY_DATABASE__URL", "sqlite:own.db");
    assert_eq!(read(None, &[plain, own]).unwrap().database.url, "sqlite:own.db");
    let shown = format!("{:?} {}", read(None, &[plain]).unwrap(), read(None, &[plain]).unwrap().database.shown());
    assert!(shown.contains("db/plain") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn lists_are_lists_or_text_with_commas() {
    for value in ["127.0.0.0/8,10.1.2.3", "[\"127.0.0.0/8\", \"10.1.2.3\"]", " 127.0.0.0/8 , 10.1.2.3 "] {
        let config = read(None, &[("LATCHKEY_EGRESS__ALLOW", value)]).unwrap();
        assert_eq!(config.egress.allow.iter().map(ToString::to_string).collect::<Vec<_>>(), ["127.0.0.0/8", "10.1.2.3/32"], "{value}");
    }
    let config = read(Some("[egress]\nallow = [\"::1/128\"]\nallow_hosts = [\"DB.internal\", \"*.example.internal\"]\n"), &[]).unwrap();
    assert_eq!(config.egress.allow_hosts, ["db.internal", "*.example.internal"]);
}

/// The file, the environment, and what the refusal must say.
type Refusal = (Option<&'static str>, &'static [(&'static str, &'static str)], &'static [&'static str]);

#[test]
fn every_refusal_names_key_place_reason_and_remedy() {
    let cases: &[Refusal] = &[
        (None, &[("LATCHKEY_SERVER__LISTEN", "here")], &["server.listen", "LATCHKEY_SERVER__LISTEN", "cannot be used", "127.0.0.1:4800"]),
        (Some("[server]\npublic_url = \"ftp://x\"\n"), &[], &["server.public_url", "Leptos.toml", "https://latchkey.example.com"]),
        (Some("[server]\npublic_url = \"https://x/path\"\n"), &[], &["server.public_url"]),
        (Some("[server]\nlissten = \"x\"\n"), &[], &["server.lissten", "Leptos.toml", "no such setting", "listen, public_url"]),
        (None, &[("LATCHKEY_VALUT__KEY", "x")], &["valut", "LATCHKEY_VALUT__KEY", "no such setting"]),
        (None, &[("LATCHKEY_LISTEN", "x")], &["LATCHKEY_LISTEN", "no such setting"]),
        (None, &[("LATCHKEY_SERVICE__HOST", "x")], &["LATCHKEY_SERVICE__HOST", "no such setting"]),
        (None, &[("LATCHKEY_DATABASE__URL", "mysql://x")], &["database.url", "postgres://"]),
        (None, &[("LATCHKEY_EGRESS__ALLOW", "10.0.0.0/8,elsewhere")], &["egress.allow", "elsewhere is no network"]),
        (None, &[("LATCHKEY_EGRESS__ALLOW_HOSTS", "10.1.2.3")], &["egress.allow_hosts", "egress.allow"]),
        (None, &[("LATCHKEY_CONNECTORS__VENTURES__BASE_URL", "http://u:p@x/")], &["connectors.ventures.base_url"]),
        (None, &[("LATCHKEY_SANDBOX__LISTEN", "127.0.0.1:4800")], &["sandbox.listen", "another port"]),
        (None, &[("LATCHKEY_SANDBOX__PLAYS_ALL", "true")], &["sandbox.plays_all", "no provider is played", "set sandbox.listen"]),
        (None, &[("LATCHKEY_SANDBOX__PLAYS_ALL", "maybe")], &["sandbox.plays_all", "true or false"]),
        (None, &[("LATCHKEY_LOG__FORMAT", "pretty")], &["log.format", "auto, human or json"]),
        (None, &[("LATCHKEY_SIGN_IN__REGISTRATION", "maybe")], &["sign_in.registration", "open or closed"]),
        (None, &[("LATCHKEY_MAIL__FROM", "nobody")], &["mail.from", "latchkey@example.com"]),
        (None, &[("LATCHKEY_MAIL__SMTP", "http://mail.example.com")], &["mail.smtp", "smtps://"]),
        (None, &[("LATCHKEY_MAIL__SMTP", "smtp://user:x@mail.example.com?tls=none")], &["mail.smtp", "not encrypted"]),
        (None, &[("LATCHKEY_MAIL__SMTP", "smtp://user@mail.example.com")], &["mail.smtp", "without a password"]),
        (None, &[("LATCHKEY_MAIL__SMTP_FILE", "/nowhere/at/all")], &["mail.smtp_file", "/nowhere/at/all"]),
        (None, &[("LATCHKEY_MAIL__SMTP", "smtps://mail.example.com"), ("LATCHKEY_MAIL__OUTBOX", "/letters")], &["mail.outbox", "mail.smtp", "keep one"]),
        (Some("[mail]\nsmtp = \"smtps://user:hunter2@mail.example.com\"\n"), &[], &["mail.smtp", "Leptos.toml", "mail.smtp_file"]),
        (None, &[("LATCHKEY_SIGN_IN__HASHES_AT_ONCE", "0")], &["sign_in.hashes_at_once", "1 to 64"]),
        (None, &[("LATCHKEY_RENEWALS__PER_SECOND", "0")], &["renewals.per_second", "1 to 1000"]),
        (Some("[renewals]\nat_once = 1000\n"), &[], &["renewals.at_once", "1 to 256"]),
        (Some("[log]\nlevel = 3\n"), &[], &["log.level", "Leptos.toml", "wrong type"]),
        (Some("this is no toml"), &[], &["Leptos.toml"]),
        (None, &[("LATCHKEY_VAULT__PASSPHRASE_FILE", "/nowhere/at/all")], &["vault.passphrase_file", "/nowhere/at/all"]),
    ];
    for (file, variables, expected) in cases {
        let words = refused(*file, variables);
        for part in *expected {
            assert!(words.contains(part), "{part:?} is missing from: {words}");
        }
        assert!(words.contains("nothing was started or changed"), "{words}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let words = refused(None, &[("LATCHKEY_SERVER__LISTEN", "x"), ("LATCHKEY_LOG__FORMAT", "x")]);
    assert!(words.contains("server.listen") && words.contains("log.format"), "{words}");
}

#[test]
fn a_secret_in_the_file_is_refused_and_never_printed() {
    for key in ["key", "passphrase"] {
        let words = refused(Some(&format!("[vault]\n{key} = \"hunter2hunter2\"\n")), &[]);
        assert!(words.contains(&format!("vault.{key}")) && words.contains("LATCHKEY_VAULT__") && !words.contains("hunter2"), "{words}");
    }
    let words = refused(None, &[("LATCHKEY_VAULT__KEY", "hunter2hunter2"), ("LATCHKEY_VAULT__KEY_FILE", "/key")]);
    assert!(words.contains("key_ambiguous") && words.contains("vault.key_file") && !words.contains("hunter2"), "{words}");
    let config = read(None, &[("LATCHKEY_VAULT__KEY", "0042")]).unwrap();
    assert!(!format!("{config:?}").contains("0042"));
    assert!(matches!(config.vault.key, KeyChoice::Environment(text) if text.expose() == "0042"), "digits stay as they are");
}

#[test]
fn letters_go_to_a_folder_beside_the_database_or_to_a_mail_server() {
    let way = |variables: &[(&str, &str)]| read(None, variables).unwrap().mail;
    let folder = |mail: &MailConfig| match &mail.way {
        MailWay::Folder(path) => path.display().to_string(),
        MailWay::Server(_) => String::new(),
    };
    assert_eq!(folder(&way(&[])), "data/outbox");
    assert_eq!(folder(&way(&[("DATABASE_URL", "sqlite:/var/lib/latchkey/db")])), "/var/lib/latchkey/outbox");
    assert_eq!(folder(&way(&[("DATABASE_URL", "postgres://db/x")])), "data/outbox");
    assert_eq!(folder(&way(&[("LATCHKEY_MAIL__OUTBOX", "/letters")])), "/letters");
    assert_eq!(way(&[]).from.as_str(), "latchkey@localhost");
    let public = ("LATCHKEY_SERVER__PUBLIC_URL", "https://vault.example.com");
    assert_eq!(way(&[public]).from.as_str(), "latchkey@vault.example.com");
    assert_eq!(way(&[("LATCHKEY_SERVER__PUBLIC_URL", "https://10.1.2.3")]).from.as_str(), "latchkey@localhost");
    let cases = [
        ("smtps://robot:p%40ss+word@mail.example.com", "mail.example.com", 465, SmtpEncryption::Implicit, Some("p@ss+word")),
        ("smtp://robot:hunter2@[::1]:2525", "::1", 2525, SmtpEncryption::StartTls, Some("hunter2")),
        ("smtp://relay.internal?tls=none", "relay.internal", 25, SmtpEncryption::None, None),
    ];
    for (url, host, port, encryption, password) in cases {
        let mail = way(&[("LATCHKEY_MAIL__SMTP", url)]);
        let MailWay::Server(server) = &mail.way else { panic!("{mail:?}") };
        assert_eq!((server.host.as_str(), server.port, server.encryption), (host, port, encryption), "{url}");
        let login = server.login.as_ref().map(|(user, password)| (user.as_str(), password.expose().as_str()));
        assert_eq!(login, password.map(|password| ("robot", password)));
        assert!(!format!("{mail:?} {}", mail.shown()).contains("hunter2") && !format!("{mail:?}").contains("p@ss"), "{mail:?}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_not_quoted() {
    for line in [
        "url = \"postgres://user:hunter2@db/x",
        "url = postgres://user:hunter2@db/x",
        "url = \"x\" hunter2",
        "hunter2",
        "url = \"hunter2\\q\"",
        "url = [\"hunter2\", 1",
    ] {
        let words = refused(Some(&format!("[database]\n{line}\n[log]\n")), &[]);
        assert!(!words.contains("hunter2") && words.contains("line 2") | words.contains("line 3") && words.contains("Leptos.toml"), "{words}");
    }
}

#[test]
fn a_passphrase_comes_without_its_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("passphrase");
    fs::write(&path, " a sentence with spaces \r\n").unwrap();
    let config = read(None, &[("LATCHKEY_VAULT__PASSPHRASE_FILE", path.to_str().unwrap())]).unwrap();
    assert!(matches!(config.vault.key, KeyChoice::Passphrase(text, _) if text.expose() == " a sentence with spaces "));
}

#[test]
fn providers_of_single_sign_on_are_read_with_their_secrets_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "s3cret\n").unwrap();
    let file = format!(
        "[sign_on.company]\nissuer = \"https://login.example.com/\"\nclient_id = \"latchkey\"\nclient_secret_file = \"{0}\"\n[sign_on.google]\nclient_id = \"g\"\nclient_secret_file = \"{0}\"\n\
         [sign_in]\nverified_domains = [\"Example.com=org_01jd3v8k6e5q2m9xw4r7t0abcd\"]\n[egress]\nnameservers = [\"192.0.2.53\", \"[::1]:5353\"]\n",
        secret.display()
    );
    let config = read(Some(&file), &[]).unwrap();
    let said: Vec<_> = config.sign_on.providers.iter().map(|one| (one.name.as_str(), one.label.as_str(), one.issuer.as_str())).collect();
    assert_eq!(said, [("company", "company", "https://login.example.com/"), ("google", "Google", "https://accounts.google.com")]);
    assert_eq!(config.sign_on.providers[0].client_secret.expose(), "s3cret");
    assert!(!format!("{config:?}").contains("s3cret"));
    assert_eq!(config.sign_in.verified_domains[0].0, "example.com");
    assert_eq!(config.egress.nameservers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["192.0.2.53:53", "[::1]:5353"]);
}

#[test]
fn wrong_providers_of_single_sign_on_are_refused_and_their_secrets_not_said() {
    let said = refused(Some("[sign_on.company]\nclient_id = \"a\"\nclient_secret = \"s3cret\"\n"), &[]);
    assert!(said.contains("sign_on.company.issuer") && said.contains("a secret stands in the configuration file") && !said.contains("s3cret"), "{said}");
    for (name, value) in [
        ("LATCHKEY_SIGN_ON__COMPANY__ISSUER", "login.example.com"),
        ("LATCHKEY_SIGN_ON__COMPANY__ISSUER", "https://a?b"),
        ("LATCHKEY_SIGN_ON__COMPANY__KIND", "saml"),
    ] {
        let said = refused(None, &[(name, value), ("LATCHKEY_SIGN_ON__COMPANY__CLIENT_ID", "a"), ("LATCHKEY_SIGN_ON__COMPANY__CLIENT_SECRET", "b")]);
        assert!(said.contains("sign_on.company"), "{said}");
    }
    let said = refused(None, &[("LATCHKEY_SIGN_IN__VERIFIED_DOMAINS", "example.com")]);
    assert!(said.contains("sign_in.verified_domains"), "{said}");
    assert!(refused(Some("[sign_on.Company]\nclient_id = \"a\"\n"), &[]).contains("sign_on.Company"));
}
