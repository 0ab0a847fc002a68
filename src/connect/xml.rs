//! XML read as JSON.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value};

const MOST_NODES: u32 = 200_000;
const DEEPEST: usize = 64;

/// Whether an answer of this media type is XML for programs.
pub(super) fn is_xml(media_type: &str) -> bool {
    matches!(media_type, "application/xml" | "text/xml") || (media_type.ends_with("+xml") && media_type != "application/xhtml+xml")
}

/// The document as JSON: element names without namespace as keys, the root's among them, repeated elements as a list, an element without others as text.
/// Attributes are left out. None when it is no XML, has a document type, or is nested too deep.
pub(super) fn read(text: &str) -> Option<Value> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_start_matches('\u{feff}'), options).ok()?;
    let root = document.root_element();
    Some(Value::Object(Map::from_iter([(root.tag_name().name().to_owned(), value(root, 0)?)])))
}

fn value(element: Node<'_, '_>, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let mut members = Map::new();
    for child in element.children().filter(Node::is_element) {
        let inner = value(child, depth + 1)?;
        match members.get_mut(child.tag_name().name()) {
            Some(Value::Array(items)) => items.push(inner),
            Some(first) => *first = Value::Array(vec![first.take(), inner]),
            None => drop(members.insert(child.tag_name().name().to_owned(), inner)),
        }
    }
    if members.is_empty() {
        let text: String = element.children().filter(Node::is_text).filter_map(|node| node.text()).collect();
        return Some(Value::String(text.trim().to_owned()));
    }
    Some(Value::Object(members))
}
