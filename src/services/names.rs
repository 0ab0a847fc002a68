//! Names of connections: what they are by default, and which are free.

use std::collections::HashSet;

use crate::domain::{DisplayName, MemberId, OrganizationId};
use crate::services::ServiceError;
use crate::store::Conn;
use crate::store::connections::{self, ListFilter, Order};

/// How many numbers are tried behind a name.
pub const TRIES: usize = 1_000;
/// Names alike that are looked at.
const ALIKE: i64 = 1_000;

/// The default name: the connector's and the account's, cut to what a name may hold.
pub fn by_default(connector: &str, account: &str) -> String {
    let clean: String = account.chars().filter(|character| !character.is_control()).collect();
    let whole = if clean.trim().is_empty() { connector.to_owned() } else { format!("{connector} {}", clean.trim()) };
    whole.chars().take(DisplayName::MAX_CHARACTERS).collect::<String>().trim().to_owned()
}

/// The name with a number behind it, from 2; 1 is the name itself.
pub fn numbered(name: &str, number: usize) -> String {
    if number < 2 {
        return name.to_owned();
    }
    let suffix = format!(" {number}");
    let kept: String = name.chars().take(DisplayName::MAX_CHARACTERS - suffix.chars().count()).collect();
    format!("{}{suffix}", kept.trim_end())
}

/// Names inside a sentence: three of them, and how many more there are.
pub fn joined(names: &[String]) -> String {
    match names {
        [first, second, third, rest @ ..] if !rest.is_empty() => format!("{first}, {second}, {third} and {} more", rest.len()),
        _ => names.join(", "),
    }
}

/// The first of `name`, `name 2`, `name 3` that no connection of the organization has, nor one of the owner's own.
pub async fn free(on: Conn<'_>, organization: &OrganizationId, owner: Option<&MemberId>, name: &str) -> Result<String, ServiceError> {
    // The end of a long name gives way to the number, so only its beginning is looked for.
    let text: String = name.to_lowercase().chars().take(DisplayName::MAX_CHARACTERS - 5).collect();
    let filter = ListFilter {
        text: text.trim_end().to_owned(),
        statuses: Vec::new(),
        tag: String::new(),
        member: owner.cloned(),
        only: None,
        others: false,
        order: Order::Name,
        limit: ALIKE,
        offset: 0,
    };
    let taken: HashSet<String> = connections::list(on, organization, &filter).await?.into_iter().map(|row| row.name).collect();
    Ok((1..=TRIES).map(|number| numbered(name, number)).find(|name| !taken.contains(name)).unwrap_or_else(|| numbered(name, TRIES)))
}
