//! What the list is narrowed to, as a form and as addresses.

use std::collections::BTreeMap;

use leptos::prelude::*;
use url::form_urlencoded::Serializer;

use crate::dto::{AuditFilter, AuditListView};
use crate::services::audit::Format;
use crate::ui::components::Icon;

/// Reads the query string; what is too long counts as not given.
pub fn read(query: &BTreeMap<String, String>) -> AuditFilter {
    let text = |key: &str| query.get(key).map(|value| value.trim().chars().take(200).collect()).unwrap_or_default();
    AuditFilter { q: text("q"), who: text("who"), what: text("what"), when: text("when"), of: text("of") }
}

/// The list behind this place.
pub fn older(filter: &AuditFilter, cursor: &str) -> String {
    address("/audit", filter, &[("before", cursor)])
}

/// What the list shows, as a file.
pub fn export(filter: &AuditFilter, format: Format) -> String {
    address("/audit/export", filter, &[("format", format.as_str())])
}

fn address(path: &str, filter: &AuditFilter, more: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    let own = [("q", &filter.q), ("who", &filter.who), ("what", &filter.what), ("when", &filter.when), ("of", &filter.of)];
    query.extend_pairs(own.iter().filter(|(_, value)| !value.is_empty()));
    query.extend_pairs(more);
    format!("{path}?{}", query.finish())
}

/// The form.
#[component]
pub fn Filters(filter: AuditFilter, view: AuditListView) -> impl IntoView {
    let who = [("", "Anyone"), ("people", "People"), ("apps", "Apps"), ("latchkey", "Latchkey")];
    let when = [("", "Any time"), ("today", "Today"), ("7d", "Last 7 days"), ("30d", "Last 30 days")];
    let option = |(value, words): (String, String), chosen: &str| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {words}
            </option>
        }
    };
    let plain = |pairs: [(&str, &str); 4], chosen: &str| pairs.map(|(value, words)| option((value.to_owned(), words.to_owned()), chosen)).collect_view();
    let people = view.people.into_iter().map(|person| option(person, &filter.who)).collect_view();
    let topics = view.topics.into_iter().map(|topic| option(topic, &filter.what)).collect_view();
    let of = view.may_see_server.then(|| {
        let of = [("".to_owned(), "This organisation".to_owned()), ("server".to_owned(), "The server itself".to_owned())];
        view! {
            <label class="contents">
                <span class="sr-only">"Of"</span>
                <select class="select select-sm" name="of">
                    {of.map(|pair| option(pair, &filter.of)).collect_view()}
                </select>
            </label>
        }
    });
    let columns =
        if view.may_see_server { "lg:grid-cols-[minmax(0,1fr)_9.5rem_11rem_9rem_10rem_auto]" } else { "lg:grid-cols-[minmax(0,1fr)_9.5rem_11rem_11rem_auto]" };
    view! {
        <form class=format!("grid grid-cols-2 gap-2.5 border-b border-line p-4 {columns}") method="get" action="/audit" role="search" aria-label="Filter entries">
            <label class="input input-sm col-span-2 lg:col-span-1">
                <Icon name="i-search" class="text-faint" />
                <span class="sr-only">"Search"</span>
                <input type="search" name="q" placeholder="Person, app, connection, address or id" value=filter.q.clone() />
            </label>
            <label class="contents">
                <span class="sr-only">"Who"</span>
                <select class="select select-sm" name="who">
                    {plain(who, &filter.who)}
                    {people}
                </select>
            </label>
            <label class="contents">
                <span class="sr-only">"What"</span>
                <select class="select select-sm" name="what">
                    {option((String::new(), "Any action".to_owned()), &filter.what)}
                    {topics}
                </select>
            </label>
            <label class="contents">
                <span class="sr-only">"When"</span>
                <select class="select select-sm" name="when">
                    {plain(when, &filter.when)}
                </select>
            </label>
            {of}
            <button class="btn btn-quiet btn-sm" type="submit">
                "Apply"
            </button>
        </form>
    }
}
