//! HTML put together as text: for the parts that a page repeats by the hundred, where a tree of views costs more than everything else.

use std::fmt::Write as _;

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

/// Finished elements as text. Only literals go in as they are; everything else is escaped.
#[derive(Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// Room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// HTML as it is written in the source.
    pub fn raw(&mut self, html: &'static str) -> &mut Self {
        self.0.push_str(html);
        self
    }

    /// Text of an element, or the value of an attribute in double quotes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(place) = rest.find(['&', '<', '>', '"']) {
            self.0.push_str(&rest[..place]);
            self.0.push_str(match rest.as_bytes()[place] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                _ => "&quot;",
            });
            rest = &rest[place + 1..];
        }
        self.0.push_str(rest);
        self
    }

    /// A number.
    pub fn number(&mut self, number: usize) -> &mut Self {
        let _ = write!(self.0, "{number}");
        self
    }

    /// As a part of a page.
    pub fn into_view(self) -> AnyView {
        InertElement::new(self.0).into_any()
    }
}
