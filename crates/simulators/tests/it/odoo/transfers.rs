//! Transfers of the simulated Odoo: what is done moves, what is not waits.

use super::Server;
use serde_json::json;
use simulators::odoo::Config;

async fn demo() -> Server {
    Server::start(Config {
        now: Some("2026-11-21T10:00:00Z".parse().unwrap()),
        ..Config::default()
    })
    .await
}

#[tokio::test]
async fn a_transfer_that_is_short_asks_and_then_leaves_a_backorder() {
    let server = demo().await;
    let out = server
        .first(
            "stock.picking",
            json!([["picking_type_code", "=", "outgoing"]]),
            &["name", "move_ids"],
        )
        .await;
    let moves = out["move_ids"].as_array().unwrap();
    let first = server
        .first(
            "stock.move",
            json!([["id", "=", moves[0]]]),
            &["product_id", "product_uom_qty"],
        )
        .await;
    let wanted = first["product_uom_qty"].as_f64().unwrap();
    let on_hand = |product| json!([["product_id", "=", product], ["location_id", "=", 5]]);
    let before = server
        .first(
            "stock.quant",
            on_hand(&first["product_id"][0]),
            &["quantity"],
        )
        .await;
    let line = json!([1, moves[0], { "quantity": 0.5, "picked": true }]);
    let values = json!({ "ids": [out["id"]], "vals": { "move_ids": [line] } });
    server.call("stock.picking", "write", values).await;
    let ids = json!({ "ids": [out["id"]] });
    let asked = server.call("stock.picking", "button_validate", ids).await;
    assert_eq!(asked["res_model"], "stock.backorder.confirmation");
    let ids = json!({ "ids": [out["id"]], "context": { "skip_backorder": true } });
    assert_eq!(
        server.call("stock.picking", "button_validate", ids).await,
        json!(true)
    );
    let done = server
        .first(
            "stock.picking",
            json!([["id", "=", out["id"]]]),
            &["state", "backorder_ids"],
        )
        .await;
    assert_eq!(done["state"], "done");
    let rest = server
        .first(
            "stock.move",
            json!([
                ["picking_id", "in", done["backorder_ids"]],
                ["product_id", "=", first["product_id"][0]]
            ]),
            &["product_uom_qty", "state"],
        )
        .await;
    assert_eq!(rest["product_uom_qty"].as_f64().unwrap(), wanted - 0.5);
    let after = server
        .first(
            "stock.quant",
            on_hand(&first["product_id"][0]),
            &["quantity"],
        )
        .await;
    let quantity = |row: &serde_json::Value| row["quantity"].as_f64().unwrap();
    assert!((quantity(&before) - quantity(&after) - 0.5).abs() < 1e-9);
}

#[tokio::test]
async fn a_day_brings_an_order_and_an_edit() {
    let server = demo().await;
    let before = server.running.handle.count("stock.picking");
    let changes = server.running.handle.tick();
    assert!(!changes.products.is_empty());
    assert!(changes.edited.is_some());
    let added = changes.added.unwrap();
    assert_eq!(server.running.handle.count("stock.picking"), before + 1);
    let row = server
        .first("stock.picking", json!([["name", "=", added]]), &["state"])
        .await;
    assert_eq!(row["state"], "assigned");
}

#[tokio::test]
async fn nothing_is_later_than_the_clock_and_what_just_ended_is_the_last_change_on_the_panel() {
    let server = Server::start(Config {
        now: Some("2026-11-21T00:53:00Z".parse().unwrap()),
        ..Config::default()
    })
    .await;
    let later = json!([["write_date", ">", "2026-11-21 00:53:00"]]);
    let handle = &server.running.handle;
    assert!(handle.records("stock.picking", later).is_empty());
    let made = json!([["create_date", ">=", "2026-11-21 00:00:00"]]);
    assert_eq!(handle.records("stock.picking", made).len(), 11);
    let out = server
        .first(
            "stock.picking",
            json!([["picking_type_code", "=", "outgoing"]]),
            &["name"],
        )
        .await;
    handle.set_now("2026-11-21T00:54:00Z".parse().unwrap());
    let ids = json!({ "ids": [out["id"]] });
    server.call("stock.picking", "button_validate", ids).await;
    let url = format!("{}/_faults", server.running.url());
    let panel = server.client.get(url).send().await.unwrap();
    let panel: serde_json::Value = panel.json().await.unwrap();
    assert_eq!(panel["latest"][0]["name"], out["name"]);
    assert_eq!(panel["latest"][0]["state"], "done");
}
