//! Authenticator app, passkeys, recovery codes.

use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::dto::{PasskeyView, Pill};
use crate::ui::components::{Ago, Field, Icon, StatusPill};
use crate::ui::islands::PasskeyForm;
use crate::ui::page::flash;

/// The app that makes codes: off, or on with the way to turn it off.
#[component]
pub fn Authenticator(since: Option<Timestamp>, now: Timestamp) -> impl IntoView {
    let body = match since {
        Some(since) => view! {
            <form method="post" action="/actions/second-factor/off">
                <div class="lk-card-b grid gap-4">
                    <p class="text-sm text-muted">"On since " <Ago at=since now=now /> ". Signing in asks for its code."</p>
                    <Field name="code" label="Code" autocomplete="one-time-code" class="lk-code" help="Turning it off takes a code too." error=flash().error("code") />
                </div>
                <div class="lk-card-f">
                    <button class="btn btn-danger" type="submit">"Turn the app off"</button>
                </div>
            </form>
        }
        .into_any(),
        None => view! {
            <form method="post" action="/actions/second-factor/begin">
                <div class="lk-card-b">
                    <p class="text-sm text-muted">"An app on your phone shows a new code every 30 seconds. With it, a password alone opens nothing."</p>
                </div>
                <div class="lk-card-f">
                    <button class="btn btn-primary" type="submit">"Set up an authenticator app"</button>
                </div>
            </form>
        }
        .into_any(),
    };
    view! {
        <section class="lk-card" aria-labelledby="app">
            <div class="lk-card-b flex flex-wrap items-center justify-between gap-3 border-b border-line">
                <h2 class="lk-h2" id="app">"Authenticator app"</h2>
                {on_off(since.is_some())}
            </div>
            {body}
        </section>
    }
}

/// The passkeys, and a form that adds one.
#[component]
pub fn Passkeys(keys: Vec<PasskeyView>, possible: bool, fresh: bool, now: Timestamp) -> impl IntoView {
    let on = !keys.is_empty();
    let add = match (possible, fresh) {
        (false, _) => view! { <p class="text-sm text-muted">"Passkeys need this server to have a name, such as latchkey.example.com. Its address is a number now."</p> }.into_any(),
        (true, false) => {
            view! { <a class="btn btn-quiet" href="/confirm?next=%2Faccount%2Fsecurity"><Icon name="i-key-round" />"Confirm that it is you to add a passkey"</a> }
                .into_any()
        }
        (true, true) => view! {
            <PasskeyForm purpose="add".to_owned() label="Add a passkey".to_owned()>
                <form method="post" action="/actions/passkeys/add">
                    <Field name="name" label="Name of the new passkey" autocomplete="off" value="My passkey" help="Such as Phone, or Blue key." error=flash().error("name") />
                    <input type="hidden" name="ceremony" />
                    <input type="hidden" name="answer" />
                </form>
            </PasskeyForm>
        }
        .into_any(),
    };
    view! {
        <section class="lk-card" aria-labelledby="passkeys">
            <div class="lk-card-b flex flex-wrap items-center justify-between gap-3 border-b border-line">
                <h2 class="lk-h2" id="passkeys">"Passkeys"</h2>
                {on_off(on)}
            </div>
            <div class="lk-card-b grid gap-4">
                <p class="text-sm text-muted">
                    "Your device or a security key signs you in with a finger, a face or a PIN. No password is typed, and none can be stolen. A passkey is a second step too."
                </p>
                {on.then(|| view! { <ul class="grid gap-4">{keys.into_iter().map(|key| view! { <Passkey key=key now=now /> }).collect_view()}</ul> })}
                {add}
            </div>
        </section>
    }
}

#[component]
fn Passkey(#[prop(into)] key: PasskeyView, now: Timestamp) -> impl IntoView {
    let used = match key.used_at {
        Some(at) => view! { ", used " <Ago at=at now=now /> }.into_any(),
        None => view! { ", not used yet" }.into_any(),
    };
    let (rename, remove) = (format!("Rename {}", key.name), format!("Remove {}", key.name));
    view! {
        <li class="flex flex-wrap items-end justify-between gap-3">
            <div class="min-w-0">
                <p class="font-medium">{key.name.clone()}</p>
                <p class="text-xs text-muted">"Added " <Ago at=key.created_at now=now /> {used}</p>
            </div>
            <div class="flex flex-wrap items-end gap-2">
                <form class="flex gap-2" method="post" action="/actions/passkeys/rename">
                    <input type="hidden" name="id" value=key.id.clone() />
                    <input class="input" name="name" value=key.name.clone() aria-label=format!("Name of {}", key.name) autocomplete="off" required=true />
                    <button class="btn btn-quiet" type="submit" aria-label=rename>"Rename"</button>
                </form>
                <form method="post" action="/actions/passkeys/remove">
                    <input type="hidden" name="id" value=key.id />
                    <button class="btn btn-danger" type="submit" aria-label=remove>"Remove"</button>
                </form>
            </div>
        </li>
    }
}

/// How many codes are left, and new ones.
#[component]
pub fn RecoveryCodes(left: i64) -> impl IntoView {
    view! {
        <section class="lk-card" aria-labelledby="codes">
            <form method="post" action="/actions/second-factor/codes">
                <div class="lk-card-b">
                    <h2 class="lk-h2" id="codes">"Recovery codes"</h2>
                    <p class="mt-1 text-sm text-muted">{format!("{left} of 10 are left. Each takes the place of the second step once.")}</p>
                </div>
                <div class="lk-card-f">
                    <button class="btn btn-quiet" type="submit">"Make new codes"</button>
                </div>
            </form>
        </section>
    }
}

fn on_off(on: bool) -> impl IntoView + use<> {
    let (kind, icon, label) = if on { ("ok", "i-circle-check", "On") } else { ("idle", "i-circle-dashed", "Off") };
    view! { <StatusPill pill=Pill { kind: kind.to_owned(), icon: icon.to_owned(), label: label.to_owned(), loud: !on } /> }
}
