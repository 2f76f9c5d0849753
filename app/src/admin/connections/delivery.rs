//! Whether results go back by themselves, how failures are tried again, and which precautions are taken.

use crate::api;
use crate::session::viewer_may;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::field::{SelectField, TextField};
use domain::ConnectionId;
use domain::delivery::{DeliverySettings, RetryStrategy};
use domain::permission::Permission;
use domain::push::PushKind;
use leptos::prelude::*;

/// What is being set, and whether the dialog asks.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    open: RwSignal<bool>,
    before: RwSignal<DeliverySettings>,
    write_back: RwSignal<String>,
    strategy: RwSignal<String>,
    attempts: RwSignal<String>,
    first: RwSignal<String>,
    backlog: RwSignal<String>,
    sync: RwSignal<String>,
    batching: RwSignal<String>,
    breaker: RwSignal<String>,
    validation: RwSignal<String>,
    logging: RwSignal<String>,
}

/// The dialog of the page that calls it.
pub(super) fn use_setting() -> Setting {
    Setting {
        open: RwSignal::new(false),
        before: RwSignal::new(DeliverySettings::default()),
        write_back: RwSignal::new(String::new()),
        strategy: RwSignal::new(String::new()),
        attempts: RwSignal::new(String::new()),
        first: RwSignal::new(String::new()),
        backlog: RwSignal::new(String::new()),
        sync: RwSignal::new(String::new()),
        batching: RwSignal::new(String::new()),
        breaker: RwSignal::new(String::new()),
        validation: RwSignal::new(String::new()),
        logging: RwSignal::new(String::new()),
    }
}

impl Setting {
    fn ask(self, settings: &DeliverySettings) {
        let retry = &settings.retry_policy;
        let backlog = settings.monitoring.backlog_threshold;
        self.before.set(settings.clone());
        self.write_back.set(settings.write_back.to_string());
        self.strategy.set(retry.strategy.as_str().to_owned());
        self.attempts.set(retry.max_attempts.to_string());
        self.first.set(retry.initial_delay_seconds.to_string());
        self.backlog
            .set(backlog.map(|most| most.to_string()).unwrap_or_default());
        let seconds = settings.timeout_settings.sync_timeout_seconds;
        self.sync
            .set(seconds.map(|most| most.to_string()).unwrap_or_default());
        let features = &settings.features;
        self.batching.set(features.batching.to_string());
        self.breaker.set(features.circuit_breaker.to_string());
        self.validation.set(features.validation.to_string());
        let logs = settings.monitoring.log_payloads;
        self.logging.set(logs.to_string());
        self.open.set(true);
    }

    /// What was entered over what there was; or what is wrong with it.
    fn entered(self) -> Result<DeliverySettings, String> {
        let mut settings = self.before.get();
        settings.write_back = self.write_back.get() == "true";
        let retry = &mut settings.retry_policy;
        retry.strategy = self.strategy.get().parse().unwrap_or(retry.strategy);
        retry.max_attempts = number(&self.attempts.get(), t!("The attempts"))?;
        retry.initial_delay_seconds = number(&self.first.get(), t!("The first wait"))?;
        let backlog = self.backlog.get();
        settings.monitoring.backlog_threshold = match backlog.trim() {
            "" => None,
            text => Some(number(text, t!("The backlog"))?),
        };
        let seconds = self.sync.get();
        settings.timeout_settings.sync_timeout_seconds = match seconds.trim() {
            "" => None,
            text => Some(number(text, t!("The time"))?),
        };
        let on = |switch: RwSignal<String>| switch.get() == "true";
        settings.features.batching = on(self.batching);
        settings.features.circuit_breaker = on(self.breaker);
        settings.features.validation = on(self.validation);
        settings.monitoring.log_payloads = on(self.logging);
        settings.check().map(|()| settings)
    }
}

fn on_off() -> Vec<(String, String)> {
    vec![
        ("true".to_owned(), t!("On").to_owned()),
        ("false".to_owned(), t!("Off").to_owned()),
    ]
}

fn number<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.trim()
        .parse()
        .map_err(|_| t!("{what} is a whole number.", what))
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
        Ok(settings) if can && settings.write_back => {
            t!("Written back when the floor finishes").to_owned()
        }
        Ok(_) if can => t!("Not written back").to_owned(),
        Ok(_) => t!("It takes master data, no results").to_owned(),
    };
    // Runs go by them too, so that a system that is only read needs them mended as well.
    let wanted = !kinds.is_empty() || settings.is_err();
    let now = settings.clone().unwrap_or_default();
    let change = (viewer_may(Permission::ManageConnections) && wanted).then(|| {
        let ask = move |()| setting.ask(&now);
        view! { <Button label=t!("Change") kind=ButtonKind::Quiet small=true on_press=ask testid="delivery-change" /> }
            .into_any()
    });
    view! { <span class="inline-flex items-center gap-2"><span data-testid="write-back">{text}</span> {change}</span> }
        .into_any()
}

fn precautions(setting: Setting) -> AnyView {
    let several = t!("Off: one after the other, the next when the one before was answered.");
    view! {
        <div class="grid grid-cols-2 gap-3">
            <SelectField label=t!("Several messages at once") options=on_off() value=setting.batching hint=several testid="delivery-batching" />
            <SelectField label=t!("Pause after failures in a row") options=on_off() value=setting.breaker testid="delivery-breaker" />
            <SelectField label=t!("Judge commands before they are queued") options=on_off() value=setting.validation hint=t!("Off: the system itself judges them.") testid="delivery-validation" />
            <SelectField label=t!("Log what is sent and answered") options=on_off() value=setting.logging testid="delivery-logging" />
            <TextField label=t!("Time for a page or an attempt, seconds") value=setting.sync kind="number" testid="delivery-sync" />
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
    let save = Callback::new(move |()| {
        let Ok(settings) = untrack(|| setting.entered()) else {
            return;
        };
        let call = api::connections::set_delivery(id, settings);
        act.run(call, t!("Saved."), move |()| {
            let _ = open.try_set(false);
        });
    });
    let fields = move || {
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
        view! {
            <SelectField label=t!("Write results back") options=choices value=setting.write_back testid="delivery-write-back" />
            <SelectField label=t!("Waits between attempts") options=strategies value=setting.strategy testid="delivery-strategy" />
            <TextField label=t!("First wait, seconds") value=setting.first kind="number" testid="delivery-first" />
            <TextField label=t!("Attempts") value=setting.attempts kind="number" hint=t!("With so many failures a message is dead, 1 to 10.") testid="delivery-attempts" />
            <TextField label=t!("Alert above so many waiting messages") value=setting.backlog kind="number" hint=t!("Empty never tells.") testid="delivery-backlog" />
            {precautions(setting)}
        }
    };
    view! {
        <Dialog open title=t!("Results and commands") testid="delivery-settings">
            <div class="flex flex-col gap-3">
                {fields()}
                {move || fault.get().map(|fault| view! { <p class="text-sm text-error">{fault}</p> })}
                <div class="flex justify-end gap-2 pt-2">
                    <Button label=t!("Cancel") on_press=move |()| open.set(false) />
                    <Button label=t!("Save") kind=ButtonKind::Primary disabled=wrong pending=act.pending() on_press=save testid="delivery-save" />
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
