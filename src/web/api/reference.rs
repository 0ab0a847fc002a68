//! The document as a page lists it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document;

/// The whole reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What holds for all calls, in paragraphs.
    pub about: Vec<String>,
    /// The calls by subject.
    pub groups: Vec<Group>,
    /// The objects that bodies and answers are made of.
    pub objects: Vec<Fields>,
}

/// The calls of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The subject.
    pub name: String,
    /// One sentence about it.
    pub about: String,
    /// The calls.
    pub operations: Vec<Operation>,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The stable id.
    pub id: String,
    /// Such as `GET`.
    pub method: String,
    /// Such as `/api/v1/connections/{id}`.
    pub path: String,
    /// A few words.
    pub summary: String,
    /// More sentences; empty for none.
    pub about: String,
    /// What stands in path, query and headers.
    pub parameters: Vec<Row>,
    /// The body; none when it takes none.
    pub body: Option<Kind>,
    /// An example of the body as text.
    pub example: Option<String>,
    /// What it answers.
    pub answers: Vec<Answered>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: String,
    /// When.
    pub about: String,
    /// The body; none when there is none.
    pub body: Option<Kind>,
}

/// An object and its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The name.
    pub name: String,
    /// One sentence about it.
    pub about: String,
    /// What it is, when it has no fields.
    pub kind: Kind,
    /// The fields.
    pub rows: Vec<Row>,
}

/// A parameter or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name.
    pub name: String,
    /// `path`, `query` or `header` of a parameter; empty of a field.
    pub place: String,
    /// Of which kind.
    pub kind: Kind,
    /// Whether it is always there, or must be sent.
    pub required: bool,
    /// What it means.
    pub about: String,
}

/// Words for a type, and the object they speak of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// The words, such as `list of FieldView`.
    pub words: String,
    /// The name of the object in them.
    pub object: Option<String>,
}

/// The reference of this build; `secure` as for [`document`].
pub fn reference(secure: bool) -> Reference {
    let document = serde_json::to_value(document(secure)).unwrap_or_default();
    let mut groups: Vec<Group> =
        list(&document["tags"]).map(|tag| Group { name: text(&tag["name"]), about: text(&tag["description"]), operations: Vec::new() }).collect();
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item).filter(|(_, operation)| operation.is_object()) {
            let subject = operation["tags"][0].as_str().unwrap_or_default();
            if let Some(group) = groups.iter_mut().find(|group| group.name == subject) {
                group.operations.push(call(path, method, operation));
            }
        }
    }
    let objects = entries(&document["components"]["schemas"]).map(|(name, schema)| object(name, schema)).collect();
    Reference { about: text(&document["info"]["description"]).split("\n\n").map(str::to_owned).collect(), groups, objects }
}

fn call(path: &str, method: &str, operation: &Value) -> Operation {
    let body = &operation["requestBody"]["content"]["application/json"];
    let answers: BTreeMap<&String, &Value> = entries(&operation["responses"]).collect();
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        about: text(&operation["description"]),
        parameters: list(&operation["parameters"]).map(parameter).collect(),
        body: body.get("schema").map(kind),
        example: body.get("example").and_then(|example| serde_json::to_string_pretty(example).ok()),
        answers: answers.into_iter().map(|(status, answer)| answered(status, answer)).collect(),
    }
}

fn parameter(parameter: &Value) -> Row {
    Row {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: kind(&parameter["schema"]),
        required: parameter["required"] == true,
        about: text(&parameter["description"]),
    }
}

fn answered(status: &str, answer: &Value) -> Answered {
    let body = answer["content"]["application/json"].get("schema").map(kind);
    Answered { status: status.to_owned(), about: text(&answer["description"]), body }
}

fn object(name: &str, schema: &Value) -> Fields {
    let mut rows = Vec::new();
    let parts = list(&schema["allOf"]).chain([schema]);
    for part in parts {
        let required: Vec<&str> = list(&part["required"]).filter_map(Value::as_str).collect();
        rows.extend(entries(&part["properties"]).map(|(field, schema)| Row {
            name: field.clone(),
            place: String::new(),
            kind: kind(schema),
            required: required.contains(&field.as_str()),
            about: text(&schema["description"]),
        }));
    }
    Fields { name: name.to_owned(), about: text(&schema["description"]), kind: kind(schema), rows }
}

/// A type in words.
fn kind(schema: &Value) -> Kind {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return Kind { words: name.to_owned(), object: Some(name.to_owned()) };
    }
    for (key, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " with ")] {
        if let Some(parts) = schema[key].as_array() {
            return joined(parts.iter().map(kind), between);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
        return words(&format!("one of: {}", values.join(", ")));
    }
    if let Some(parts) = schema["prefixItems"].as_array() {
        let Kind { words, object } = joined(parts.iter().map(kind), ", ");
        return Kind { words: format!("list of exactly: {words}"), object };
    }
    let types: Vec<&str> = schema["type"].as_str().into_iter().chain(list(&schema["type"]).filter_map(Value::as_str)).collect();
    if types.contains(&"array") {
        let Kind { words, object } = kind(&schema["items"]);
        return Kind { words: format!("list of {words}"), object };
    }
    if let Some(values) = schema["additionalProperties"].as_object().map(|_| kind(&schema["additionalProperties"])) {
        return Kind { words: format!("object of {}", values.words), object: values.object };
    }
    words(&limited(schema, &types))
}

/// The plain type with its limits.
fn limited(schema: &Value, types: &[&str]) -> String {
    let mut text = if types.is_empty() { "anything".to_owned() } else { types.join(" or ") };
    for (key, lead) in [("format", ""), ("minLength", "at least "), ("maxLength", "at most "), ("minimum", "from "), ("maximum", "to "), ("pattern", "")] {
        match &schema[key] {
            Value::Null => {}
            Value::String(value) => text.push_str(&format!(", {lead}{value}")),
            value if key.ends_with("Length") => text.push_str(&format!(", {lead}{value} characters")),
            value => text.push_str(&format!(", {lead}{value}")),
        }
    }
    text
}

fn joined(parts: impl Iterator<Item = Kind>, between: &str) -> Kind {
    let parts: Vec<Kind> = parts.collect();
    let object = parts.iter().find_map(|part| part.object.clone());
    Kind { words: parts.into_iter().map(|part| part.words).collect::<Vec<_>>().join(between), object }
}

fn words(words: &str) -> Kind {
    Kind { words: words.to_owned(), object: None }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
