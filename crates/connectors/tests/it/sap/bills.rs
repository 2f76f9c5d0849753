use super::{MODES, NEW, OLD, Rig, bom, command, config, item, items, undo};
use connectors::ErrorKind;
use domain::push::Push;
use serde_json::json;
use simulators::sap::Config;

const LINES: [(&str, &str); 2] = [("BA-8327", "2"), ("BE-2349", "0.125")];

#[tokio::test]
async fn a_bill_of_materials_is_made_with_its_items_and_found_by_its_reference() {
    for (mode, products) in [("odata", "v2"), ("odata", "v4"), ("soap_rfc", "v2")] {
        let rig = Rig::start(json!({ "mode": mode, "products": products })).await;
        let wanted = command("0198c0de-0000-7000-8000-000000000001:0", bom(NEW, &LINES));
        assert_eq!(rig.connector.find_push(&wanted).await.unwrap(), None);
        let made = rig.connector.push(&wanted).await.unwrap();
        let bill = rig.running.handle.boms_of(NEW).remove(0);
        assert_eq!(made.number, bill.number, "{mode}");
        assert!(bill.text.starts_with(&wanted.reference), "{}", bill.text);
        let expected = [
            item("0010", "BA-8327", "2"),
            item("0020", "BE-2349", "0.125"),
        ];
        assert_eq!(items(&rig, NEW), expected, "{mode}");
        let found = rig.connector.find_push(&wanted).await.unwrap().unwrap();
        assert_eq!(found.detail, made.detail, "{mode}");
        let other = command("another", bom(NEW, &LINES));
        assert_eq!(rig.connector.find_push(&other).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_same_command_again_is_answered_and_not_written() {
    for mode in MODES {
        for product in [NEW, OLD] {
            let rig = Rig::start(json!({ "mode": mode })).await;
            let wanted = command("saga-1:0", bom(product, &LINES));
            let first = rig.connector.push(&wanted).await.unwrap();
            let again = rig.connector.push(&wanted).await.unwrap();
            assert_eq!((first.detail, rig.writes()), (again.detail, 1), "{mode}");
        }
    }
}

#[tokio::test]
async fn a_bill_that_is_there_is_changed_in_one_unit_and_keeps_its_item_numbers() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let before = items(&rig, OLD);
        let expected = [item("0010", "BE-2349", "10"), item("0020", "SH-4562", "1")];
        assert_eq!(before, expected);
        let lines = [("SH-4562", "3"), ("BA-8327", "1.5")];
        let changed = rig
            .connector
            .push(&command("saga-2:0", bom(OLD, &lines)))
            .await;
        let number = &rig.running.handle.boms_of(OLD)[0].number;
        assert_eq!(&changed.unwrap().number, number);
        let mut after = items(&rig, OLD);
        after.sort();
        let expected = [item("0020", "SH-4562", "3"), item("0030", "BA-8327", "1.5")];
        assert_eq!(
            (after.as_slice(), rig.writes()),
            (&expected[..], 1),
            "{mode}"
        );
    }
}

#[tokio::test]
async fn unknown_and_deleted_components_are_refused_by_name_and_nothing_is_written() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let handle = &rig.running.handle;
        handle.edit_product("BE-2349", |product| product.deleted = true);
        let lines = [
            ("RM-1", "1"),
            ("BA-8327", "1"),
            ("RM-2", "1"),
            ("BE-2349", "1"),
        ];
        let error = rig.connector.push(&command("r", bom(NEW, &lines))).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected, "{mode}");
        let text = error.to_string();
        assert!(
            text.contains("RM-1, RM-2:") && text.contains("BE-2349 is marked"),
            "{text}"
        );
        assert!(!text.contains("BA-8327"), "{text}");
        assert_eq!((rig.writes(), handle.boms_of(NEW).len()), (0, 0));
    }
}

#[tokio::test]
async fn a_large_bill_is_checked_in_batches_and_written_whole() {
    let rig = Rig::start(json!({})).await;
    let products = rig.running.handle.products();
    let sold = products.iter().filter(|product| !product.deleted);
    let codes: Vec<&str> = sold.map(|product| &*product.code).take(130).collect();
    let lines: Vec<(&str, &str)> = codes.iter().map(|code| (*code, "1")).collect();
    let wanted = bom("BK-R93R-62", &lines);
    rig.running
        .handle
        .edit_product("BK-R93R-62", |product| product.deleted = false);
    rig.running.handle.remove_boms("BK-R93R-62");
    rig.connector.push(&command("r", wanted)).await.unwrap();
    assert_eq!(items(&rig, "BK-R93R-62").len(), 130);
    let batches = rig.running.handle.requests();
    let batches = batches
        .iter()
        .filter(|one| one.path.ends_with("API_PRODUCT_SRV/$batch"));
    assert_eq!(batches.filter(|one| one.status == 202).count(), 3);
}

