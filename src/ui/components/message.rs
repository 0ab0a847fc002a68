//! One-line messages.

use leptos::prelude::*;

use super::Icon;
use crate::ui::flash::{Flash, FlashKind};
use crate::ui::page::Here;

/// The message that the last action left, if any. Every page puts it where its content begins.
///
/// One that refuses takes the focus, so that it is read first.
#[component]
pub fn FlashMessage(
    /// Classes for its place, such as `mt-6`.
    #[prop(optional, into)]
    class: &'static str,
) -> impl IntoView {
    let here = use_context::<Here>().map_or_else(|| "/".to_owned(), |here| here.full);
    use_context::<Flash>().filter(|flash| !flash.strong.is_empty()).map(|flash| {
        let link = |(key, words): (String, String)| {
            view! {
                <li>
                    <a class="link" href=format!("#{key}")>
                        {words}
                    </a>
                </li>
            }
        };
        let fields =
            (!flash.errors.is_empty()).then(|| view! { <ul class="mt-1 grid gap-0.5">{flash.errors.into_iter().map(link).collect_view()}</ul> }.into_any());
        view! { <Message kind=flash.kind strong=flash.strong text=flash.text class=class dismiss=here focus=true fields=fields /> }
    })
}

/// A message: a few strong words, then the rest.
#[component]
pub fn Message(
    /// Its family.
    kind: FlashKind,
    /// What happened, in a few words.
    #[prop(into)]
    strong: String,
    /// What that means and what did not happen.
    #[prop(optional, into)]
    text: String,
    /// Classes for its place.
    #[prop(optional, into)]
    class: &'static str,
    /// The page without the message; empty when it cannot be dismissed.
    #[prop(optional, into)]
    dismiss: String,
    /// Whether a refusal takes the focus.
    #[prop(optional)]
    focus: bool,
    /// Links to the fields it is about.
    #[prop(optional_no_strip)]
    fields: Option<AnyView>,
    /// A button or link at its end.
    #[prop(optional)]
    action: Option<AnyView>,
) -> impl IntoView {
    let refused = kind == FlashKind::Bad;
    let class = if class.is_empty() { format!("lk-flash lk-flash-{}", kind.class()) } else { format!("lk-flash lk-flash-{} {class}", kind.class()) };
    let focus = (refused && focus).then_some("-1");
    view! {
        <div class=class role=if refused { "alert" } else { "status" } tabindex=focus autofocus=focus.is_some()>
            <Icon name=kind.icon() />
            <div class="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-2">
                <div>
                    <p>
                        <strong class="font-semibold">{strong}</strong>
                        {(!text.is_empty()).then(|| format!(" {text}"))}
                    </p>
                    {fields}
                </div>
                {action}
            </div>
            {(!dismiss.is_empty())
                .then(|| {
                    view! {
                        <a class="btn btn-ghost btn-sm btn-square -my-1" href=dismiss aria-label="Dismiss">
                            <Icon name="i-x" />
                        </a>
                    }
                })}
        </div>
    }
}
