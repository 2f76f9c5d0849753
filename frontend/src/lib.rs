//! Starts the app in the browser.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the module is loaded: takes over what the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
