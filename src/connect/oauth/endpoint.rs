//! Where the provider's own addresses are.

use url::Url;

use super::{Party, TokenProblem};
use crate::catalogue::{Encoding, FieldKind, Part, Template};

/// The address that a template makes. With `mapped`, an address of the operator's configuration, scheme and host of the provider are replaced by it and its path
/// stands before the provider's.
pub(super) fn endpoint(party: &Party<'_>, template: &Template, mapped: Option<&str>) -> Result<Url, TokenProblem> {
    const WRONG: TokenProblem = TokenProblem::Entries("address");
    let filled = fill(party, template);
    let url = Url::parse(&filled).map_err(|_| WRONG)?;
    let bare = url.has_host() && url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let suffixes = &party.oauth.host_suffixes;
    let host = url.host_str().unwrap_or_default();
    let of_provider = template.fields().all(|id| id == "client_id") || suffixes.is_empty() || suffixes.iter().any(|suffix| host.ends_with(suffix.as_str()));
    if !bare || url.scheme() != "https" || !of_provider {
        return Err(WRONG);
    }
    match mapped {
        None => Ok(url),
        Some(base) => {
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("{}{}{query}", base.trim_end_matches('/'), url.path()).parse().map_err(|_| WRONG)
        }
    }
}

/// Whether everything is known that the token address is made of.
pub(super) fn is_complete(party: &Party<'_>) -> bool {
    party.oauth.token_url.is_filled_by(&|id| party.open(id))
}

/// A field that is a whole web address stands as it is; any other value is percent-encoded, so that it stays in its place.
fn fill(party: &Party<'_>, template: &Template) -> String {
    let fields = || party.manifest.fields.iter().chain(&party.oauth.app_fields);
    let mut filled = String::new();
    for part in template.parts() {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Field(id) => {
                let whole = fields().any(|field| &field.id == id && field.kind == FieldKind::Url);
                let encoding = if whole { Encoding::Plain } else { Encoding::Url };
                let value = Template::new(&format!("{{{id}}}")).fill(encoding, &|id| party.open(id));
                filled.push_str(if whole { value.trim_end_matches('/') } else { &value });
            }
        }
    }
    filled
}
