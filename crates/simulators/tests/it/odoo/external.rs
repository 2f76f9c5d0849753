//! External ids of the simulated Odoo: each once, made with their records and gone with them.

use super::Server;
use serde_json::{Value, json};
use simulators::odoo::{Config, Fault, FaultKind};

const FIELDS: [&str; 6] = [
    "id",
    "product_tmpl_id/.id",
    "product_qty",
    "bom_line_ids/product_id/.id",
    "bom_line_ids/product_qty",
    "bom_line_ids/product_uom_id/.id",
];

async fn demo() -> Server {
    Server::start(Config::default()).await
}

/// A bill of the first product with two lines, the second in a row of its own.
fn rows(component: &str) -> Value {
    json!([
        ["ours.bill", "1", "1", "3", "2", "1"],
        ["", "", "", component, "0.5", "1"],
    ])
}

async fn load(server: &Server, component: &str) -> Value {
    let body = json!({ "fields": FIELDS, "data": rows(component) });
    server.call("mrp.bom", "load", body).await
}

async fn count(server: &Server, model: &str) -> Value {
    let body = json!({ "domain": [] });
    server.call(model, "search_count", body).await
}

#[tokio::test]
async fn a_record_is_loaded_with_its_lines_and_loaded_again_it_has_them_twice() {
    let server = demo().await;
    let made = load(&server, "4").await;
    assert_eq!(made["messages"], json!([]));
    assert_eq!(count(&server, "mrp.bom.line").await, 2);
    let again = load(&server, "4").await;
    assert_eq!(made["ids"], again["ids"]);
    assert_eq!(count(&server, "mrp.bom").await, 1);
    assert_eq!(count(&server, "mrp.bom.line").await, 4);
}

#[tokio::test]
async fn a_line_that_is_refused_leaves_nothing() {
    let server = demo().await;
    let answer = load(&server, "99999").await;
    assert_eq!(answer["ids"], false);
    let message = answer["messages"][0]["message"].as_str().unwrap();
    assert!(message.contains("database id '99999'"), "{message}");
    assert_eq!(answer["messages"][0]["rows"], json!({ "from": 0, "to": 1 }));
    for model in ["mrp.bom", "mrp.bom.line", "ir.model.data"] {
        assert_eq!(count(&server, model).await, 0, "{model}");
    }
}

#[tokio::test]
async fn what_is_not_allowed_and_what_others_hold_are_messages_of_load() {
    let server = demo().await;
    let held = Fault::times(FaultKind::Locked, 1).on("mrp.bom/load");
    server.running.faults().add(held);
    for part in ["could not serialize access", "not allowed to create"] {
        let answer = load(&server, "4").await;
        assert_eq!(answer["ids"], false);
        let message = answer["messages"][0]["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
        server.running.handle.deny("mrp.bom", "create");
    }
    assert_eq!(count(&server, "mrp.bom").await, 0);
}

#[tokio::test]
async fn an_external_id_is_there_once_and_gone_with_its_record() {
    let server = demo().await;
    let made = load(&server, "4").await;
    let values = json!({
        "module": "ours", "name": "bill", "model": "mrp.bom", "res_id": 1, "noupdate": true
    });
    let body = json!({ "vals_list": [values] });
    let refused = server.send("ir.model.data", "create", &body).await.unwrap();
    assert_eq!(refused.status(), 422);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["name"], "odoo.exceptions.ValidationError");
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.contains("ir_model_data_module_name_uniq_index"),
        "{message}"
    );
    let gone = json!({ "ids": made["ids"] });
    server.call("mrp.bom", "unlink", gone).await;
    assert_eq!(count(&server, "ir.model.data").await, 0);
    server.call("ir.model.data", "create", body).await;
    assert_eq!(count(&server, "ir.model.data").await, 1);
}
