//! `[sign_in]`: who may register, and how much work signing in may be.

use serde::Deserialize;

use super::problem::Review;
use super::sign_on;
use super::value::{List, Scalar};
use crate::domain::OrganizationId;

/// Who may register, and how much work signing in may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInConfig {
    /// Whether new accounts need an invitation.
    pub registration_closed: bool,
    /// Passwords hashed at the same time; each takes 19 MiB.
    pub hashes_at_once: usize,
    /// E-mail domains that the operator vouches for, each for one organization.
    pub verified_domains: Vec<(String, OrganizationId)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Raw {
    hashes_at_once: Option<Scalar>,
    registration: Option<String>,
    verified_domains: Option<List>,
}

pub(super) fn check(raw: Raw, review: &mut Review<'_>) -> SignInConfig {
    let hashes_at_once = review.parse("sign_in.hashes_at_once", raw.hashes_at_once.map(Scalar::into_text), 2, "give a number from 1 to 64", |text| {
        text.parse().ok().filter(|number| (1..=64).contains(number))
    });
    let registration_closed = review.parse("sign_in.registration", raw.registration, false, "give open or closed", |text| match text {
        "open" => Some(false),
        "closed" => Some(true),
        _ => None,
    });
    SignInConfig { registration_closed, hashes_at_once, verified_domains: sign_on::domains(raw.verified_domains, review) }
}
