//! Where what is typed goes.

/// Shows the element of that id, wherever it stands on the page, and lets what is typed go there. A part
/// of the page that it is folded away in opens.
#[cfg(feature = "hydrate")]
pub fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    let found = leptos::prelude::document().get_element_by_id(id);
    if let Some(element) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
        if let Ok(Some(folded)) = element.closest("details:not([open])") {
            let _ = folded.set_attribute("open", "");
        }
        let _ = element.focus();
    }
}

/// Nothing has the focus on the server.
#[cfg(not(feature = "hydrate"))]
pub fn focus(_id: &str) {}
