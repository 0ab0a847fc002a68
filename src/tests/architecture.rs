//! The house rules that a script can see (docs/ARCHITECTURE.md): arrows one way, one home per concern, small files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module with what it may import. A module may always import itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("dto", &["domain"]),
    ("catalogue", &["domain", "dto", "vault"]),
    ("vault", &["domain", "dto"]),
    ("config", &["domain", "dto", "catalogue", "vault"]),
    ("egress", &["domain", "dto", "catalogue", "vault", "config"]),
    ("store", &["domain", "dto", "catalogue", "vault", "config"]),
    ("connect", &["domain", "dto", "catalogue", "vault", "config", "egress", "store"]),
    ("services", &["domain", "dto", "catalogue", "vault", "config", "egress", "store", "connect"]),
    ("jobs", &["domain", "dto", "catalogue", "vault", "config", "egress", "store", "connect", "services"]),
    ("web", &["domain", "dto", "catalogue", "vault", "config", "egress", "store", "connect", "services"]),
    ("ui", &["domain", "dto", "catalogue", "vault", "config", "egress", "store", "connect", "services", "web"]),
    ("sandbox", &["domain", "catalogue"]),
    ("server", &["domain", "dto", "catalogue", "vault", "config", "egress", "store", "connect", "services", "jobs", "web", "ui", "sandbox"]),
];

const MAX_LINES: usize = 400;

struct Source {
    /// Path below `src/`.
    path: PathBuf,
    /// Name of the top module.
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(&root).unwrap().to_path_buf();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !below.starts_with("tests") {
                let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
                let module = first.trim_end_matches(".rs").to_owned();
                found.push(Source { text: fs::read_to_string(&path).unwrap(), path: below, module });
            }
        }
    }
    assert!(found.len() > 30, "the source tree was not found");
    found
}

/// The top modules that a text imports by `crate::…`, also inside `use crate::{a, b::c}`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (position, _) in text.match_indices("crate::") {
        let rest = &text[position + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            let mut at_start = true;
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => at_start = true,
                    _ if depth == 0 && at_start && (character.is_alphanumeric() || character == '_') => word.push(character),
                    _ if depth == 0 && !character.is_whitespace() => at_start = false,
                    _ => {}
                }
                if (!at_start || character == ',') && !word.is_empty() {
                    found.push(std::mem::take(&mut word));
                }
            }
            if !word.is_empty() {
                found.push(word);
            }
        } else {
            found.push(rest.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect());
        }
    }
    found
}

fn forbidden_arrows(module: &str, text: &str) -> Vec<String> {
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else { return Vec::new() };
    let known = |name: &String| ARROWS.iter().any(|(module, _)| module == name);
    imports(text).into_iter().filter(known).filter(|name| name != module && !allowed.contains(&name.as_str())).collect()
}

#[test]
fn arrows_run_one_way() {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|source| !["lib", "main"].contains(&source.module.as_str()))
        .flat_map(|source| forbidden_arrows(&source.module, &source.text).into_iter().map(|name| format!("{} imports {name}", source.path.display())))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_arrow_check_sees_a_wrong_import() {
    assert_eq!(forbidden_arrows("store", "use crate::services::App;"), ["services"]);
    assert_eq!(forbidden_arrows("store", "use crate::{domain::Clock, web::{csp, flash}, vault};"), ["web"]);
    assert_eq!(forbidden_arrows("domain", "let x = crate::store::users::find();"), ["store"]);
    assert!(forbidden_arrows("web", "use crate::{domain, services::{App, words}};").is_empty());
}

#[test]
fn every_module_has_its_arrows() {
    let mut modules: Vec<String> = sources().into_iter().map(|source| source.module).filter(|module| !["lib", "main"].contains(&module.as_str())).collect();
    modules.sort();
    modules.dedup();
    let unknown: Vec<&String> = modules.iter().filter(|module| !ARROWS.iter().any(|(name, _)| name == module)).collect();
    assert!(unknown.is_empty(), "modules outside the house: {unknown:?}");
}

/// What may stand only in its home: pattern, homes (path prefixes), why.
const HOMES: &[(&str, &[&str], &str)] = &[
    ("cfg(feature", &["lib.rs", "ui.rs"], "a module is gated once, at its `mod` line"),
    ("reqwest::", &["egress"], "the guarded client is the only way out"),
    ("Conn::new", &["egress"], "the guarded client is the only way out"),
    ("sqlx::", &["store"], "SQL lives in the store"),
    ("SELECT ", &["store", "connect/postgres", "connect/mysql"], "SQL lives in the store; the database connectors prove a customer's database"),
    ("INSERT INTO", &["store"], "SQL lives in the store"),
    ("UPDATE ", &["store"], "SQL lives in the store"),
    ("DELETE FROM", &["store"], "SQL lives in the store"),
    ("#[allow(", &[], "`#[expect(…, reason = …)]` says when it is no longer needed"),
    ("AssertSqlSafe", &[], "SQL is a literal"),
];

#[test]
fn every_concern_stays_in_its_home() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (pattern, homes, why) in HOMES {
            let at_home = homes.iter().any(|home| source.path.starts_with(home) || source.path.to_str().unwrap().starts_with(home));
            if !at_home && source.text.contains(pattern) {
                wrong.push(format!("{}: `{pattern}`: {why}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_module_is_a_file_beside_its_folder() {
    let wrong: Vec<String> = sources().iter().filter(|source| source.path.ends_with("mod.rs")).map(|source| source.path.display().to_string()).collect();
    assert!(wrong.is_empty(), "`name.rs` beside `name/`: {wrong:?}");
}

#[test]
fn files_stay_small() {
    let long: BTreeMap<String, usize> =
        sources().into_iter().map(|source| (source.path.display().to_string(), source.text.lines().count())).filter(|(_, lines)| *lines > MAX_LINES).collect();
    assert!(long.is_empty(), "over {MAX_LINES} lines: {long:#?}");
}

#[test]
fn names_of_folders_are_those_of_the_house() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let allowed = ["migrations", "style", "public", "end2end", "docs", "src", "target", "data", "node_modules"];
    let strange: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.') && !allowed.contains(&name.as_str()))
        .collect();
    assert!(strange.is_empty(), "folders outside the house: {strange:?}");
}
