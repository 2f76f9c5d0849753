use crate::support::upstream::{Upstream, plain, refuse, rows};
use crate::support::{PASSWORD, Rig, item_row};
use domain::sync::Entity;

#[tokio::test]
async fn every_call_is_recorded_without_secrets() {
    let upstream = Upstream::new(|_| rows((0..1000).map(item_row))).await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap();
    let exchanges = rig.seen.exchanges();
    let [login, page] = &exchanges[..] else {
        panic!("{exchanges:?}");
    };
    assert_eq!((login.operation, page.operation), ("login", "items"));
    let body = login.request_body.as_deref().unwrap();
    assert!(
        body.contains("wms_user") && body.contains("[hidden]"),
        "{body}"
    );
    let answer = login.response_head.as_deref().unwrap();
    assert!(
        answer.contains("Login successful") && answer.contains("[hidden]"),
        "{answer}"
    );
    assert_eq!(page.status, Some(200));
    assert_eq!(page.url, format!("{}/get", upstream.url));
    assert_eq!(page.response_head.as_ref().unwrap().chars().count(), 2_000);
    assert!(page.response_bytes > 50_000);
    assert_eq!(page.error, None);
    let everything = format!("{exchanges:?}");
    assert!(!everything.contains(PASSWORD) && !everything.contains("eyJ"));
}

#[tokio::test]
async fn one_correlation_id_ties_header_and_record() {
    let upstream = Upstream::new(|_| rows([item_row("1")])).await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap();
    rig.connector.find_item("1", "look-up").await.unwrap();
    let sent: Vec<String> = upstream
        .asked()
        .iter()
        .map(|asked| asked.header("x-correlation-id").to_owned())
        .collect();
    assert_eq!(sent, ["run-7-page-1", "run-7-page-1", "look-up"]);
    let recorded: Vec<String> = rig
        .seen
        .exchanges()
        .into_iter()
        .map(|exchange| exchange.correlation_id)
        .collect();
    assert_eq!(recorded, sent);
}

#[tokio::test]
async fn failures_are_recorded_with_their_sentence() {
    let upstream = Upstream::new(|asked| match asked.before {
        0 => refuse(400, 1004, "Each filter must have both operator and value"),
        _ => plain(200, "<html></html>"),
    })
    .await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap_err();
    rig.first_page(Entity::Items).await.unwrap_err();
    let errors: Vec<String> = rig
        .seen
        .exchanges()
        .into_iter()
        .filter_map(|exchange| exchange.error)
        .collect();
    assert!(errors[0].contains("operator and value"), "{errors:?}");
    assert!(errors[1].contains("web page"), "{errors:?}");
}

