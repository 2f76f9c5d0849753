//! The figures that Prometheus reads, by their names.

use crate::harness::Harness;
use crate::live;
use crate::monitoring::{engine, site};
use domain::live::Topic;
use domain::sync::{Entity, SyncMode};
use domain::user::Caller;
use domain::webhook::{WebhookEvent, WebhookForm};
use operations::webhooks::{self, AddressPolicy, Sealing};
use simulators::pantheon::{Fault, FaultKind};

/// Reads articles, partners and dispatches once.
async fn sync_all(server: &Harness, connection: i64) {
    let ana = server.caller("ana").await;
    for entity in [Entity::Items, Entity::Partners, Entity::Dispatches] {
        let (store, id) = (&server.store, domain::ConnectionId(connection));
        operations::sync_runs::request(store, &ana, id, entity, SyncMode::Full, server.now())
            .await
            .unwrap();
    }
    engine(server).run_until_idle().await;
}

#[tokio::test]
async fn the_seeds_eight_figures_have_their_names_from_the_start() {
    let (server, _upstream, connection) = site().await;
    // The recorder is the process's: each test has a process of its own.
    let handle = server::telemetry::start_metrics().unwrap();
    sync_all(&server, connection).await;
    let text = handle.render();
    for name in [
        "catalog_sync_duration_ms",
        "subjects_sync_duration_ms",
        "issue_sync_items_total",
        "receipt_sync_items_total",
        "sync_failures_total",
        "pantheon_api_requests_total",
        "pantheon_api_errors_total",
        "pantheon_circuit_breaker_state",
    ] {
        assert!(
            text.contains(&format!("# TYPE {name} ")),
            "{name} is missing:\n{text}"
        );
    }
    assert!(text.contains("issue_sync_items_total 1"), "{text}");
    let breakers: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("pantheon_circuit_breaker_state"))
        .collect();
    assert_eq!(breakers.len(), 2, "of the account, and of all: {text}");
    assert!(
        breakers.iter().all(|line| line.ends_with(" 0")),
        "{breakers:?}"
    );
}

#[tokio::test]
async fn every_run_that_fails_is_counted_whoever_refused() {
    let (server, upstream, connection) = site().await;
    let handle = server::telemetry::start_metrics().unwrap();
    let ana = server.caller("ana").await;
    sqlx::query("alter table items add constraint no_items check (code = '')")
        .execute(&server.admin())
        .await
        .unwrap();
    for entity in [Entity::Items, Entity::Partners] {
        if entity == Entity::Partners {
            upstream.faults().add(Fault::always(FaultKind::HtmlLogin));
        }
        let (store, id) = (&server.store, domain::ConnectionId(connection));
        operations::sync_runs::request(store, &ana, id, entity, SyncMode::Full, server.now())
            .await
            .unwrap();
        engine(&server).run_until_idle().await;
        let counted = format!("sync_failures_total{{entity=\"{entity}\"}} 1");
        let text = handle.render();
        assert!(
            text.lines().any(|line| line == counted),
            "{counted}:\n{text}"
        );
    }
}

/// Queues a message to an endpoint of this machine, where nothing listens.
async fn request_test_message(server: &Harness, ana: &Caller) {
    let form = WebhookForm {
        name: "Shop".to_owned(),
        url: "http://127.0.0.1:9/crossdock".to_owned(),
        events: WebhookEvent::ALL.to_vec(),
        active: true,
        secret: Some("a secret of twenty-four characters".to_owned()),
    };
    let policy = AddressPolicy::allowing(&["127.0.0.1".to_owned()]);
    let sealing = Sealing {
        key: server.secret.sealing(),
        nonce: [7; 12],
    };
    let (store, now) = (&server.store, server.now());
    let endpoint = webhooks::create(store, ana, &form, &policy, sealing, now)
        .await
        .unwrap();
    webhooks::request_test(store, ana, endpoint, now)
        .await
        .unwrap();
}

#[tokio::test]
async fn every_figure_that_the_runbook_names_is_shown_by_a_server_at_work() {
    let handle = server::telemetry::start_metrics().unwrap();
    let (server, _upstream, connection) = site().await;
    let ana = server.caller("ana").await;
    sync_all(&server, connection).await;
    request_test_message(&server, &ana).await;
    let engine = engine(&server);
    assert_eq!(engine.deliver_due().await, 1);
    engine.gauge().await.unwrap();
    let browser = server.sign_in("ana").await;
    let mut screen = live::open(&server, &browser).await;
    screen.subscribe(&[Topic::Operations], None).await;
    let text = handle.render();
    let runbook = include_str!("../../../docs/runbook.md");
    let section = runbook.split("### Figures by name").nth(1).unwrap();
    let section = section.split("### ").next().unwrap();
    let names: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| line.split('|').nth(1).unwrap().split('`'))
        .filter(|name| name.contains('_'))
        // This server calls Pantheon only; a system's own figures begin with its first call.
        .filter(|name| !name.starts_with("odoo_"))
        .collect();
    assert!(names.len() > 16, "{names:?}");
    for name in names {
        assert!(
            text.contains(&format!("# TYPE {name} ")),
            "{name} is missing:\n{text}"
        );
    }
    for line in [
        "crossdock_live_sockets 1",
        "crossdock_backlog_waiting{system=\"connection:1\"} 0",
        "crossdock_backlog_arrived_last_hour{system=\"connection:1\"} 3",
        "crossdock_backlog_drained_last_hour{system=\"connection:1\"} 3",
        "crossdock_cursor_age_seconds{connection=\"1\",entity=\"dispatches\"} 0",
    ] {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
    for histogram in ["crossdock_http_request_seconds", "upstream_request_seconds"] {
        assert!(
            text.contains(&format!("{histogram}_bucket{{")),
            "{histogram}"
        );
    }
}
