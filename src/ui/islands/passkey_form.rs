//! A form that a passkey fills in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::Element;
use leptos::web_sys::js_sys::{JSON, Object, Reflect};
use leptos::{ev, html};
use wasm_bindgen::JsValue;

use super::dom::{call, hold, part, post, settled};

/// Adds a button that asks the browser for a passkey and sends the form among its children with the answer.
#[island]
pub fn PasskeyForm(
    /// The form, with hidden fields `ceremony` and `answer`.
    children: Children,
    /// What the passkey is for: `add`, `sign_in`, `second_step` or `confirm`.
    purpose: String,
    /// Words of the button.
    label: String,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let (ready, set_ready) = signal(false);
    let (failed, set_failed) = signal(false);
    Effect::new(move |_| set_ready.set(part(&window(), "PublicKeyCredential").is_some_and(|kind| part(&kind, "parseRequestOptionsFromJSON").is_some())));
    let ask = move |_: ev::MouseEvent| {
        let Some(frame) = frame.get_untracked() else { return };
        let purpose = purpose.clone();
        set_failed.set(false);
        spawn_local(async move { set_failed.set(fill_in(&frame, &purpose).await.is_none()) });
    };
    view! {
        <div class="grid gap-2" node_ref=frame>
            <div hidden=move || !ready.get()>{children()}</div>
            <button class="btn btn-quiet" type="button" hidden=move || !ready.get() on:click=ask>
                <svg class="lk-i" aria-hidden="true">
                    <use href="/sprite.svg#i-key-round"></use>
                </svg>
                {label}
            </button>
            <p class="lk-help" hidden=move || ready.get()>
                "Passkeys need JavaScript and a browser that knows them."
            </p>
            <p class="lk-help" role="status">
                {move || if failed.get() { "Nothing was sent. Try again, or choose another way." } else { "" }}
            </p>
        </div>
    }
}

/// Asks the server what to ask for, the browser for it, and sends the answer; none when anything on the way refuses.
async fn fill_in(frame: &Element, purpose: &str) -> Option<()> {
    let (read, ask) = if purpose == "add" { ("parseCreationOptionsFromJSON", "create") } else { ("parseRequestOptionsFromJSON", "get") };
    let begun = JSON::parse(&post("/actions/passkeys/begin", "purpose", purpose).await?).ok()?;
    let options = call(&part(&window(), "PublicKeyCredential")?, read, &part(&begun, "options")?)?;
    let wrapped = Object::new();
    Reflect::set(&wrapped, &"publicKey".into(), &options).ok()?;
    let store = part(&part(&window(), "navigator")?, "credentials")?;
    let credential = settled(call(&store, ask, &wrapped)?).await?;
    let answer = JSON::stringify(&call(&credential, "toJSON", &JsValue::UNDEFINED)?).ok()?;
    hold(frame, "[name=ceremony]", &part(&begun, "ceremony")?.as_string()?);
    hold(frame, "[name=answer]", &answer.as_string()?);
    call(&frame.query_selector("form").ok()??.into(), "requestSubmit", &JsValue::UNDEFINED).map(drop)
}
