//! Starts the app in the browser.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page of the office or of a board once the module is loaded: takes over what the
/// server rendered.
#[cfg(feature = "office")]
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}

/// Called by the handheld's page: draws itself, out of what the device keeps.
#[cfg(feature = "floor")]
#[wasm_bindgen]
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::floor::Handheld);
}
