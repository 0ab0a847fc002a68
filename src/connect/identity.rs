//! Whose account a credential opens.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalogue::{Encoding, Identity, Source};
use crate::dto::IdentityView;

use super::answer::text_of;
use super::scrub::Scrubber;

/// Reads the account out of the answers, of which the first that tells counts, and the entries. Texts of the provider lose secrets and are cut; what the person typed in the open stays as it is,
/// so that two accounts do not look the same.
pub(super) fn identify(identity: &Identity, answers: &[&Value], config: &BTreeMap<String, String>, scrubber: &Scrubber) -> IdentityView {
    let first = |sources: &[Source]| sources.iter().find_map(|source| read(source, answers, config, scrubber)).unwrap_or_default();
    IdentityView {
        account_id: first(&identity.account_id),
        account_name: first(&identity.account_name),
        facts: identity.facts.iter().map(|fact| (fact.label.clone(), first(&fact.from))).filter(|(_, value)| !value.is_empty()).collect(),
    }
}

fn read(source: &Source, answers: &[&Value], config: &BTreeMap<String, String>, scrubber: &Scrubber) -> Option<String> {
    let value_of = |id: &str| config.get(id).map(String::as_str);
    let text = match source {
        Source::Pointer(pointer) => {
            let told = |answer: &&Value| text_of(answer.pointer(pointer)?).filter(|text| !text.trim().is_empty());
            scrubber.clean(&answers.iter().find_map(told)?)
        }
        Source::Template(template) if template.is_filled_by(&value_of) => template.fill(Encoding::Plain, &value_of),
        Source::Template(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}
