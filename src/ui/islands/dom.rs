//! The few moves on the page's elements that islands share.

use leptos::prelude::window;
use leptos::web_sys::js_sys::{Function, Object, Promise, Reflect};
use leptos::web_sys::{Element, HtmlInputElement, UrlSearchParams};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The elements below `root` that match `selector`, in document order.
pub fn elements(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)).filter_map(|node| node.dyn_into().ok()).collect()
}

/// Sets or removes a boolean attribute.
pub fn switch(element: &Element, name: &str, on: bool) {
    let _done = if on { element.set_attribute(name, "") } else { element.remove_attribute(name) };
}

/// What the first control below `root` that matches `selector` holds.
pub fn held(root: &Element, selector: &str) -> Option<String> {
    let control = root.query_selector(selector).ok().flatten()?;
    Some(control.unchecked_into::<HtmlInputElement>().value())
}

/// Puts a text into the first control below `root` that matches `selector`.
pub fn hold(root: &Element, selector: &str, text: &str) {
    if let Some(control) = root.query_selector(selector).ok().flatten() {
        let _done = Reflect::set(&control, &"value".into(), &text.into());
    }
}

/// The text of the file that was chosen in an `<input type="file">`; none when there is none or it cannot be read.
pub async fn file_text(input: &JsValue) -> Option<String> {
    let files = Reflect::get(input, &"files".into()).ok()?;
    let file = Reflect::get_u32(&files, 0).ok()?;
    let text: Function = Reflect::get(&file, &"text".into()).ok()?.dyn_into().ok()?;
    settled(text.call0(&file).ok()?).await?.as_string()
}

/// Sends one value of a form to a path of this site; the answer's text, none when it was refused or there was no answer.
pub async fn post(path: &str, key: &str, value: &str) -> Option<String> {
    let form = UrlSearchParams::new().ok()?;
    form.append(key, value);
    let how = Object::new();
    Reflect::set(&how, &"method".into(), &"POST".into()).ok()?;
    Reflect::set(&how, &"body".into(), &form).ok()?;
    let fetch: Function = Reflect::get(&window(), &"fetch".into()).ok()?.dyn_into().ok()?;
    let answer = settled(fetch.call2(&window(), &path.into(), &how).ok()?).await?;
    let wanted = Reflect::get(&answer, &"ok".into()).ok()?.is_truthy() && !Reflect::get(&answer, &"redirected".into()).ok()?.is_truthy();
    let text: Function = Reflect::get(&answer, &"text".into()).ok()?.dyn_into().ok()?;
    if wanted { settled(text.call0(&answer).ok()?).await?.as_string() } else { None }
}

/// A part of a JavaScript value; none when it is not there.
pub fn part(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined())
}

/// What a method answers; none when there is no such method or it refuses.
pub fn call(on: &JsValue, name: &str, argument: &JsValue) -> Option<JsValue> {
    part(on, name)?.dyn_into::<Function>().ok()?.call1(on, argument).ok()
}

/// What a promise comes to; none when it is refused.
pub async fn settled(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()
}

/// Puts a text on the clipboard; false where the browser does not allow it.
pub async fn copy(text: &str) -> bool {
    let written = || {
        let clipboard = part(&part(&window(), "navigator")?, "clipboard")?;
        call(&clipboard, "writeText", &text.into())
    };
    match written() {
        Some(promise) => settled(promise).await.is_some(),
        None => false,
    }
}
