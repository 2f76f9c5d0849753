use super::sessions::called;
use super::{NEW, Rig, command, config, undo};
use connectors::ErrorKind;
use domain::push::Push;
use serde_json::{Value, json};
use simulators::sap::{Access, Config, Fault, FaultKind};

const PART: &str = "BA-8327";

fn recipe(changes: Value) -> Push {
    let mut payload = json!({
        "recipe_code": "RECIPE-001", "name": "Race, mixed & <stirred>", "version": "1.0",
        "effective_from": "2026-01-15T10:00:00Z",
        "materials": [
            { "material_code": NEW, "quantity": 10.5, "unit_of_measure": "EA" },
            { "material_code": PART, "quantity": 2, "unit_of_measure": "EA" }
        ]
    });
    for (name, value) in changes.as_object().unwrap() {
        payload[name] = value.clone();
    }
    Push::parse("inventory.recipe.upsert", &payload).unwrap()
}

fn by_module(more: Value) -> Value {
    let mut settings = json!({ "mode": "soap_rfc", "recipes": "module" });
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    settings
}

#[tokio::test]
async fn a_recipe_is_made_by_its_own_module_with_dates_and_numbers_of_their_types() {
    // The user's formats are those of bills alone.
    let commas = Config {
        decimal_comma: true,
        ..config()
    };
    let rig = Rig::with(commas, by_module(json!({ "decimal_comma": true }))).await;
    let wanted = command("saga-1:0", recipe(json!({})));
    let made = rig.connector.push(&wanted).await.unwrap();
    let recipes = rig.running.handle.recipes();
    assert_eq!(recipes.len(), 1);
    let one = &recipes[0];
    assert_eq!(made.number, one.number);
    assert_eq!(
        (&*one.code, &*one.version, &*one.name, &*one.plant),
        ("RECIPE-001", "1.0", "Race, mixed & <stirred>", "1000")
    );
    assert_eq!(one.valid_from.to_string(), "2026-01-15");
    assert!(one.reference.starts_with("saga-1:0"), "{}", one.reference);
    let parts: Vec<(&str, String, &str)> = one
        .materials
        .iter()
        .map(|part| (&*part.material, part.quantity.to_string(), &*part.unit))
        .collect();
    assert_eq!(
        parts,
        [(NEW, "10.5".to_owned(), "EA"), (PART, "2".to_owned(), "EA")]
    );
    assert!(
        rig.running.handle.boms_of(NEW).is_empty(),
        "no bill of materials is made"
    );
    assert_eq!(called(&rig, 1), ["BAPI_RECIPE_CREATE"]);
}

#[tokio::test]
async fn a_recipe_s_warnings_are_kept_and_its_errors_refuse_it_although_http_is_well() {
    let rig = Rig::start(by_module(json!({}))).await;
    let odd = recipe(json!({ "materials": [
        { "material_code": PART, "quantity": 1, "unit_of_measure": "KG" }
    ]}));
    let made = rig.connector.push(&command("r1", odd)).await.unwrap();
    let warnings = made.warnings.join(" ");
    assert!(warnings.contains("Unit KG of material"), "{warnings}");
    let again = rig.connector.push(&command("r2", recipe(json!({})))).await;
    let error = again.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("exists already"), "{error}");
    assert!(error.to_string().contains("CZ/005"), "{error}");
    let unknown = recipe(json!({ "version": "2.0", "materials": [
        { "material_code": "RM-404", "quantity": 1, "unit_of_measure": "EA" }
    ]}));
    let error = rig.connector.push(&command("r3", unknown)).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("RM-404"), "{error}");
    let long = recipe(json!({ "version": "1.0.0-candidate" }));
    let error = rig.connector.push(&command("r4", long)).await.unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
    rig.running.handle.lock("RECIPE-002", "MEIER");
    let locked = recipe(json!({ "recipe_code": "RECIPE-002" }));
    let error = rig.connector.push(&command("r5", locked)).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::RateLimited);
    assert_eq!(rig.running.handle.recipes().len(), 1);
}

#[tokio::test]
async fn a_recipe_is_committed_in_its_session_and_rolled_back_when_it_is_refused() {
    let keeping = Config {
        keeps_sessions: true,
        ..config()
    };
    let settings = by_module(json!({ "commit": "session" }));
    let rig = Rig::with(keeping, settings.clone()).await;
    let wanted = command("r1", recipe(json!({})));
    rig.connector.push(&wanted).await.unwrap();
    assert_eq!(rig.running.handle.recipes().len(), 1);
    let committed = ["BAPI_RECIPE_CREATE", "BAPI_TRANSACTION_COMMIT"];
    assert_eq!(called(&rig, 2), committed);
    let error = rig.connector.push(&wanted).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    assert_eq!(called(&rig, 1), ["BAPI_TRANSACTION_ROLLBACK"]);
    assert_eq!(rig.running.handle.recipes().len(), 1);
    let forgetful = Rig::start(settings).await;
    let error = forgetful.connector.push(&wanted).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    assert!(error.to_string().contains("'Commit by'"), "{error}");
    assert!(forgetful.running.handle.recipes().is_empty());
}

#[tokio::test]
async fn a_recipe_whose_answer_was_lost_is_for_a_person_and_one_that_was_made_stays() {
    let rig = Rig::start(by_module(json!({}))).await;
    let lost = Fault::times(FaultKind::LostAnswer, 1).on(Access::Write);
    rig.running.faults().add(lost);
    let wanted = command("r1", recipe(json!({})));
    let error = rig.connector.push(&wanted).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert_eq!(rig.running.handle.recipes().len(), 1);
    let unknown = rig.connector.find_push(&wanted).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Unsupported);
    let second = command("r2", recipe(json!({ "version": "2.0" })));
    let made = rig.connector.push(&second).await.unwrap();
    let back = undo(&second, made.clone());
    assert_eq!(rig.connector.find_push(&back).await.unwrap(), None);
    let error = rig.connector.push(&back).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains(&made.number), "{error}");
    assert_eq!(rig.running.handle.recipes().len(), 2);
}
