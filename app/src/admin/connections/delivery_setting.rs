//! What is entered in the dialog of a connection's treatment, over what was set before.

use domain::delivery::DeliverySettings;
use leptos::prelude::*;
use std::str::FromStr;

/// What is being set, and whether the dialog asks.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub(super) open: RwSignal<bool>,
    /// Something is written to the system; of one that is only read, nothing about that is asked.
    pub(super) writes: RwSignal<bool>,
    before: RwSignal<DeliverySettings>,
    pub(super) test_system: RwSignal<String>,
    pub(super) write_back: RwSignal<String>,
    pub(super) strategy: RwSignal<String>,
    pub(super) attempts: RwSignal<String>,
    pub(super) first: RwSignal<String>,
    pub(super) dead: RwSignal<String>,
    pub(super) backlog: RwSignal<String>,
    pub(super) failures: RwSignal<String>,
    pub(super) connect: RwSignal<String>,
    pub(super) request: RwSignal<String>,
    pub(super) idle: RwSignal<String>,
    pub(super) sync: RwSignal<String>,
    pub(super) batching: RwSignal<String>,
    pub(super) breaker: RwSignal<String>,
    pub(super) validation: RwSignal<String>,
    pub(super) logging: RwSignal<String>,
}

/// The dialog of the page that calls it.
pub(super) fn use_setting() -> Setting {
    let text = || RwSignal::new(String::new());
    Setting {
        open: RwSignal::new(false),
        writes: RwSignal::new(true),
        before: RwSignal::new(DeliverySettings::default()),
        test_system: text(),
        write_back: text(),
        strategy: text(),
        attempts: text(),
        first: text(),
        dead: text(),
        backlog: text(),
        failures: text(),
        connect: text(),
        request: text(),
        idle: text(),
        sync: text(),
        batching: text(),
        breaker: text(),
        validation: text(),
        logging: text(),
    }
}

impl Setting {
    pub(super) fn ask(self, settings: &DeliverySettings, writes: bool) {
        let retry = &settings.retry_policy;
        let monitoring = &settings.monitoring;
        let (times, features) = (&settings.timeout_settings, &settings.features);
        self.before.set(settings.clone());
        self.writes.set(writes);
        self.test_system.set(settings.test_system.to_string());
        self.write_back.set(settings.write_back.to_string());
        self.strategy.set(retry.strategy.as_str().to_owned());
        self.attempts.set(retry.max_attempts.to_string());
        self.first.set(retry.initial_delay_seconds.to_string());
        self.dead.set(monitoring.alert_on_dead.to_string());
        self.backlog.set(shown(monitoring.backlog_threshold));
        self.failures.set(shown(monitoring.failure_rate_percent));
        self.connect
            .set(times.connection_timeout_seconds.to_string());
        self.request.set(shown(times.request_timeout_seconds));
        self.idle.set(shown(times.idle_timeout_seconds));
        self.sync.set(shown(times.sync_timeout_seconds));
        self.batching.set(features.batching.to_string());
        self.breaker.set(features.circuit_breaker.to_string());
        self.validation.set(features.validation.to_string());
        self.logging.set(monitoring.log_payloads.to_string());
        self.open.set(true);
    }

