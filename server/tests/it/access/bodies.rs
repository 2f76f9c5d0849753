//! What every route of the API is called with.

use crate::floor::{self, Floor};
use serde_json::{Value, json};
use uuid::Uuid;

pub fn filled(path: &str, floor: &Floor) -> String {
    let id = match path {
        path if path.contains("/tasks/") => floor.task.0,
        path if path.contains("/dispatches/") => floor.document.0,
        path if path.contains("/conflicts/") => floor.line.0,
        path if path.contains("/deliveries/") => return path.replace("{id}", &nobody()),
        path if path.contains("/saga/") => return path.replace("{saga_id}", &nobody()),
        path if path.contains("/photos/") => {
            let path = path.replace("{id}", &nobody());
            return path.replace("{photo}", &nobody());
        }
        _ => 1,
    };
    path.replace("{id}", &id.to_string())
}

fn nobody() -> String {
    Uuid::nil().to_string()
}

pub fn body_of(path: &str, floor: &Floor) -> Value {
    if path.ends_with("/operations") {
        floor::pick(floor, Uuid::new_v4(), "1")
    } else if path.ends_with("/operations/batch") {
        json!({ "operations": [floor::pick(floor, Uuid::new_v4(), "1")] })
    } else if path.ends_with("/reports") {
        json!({ "id": Uuid::new_v4(), "task_id": floor.task, "text": "The shelf is broken." })
    } else if path.contains("/exceptions/") {
        json!({ "accept": true })
    } else if path.ends_with("/counts") {
        json!({ "warehouse": 1, "of": "A-01" })
    } else if path.ends_with("/locations") {
        json!({ "warehouse": 1, "locations": [{ "code": "A-01" }] })
    } else if path.ends_with("/waves") || path.ends_with("/tasks") || path.ends_with("/withdrawal")
    {
        json!({ "tasks": [floor.task] })
    } else if path.ends_with("/assignment") {
        json!({ "to": "nobody" })
    } else if path.ends_with("/answer") {
        json!({ "answer": "ignore" })
    } else if path.ends_with("/decision") {
        let seen = json!({ "after": "1", "done": "0" });
        json!({ "id": Uuid::new_v4(), "seen": seen, "resolution": { "decision": "accept_erp" } })
    } else if path.ends_with("/application") {
        json!({ "deactivations_seen": true })
    } else if path.ends_with("/deactivation") {
        json!({ "approve": true })
    } else if path.ends_with("/erp-entry") {
        json!({ "note": "by hand" })
    } else if path.ends_with("/secrets") {
        json!({ "secrets": { "password": "a new one" } })
    } else if path.ends_with("/connections") {
        json!({
            "name": "X", "warehouse_id": 1, "adapter_type": "pantheon",
            "connection": { "base_url": "http://x.example.invalid", "username": "x", "password": "x" },
        })
    } else if path.ends_with("/secret") {
        json!({ "secret": "a secret of twenty-four characters" })
    } else if path.contains("/erp/") {
        erp_body(path, floor)
    } else if path.ends_with("/delivery") {
        json!({ "write_back": true })
    } else if path.ends_with("/rehearse") {
        json!({ "connection_id": floor.connection })
    } else if path.contains("/deliveries/") {
        json!({ "reason": "because" })
    } else if path.contains("/webhooks") {
        json!({
            "name": "shop", "url": "https://shop.example.com/hook",
            "events": ["document.finished"], "active": true,
            "secret": "a secret of twenty-four characters",
        })
    } else {
        json!({ "connection_id": floor.connection })
    }
}

fn erp_body(path: &str, floor: &Floor) -> Value {
    let product = json!({ "code": "X", "name": "X" });
    let named = |field: &str, payload: Value| {
        let mut body = json!({ "idempotency_key": "k1", "connection_id": floor.connection });
        body[field] = payload;
        body
    };
    let line = json!([{ "component": "Y", "quantity": 1 }]);
    if path.ends_with("/recipes") {
        let materials = json!([{ "material_code": "Y", "quantity": 1, "unit_of_measure": "KG" }]);
        let recipe = json!({
            "recipe_code": "X", "name": "X", "version": "1",
            "effective_from": "2026-01-01T00:00:00Z", "materials": materials,
        });
        named("recipe", recipe)
    } else if path.ends_with("/boms") {
        named(
            "bom",
            json!({ "product_code": "X", "quantity": 1, "lines": line }),
        )
    } else if path.ends_with("/inventory") {
        let items = json!([{ "product_code": "X", "quantity": "1" }]);
        named("inventory", json!({ "location": "8", "items": items }))
    } else if path.ends_with("/sagas") {
        let step = json!({
            "event_type": "inventory.product.upsert", "connection_id": floor.connection, "payload": product,
        });
        json!({ "idempotency_key": "k1", "steps": [step] })
    } else if path.ends_with("/payload") {
        json!({ "payload": product, "reason": "because" })
    } else {
        json!({ "reason": "because" })
    }
}
