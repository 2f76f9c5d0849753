use super::{MODES, NEW, OLD, Rig, bom, command, config, undo};
use crate::support::request;
use connectors::{ErrorKind, PullRequest, Retry};
use domain::sync::Entity;
use serde_json::json;
use simulators::sap::{Access, Config, Fault, FaultKind};
use std::time::Duration;

const LINES: [(&str, &str); 1] = [("BA-8327", "2")];

#[tokio::test]
async fn an_answer_lost_after_the_commit_is_found_by_its_reference_and_written_once() {
    for mode in MODES {
        for kind in [FaultKind::LostAnswer, FaultKind::Cut] {
            for product in [NEW, OLD] {
                let rig = Rig::start(json!({ "mode": mode })).await;
                let wanted = command("saga-1:0", bom(product, &LINES));
                let fault = Fault::times(kind, 1).on(Access::Write);
                rig.running.faults().add(fault);
                let error = rig.connector.push(&wanted).await.unwrap_err();
                assert_eq!(error.retry(), Retry::Later, "{mode} {kind:?}: {error}");
                let found = rig.connector.find_push(&wanted).await.unwrap();
                let number = &rig.running.handle.boms_of(product)[0].number;
                assert!(found.is_some(), "{mode} {kind:?}");
                let again = rig.connector.push(&wanted).await.unwrap();
                assert_eq!(rig.writes(), 1, "{mode} {kind:?}");
                if mode == "odata" {
                    assert_eq!((&again.number, &found.unwrap().number), (number, number));
                }
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_looked_up_at_once() {
    for mode in MODES {
        for product in [NEW, OLD] {
            let rig = Rig::start(json!({ "mode": mode })).await;
            let wanted = command("saga-1:0", bom(product, &LINES));
            let fault = Fault::times(FaultKind::Malformed, 1).on(Access::Write);
            rig.running.faults().add(fault);
            rig.connector.push(&wanted).await.unwrap();
            assert_eq!(rig.writes(), 1, "{mode} {product}");
        }
    }
}

#[tokio::test]
async fn what_was_not_written_is_told_so_and_a_write_is_sent_once() {
    for mode in MODES {
        for kind in [
            FaultKind::ServerError,
            FaultKind::Unavailable,
            FaultKind::TooManyRequests,
        ] {
            let rig = Rig::start(json!({ "mode": mode })).await;
            let wanted = command("saga-1:0", bom(NEW, &LINES));
            rig.running
                .faults()
                .add(Fault::always(kind).on(Access::Write));
            let error = rig.connector.push(&wanted).await.unwrap_err();
            assert_ne!(error.retry(), Retry::Never, "{mode} {kind:?}: {error}");
            let sent = rig.seen.exchanges();
            let sent = sent.iter().filter(|one| one.operation == "push").count();
            assert_eq!(sent, 1, "{mode} {kind:?}");
            rig.running.faults().clear();
            assert_eq!(rig.connector.find_push(&wanted).await.unwrap(), None);
            rig.connector.push(&wanted).await.unwrap();
            assert_eq!(rig.writes(), 1);
        }
    }
}

#[tokio::test]
async fn a_locked_bill_is_sent_again_later_and_nothing_is_written() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        rig.running.handle.lock(NEW, "ANA");
        let wanted = command("saga-1:0", bom(NEW, &LINES));
        let error = rig.connector.push(&wanted).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{mode}: {error}");
        assert!(matches!(error.retry(), Retry::After(_)));
        assert!(
            error.to_string().contains("processed by user ANA"),
            "{error}"
        );
        assert_eq!(rig.writes(), 0);
        rig.running.handle.unlock_all();
        rig.connector.push(&wanted).await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_and_a_missing_right_are_known_in_german_too() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode, "lang": "DE" })).await;
        rig.running.handle.lock(NEW, "ANA");
        let wanted = command("saga-1:0", bom(NEW, &LINES));
        let error = rig.connector.push(&wanted).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{mode}: {error}");
        assert!(
            error.to_string().contains("bearbeitet von Benutzer ANA"),
            "{error}"
        );
        rig.running.handle.unlock_all();
        rig.connector.push(&wanted).await.unwrap();
        let reader = Config {
            read_only: true,
            ..config()
        };
        let rig = Rig::with(reader, json!({ "mode": mode, "lang": "DE" })).await;
        let error = rig.connector.push(&wanted).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{mode}: {error}");
    }
}

