//! Whether what documents lack that are finished in part becomes work again by itself, site by site.

use crate::api;
use crate::load::load;
use crate::ui::act::{Act, use_act};
use crate::ui::button::Button;
use crate::ui::load::loaded;
use crate::ui::panel::panel;
use domain::rest::RestPolicy;
use leptos::prelude::*;

/// The viewer's sites, each with a button.
pub(super) fn policies() -> AnyView {
    let version = RwSignal::new(0_u32);
    let act = use_act();
    let found = load(move || version.get(), |_| api::shortages::rest_policies());
    let body = loaded(found, move |policies: Vec<RestPolicy>, _| {
        let rows = policies.into_iter();
        let rows: Vec<AnyView> = rows.map(|policy| row(policy, act, version)).collect();
        view! {
            <ul class="flex flex-col gap-2 px-4 py-3">{rows}</ul>
        }
        .into_any()
    });
    panel(t!("What is missing becomes work again"), None, body)
}

fn row(policy: RestPolicy, act: Act, version: RwSignal<u32>) -> AnyView {
    let (state, means, label) = match policy.by_itself {
        true => (
            t!("By itself, once"),
            t!(
                "What a document lacks is work again as soon as it is finished in part, once per document."
            ),
            t!("Leave it to leads"),
        ),
        false => (
            t!("By a lead's word"),
            t!("A lead gives what a document lacks back to the floor, on the document's page."),
            t!("Let it happen by itself"),
        ),
    };
    let (site, wanted) = (policy.warehouse_id, !policy.by_itself);
    let set = move |()| {
        let call = api::shortages::set_rest_policy(site, wanted);
        act.run(call, t!("Saved."), move |()| {
            version.update(|version| *version += 1);
        });
    };
    view! {
        <li class="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm" data-testid="rest-policy">
            <span class="font-medium">{policy.warehouse}</span>
            <span data-testid="rest-state">{state}</span>
            <span class="min-w-60 flex-1 text-muted" data-testid="rest-means">{means}</span>
            <Button label small=true pending=act.pending() on_press=set testid="rest-change" />
        </li>
    }
    .into_any()
}
