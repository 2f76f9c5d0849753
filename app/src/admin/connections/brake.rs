//! From which share of the rows on a full sync asks before it marks them inactive.

use crate::api;
use crate::session::viewer_may;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use domain::ConnectionId;
use domain::permission::Permission;
use leptos::prelude::*;

/// The share being set, and whether the dialog asks.
#[derive(Clone, Copy)]
pub(super) struct Braking {
    open: RwSignal<bool>,
    percent: RwSignal<String>,
}

/// The dialog of the page that calls it.
pub(super) fn use_braking() -> Braking {
    Braking {
        open: RwSignal::new(false),
        percent: RwSignal::new(String::new()),
    }
}

/// What the brake does, and the way to change it.
pub(super) fn brake(id: ConnectionId, percent: i16, braking: Braking) -> AnyView {
    let text = match percent {
        100 => t!("Never asks").to_owned(),
        0 => t!("Asks for every row").to_owned(),
        percent => t!("Asks above {percent} % of the active rows", percent),
    };
    let change = viewer_may(Permission::ManageConnections).then(|| {
        let ask = move |()| {
            braking.percent.set(percent.to_string());
            braking.open.set(true);
        };
        view! { <Button label=t!("Change") kind=ButtonKind::Quiet small=true on_press=ask testid=format!("brake-change-{id}") /> }
            .into_any()
    });
    view! { <span class="flex flex-wrap items-center gap-x-2"><span data-testid="brake">{text}</span> {change}</span> }
        .into_any()
}

/// Asks for the share.
#[component]
pub(super) fn BrakeDialog(id: ConnectionId, braking: Braking) -> impl IntoView {
    let act = use_act();
    let Braking { open, percent } = braking;
    let share = move || percent.get().trim().parse::<i16>().ok();
    let wrong = Signal::derive(move || !share().is_some_and(|share| (0..=100).contains(&share)));
    let save = Press::from(move |()| {
        let share = percent.get_untracked().trim().parse().unwrap_or(10);
        act.run(
            api::connections::set_brake(id, share),
            t!("Saved."),
            move |()| {
                let _ = open.try_set(false);
            },
        );
    });
    view! {
        <Dialog open title=t!("Brake of full syncs") testid="brake-dialog">
            <div class="flex flex-col gap-3">
                <p class="text-sm">
                    {t!("A full sync that misses more than this share of the active rows upstream stops and asks before it marks them inactive. 0 asks for every row, 100 never asks.")}
                </p>
                <TextField label=t!("Share of the active rows, %") value=percent kind="number" testid="brake-percent" />
                <div class="flex justify-end gap-2 pt-2">
                    <Button label=t!("Cancel") on_press=move |()| open.set(false) />
                    <Button label=t!("Save") kind=ButtonKind::Primary disabled=wrong pending=act.pending() on_press=save.clone() testid="brake-save" />
                </div>
            </div>
        </Dialog>
    }
}
