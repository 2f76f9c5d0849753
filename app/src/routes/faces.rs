//! The pages of the office and the boards. The handheld is a page of its own that the server does not
//! draw; a link to it loads it.

use leptos::prelude::*;
use leptos_router::any_nested_route::IntoAnyNestedRoute;
use leptos_router::components::{Outlet, ParentRoute, Route};
use leptos_router::path;

#[cfg(feature = "office")]
pub(super) use office::OfficeRoutes;

#[cfg(feature = "office")]
mod office {
    use super::*;
    use crate::routes::sent_away;
    use crate::{admin, boards, styleguide};
    use domain::permission::Permission;
    use leptos_router::SsrMode;

    /// The office, the boards, the style guide.
    #[component(transparent)]
    pub fn OfficeRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
        view! {
            <ParentRoute path=path!("") view=Outlet ssr=SsrMode::Async>
                <ParentRoute path=path!("/admin") view=admin::Shell>
                    <Route path=path!("") view=admin::overview::Overview />
                    <Route path=path!("connections") view=admin::connections::list::List />
                    <Route path=path!("connections/:id") view=admin::connections::detail::Detail />
                    <Route path=path!("why") view=admin::why::Why />
                    <Route path=path!("schedules") view=admin::schedules::list::List />
                    <Route path=path!("sync-runs") view=admin::sync_runs::list::List />
                    <Route path=path!("sync-runs/:id") view=admin::sync_runs::detail::Detail />
                    <Route path=path!("items") view=admin::items::list::List />
                    <Route path=path!("items/:id") view=admin::items::detail::Detail />
                    <Route path=path!("partners") view=admin::partners::list::List />
                    <Route path=path!("partners/:id") view=admin::partners::detail::Detail />
                    <Route path=path!("dispatches") view=admin::documents::list::Dispatches />
                    <Route path=path!("dispatches/:id") view=admin::documents::detail::Dispatch />
                    <Route path=path!("receipts") view=admin::documents::list::Receipts />
                    <Route path=path!("receipts/:id") view=admin::documents::detail::Receipt />
                    <Route path=path!("conflicts") view=admin::conflicts::List />
                    <Route path=path!("shortages") view=admin::shortages::List />
                    <Route path=path!("document-types") view=admin::doc_types::List />
                    <Route path=path!("locations") view=admin::locations::List />
                    <Route path=path!("counts") view=admin::counts::List />
                    <Route path=path!("tasks") view=admin::tasks::List />
                    <Route path=path!("exceptions") view=admin::exceptions::List />
                    <Route path=path!("teams") view=admin::teams::Page />
                    <Route path=path!("kpis") view=admin::kpis::Page />
                    <Route path=path!("boards") view=admin::screens::List />
                    <Route path=path!("devices") view=admin::devices::List />
                    <Route path=path!("webhooks") view=admin::webhooks::list::List />
                    <Route path=path!("webhooks/:id") view=admin::webhooks::detail::Detail />
                    <Route path=path!("deliveries") view=admin::deliveries::Page />
                    <Route path=path!("operations") view=admin::operations::Page />
                    <Route path=path!("mappings") view=admin::mappings::inbox::Inbox />
                    <Route path=path!("users") view=admin::users::List />
                    <Route path=path!("users/roles") view=admin::users::Roles />
                    <Route path=path!("users/:id") view=admin::users::Detail />
                    <Route path=path!("audit") view=admin::audit::List />
                    <Route path=path!("audit/:id") view=admin::audit::Detail />
                </ParentRoute>
                <ParentRoute path=path!("/board") view=Outlet>
                    <Route path=path!("") view=boards::Choose />
                    <Route path=path!(":warehouse") view=Board />
                </ParentRoute>
                <ParentRoute path=path!("/styleguide") view=admin::Shell>
                    <Route path=path!("") view=styleguide::Styleguide />
                </ParentRoute>
            </ParentRoute>
        }
        .into_inner()
        .into_any_nested_route()
    }

    /// The boards of a site, for people who are signed in; strangers sign in first. A screen stays
    /// at the path above, which needs no session.
    #[component]
    fn Board() -> impl IntoView {
        match sent_away(Permission::ReadBoards) {
            Some(away) => away,
            None => view! { <boards::SitePage /> }.into_any(),
        }
    }
}

/// Pages of the other face.
#[cfg(not(feature = "office"))]
#[component(transparent)]
pub(super) fn OfficeRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("/admin/*any") view=Elsewhere />
            <Route path=path!("/board/*any") view=Elsewhere />
            <Route path=path!("/styleguide") view=Elsewhere />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// The handheld is another page, for which the server has a route of its own.
#[component(transparent)]
pub(super) fn FloorRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/floor") view=Outlet>
            <Route path=path!("*any") view=Elsewhere />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Loads the page from the server.
#[component]
fn Elsewhere() -> impl IntoView {
    let location = leptos_router::hooks::use_location();
    Effect::new(move || {
        let target = format!("{}{}", location.pathname.get(), location.search.get());
        let _ = window().location().set_href(&target);
    });
}
