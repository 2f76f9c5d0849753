use super::{NEW, OLD, Rig, bom, command, config, item, items};
use crate::support::request;
use connectors::{ErrorKind, Retry};
use domain::sync::Entity;
use serde_json::json;
use simulators::sap::{Config, Fault, FaultKind};
use std::time::Duration;

const LINES: [(&str, &str); 1] = [("BA-8327", "1234.5")];

#[tokio::test]
async fn a_token_that_ended_is_fetched_again_once_and_the_command_goes_through() {
    let rig = Rig::start(json!({})).await;
    rig.connector
        .push(&command("r1", bom(NEW, &LINES)))
        .await
        .unwrap();
    let tokens = || {
        let sent = rig.seen.exchanges();
        sent.iter().filter(|one| one.operation == "login").count()
    };
    assert_eq!(tokens(), 1, "one token serves both services");
    rig.running.handle.expire_sessions();
    rig.connector
        .push(&command("r2", bom(OLD, &LINES)))
        .await
        .unwrap();
    assert_eq!((tokens(), rig.writes()), (2, 2));
    assert_eq!(rig.running.handle.counters().tokens_refused, 1);
    let fault = Fault::always(FaultKind::ExpiredSession);
    rig.running.faults().add(fault);
    let error = rig.connector.push(&command("r3", bom(OLD, &LINES))).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
    assert!(error.to_string().contains("CSRF"), "{error}");
}

#[tokio::test]
async fn numbers_travel_in_the_format_of_the_technical_user() {
    let commas = Config {
        decimal_comma: true,
        ..config()
    };
    let settings = json!({ "mode": "soap_rfc", "decimal_comma": true });
    let rig = Rig::with(commas, settings).await;
    rig.connector
        .push(&command("r1", bom(NEW, &LINES)))
        .await
        .unwrap();
    assert_eq!(items(&rig, NEW), [item("0010", "BA-8327", "1234.5")]);
    rig.connector
        .push(&command("r2", bom(NEW, &LINES)))
        .await
        .unwrap();
    assert_eq!(items(&rig, NEW), [item("0010", "BA-8327", "1234.5")]);
}

#[tokio::test]
async fn a_commit_in_the_same_session_writes_where_sessions_are_kept() {
    let keeping = Config {
        keeps_sessions: true,
        ..config()
    };
    let settings = json!({ "mode": "soap_rfc", "commit": "session" });
    let rig = Rig::with(keeping, settings).await;
    let made = rig
        .connector
        .push(&command("r", bom(NEW, &LINES)))
        .await
        .unwrap();
    assert_eq!(made.number, rig.running.handle.boms_of(NEW)[0].number);
    let modules: Vec<String> = called(&rig, 3);
    let expected = [
        "CSAP_MAT_BOM_CREATE",
        "BAPI_TRANSACTION_COMMIT",
        "CSAP_MAT_BOM_READ",
    ];
    assert_eq!(modules, expected);
}

#[tokio::test]
async fn a_commit_that_reached_nothing_is_told_and_not_taken_for_a_success() {
    let settings = json!({ "mode": "soap_rfc", "commit": "session" });
    let rig = Rig::start(settings).await;
    let error = rig.connector.push(&command("r", bom(NEW, &LINES))).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(
        error.to_string().contains("'Commit by' to 'module'"),
        "{error}"
    );
    assert!(rig.running.handle.boms_of(NEW).is_empty());
}

#[tokio::test]
async fn a_refused_commit_is_rolled_back_and_its_message_is_read() {
    let keeping = Config {
        keeps_sessions: true,
        ..config()
    };
    let settings = json!({ "mode": "soap_rfc", "commit": "session" });
    let rig = Rig::with(keeping, settings).await;
    rig.running
        .faults()
        .add(Fault::times(FaultKind::Locked, 1).after(1));
    let error = rig.connector.push(&command("r", bom(NEW, &LINES))).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    assert!(error.to_string().contains("C1/003"), "{error}");
    assert!(rig.running.handle.boms_of(NEW).is_empty());
    assert_eq!(called(&rig, 1), ["BAPI_TRANSACTION_ROLLBACK"]);
}

