//! Filters that several lists have.

use crate::session::use_session;
use crate::ui::filter;
use crate::ui::url_state::UrlState;
use leptos::prelude::*;

/// One of the sites the viewer sees.
pub(super) fn warehouses(url: UrlState) -> AnyView {
    let session = use_session();
    let shown = move || {
        Suspend::new(async move {
            let sites = session.read().await.map(|info| info.warehouses);
            let mut options = vec![(String::new(), t!("Any warehouse").to_owned())];
            for site in sites.unwrap_or_default() {
                options.push((site.id.to_string(), site.name));
            }
            filter::select(url, "warehouse", t!("Warehouse"), options)
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}
