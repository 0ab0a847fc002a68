//! What stands around the pages in front of the door: signing in, registering, a forgotten password.

use leptos::prelude::*;

use super::night::Night;
use crate::ui::shell::Brand;

/// The mark above, the page in the middle, one small line below; beside it the night.
#[component]
pub fn Door(
    /// The line below.
    #[prop(optional, into)]
    foot: String,
    /// The page; one `h1`.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,0.92fr)]">
            <main id="main" tabindex="-1" class="flex flex-col bg-base-100 px-6 py-8 sm:px-12">
                <div>
                    <Brand href="/sign-in" />
                </div>
                <div class="mx-auto flex w-full max-w-[22.5rem] flex-1 flex-col justify-center py-10">{children()}</div>
                <p class="lk-cap">{foot}</p>
            </main>
            <Night />
        </div>
    }
}
