//! `[renewals]`: how many tokens are renewed at a time.

use serde::Deserialize;

use super::problem::Review;
use super::value::Scalar;

/// How many tokens are renewed at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenewalsConfig {
    /// The most that this node begins in a second.
    pub per_second: u32,
    /// The most at the same time at one provider.
    pub at_once: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    per_second: Option<Scalar>,
    at_once: Option<Scalar>,
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> RenewalsConfig {
    let mut number = |key, given: Option<Scalar>, usual, fix, most| {
        review.parse(key, given.map(Scalar::into_text), usual, fix, |text| text.parse().ok().filter(|number| (1..=most).contains(number)))
    };
    RenewalsConfig {
        per_second: number("renewals.per_second", raw.per_second, 500, "give a number from 1 to 1000", 1_000),
        at_once: number("renewals.at_once", raw.at_once, 16, "give a number from 1 to 256", 256),
    }
}
