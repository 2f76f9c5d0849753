use super::{NEW, Rig, command, config, undo};
use connectors::{Acceptance, Capability, Error, ErrorKind, PushRequest};
use domain::push::{Push, PushKind};
use serde_json::{Value, json};
use simulators::sap::{Access, Config, Fault, FaultKind};

fn order(changes: Value) -> Push {
    let mut payload = json!({ "product_code": NEW, "quantity": "12.5" });
    for (name, value) in changes.as_object().unwrap() {
        payload[name] = value.clone();
    }
    Push::parse("manufacturing.process_order.create", &payload).unwrap()
}

async fn push(rig: &Rig, request: &PushRequest) -> Result<Acceptance, Error> {
    rig.connector.push(request).await
}

#[tokio::test]
async fn a_process_order_is_made_with_what_the_command_says_and_the_materials_own_unit() {
    let rig = Rig::start(json!({})).await;
    let can = Capability::Push(PushKind::ProcessOrder);
    assert!(rig.connector.capabilities().contains(&can));
    let plain = push(&rig, &command("saga-1:0", order(json!({}))))
        .await
        .unwrap();
    let said = order(json!({
        "order_type": "PI02", "production_version": "0001", "starts_on": "2026-12-01", "uom": "KG"
    }));
    push(&rig, &command("saga-1:1", said)).await.unwrap();
    let made = rig.running.handle.process_orders();
    assert_eq!(made.len(), 2);
    assert_eq!(plain.number, made[0].number);
    let products = rig.running.handle.products();
    let own = &products.iter().find(|one| one.code == NEW).unwrap().unit;
    let first = (&*made[0].order_type, &*made[0].plant, &made[0].unit);
    assert_eq!(first, ("PI01", "1000", own));
    assert_eq!(made[0].quantity, "12.5".parse().unwrap());
    let second = (&*made[1].order_type, &*made[1].version, &*made[1].unit);
    assert_eq!(second, ("PI02", "0001", "KG"));
    assert_eq!(made[1].starts_on.to_string(), "2026-12-01");
}

#[tokio::test]
async fn a_process_order_whose_answer_was_lost_is_for_a_person_to_look_up() {
    let rig = Rig::start(json!({})).await;
    let wanted = command("saga-2:0", order(json!({})));
    let fault = Fault::times(FaultKind::LostAnswer, 1).on(Access::Write);
    rig.running.faults().add(fault);
    let error = push(&rig, &wanted).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert_eq!(rig.running.handle.process_orders().len(), 1);
    let unknown = rig.connector.find_push(&wanted).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_process_order_is_taken_back_by_the_mark_for_deletion_as_often_as_asked() {
    let rig = Rig::start(json!({})).await;
    let wanted = command("saga-3:0", order(json!({})));
    let accepted = push(&rig, &wanted).await.unwrap();
    let back = undo(&wanted, accepted);
    for _ in 0..2 {
        assert_eq!(rig.connector.find_push(&back).await.unwrap(), None);
        push(&rig, &back).await.unwrap();
        let made = rig.running.handle.process_orders();
        assert_eq!((made.len(), made[0].deleted), (1, true));
    }
    let nameless = PushRequest {
        accepted: None,
        ..back
    };
    let error = push(&rig, &nameless).await.unwrap_err();
    assert!(error.to_string().contains("not known"), "{error}");
}

#[tokio::test]
async fn what_sap_has_no_room_or_no_right_for_is_refused_by_name_and_nothing_is_made() {
    let rig = Rig::start(json!({})).await;
    for (changes, part) in [
        (json!({ "product_code": "RM-404" }), "RM-404"),
        (json!({ "quantity": "0.0005" }), "decimals"),
        (json!({ "order_type": "LONGER" }), "order_type"),
        (json!({ "plant": "9999" }), "9999"),
    ] {
        let error = push(&rig, &command("r", order(changes))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
    let soap = Rig::start(json!({ "mode": "soap_rfc" })).await;
    let error = push(&soap, &command("r", order(json!({}))))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let reader = Config {
        read_only: true,
        ..config()
    };
    let reader = Rig::with(reader, json!({})).await;
    let error = push(&reader, &command("r", order(json!({}))))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
    for rig in [rig, soap, reader] {
        assert!(rig.running.handle.process_orders().is_empty());
    }
}
