//! Whether results go back by themselves, how failures are tried again, and which precautions are taken.

use super::delivery_setting::Setting;
use crate::api;
use crate::session::viewer_may;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::dialog::Dialog;
use crate::ui::field::{SelectField, TextField};
use crate::words::tell;
use domain::ConnectionId;
use domain::delivery::{DeliverySettings, RetryStrategy};
use domain::permission::Permission;
use domain::push::PushKind;
use leptos::prelude::*;

fn on_off() -> Vec<(String, String)> {
    vec![
        ("true".to_owned(), t!("On").to_owned()),
        ("false".to_owned(), t!("Off").to_owned()),
    ]
}

/// What goes back by itself, and the way to change it.
pub(super) fn delivery(
    kinds: &[PushKind],
    settings: &Result<DeliverySettings, String>,
    setting: Setting,
) -> AnyView {
    let can = kinds.contains(&PushKind::DocumentResult);
    let text = match settings {
        Err(fault) => t!(
            "Cannot be read, and nothing runs: set it again ({fault})",
            fault
        ),
        Ok(_) if kinds.is_empty() => t!("It is only read").to_owned(),
        Ok(settings) if settings.test_system => {
            t!("A test system: only copies that a person sends").to_owned()
        }
        Ok(settings) if can && settings.write_back => {
            t!("Written back when the floor finishes").to_owned()
        }
        Ok(_) if can => t!("Not written back").to_owned(),
        Ok(_) => t!("It takes master data, no results").to_owned(),
    };
    let now = settings.clone().unwrap_or_default();
    // Runs go by them too, so that those of a system that is only read can be changed as well.
    let writes = !kinds.is_empty();
    let change = viewer_may(Permission::ManageConnections).then(|| {
        let ask = move |()| setting.ask(&now, writes);
        view! { <Button label=t!("Change") kind=ButtonKind::Quiet small=true on_press=ask testid="delivery-change" /> }
            .into_any()
    });
    view! { <span class="inline-flex items-center gap-2"><span data-testid="write-back">{text}</span> {change}</span> }
        .into_any()
}

/// What counts for every call, reading or writing.
fn calls(setting: Setting) -> AnyView {
    let as_set = t!("Empty: as the connection's settings say.");
    let as_long = t!("Empty: as long as the call may take.");
    view! {
        <div class="grid grid-cols-2 gap-3">
            <SelectField label=t!("Pause after failures in a row") options=on_off() value=setting.breaker testid="delivery-breaker" />
            <TextField label=t!("Time to reach the system, seconds") value=setting.connect kind="number" testid="delivery-connect" />
            <TextField label=t!("Time for one call, seconds") value=setting.request kind="number" hint=as_set testid="delivery-request" />
            <TextField label=t!("Silence within a call, seconds") value=setting.idle kind="number" hint=as_long testid="delivery-idle" />
            <TextField label=t!("Time for a page or an attempt, seconds") value=setting.sync kind="number" testid="delivery-sync" />
        </div>
    }
    .into_any()
}

/// What concerns writing only.
fn writing(setting: Setting) -> AnyView {
    let strategies = RetryStrategy::ALL
        .iter()
        .map(|one| (one.as_str().to_owned(), growth(*one).to_owned()))
        .collect();
    let choices = vec![
        (
            "false".to_owned(),
            t!("No: a person enters them").to_owned(),
        ),
        (
            "true".to_owned(),
            t!("Yes: when the floor finishes").to_owned(),
        ),
    ];
    let kinds = vec![
        ("false".to_owned(), t!("No: the real one").to_owned()),
        (
            "true".to_owned(),
            t!("Yes: copies can be tried there").to_owned(),
        ),
    ];
    let by_itself = t!(
        "Nothing goes to a test system by itself, and its schedules are switched off when it becomes one."
    );
    view! {
        <SelectField label=t!("Test system") options=kinds value=setting.test_system hint=by_itself testid="delivery-test-system" />
        <SelectField label=t!("Write results back") options=choices value=setting.write_back testid="delivery-write-back" />
        <SelectField label=t!("Waits between attempts") options=strategies value=setting.strategy testid="delivery-strategy" />
        <TextField label=t!("First wait, seconds") value=setting.first kind="number" testid="delivery-first" />
        <TextField label=t!("Attempts") value=setting.attempts kind="number" hint=t!("With so many failures a message is dead, 1 to 10.") testid="delivery-attempts" />
        {alerts_and_precautions(setting)}
    }
    .into_any()
}

fn alerts_and_precautions(setting: Setting) -> AnyView {
    let several = t!("Off: one after the other, the next when the one before was answered.");
    let share = t!("Of at least 20 attempts of the last hour. Empty never tells.");
    view! {
        <div class="grid grid-cols-2 gap-3">
            <TextField label=t!("Alert above so many waiting messages") value=setting.backlog kind="number" hint=t!("Empty never tells.") testid="delivery-backlog" />
            <TextField label=t!("Alert above this share of failures, percent") value=setting.failures kind="number" hint=share testid="delivery-failures" />
            <SelectField label=t!("Alert when a message is dead") options=on_off() value=setting.dead testid="delivery-dead" />
            <SelectField label=t!("Several messages at once") options=on_off() value=setting.batching hint=several testid="delivery-batching" />
            <SelectField label=t!("Judge commands before they are queued") options=on_off() value=setting.validation hint=t!("Off: the system itself judges them.") testid="delivery-validation" />
            <SelectField label=t!("Log what is sent and answered") options=on_off() value=setting.logging testid="delivery-logging" />
        </div>
    }
    .into_any()
}

/// Asks for the settings.
#[component]
pub(super) fn DeliveryDialog(id: ConnectionId, setting: Setting) -> impl IntoView {
    let act = use_act();
    let fault = Memo::new(move |_| setting.entered().err());
    let wrong = Signal::derive(move || fault.get().is_some());
    let open = setting.open;
    let save = Press::from(move |()| {
        let Ok(settings) = untrack(|| setting.entered()) else {
            return;
        };
        let call = api::connections::set_delivery(id, settings);
        act.run(call, t!("Saved."), move |()| {
            let _ = open.try_set(false);
        });
    });
    let writes = setting.writes;
    let title = Signal::derive(move || {
        let title = match writes.get() {
            true => t!("Results and commands"),
            false => t!("Time limits and pauses"),
        };
        title.to_owned()
    });
    let fields = move || {
        let about_writing = writes.get_untracked().then(|| writing(setting));
        view! { {about_writing} {calls(setting)} }
    };
    view! {
        <Dialog open title testid="delivery-settings">
            <div class="flex flex-col gap-3">
                {fields()}
                {move || fault.get().map(|fault| view! { <p class="text-sm text-error">{tell(&fault)}</p> })}
                <div class="flex justify-end gap-2 pt-2">
                    <Button label=t!("Cancel") on_press=move |()| open.set(false) />
                    <Button label=t!("Save") kind=ButtonKind::Primary disabled=wrong pending=act.pending() on_press=save.clone() testid="delivery-save" />
                </div>
            </div>
        </Dialog>
    }
}

fn growth(strategy: RetryStrategy) -> &'static str {
    match strategy {
        RetryStrategy::Exponential => t!("Each a multiple of the one before"),
        RetryStrategy::Linear => t!("Each longer by the first wait"),
        RetryStrategy::Fixed => t!("All as long as the first"),
        RetryStrategy::Custom => t!("As listed in the settings"),
    }
}
