//! Filters, sort and the place in a list, kept in the URL's query.

use crate::routes;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;

/// Goes to a path; whether it takes the place of this one in the history.
type Go = Box<dyn Fn(&str, bool) + Send + Sync>;

/// Where in the list one is: no part of what the list shows.
const PLACE: [&str; 2] = ["after", "page"];

/// The query of this page.
#[derive(Clone, Copy)]
pub struct UrlState {
    query: Memo<ParamsMap>,
    go: StoredValue<Go>,
    path: Memo<String>,
}

/// The query of the page that calls it.
pub fn use_url_state() -> UrlState {
    let navigate = use_navigate();
    let go = move |target: &str, replace: bool| {
        let options = NavigateOptions {
            replace,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(target, options);
    };
    UrlState {
        query: use_query_map(),
        go: StoredValue::new(Box::new(go)),
        path: use_location().pathname,
    }
}

impl UrlState {
    /// A value, if it is there and not empty.
    pub fn get(&self, key: &str) -> Option<String> {
        self.query
            .try_with(|query| query.get(key))
            .flatten()
            .filter(|value| !value.is_empty())
    }

    /// A value, empty when absent.
    pub fn value(&self, key: &'static str) -> Signal<String> {
        let state = *self;
        Signal::derive(move || state.get(key).unwrap_or_default())
    }

    /// A value read as a type; a text that is none is as good as absent.
    pub fn parsed<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.get(key).and_then(|value| value.parse().ok())
    }

    /// Whether a switch is on.
    pub fn on(&self, key: &str) -> bool {
        self.get(key).as_deref() == Some("1")
    }

    /// The page's path.
    pub fn path(&self) -> String {
        self.path.try_get_untracked().unwrap_or_default()
    }

    /// What the list shows, as a query string without `?`: filters and sort, not the place in it.
    pub fn query(&self) -> String {
        self.query
            .try_with(|query| pairs(query, &PLACE, &[]))
            .unwrap_or_default()
    }

    /// Narrows or sorts the list: replaces one value and goes back to the first page.
    pub fn set(&self, key: &str, value: &str) {
        self.change(&[(key, value), ("after", ""), ("page", "")], true);
    }

    /// Opens something in front of the list, or closes it with an empty value; the place in the list
    /// stays.
    pub fn open_over(&self, key: &str, value: &str) {
        self.change(&[(key, value)], value.is_empty());
    }

    /// Goes to another page of the list.
    pub fn turn(&self, after: &str, page: usize) {
        let page = if page > 1 {
            page.to_string()
        } else {
            String::new()
        };
        self.change(&[("after", after), ("page", &page)], false);
    }

    /// Shows the list another way altogether; `query` as [`UrlState::query`] gives it.
    pub fn replace(&self, query: &str) {
        self.open(query, true);
    }

    fn change(&self, changes: &[(&str, &str)], replace: bool) {
        let gone = changes.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        let query = self
            .query
            .try_with_untracked(|query| pairs(query, &gone, changes));
        if let Some(query) = query {
            self.open(&query, replace);
        }
    }

    fn open(&self, query: &str, replace: bool) {
        let target = format!("{}?{query}", self.path());
        // The page may have been left meanwhile: a delayed search then goes nowhere.
        let _ = self
            .go
            .try_with_value(|go| go(target.trim_end_matches('?'), replace));
    }
}

fn pairs(query: &ParamsMap, without: &[&str], with: &[(&str, &str)]) -> String {
    let kept = query
        .latest_values()
        .filter(|(key, _)| !without.contains(&key.as_ref()));
    kept.map(|(key, value)| (key.as_ref(), value))
        .chain(with.iter().copied())
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{}={}", routes::escape(key), routes::escape(value)))
        // In one order, so that the same list has the same address.
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join("&")
}
