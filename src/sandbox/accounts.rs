//! The accounts of the emulated providers, as the console's banner prints them.

use super::mishap::MISHAPS;
use super::{stripe, ventures};

/// One account: what it shows, and what to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The connector's id.
    pub connector: &'static str,
    /// What it shows, such as `Works`.
    pub title: &'static str,
    /// Labels and values to type.
    pub values: Vec<(&'static str, String)>,
}

/// Every account, good ones first.
pub fn accounts() -> Vec<Account> {
    let ventures = |title, password: &str, site: &str| Account {
        connector: "ventures",
        title,
        values: vec![("Username", ventures::USERNAME.to_owned()), ("Password", password.to_owned()), ("Site name", site.to_owned())],
    };
    let stripe = |title, key: String| Account { connector: "stripe", title, values: vec![("API key", key)] };
    let mut accounts = vec![
        ventures("Works", ventures::PASSWORD, ventures::SITE),
        ventures("Wrong password", "wrong-password", ventures::SITE),
        stripe("Works", stripe::key("sk", stripe::ACCOUNT)),
        stripe("Works, with few rights", stripe::key("rk", stripe::RESTRICTED)),
        stripe("Refused", stripe::key("sk", "sandboxRefusedKey")),
    ];
    for (_, word, title) in MISHAPS {
        accounts.push(ventures(title, ventures::PASSWORD, &format!("{}{word}", ventures::FAILING_SITE)));
        accounts.push(stripe(title, stripe::key("sk", &format!("{}{word}", stripe::FAILING_ACCOUNT))));
    }
    accounts
}