#[tokio::test]
async fn a_read_that_breaks_off_is_never_taken_for_a_material_that_is_not_there() {
    for lang in ["EN", "DE"] {
        let rig = Rig::start(json!({ "mode": "soap_rfc", "lang": lang })).await;
        let fault = Fault::always(FaultKind::Aborted).on(Access::Read);
        rig.running.faults().add(fault);
        let wanted = command("saga-1:0", bom(NEW, &LINES));
        for error in [
            rig.connector.find_item(NEW, "look-up").await.unwrap_err(),
            rig.connector.push(&wanted).await.unwrap_err(),
            rig.connector.find_push(&wanted).await.unwrap_err(),
            rig.connector.check().await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{lang}: {error}");
            assert_eq!(error.retry(), Retry::Later, "{lang}: {error}");
            assert!(error.to_string().contains("00/671"), "{error}");
        }
        rig.running.faults().clear();
        let none = rig.connector.find_item("NO-SUCH-CODE", "look-up").await;
        assert_eq!(none.unwrap(), None, "{lang}");
        let unknown = command("saga-2:0", bom("NO-SUCH-CODE", &LINES));
        let error = rig.connector.push(&unknown).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected, "{lang}: {error}");
        assert!(
            error.to_string().contains("no material NO-SUCH-CODE"),
            "{error}"
        );
        rig.connector.push(&wanted).await.unwrap();
        assert_eq!(rig.writes(), 1, "{lang}");
    }
}

#[tokio::test]
async fn a_bill_that_changes_meanwhile_is_read_and_decided_again_once() {
    let rig = Rig::start(json!({})).await;
    let wanted = command("saga-1:0", bom(OLD, &LINES));
    rig.running
        .faults()
        .add(Fault::times(FaultKind::Changed, 1));
    rig.connector.push(&wanted).await.unwrap();
    assert_eq!(rig.writes(), 1);
    rig.running.faults().add(Fault::always(FaultKind::Changed));
    let wanted = command("saga-2:0", bom(OLD, &LINES));
    let error = rig.connector.push(&wanted).await.unwrap_err();
    assert_eq!((error.kind(), rig.writes()), (ErrorKind::Conflict, 1));
}

#[tokio::test]
async fn faults_in_mid_pass_lose_and_double_nothing() {
    for kind in [
        FaultKind::TooManyRequests,
        FaultKind::ServerError,
        FaultKind::Unavailable,
        FaultKind::Cut,
        FaultKind::ExpiredSession,
    ] {
        let rig = Rig::start(json!({})).await;
        rig.running.faults().add(Fault::times(kind, 1).after(1));
        let mut request = request(Entity::Items, 200);
        let mut rows = 0;
        loop {
            let page = rig.connector.pull(&request).await.unwrap();
            rows += page.records.len();
            match page.next {
                Some(next) => {
                    request = PullRequest {
                        position: Some(next),
                        ..request
                    }
                }
                None => break,
            }
        }
        assert_eq!(rows, rig.running.handle.products().len(), "{kind:?}");
        assert!(
            rig.running.faults().list().is_empty(),
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
            "SAP failed on the request",
        ),
        (
            FaultKind::Unavailable,
            ErrorKind::Unavailable,
            "server error (503)",
        ),
        (FaultKind::Cut, ErrorKind::Unavailable, "cut the connection"),
        (FaultKind::Malformed, ErrorKind::Malformed, "breaks off"),
        (FaultKind::HtmlLogin, ErrorKind::Malformed, "web page"),
        (FaultKind::Latency, ErrorKind::Timeout, "timeout_seconds"),
    ] {
        let settings = json!({ "timeout_seconds": 1, "retry_max": 1 });
        let rig = Rig::start(settings).await;
        let fault = Fault::always(kind).lasting(Duration::from_secs(5));
        rig.running.faults().add(fault);
        let error = rig.connector.pull(&request(Entity::Items, 50)).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), expected, "{kind:?}: {error}");
        assert!(error.to_string().contains(part), "{kind:?}: {error}");
    }
}

#[tokio::test]
async fn a_lost_answer_to_taking_a_bill_back_is_judged_by_what_is_there() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let made = command("saga-1:0", bom(NEW, &LINES));
        let accepted = rig.connector.push(&made).await.unwrap();
        let back = undo(&made, accepted.clone());
        let fault = Fault::times(FaultKind::LostAnswer, 1);
        rig.running.faults().add(fault);
        assert!(rig.connector.push(&back).await.is_err(), "{mode}");
        let found = rig.connector.find_push(&back).await.unwrap().unwrap();
        assert_eq!(found.number, accepted.number);
        assert!(rig.running.handle.boms_of(NEW).is_empty());
    }
}
