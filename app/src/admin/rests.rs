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
            <div class="flex flex-col gap-3 px-4 py-4">
                <p class="text-sm text-muted">
                    {t!("A lead can give what a document lacks back to the floor on its page. Here it happens by itself, once per document, when it is finished in part.")}
                </p>
                <ul class="flex flex-col gap-2">{rows}</ul>
            </div>
        }
        .into_any()
    });
    panel(t!("What is missing becomes work again"), None, body)
}

fn row(policy: RestPolicy, act: Act, version: RwSignal<u32>) -> AnyView {
    let (state, label) = match policy.by_itself {
        true => (t!("By itself, once"), t!("Leave it to leads")),
        false => (t!("By a lead's word"), t!("Let it happen by itself")),
    };
    let (site, wanted) = (policy.warehouse_id, !policy.by_itself);
    let set = move |()| {
        let call = api::shortages::set_rest_policy(site, wanted);
        act.run(call, t!("Saved."), move |()| {
            version.update(|version| *version += 1);
        });
    };
    view! {
        <li class="flex items-center gap-3" data-testid="rest-policy">
            <span class="min-w-0 flex-1 truncate font-medium">{policy.warehouse}</span>
            <span class="text-sm" data-testid="rest-state">{state}</span>
            <Button label small=true pending=act.pending() on_press=set testid="rest-change" />
        </li>
    }
    .into_any()
}