#[tokio::test]
async fn a_bill_this_reference_made_is_taken_back_and_one_it_changed_is_not() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let made = command("saga-3:0", bom(NEW, &LINES));
        let accepted = rig.connector.push(&made).await.unwrap();
        let back = undo(&made, accepted);
        assert_eq!(rig.connector.find_push(&back).await.unwrap(), None);
        rig.connector.push(&back).await.unwrap();
        assert!(rig.running.handle.boms_of(NEW).is_empty(), "{mode}");
        assert!(rig.connector.find_push(&back).await.unwrap().is_some());
        rig.connector.push(&back).await.unwrap();

        let changed = command("saga-4:0", bom(OLD, &LINES));
        let accepted = rig.connector.push(&changed).await.unwrap();
        let error = rig.connector.push(&undo(&changed, accepted)).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert!(error.to_string().contains("was there before"), "{error}");

        let theirs = command("saga-5:0", bom(NEW, &LINES));
        let accepted = rig.connector.push(&theirs).await.unwrap();
        let handle = &rig.running.handle;
        handle.edit_boms(NEW, |bill| bill.text = "by hand".into());
        let error = rig.connector.push(&undo(&theirs, accepted)).await;
        assert!(error.unwrap_err().to_string().contains("somebody else"));
        assert_eq!(handle.boms_of(NEW).len(), 1);
    }
}

#[tokio::test]
async fn a_recipe_becomes_the_bill_of_the_material_of_its_code() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let payload = json!({
            "recipe_code": NEW, "name": "Race, mixed", "version": "1.0",
            "effective_from": "2026-01-15T10:00:00Z",
            "materials": [{"material_code": "BA-8327", "quantity": 10.5, "unit_of_measure": "EA"}]
        });
        let recipe = Push::parse("inventory.recipe.upsert", &payload).unwrap();
        rig.connector
            .push(&command("saga-6:0", recipe))
            .await
            .unwrap();
        let bill = rig.running.handle.boms_of(NEW).remove(0);
        assert_eq!(bill.alternative_text, "Race, mixed v1.0");
        assert_eq!(bill.valid_from.to_string(), "2026-01-15");
        assert_eq!(items(&rig, NEW), [item("0010", "BA-8327", "10.5")]);
    }
}

#[tokio::test]
async fn a_recipe_that_begins_later_makes_a_bill_and_changes_none() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let recipe = |code: &str, quantity: u32| {
            let payload = json!({
                "recipe_code": code, "name": "Later", "version": "2.0",
                "effective_from": "2126-01-15T10:00:00Z",
                "materials": [{"material_code": "BA-8327", "quantity": quantity,
                    "unit_of_measure": "EA"}]
            });
            Push::parse("inventory.recipe.upsert", &payload).unwrap()
        };
        let before = items(&rig, OLD);
        let refused = rig.connector.push(&command("r1", recipe(OLD, 1))).await;
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected, "{mode}: {error}");
        assert!(error.to_string().contains("change number"), "{error}");
        assert_eq!(items(&rig, OLD), before, "{mode}");
        rig.connector
            .push(&command("r2", recipe(NEW, 1)))
            .await
            .unwrap();
        let bill = rig.running.handle.boms_of(NEW).remove(0);
        assert_eq!(bill.valid_from.to_string(), "2126-01-15", "{mode}");
        // What has not begun is in no use yet.
        let corrected = command("r3", recipe(NEW, 2));
        rig.connector.push(&corrected).await.unwrap();
        assert_eq!(items(&rig, NEW), [item("0010", "BA-8327", "2")], "{mode}");
    }
}

#[tokio::test]
async fn warnings_are_kept_and_stop_nothing() {
    for (mode, part) in [
        ("odata", "Unit KG of component BA-8327"),
        ("soap_rfc", "SLG1"),
    ] {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let payload = json!({"product_code": NEW, "quantity": "1",
            "lines": [{"component": "BA-8327", "quantity": "1", "uom": "KG"}]});
        let push = Push::parse("inventory.bom.upsert", &payload).unwrap();
        let accepted = rig.connector.push(&command("r", push)).await.unwrap();
        let warnings = accepted.warnings.join(" ");
        assert!(warnings.contains(part), "{mode}: {warnings}");
    }
}

#[tokio::test]
async fn the_reference_may_stand_in_the_text_of_the_alternative() {
    for mode in MODES {
        let settings = json!({ "mode": mode, "marker": "alternative_text" });
        let rig = Rig::start(settings).await;
        let wanted = command("saga-8:0", bom(OLD, &LINES));
        rig.running
            .handle
            .edit_boms(OLD, |bill| bill.text = "Ours".into());
        rig.connector.push(&wanted).await.unwrap();
        let bill = rig.running.handle.boms_of(OLD).remove(0);
        assert_eq!(bill.text, "Ours");
        assert_eq!(bill.alternative_text, "saga-8:0~");
        assert!(rig.connector.find_push(&wanted).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn missing_rights_and_unknown_plants_are_told() {
    for mode in MODES {
        let reader = Config {
            read_only: true,
            ..config()
        };
        let rig = Rig::with(reader, json!({ "mode": mode })).await;
        let error = rig.connector.push(&command("r", bom(NEW, &LINES))).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{mode}: {error}");
        assert!(error.to_string().contains("SU53"), "{error}");
        let rig = Rig::start(json!({ "mode": mode, "plant": "9999" })).await;
        let error = rig.connector.push(&command("r", bom(NEW, &LINES))).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Rejected);
        assert_eq!(rig.writes(), 0);
    }
}
