//! Filters and the place in a list, kept in the URL's query.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;

/// Goes to a path; whether it takes the place of this one in the history.
type Go = Box<dyn Fn(&str, bool) + Send + Sync>;

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

    /// Narrows the list: replaces one value and goes back to the first page.
    pub fn set(&self, key: &str, value: &str) {
        self.change(&[(key, value), ("after", ""), ("page", "")], true);
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

    fn change(&self, changes: &[(&str, &str)], replace: bool) {
        let target = self.query.with_untracked(|query| {
            let kept = query
                .latest_values()
                .filter(|(key, _)| changes.iter().all(|(changed, _)| changed != key));
            let pairs = kept
                .map(|(key, value)| (key.as_ref(), value))
                .chain(changes.iter().copied())
                .filter(|(_, value)| !value.is_empty())
                .map(|(key, value)| format!("{}={}", Url::escape(key), Url::escape(value)))
                .collect::<Vec<_>>();
            format!("{}?{}", self.path.get_untracked(), pairs.join("&"))
        });
        let target = target.trim_end_matches('?');
        self.go.with_value(|go| go(target, replace));
    }
}
