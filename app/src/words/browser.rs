//! The page's language and its catalogue, which a script put at `crossdockWords` before the app
//! starts.

use domain::words::{Form, Language};
use js_sys::{Array, Object, Reflect};
use leptos::prelude::document;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static WORDS: Words = Words::of_page();
}

/// Where a text lies in the module, and whether its form matters.
type Key = (usize, usize, Option<&'static str>);

struct Words {
    language: Language,
    /// Undefined in English.
    table: JsValue,
    /// What was found, sorted: each is made a text of this side once.
    found: RefCell<Vec<(Key, Option<&'static str>)>>,
}

impl Words {
    fn of_page() -> Self {
        let root = document().document_element();
        let tag = root.and_then(|root| root.get_attribute("lang"));
        let table = field(&js_sys::global(), "crossdockWords");
        Self {
            language: tag
                .and_then(|tag| Language::of_tag(&tag))
                .unwrap_or_default(),
            table,
            found: RefCell::new(Vec::new()),
        }
    }

    fn find(&self, text: &'static str, form: Option<Form>) -> Option<&'static str> {
        if !self.table.is_object() {
            return None;
        }
        let form = form.map(Form::as_str);
        let key = (text.as_ptr().addr(), text.len(), form);
        let mut found = self.found.borrow_mut();
        match found.binary_search_by_key(&key, |(known, _)| *known) {
            Ok(at) => found.get(at).and_then(|(_, words)| *words),
            Err(at) => {
                let words = self.read(text, form).map(|words| &*words.leak());
                found.insert(at, (key, words));
                words
            }
        }
    }

    fn read(&self, text: &str, form: Option<&str>) -> Option<String> {
        let entry = field(&self.table, text);
        match form {
            Some(form) => field(&entry, form).as_string(),
            None => entry.as_string(),
        }
    }
}

fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

pub(super) fn language() -> Language {
    WORDS.with(|words| words.language)
}

pub(super) fn find(text: &'static str, form: Option<Form>) -> Option<&'static str> {
    WORDS.with(|words| words.find(text, form))
}

pub(super) fn look_up(text: &str) -> Option<String> {
    WORDS.with(|words| {
        words
            .table
            .is_object()
            .then(|| words.read(text, None))
            .flatten()
    })
}

/// The English texts that have a translation.
pub(super) fn keys() -> impl Iterator<Item = String> {
    let keys = WORDS.with(|words| match words.table.dyn_ref::<Object>() {
        Some(table) => Object::keys(table),
        None => Array::new(),
    });
    keys.into_iter().filter_map(|key| key.as_string())
}
