//! Manifests as pages and the API show them.

use crate::dto::{ConnectorSummary, ConnectorView, FieldView, GuideStep, SelectOption};

use super::{Field, Manifest, SignInKind};

impl Manifest {
    /// The tile of the marketplace; `connected` is how many connections the organization has to it.
    pub fn summary_view(&self, connected: usize) -> ConnectorSummary {
        ConnectorSummary {
            id: self.id.clone(),
            name: self.name.clone(),
            category: self.category.as_str().to_owned(),
            category_title: self.category.title().to_owned(),
            regions: self.regions.clone(),
            summary: self.summary.clone(),
            tier: self.tier.as_str().to_owned(),
            sign_in: self.sign_in.clone(),
            sign_in_kinds: SignInKind::of(self).into_iter().map(|kind| kind.as_str().to_owned()).collect(),
            glyph: self.glyph.clone(),
            connected,
            own: self.own,
        }
    }

    /// The connector's own page; `connections` are names and ids of those that exist.
    pub fn view(&self, connections: Vec<(String, String)>) -> ConnectorView {
        ConnectorView {
            summary: self.summary_view(connections.len()),
            reads: self.about.reads.clone(),
            changes: self.about.changes.clone(),
            never: self.about.never.clone(),
            stored: self.about.stored.clone(),
            needs: self.about.needs.clone(),
            sign_in_steps: self.sign_in_steps.iter().map(|step| GuideStep { title: step.title.clone(), text: step.text.clone() }).collect(),
            find_steps: self.find_steps.clone(),
            docs_url: self.docs_url.clone(),
            credential_noun: self.credential_noun.clone(),
            advice: self.about.advice.clone(),
            fields: self.fields.iter().filter(|field| field.filled_by.is_none()).map(Field::view).collect(),
            quick: self.quick,
            connections,
        }
    }
}

impl Field {
    /// The field as a form shows it.
    pub fn view(&self) -> FieldView {
        FieldView {
            id: self.id.clone(),
            title: self.title.clone(),
            help: self.help.clone(),
            kind: self.kind.as_str().to_owned(),
            required: self.required,
            secret: self.kind.is_secret(),
            default: self.default.clone(),
            pattern: self.pattern.as_ref().map(|pattern| pattern.text().to_owned()).unwrap_or_default(),
            example: self.example.clone(),
            find_url: self.find_url.clone(),
            find_label: self.find_label.clone(),
            options: self.options.iter().map(|option| SelectOption { value: option.value.clone(), title: option.title.clone() }).collect(),
            visible_when: self.visible_when.as_ref().map(|condition| (condition.field.clone(), condition.values.clone())),
        }
    }
}
