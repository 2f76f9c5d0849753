//! The browser's clipboard.

/// Copies a text. Browsers offer their clipboard to secure pages only; `false` where there is none.
#[cfg(feature = "hydrate")]
pub fn copy(text: &str) -> bool {
    use wasm_bindgen::JsCast;
    let navigator = leptos::prelude::window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())
        .ok()
        .and_then(|clipboard| clipboard.dyn_into::<web_sys::Clipboard>().ok());
    clipboard.is_some_and(|clipboard| {
        drop(clipboard.write_text(text));
        true
    })
}

/// There is none on the server.
#[cfg(not(feature = "hydrate"))]
pub fn copy(_text: &str) -> bool {
    false
}