#[tokio::test]
async fn every_call_carries_client_language_and_correlation_and_no_exchange_the_password() {
    for mode in super::MODES {
        let rig = Rig::start(json!({ "mode": mode, "lang": "sr", "trace": true })).await;
        rig.connector
            .push(&command("r", bom(NEW, &LINES)))
            .await
            .unwrap();
        if mode == "odata" {
            rig.connector
                .pull(&request(Entity::Items, 10))
                .await
                .unwrap();
        }
        let sent = rig.seen.exchanges();
        assert!(sent.len() > 3);
        for exchange in &sent {
            let url = &exchange.url;
            assert!(
                url.contains("sap-client=100") && url.contains("sap-language=SR"),
                "{url}"
            );
            assert!(!format!("{exchange:?}").contains("change-me"));
        }
        let arrived = rig.running.handle.requests();
        assert!(arrived.iter().all(|one| one.correlation_id.is_some()));
    }
}

/// The last function modules that were called.
pub(super) fn called(rig: &Rig, last: usize) -> Vec<String> {
    let requests = rig.running.handle.requests();
    let modules: Vec<String> = requests.into_iter().filter_map(|one| one.module).collect();
    modules[modules.len() - last..].to_vec()
}

#[tokio::test]
async fn commands_that_come_together_share_one_session_and_its_token() {
    let rig = Rig::start(json!({})).await;
    rig.connector
        .push(&command("r0", bom(NEW, &LINES)))
        .await
        .unwrap();
    rig.running.handle.expire_sessions();
    let commands: Vec<_> = (1..=6)
        .map(|number| command(&format!("r{number}"), bom(OLD, &LINES)))
        .collect();
    let fetched = || {
        let sent = rig.seen.exchanges();
        sent.iter().filter(|one| one.operation == "login").count()
    };
    let before = fetched();
    let sent = commands.iter().map(|command| rig.connector.push(command));
    for error in futures::future::join_all(sent)
        .await
        .into_iter()
        .filter_map(Result::err)
    {
        // They are about one bill: who comes too late is told so.
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    }
    assert_eq!(fetched() - before, 1, "one token for all");
}

#[tokio::test]
async fn a_password_that_sap_refused_is_not_sent_again_with_every_command() {
    let rig = Rig::start(json!({ "user": "NOBODY" })).await;
    let commands: Vec<_> = (0..8)
        .map(|number| command(&format!("first-{number}"), bom(NEW, &LINES)))
        .collect();
    let sent = commands.iter().map(|command| rig.connector.push(command));
    let outcomes = futures::future::join_all(sent).await;
    let kinds: Vec<ErrorKind> = outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_err().kind())
        .collect();
    let refused = |kind: &&ErrorKind| **kind == ErrorKind::Unauthorized;
    assert_eq!(kinds.iter().filter(refused).count(), 1, "{kinds:?}");
    assert_eq!(rig.seen.exchanges().len(), 1);
    let kind = async |number: i32| {
        let command = command(&format!("r{number}"), bom(NEW, &LINES));
        rig.connector.push(&command).await.unwrap_err().kind()
    };
    assert_eq!(kind(0).await, ErrorKind::RateLimited);
    assert_eq!(rig.seen.exchanges().len(), 1);
    let waiting = command("r4", bom(NEW, &LINES));
    let waits = rig.connector.push(&waiting).await.unwrap_err().retry();
    assert_eq!(waits, Retry::After(Duration::from_secs(60)));
    let tested = rig.connector.check().await.unwrap_err();
    assert_eq!(tested.kind(), ErrorKind::Unauthorized, "{tested}");
    assert_eq!(rig.seen.exchanges().len(), 2);
    rig.pass_minutes(14);
    assert_eq!(kind(4).await, ErrorKind::RateLimited);
    rig.pass_minutes(2);
    assert_eq!(kind(5).await, ErrorKind::Unauthorized);
    assert_eq!(rig.seen.exchanges().len(), 3);
}