mod counted {
    use super::*;
    use crate::breaker::two_minutes;
    use metrics::{
        Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata,
        Recorder, SharedString, Unit,
    };
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};

    /// Keeps the sum of each series.
    #[derive(Default, Clone)]
    struct Sums(Arc<Mutex<BTreeMap<String, f64>>>);

    struct Series(Sums, String);

    impl Series {
        fn of(sums: &Sums, key: &Key) -> Arc<Self> {
            let labels: Vec<String> = key
                .labels()
                .map(|label| format!("{}={}", label.key(), label.value()))
                .collect();
            Arc::new(Self(
                sums.clone(),
                format!("{} {}", key.name(), labels.join(",")),
            ))
        }
        fn put(&self, change: impl FnOnce(f64) -> f64) {
            let mut sums = self.0.0.lock().unwrap();
            let sum = sums.entry(self.1.clone()).or_default();
            *sum = change(*sum);
        }
    }

    impl CounterFn for Series {
        fn increment(&self, value: u64) {
            self.put(|sum| sum + value as f64);
        }
        fn absolute(&self, value: u64) {
            self.put(|_| value as f64);
        }
    }

    impl GaugeFn for Series {
        fn increment(&self, value: f64) {
            self.put(|sum| sum + value);
        }
        fn decrement(&self, value: f64) {
            self.put(|sum| sum - value);
        }
        fn set(&self, value: f64) {
            self.put(|_| value);
        }
    }

    impl HistogramFn for Series {
        fn record(&self, _: f64) {
            self.put(|sum| sum + 1.0);
        }
    }

    impl Recorder for Sums {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(Series::of(self, key))
        }
        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::from_arc(Series::of(self, key))
        }
        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::from_arc(Series::of(self, key))
        }
    }

    #[tokio::test]
    async fn calls_errors_and_breaker_are_counted() {
        let sums = Sums::default();
        let upstream = Upstream::new(|asked| match asked.before {
            0 => rows([item_row("1")]),
            _ => refuse(500, 5000, "Internal server error"),
        })
        .await;
        let rig = Rig::new(&upstream.url);
        let guard = metrics::set_default_local_recorder(&sums);
        rig.first_page(Entity::Items).await.unwrap();
        rig.first_page(Entity::Items).await.unwrap_err();
        drop(guard);
        let sums = sums.0.lock().unwrap();
        let of = |name: &str| sums.get(name).copied();
        assert_eq!(of("pantheon_api_requests_total operation=login"), Some(1.0));
        assert_eq!(of("pantheon_api_requests_total operation=items"), Some(4.0));
        let errors = "pantheon_api_errors_total operation=items,kind=unavailable";
        assert_eq!(of(errors), Some(3.0));
        assert_eq!(of("pantheon_circuit_breaker_state "), Some(1.0));
        let ok = "upstream_request_seconds upstream=pantheon,operation=items,outcome=ok";
        assert_eq!(of(ok), Some(1.0));
    }

    /// What the gauges of the accounts say, the least first, and the one of all of them.
    fn breakers(sums: &Sums) -> (Vec<f64>, Option<f64>) {
        let sums = sums.0.lock().unwrap();
        let name = "pantheon_circuit_breaker_state ";
        let of_accounts = sums
            .iter()
            .filter(|(key, _)| key.starts_with(&format!("{name}account=")));
        let mut levels: Vec<f64> = of_accounts.map(|(_, level)| *level).collect();
        levels.sort_by(f64::total_cmp);
        (levels, sums.get(name).copied())
    }

    #[tokio::test]
    async fn a_breakers_gauge_is_half_open_during_its_probe_and_without_an_account_the_worst() {
        let sums = Sums::default();
        let fails = Arc::new(AtomicBool::new(true));
        let during = Arc::new(Mutex::new(Vec::new()));
        let (flag, noted, shown) = (fails.clone(), during.clone(), sums.clone());
        let failing = Upstream::new(move |_| {
            noted.lock().unwrap().push(breakers(&shown));
            match flag.load(Ordering::Relaxed) {
                true => refuse(500, 5000, "Internal server error"),
                false => rows([item_row("1")]),
            }
        })
        .await;
        let steady = Upstream::new(|_| rows([item_row("1")])).await;
        let other = Rig::new(&steady.url);
        let rig = Rig::with(&failing.url, serde_json::json!({ "retry_max": 1 }));
        let _guard = metrics::set_default_local_recorder(&sums);
        other.first_page(Entity::Items).await.unwrap();
        assert_eq!(breakers(&sums), (vec![0.0], Some(0.0)));
        for _ in 0..3 {
            rig.first_page(Entity::Items).await.unwrap_err();
        }
        assert_eq!(breakers(&sums), (vec![0.0, 1.0], Some(1.0)));
        other.first_page(Entity::Items).await.unwrap();
        assert_eq!(breakers(&sums), (vec![0.0, 1.0], Some(1.0)), "one is open");
        two_minutes().await;
        rig.first_page(Entity::Items).await.unwrap_err();
        assert_eq!(breakers(&sums), (vec![0.0, 1.0], Some(1.0)));
        two_minutes().await;
        fails.store(false, Ordering::Relaxed);
        rig.first_page(Entity::Items).await.unwrap();
        assert_eq!(breakers(&sums), (vec![0.0, 0.0], Some(0.0)));
        let probes = during.lock().unwrap().split_off(3);
        let half_open = (vec![0.0, 2.0], Some(2.0));
        assert_eq!(probes, [half_open.clone(), half_open]);
    }
}
