//! Faults: those that pass are got over when reading, and told when writing.

use super::{Odoo, connect, demo, empty, result};
use crate::support::request;
use connectors::{ErrorKind, Retry};
use domain::push::Push;
use domain::sync::Entity;
use serde_json::json;
use simulators::odoo::{Config, Fault, FaultKind};

#[tokio::test]
async fn faults_in_mid_run_lose_and_double_nothing() {
    for kind in [
        FaultKind::TooManyRequests,
        FaultKind::ServerError,
        FaultKind::Unavailable,
        FaultKind::Cut,
        FaultKind::LostAnswer,
        FaultKind::Locked,
    ] {
        let odoo = Odoo::start(demo()).await;
        let fault = Fault::times(kind, 1).on("product.product/search_read");
        odoo.running.faults().add(fault.after(2));
        let pages = odoo.pull_all(request(Entity::Items, 100)).await;
        let rows: usize = pages.iter().map(|page| page.records.len()).sum();
        assert_eq!(
            rows,
            odoo.running.handle.count("product.product"),
            "{kind:?}"
        );
        assert!(
            odoo.running.faults().list().is_empty(),
            "{kind:?} was not met"
        );
    }
}

#[tokio::test]
async fn faults_that_cannot_be_got_over_are_told() {
    for (kind, expected, part) in [
        (
            FaultKind::ServerError,
            ErrorKind::Unavailable,
            "server error (500)",
        ),
        (
            FaultKind::Unavailable,
            ErrorKind::Unavailable,
            "server error (503)",
        ),
        (FaultKind::Cut, ErrorKind::Unavailable, "cut the connection"),
        (FaultKind::Malformed, ErrorKind::Malformed, "breaks off"),
        (FaultKind::ExpiredKey, ErrorKind::Unauthorized, "API key"),
        (FaultKind::Timeout, ErrorKind::Timeout, "timeout_seconds"),
        (
            FaultKind::Locked,
            ErrorKind::RateLimited,
            "others work on them",
        ),
        (
            FaultKind::TooManyRequests,
            ErrorKind::RateLimited,
            "too many requests",
        ),
    ] {
        for protocol in ["json2", "jsonrpc"] {
            let settings = json!({ "timeout_seconds": 1, "retry_max": 1, "protocol": protocol });
            let odoo = Odoo::with(demo(), settings).await;
            let fault = Fault::always(kind).on("search_read");
            odoo.running.faults().add(fault);
            let error = odoo
                .connector
                .pull(&request(Entity::Items, 100))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), expected, "{kind:?} {protocol}: {error}");
            assert!(
                error.to_string().contains(part),
                "{kind:?} {protocol}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_happens_to_it() {
    for kind in [
        FaultKind::ServerError,
        FaultKind::Unavailable,
        FaultKind::Cut,
        FaultKind::LostAnswer,
        FaultKind::Locked,
    ] {
        let odoo = Odoo::start(demo()).await;
        let document = odoo.documents(Entity::Dispatches).await.remove(0);
        let push = Push::DocumentResult(result(&document, None));
        odoo.running
            .faults()
            .add(Fault::always(kind).on("stock.picking/write"));
        let error = odoo.push("ref-1", &push).await.unwrap_err();
        assert_eq!(error.retry(), Retry::Later, "{kind:?}: {error}");
        let sent = odoo.running.handle.counters().by_method["stock.picking/write"];
        assert_eq!(sent, 1, "{kind:?}");
        odoo.running.faults().clear();
        odoo.push("ref-1", &push).await.unwrap();
    }
}

#[tokio::test]
async fn a_wrong_key_and_a_wrong_database_are_told_apart_from_each_other() {
    let odoo = Odoo::start(empty()).await;
    for protocol in ["json2", "jsonrpc"] {
        let settings = json!({ "database": "elsewhere", "protocol": protocol });
        let (connector, _) = connect(&odoo.running, &settings);
        let error = connector.check().await.unwrap_err();
        assert!(error.to_string().contains("elsewhere"), "{error}");
    }
    let other = Odoo::start(Config {
        api_key: "ffffffffffffffffffffffffffffffffffffffff".into(),
        ..empty()
    })
    .await;
    let settings = json!({ "base_url": other.running.url() });
    let (connector, _) = connect(&odoo.running, &settings);
    let error = connector.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}

#[tokio::test]
async fn the_key_stays_out_of_what_is_recorded() {
    for protocol in ["json2", "jsonrpc"] {
        let odoo = Odoo::with(empty(), json!({ "protocol": protocol })).await;
        odoo.connector.check().await.unwrap();
        let key = &odoo.running.handle.config().api_key;
        let seen = odoo.seen.exchanges();
        assert!(!seen.is_empty());
        for exchange in seen {
            assert!(
                !format!("{exchange:?}").contains(key.as_str()),
                "{exchange:?}"
            );
        }
    }
}
