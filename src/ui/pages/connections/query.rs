//! The query string of the list, read leniently and written back.

use std::collections::BTreeMap;

use url::form_urlencoded::Serializer;

use crate::dto::ConnectionFilter;

/// Reads the query string; what cannot be read counts as not given.
pub fn read(query: &BTreeMap<String, String>) -> ConnectionFilter {
    let text = |key: &str| query.get(key).map(|value| value.trim().chars().take(200).collect()).unwrap_or_default();
    let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    ConnectionFilter { q: text("q"), status: text("status"), tag: text("tag"), sort: text("sort"), page }
}

/// The list with another status, from its first page.
pub fn with_status(filter: &ConnectionFilter, status: &str) -> String {
    link(&ConnectionFilter { status: status.to_owned(), page: 1, ..filter.clone() })
}

/// The list of one tag, or of all for an empty one, from its first page.
pub fn with_tag(filter: &ConnectionFilter, tag: &str) -> String {
    link(&ConnectionFilter { tag: tag.to_owned(), page: 1, ..filter.clone() })
}

/// The list in another order, from its first page.
pub fn with_sort(filter: &ConnectionFilter, sort: &str) -> String {
    link(&ConnectionFilter { sort: sort.to_owned(), page: 1, ..filter.clone() })
}

/// Another page of the list.
pub fn with_page(filter: &ConnectionFilter, page: usize) -> String {
    link(&ConnectionFilter { page: u32::try_from(page).unwrap_or(1), ..filter.clone() })
}

fn link(filter: &ConnectionFilter) -> String {
    let mut query = Serializer::new(String::new());
    for (key, value) in [("q", &filter.q), ("status", &filter.status), ("tag", &filter.tag), ("sort", &filter.sort)] {
        if !value.is_empty() {
            query.append_pair(key, value);
        }
    }
    if filter.page > 1 {
        query.append_pair("page", &filter.page.to_string());
    }
    let query = query.finish();
    if query.is_empty() { "/connections".to_owned() } else { format!("/connections?{query}") }
}
