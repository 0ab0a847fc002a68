//! What every JSON answer is wrapped in; the API's document is made from the same types.

use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::domain::Timestamp;
use crate::dto::{DiagnosisView, IdentityView};
use crate::services::ErrorCode;

/// The one value that `success` has in this kind of answer.
#[derive(Clone, Copy, Debug)]
pub struct Flag<const VALUE: bool>;

impl<const VALUE: bool> Serialize for Flag<VALUE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(VALUE)
    }
}

fn always(value: bool) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::Boolean)).enum_values(Some([value])).into()
}

fn yes() -> RefOr<Schema> {
    always(true)
}

fn no() -> RefOr<Schema> {
    always(false)
}

fn code() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(ErrorCode::ALL.map(ErrorCode::as_str)))
        .description(Some("The stable code."))
        .into()
}

/// It worked, and this is what was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done<T> {
    #[schema(schema_with = yes)]
    success: Flag<true>,
    /// What was asked for.
    pub data: T,
}

impl<T> Done<T> {
    /// An answer with this in it.
    pub const fn of(data: T) -> Self {
        Self { success: Flag, data }
    }
}

/// It worked, said in a sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct Said {
    #[schema(schema_with = yes)]
    success: Flag<true>,
    /// A sentence for people.
    pub message: String,
}

impl Said {
    /// An answer with this sentence.
    pub const fn of(message: String) -> Self {
        Self { success: Flag, message }
    }
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed<T> {
    /// The items of this part.
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next part; `null` at the end.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// It did not work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refused {
    #[schema(schema_with = no)]
    success: Flag<false>,
    /// What went wrong.
    pub error: Refusal,
}

impl Refused {
    /// An answer that says what went wrong.
    pub const fn of(code: &'static str, message: String, details: Details) -> Self {
        Self { success: Flag, error: Refusal { code, message, details } }
    }
}

/// What went wrong, for programs and for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// The stable code.
    #[schema(schema_with = code)]
    pub code: &'static str,
    /// What happened, what did not, and what to do: for people.
    pub message: String,
    /// More about it.
    pub details: Details,
}

/// More about a refusal; what does not apply is left out.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Details {
    /// The fields that need a change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldRefusal>,
    /// Why a check failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Box<DiagnosisView>>,
    /// The account in use, when another one would take its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<IdentityView>,
    /// The account that would take its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<IdentityView>,
    /// When trying again makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// When the stored token ends, where it is not enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why the provider refused: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A field that needs a change; its value is never repeated.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldRefusal {
    /// The field's key.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}
