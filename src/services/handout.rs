//! Handing credentials to programs: what they get, when they come again, and who came.

mod answer;
mod read;
mod used;

pub use answer::{Handed, Handout};
pub use read::{HandoutLookups, USUAL_MIN_VALID_S, read};
pub use used::{uses, uses_of};
