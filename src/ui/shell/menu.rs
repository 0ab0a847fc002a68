//! The menu of the person: theme and sign out.

use leptos::prelude::*;

use crate::dto::ShellView;
use crate::ui::components::{Face, Icon};
use crate::ui::page::Here;

const THEMES: [(&str, &str); 3] = [("", "Theme: follow system"), ("light", "Theme: light"), ("dark", "Theme: dark")];

/// Who is signed in, the three themes and the way out; every entry is a form, so it works without script.
#[component]
pub fn WhoMenu(shell: ShellView) -> impl IntoView {
    let back = use_context::<Here>().filter(|here| !here.path.starts_with("/actions/")).map_or_else(|| "/connections".to_owned(), |here| here.full);
    view! {
        <details class="lk-menu">
            <summary class="lk-who">
                <Face name=shell.person.clone() />
                <span class="min-w-0 flex-1">
                    <span class="block truncate text-sm font-semibold">{shell.person}</span>
                    <span class="lk-cap block">{shell.role.title()}</span>
                </span>
                <Icon name="i-ellipsis" class="text-faint" />
            </summary>
            <div class="lk-menu-panel bottom-full top-auto mb-1.5">
                <form method="post" action="/actions/theme">
                    <input type="hidden" name="back" value=back />
                    {THEMES
                        .map(|(value, words)| {
                            let chosen = shell.theme == value;
                            view! {
                                <button type="submit" name="theme" value=value aria-pressed=if chosen { "true" } else { "false" }>
                                    <Icon name="i-sun-moon" />
                                    {words}
                                    {chosen.then(|| view! { <Icon name="i-check" class="ms-auto" /> })}
                                </button>
                            }
                        })
                        .collect_view()}
                </form>
                <a href="/account/methods">
                    <Icon name="i-key-round" />
                    "Ways to sign in"
                </a>
                <a href="/docs/api">
                    <Icon name="i-code-xml" />
                    "API reference"
                </a>
                <form method="post" action="/actions/sign-out">
                    <button type="submit">
                        <Icon name="i-log-out" />
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
}
