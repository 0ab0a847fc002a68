//! What a connector asks for as JSON Schema 2020-12.

use serde_json::{Map, Value, json};

use super::{Field, FieldKind, Manifest, VisibleWhen};

impl Manifest {
    /// The fields as JSON Schema 2020-12: every value is a text, secrets are `writeOnly`, and `visible_when` is an `if` with a `then`.
    pub fn json_schema(&self) -> Value {
        let properties: Map<String, Value> =
            self.fields.iter().filter(|field| field.filled_by.is_none()).map(|field| (field.id.clone(), field.json_schema())).collect();
        let needed = |field: &&Field| field.required && field.default.is_empty();
        let always: Vec<&str> = self.fields.iter().filter(needed).filter(|field| field.visible_when.is_none()).map(|field| field.id.as_str()).collect();
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "type": "object",
            "properties": properties,
            "required": always,
            "additionalProperties": false,
        });
        let conditions: Vec<Value> =
            self.fields.iter().filter_map(|field| field.visible_when.as_ref().map(|condition| self.condition(field, condition, needed(&field)))).collect();
        if !conditions.is_empty() {
            schema["allOf"] = conditions.into();
        }
        schema
    }

    fn condition(&self, field: &Field, condition: &VisibleWhen, needed: bool) -> Value {
        let default = self.field(&condition.field).map_or("", |other| other.default.as_str());
        let mut when = json!({ "properties": { condition.field.as_str(): { "enum": condition.values } } });
        // A select that is left out means its default.
        if !condition.values.iter().any(|value| value == default) {
            when["required"] = json!([condition.field]);
        }
        let mut then = json!({ "properties": { field.id.as_str(): true } });
        if needed {
            then["required"] = json!([field.id]);
        }
        json!({ "if": when, "then": then })
    }
}

impl Field {
    fn json_schema(&self) -> Value {
        let mut schema = Map::from_iter([("type".to_owned(), json!("string")), ("title".to_owned(), json!(self.title))]);
        let mut add = |key: &str, value: Value| drop(schema.insert(key.to_owned(), value));
        for (key, text) in [("description", &self.help), ("default", &self.default)] {
            if !text.is_empty() {
                add(key, json!(text));
            }
        }
        if !self.example.is_empty() {
            add("examples", json!([self.example]));
        }
        if let Some(pattern) = self.json_pattern() {
            add("pattern", json!(pattern));
        }
        if self.kind == FieldKind::Select {
            add("enum", self.options.iter().map(|option| option.value.as_str()).collect());
        }
        if self.kind == FieldKind::Url {
            add("format", json!("uri"));
        }
        if self.kind.is_secret() {
            add("writeOnly", json!(true));
        }
        schema.into()
    }

    /// The pattern for the whole value; none where it says something that only our own expressions can, such as `(?s)`.
    fn json_pattern(&self) -> Option<String> {
        let own = match self.kind {
            FieldKind::Url => Some("^https://"),
            FieldKind::Path => Some("^/"),
            FieldKind::Port => Some("^[0-9]{1,5}$"),
            _ => None,
        };
        let pattern = self.pattern.as_ref().map(|pattern| pattern.text()).filter(|text| !text.replace("(?:", "(").contains("(?"));
        pattern.map(|text| format!("^(?:{text})$")).or_else(|| own.map(str::to_owned))
    }
}
