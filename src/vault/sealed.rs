//! The sealed format, version 1 (docs/SECURITY.md).

/// What a sealed value belongs to; a value opens only where all of it is equal.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// Organization id, or `system`.
    pub organization: &'a str,
    /// Table-like kind: `credential`, `draft`, `system`.
    pub kind: &'a str,
    /// Id of the record.
    pub record: &'a str,
    /// Field of the record.
    pub field: &'a str,
    /// Version of the secret, from 1.
    pub version: u64,
}

/// A sealed value as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Bytes that a store returned.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Why a sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not a sealed value of a known version and algorithm.
    #[error("not a sealed value of a known format")]
    Format,
    /// Sealed with a key that is not loaded.
    #[error("sealed with a key that is not loaded")]
    KeyAbsent,
    /// Changed, truncated, or of another record.
    #[error("changed, truncated, or of another record")]
    Refused,
}
