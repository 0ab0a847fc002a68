//! Pages and their parts.

mod pages;
mod parts;
mod sample;
mod wizard;