    /// What was entered over what there was; or what is wrong with it.
    pub(super) fn entered(self) -> Result<DeliverySettings, String> {
        let mut settings = self.before.get();
        let on = |switch: RwSignal<String>| switch.get() == "true";
        settings.test_system = on(self.test_system);
        settings.write_back = on(self.write_back);
        let retry = &mut settings.retry_policy;
        retry.strategy = self.strategy.get().parse().unwrap_or(retry.strategy);
        retry.max_attempts = number(&self.attempts.get(), t!("The attempts"))?;
        retry.initial_delay_seconds = number(&self.first.get(), t!("The first wait"))?;
        let monitoring = &mut settings.monitoring;
        monitoring.alert_on_dead = on(self.dead);
        monitoring.backlog_threshold = optional(&self.backlog.get(), t!("The backlog"))?;
        let percent: Option<u32> = optional(&self.failures.get(), t!("The share"))?;
        // What is too much for its type is refused with the others.
        monitoring.failure_rate_percent =
            percent.map(|percent| u8::try_from(percent).unwrap_or(u8::MAX));
        monitoring.log_payloads = on(self.logging);
        let (times, time) = (&mut settings.timeout_settings, t!("The time"));
        times.connection_timeout_seconds = number(&self.connect.get(), time)?;
        times.request_timeout_seconds = optional(&self.request.get(), time)?;
        times.idle_timeout_seconds = optional(&self.idle.get(), time)?;
        times.sync_timeout_seconds = optional(&self.sync.get(), time)?;
        settings.features.batching = on(self.batching);
        settings.features.circuit_breaker = on(self.breaker);
        settings.features.validation = on(self.validation);
        settings.check().map(|()| settings)
    }
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn optional<T: FromStr>(text: &str, what: &str) -> Result<Option<T>, String> {
    match text.trim() {
        "" => Ok(None),
        text => number(text, what).map(Some),
    }
}

fn number<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.trim()
        .parse()
        .map_err(|_| t!("{what} is a whole number.", what))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn asked<T>(settings: &DeliverySettings, then: impl FnOnce(Setting) -> T) -> T {
        Owner::new().with(|| {
            let setting = use_setting();
            setting.ask(settings, false);
            then(setting)
        })
    }

    #[test]
    fn what_is_not_changed_stays_as_it_was() {
        let mut before = DeliverySettings {
            write_back: true,
            ..DeliverySettings::default()
        };
        before.timeout_settings.request_timeout_seconds = Some(30);
        before.timeout_settings.sync_timeout_seconds = Some(300);
        before.monitoring.failure_rate_percent = None;
        asked(&before, |setting| {
            assert!(setting.open.get() && !setting.writes.get());
            assert_eq!(setting.entered(), Ok(before.clone()));
        });
    }

    #[test]
    fn every_time_limit_and_alert_can_be_entered_and_emptied() {
        let wanted = asked(&DeliverySettings::default(), |setting| {
            setting.connect.set("7".to_owned());
            setting.request.set(" 40 ".to_owned());
            setting.idle.set("20".to_owned());
            setting.sync.set("400".to_owned());
            setting.breaker.set("false".to_owned());
            setting.test_system.set("true".to_owned());
            setting.dead.set("false".to_owned());
            setting.failures.set("35".to_owned());
            setting.entered().unwrap()
        });
        let times = wanted.timeout_settings;
        assert_eq!(times.connection_timeout_seconds, 7);
        assert_eq!(times.request_timeout_seconds, Some(40));
        assert_eq!(times.idle_timeout_seconds, Some(20));
        assert_eq!(times.sync_timeout_seconds, Some(400));
        assert!(!wanted.features.circuit_breaker && !wanted.monitoring.alert_on_dead);
        assert!(wanted.test_system);
        assert_eq!(wanted.monitoring.failure_rate_percent, Some(35));
        let emptied = asked(&wanted, |setting| {
            for field in [
                setting.request,
                setting.idle,
                setting.sync,
                setting.failures,
            ] {
                field.set(String::new());
            }
            setting.entered().unwrap()
        });
        assert_eq!(emptied.timeout_settings.request_timeout_seconds, None);
        assert_eq!(emptied.timeout_settings.idle_timeout_seconds, None);
        assert_eq!(emptied.timeout_settings.sync_timeout_seconds, None);
        assert_eq!(emptied.monitoring.failure_rate_percent, None);
    }

    #[test]
    fn what_is_not_allowed_is_named() {
        asked(&DeliverySettings::default(), |setting| {
            setting.failures.set("300".to_owned());
            let fault = setting.entered().unwrap_err();
            assert!(fault.contains("failure_rate_percent"), "{fault}");
            setting.failures.set("20".to_owned());
            setting.connect.set("121".to_owned());
            let fault = setting.entered().unwrap_err();
            assert!(fault.contains("connection_timeout_seconds"), "{fault}");
        });
    }
}
