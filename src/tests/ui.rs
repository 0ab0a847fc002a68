//! Pages and their parts.

mod parts;
