//! What stands around a page: the sidebar with its narrow twin, and the line above a page with one thing to do.

mod menu;
mod nav;

use leptos::prelude::*;

use self::menu::WhoMenu;
use self::nav::NavList;
use super::components::{AppFace, Icon};
use super::page::Place;
use crate::dto::ShellView;

/// The mark and the name, as the way home.
#[component]
pub fn Brand(
    /// Where it leads.
    #[prop(default = "/connections")]
    href: &'static str,
) -> impl IntoView {
    view! {
        <a class="lk-brand" href=href>
            <svg aria-hidden="true">
                <use href="/sprite.svg#lk-mark"></use>
            </svg>
            "Latchkey"
        </a>
    }
}

/// Sidebar on wide screens, top bar with a menu on narrow ones.
#[component]
pub fn Sidebar(
    /// Who looks.
    shell: ShellView,
    /// Which entry is lit.
    place: Place,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="lk-shell">
            <TopBar shell=shell.clone() place=place />
            <header class="lk-side" aria-label="Latchkey">
                <div class="lk-side-in">
                    <div class="px-2 pb-4">
                        <Brand />
                    </div>
                    <Organization shell=shell.clone() />
                    <nav class="lk-nav mt-3 flex-1" aria-label="Main">
                        <NavList shell=shell.clone() place=place />
                    </nav>
                    <div class="lk-rule mt-3 pt-2">
                        <WhoMenu shell=shell />
                    </div>
                </div>
            </header>
            <main class="lk-main" id="main" tabindex="-1">
                <div class="lk-page">{children()}</div>
            </main>
        </div>
    }
}

#[component]
fn TopBar(shell: ShellView, place: Place) -> impl IntoView {
    view! {
        <header class="lk-top" aria-label="Latchkey, narrow screens">
            <div class="lk-top-in">
                <Brand />
                <a class="btn btn-ghost btn-sm ms-auto" href="/issues">
                    <Icon name="i-inbox" />
                    {shell.issues}
                    <span class="sr-only">{if shell.issues == 1 { " open issue" } else { " open issues" }}</span>
                </a>
                <details class="lk-drawer">
                    <summary class="btn btn-quiet btn-sm">
                        <Icon name="i-menu" />
                        "Menu"
                    </summary>
                    <nav class="lk-drawer-panel lk-nav" aria-label="Menu">
                        <Organization shell=shell.clone() />
                        <div class="mt-2">
                            <NavList shell=shell.clone() place=place />
                        </div>
                        <div class="lk-rule mt-4 pt-3">
                            <WhoMenu shell=shell />
                        </div>
                    </nav>
                </details>
            </div>
        </header>
    }
}

#[component]
fn Organization(shell: ShellView) -> impl IntoView {
    let name = shell.organization;
    let others: Vec<_> = shell.others.into_iter().map(|(id, name)| view! { <button type="submit" name="organization" value=id>{name}</button> }).collect();
    let others = (!others.is_empty()).then(|| view! { <form method="post" action="/actions/organizations/switch">{others}</form> });
    view! {
        <details class="lk-menu">
            <summary class="lk-who">
                <AppFace name=name.clone() />
                <span class="min-w-0 flex-1 truncate text-sm font-semibold">{name.clone()}</span>
                <Icon name="i-chevrons-up-down" class="lk-i-sm text-faint" />
                <span class="sr-only">", organisations"</span>
            </summary>
            <div class="lk-menu-panel start-0 end-auto">
                <a href="/organisation">{name}<Icon name="i-check" class="ms-auto" /></a>
                {others}
            </div>
        </details>
    }
}

/// One line with the mark, what is being done, and a way out.
#[component]
pub fn Focused(
    /// What is being done.
    what: String,
    /// Words of the way out.
    leave: String,
    /// Its address.
    href: String,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="grid min-h-dvh grid-rows-[auto_1fr]">
            <header class="border-b border-line bg-base-100">
                <div class="mx-auto flex h-14 max-w-[80rem] items-center gap-4 px-4 md:px-8">
                    <Brand />
                    <span class="hidden h-5 w-px bg-line sm:block"></span>
                    <p class="hidden min-w-0 flex-1 truncate text-sm text-muted sm:block">{what}</p>
                    <a class="btn btn-ghost btn-sm ms-auto" href=href>
                        <Icon name="i-x" />
                        {leave}
                    </a>
                </div>
            </header>
            <main id="main" tabindex="-1" class="mx-auto w-full max-w-[80rem] px-4 py-6 md:px-8 md:py-10">
                {children()}
            </main>
        </div>
    }
}
