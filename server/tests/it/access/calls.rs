//! What every server function is called with.

use crate::floor::{self, Floor};
use serde_json::{Value, json};
use uuid::Uuid;

/// What a server function is called with, and what a viewer and a stranger's admin must get.
pub struct Call {
    pub path: &'static str,
    pub arguments: Value,
    pub viewer: u16,
    pub stranger: u16,
}

fn call(path: &'static str, arguments: Value, viewer: u16, stranger: u16) -> Call {
    Call {
        path,
        arguments,
        viewer,
        stranger,
    }
}

/// One entry for every server function; the test fails when one is missing.
pub fn calls(floor: &Floor, warehouse: i64, marko: i64) -> Vec<Call> {
    let document = json!({ "id": floor.document });
    let new = json!({ "new": {
        "login": "petar", "name": "Petar", "role": "worker", "password": "long enough",
        "team_id": null, "warehouses": [warehouse],
    }});
    let filter = json!({ "only_wms": false });
    let report = json!({ "report": {
        "name": "stranger", "app_version": "1", "waiting": 0, "refused": 0,
    }});
    let team = json!({
        "id": null, "warehouse_id": warehouse, "name": "Beta", "shift_id": null, "members": [],
    });
    let shift = json!({
        "id": null, "warehouse_id": warehouse, "name": "C", "starts": "08:00:00",
        "ends": "15:00:00", "pause": null,
    });
    let cut_off = json!({
        "id": null, "warehouse_id": warehouse, "name": "Courier", "closes": "12:00:00", "days": [1, 2, 3],
    });
    let day = json!({
        "warehouse_id": warehouse, "user_id": marko, "on": "2026-11-20",
        "choice": { "day": "off" },
    });
    let submit = json!({ "request": floor::pick(floor, Uuid::new_v4(), "1") });
    let line = json!({ "cron": "0 2 * * *", "time_zone": "Europe/Belgrade", "enabled": true });
    let endpoint = json!({
        "name": "shop", "url": "https://shop.example.com/hook", "events": ["document.finished"],
        "active": true, "secret": null,
    });
    let site = json!({ "warehouse_id": warehouse });
    let kpis = json!({ "warehouse": warehouse });
    let screen = json!({
        "name": "Hall", "warehouse_id": warehouse, "boards": ["shift"], "rotate_seconds": 20,
        "names": "full",
    });
    let settle = json!({ "id": Uuid::nil(), "reason": "because" });
    let sync = json!({ "connection_id": floor.connection, "entity": "items", "mode": "delta" });
    vec![
        call("audit/list", json!({ "filter": {} }), 403, 200),
        call("audit/get", json!({ "id": 1 }), 403, 404),
        call("audit/actions", json!({}), 403, 200),
        call(
            "boards/shift",
            json!({ "warehouse_id": warehouse }),
            200,
            404,
        ),
        call("boards/warehouses", json!({}), 200, 200),
        call("boards/shift_screen", site.clone(), 200, 404),
        call("boards/throughput", site.clone(), 200, 404),
        call("boards/quality", site.clone(), 200, 404),
        call("boards/connections", site, 200, 404),
        call("kpis/report", json!({ "filter": kpis }), 200, 404),
        call(
            "kpis/rows",
            json!({ "kpi": "lines", "filter": kpis }),
            403,
            404,
        ),
        call("screens/own", json!({}), 200, 200),
        call("screens/list", json!({}), 403, 200),
        call(
            "screens/pair",
            json!({ "code": "ABCDEF", "plan": screen }),
            403,
            404,
        ),
        call(
            "screens/change",
            json!({ "id": 1, "plan": screen }),
            403,
            404,
        ),
        call("screens/revoke", json!({ "id": 1 }), 403, 404),
        call("connections/list", json!({}), 403, 200),
        call(
            "connections/get",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "connections/calls",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "connections/labels",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "connections/forms",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "connections/save",
            json!({ "id": floor.connection, "entered": { "kind": "pantheon", "values": {} } }),
            403,
            404,
        ),
        call(
            "connections/set_brake",
            json!({ "id": floor.connection, "percent": 20 }),
            403,
            404,
        ),
        call(
            "connections/set_secret",
            json!({ "id": floor.connection, "name": "password", "value": "new" }),
            403,
            404,
        ),
        call(
            "connections/set_delivery",
            json!({ "id": floor.connection, "settings": { "write_back": true } }),
            403,
            404,
        ),
        call(
            "connections/request_check",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "documents/list",
            json!({ "kind": "dispatch", "filter": filter }),
            403,
            200,
        ),
        call("conflicts/list", json!({}), 403, 200),
        call(
            "conflicts/resolve",
            json!({ "line": floor.line, "seen": { "after": "6", "done": "0" }, "resolution": { "decision": "accept_erp" }, "id": Uuid::new_v4() }),
            403,
            404,
        ),
        call("doc_types/list", json!({ "unnamed_only": false }), 403, 200),
        call(
            "doc_types/name",
            json!({ "connection_id": floor.connection, "code": "3000", "name": "X" }),
            403,
            404,
        ),
        call("shortages/list", json!({ "filter": {} }), 403, 200),
        call(
            "shortages/groups",
            json!({ "filter": {}, "by": "item" }),
            403,
            200,
        ),
        call("shortages/rest_policies", json!({}), 403, 200),
        call(
            "shortages/set_rest_policy",
            json!({ "warehouse_id": warehouse, "by_itself": true }),
            403,
            404,
        ),
        call(
            "test_documents/create",
            json!({ "wanted": { "kind": "dispatch", "connection_id": floor.connection, "lines": [] } }),
            403,
            404,
        ),
        call("test_documents/delete", document.clone(), 403, 404),
        call("documents/get", document.clone(), 403, 404),
        call("documents/timeline", document.clone(), 403, 404),
        call("documents/photos", document.clone(), 403, 200),
        call("documents/recalculate", document.clone(), 403, 404),
        call("documents/give_back_rest", document.clone(), 403, 404),
        call(
            "documents/mark_entered",
            json!({ "id": floor.document, "note": "by hand" }),
            403,
            404,
        ),
        call("documents/unmark_entered", document, 403, 404),
        call("items/list", json!({}), 403, 200),
        call("items/get", json!({ "id": 1 }), 403, 404),
        call(
            "mappings/list",
            json!({ "filter": { "waiting": true } }),
            403,
            200,
        ),
        call("mappings/count", json!({}), 403, 200),
        call("taught-barcodes/waiting", json!({}), 403, 200),
        call(
            "taught-barcodes/teach",
            json!({ "teaching": { "task_id": floor.task, "line_id": floor.line, "scanned": "2012345678903" } }),
            403,
            404,
        ),
        call(
            "taught-barcodes/decide",
            json!({ "id": 1, "decision": "reject" }),
            403,
            404,
        ),
        call("mappings/choices", json!({}), 403, 200),
        call("mappings/acceptable", json!({ "at_least": 70 }), 403, 200),
        call("mappings/accept", json!({ "at_least": 70 }), 403, 200),
        call(
            "mappings/answer",
            json!({ "id": 1, "answer": { "answer": "ignore" } }),
            403,
            404,
        ),
        call("mappings/ask_again", json!({ "id": 1 }), 403, 404),
        call("partners/list", json!({}), 403, 200),
        call("partners/get", json!({ "id": 1 }), 403, 404),
        call("sources/list", json!({ "entity": "items" }), 403, 200),
        call("session/who", json!({}), 200, 200),
        call("sync_runs/request", sync.clone(), 403, 404),
        call("sync_runs/request_preview", sync, 403, 404),
        call(
            "sync_runs/preview",
            json!({ "id": 1, "filter": {} }),
            403,
            404,
        ),
        call(
            "sync_runs/apply_preview",
            json!({ "id": 1, "deactivations_seen": true }),
            403,
            404,
        ),
        call("sync_runs/discard_preview", json!({ "id": 1 }), 403, 404),
        call("schedules/list", json!({ "filter": {} }), 403, 200),
        call(
            "schedules/preview",
            json!({ "cron": "0 2 * * *", "time_zone": "Europe/Belgrade" }),
            403,
            200,
        ),
        call(
            "schedules/create",
            json!({ "connection_id": floor.connection, "entity": "items", "mode": "full", "line": line }),
            403,
            404,
        ),
        call(
            "schedules/change",
            json!({ "id": 1, "line": line }),
            403,
            404,
        ),
        call("schedules/remove", json!({ "id": 1 }), 403, 404),
        call("schedules/run_now", json!({ "id": 1 }), 403, 404),
        call("why/look_up", json!({ "key": "a key of nobody" }), 403, 200),
        call(
            "sync_runs/list",
            json!({ "filter": { "connection_id": floor.connection } }),
            403,
            200,
        ),
        call("sync_runs/get", json!({ "id": 1 }), 403, 404),
        call("sync_runs/rejected", json!({ "id": 1 }), 403, 404),
        call("sync_runs/cancel", json!({ "id": 1 }), 403, 404),
        call(
            "sync_runs/decide",
            json!({ "id": 1, "approve": true }),
            403,
            404,
        ),
        call(
            "locations/list",
            json!({ "warehouse_id": warehouse }),
            403,
            200,
        ),
        call(
            "locations/save",
            json!({ "warehouse_id": warehouse, "text": "A-01" }),
            403,
            404,
        ),
        call(
            "counts/list",
            json!({ "warehouse_id": warehouse }),
            403,
            200,
        ),
        call(
            "counts/request",
            json!({ "warehouse_id": warehouse, "of": "A-01" }),
            403,
            404,
        ),
        call(
            "counts/set_tolerance",
            json!({ "warehouse_id": warehouse, "tolerance": { "percent": "5", "units": "1" } }),
            403,
            404,
        ),
        call(
            "counts/set_after_shortages",
            json!({ "warehouse_id": warehouse, "by_itself": true }),
            403,
            404,
        ),
        call("tasks/list", json!({ "filter": {} }), 403, 200),
        call("tasks/nobodys", json!({}), 403, 200),
        call("tasks/crew", json!({}), 403, 200),
        call("tasks/suggest", json!({ "tasks": [floor.task] }), 403, 200),
        call(
            "tasks/change",
            json!({ "change": { "tasks": [floor.task], "act": { "do": "give", "with": { "to": "nobody" } } } }),
            403,
            404,
        ),
        call("exceptions/list", json!({ "view": "open" }), 403, 200),
        call("exceptions/count", json!({}), 403, 200),
        call("exceptions/owners", json!({}), 403, 200),
        call("exceptions/acknowledge", json!({ "id": 1 }), 403, 404),
        call(
            "exceptions/decide",
            json!({ "id": 1, "accept": true }),
            403,
            404,
        ),
        call("exceptions/assign", json!({ "id": 1 }), 403, 404),
        call(
            "exceptions/resolve",
            json!({ "id": 1, "note": "Seen to." }),
            403,
            404,
        ),
        call("devices/list", json!({}), 403, 200),
        call("devices/report", report, 403, 200),
        call("devices/revoke", json!({ "name": "TC21" }), 403, 404),
        call("cut_offs/list", json!({}), 403, 200),
        call("cut_offs/save", json!({ "cut_off": cut_off }), 403, 404),
        call("cut_offs/remove", json!({ "id": 1 }), 403, 404),
        call("waves/list", json!({}), 403, 200),
        call(
            "waves/make",
            json!({ "name": "", "choice": { "tasks": [floor.task] } }),
            403,
            404,
        ),
        call(
            "waves/add",
            json!({ "id": 1, "choice": { "tasks": [floor.task] } }),
            403,
            404,
        ),
        call("waves/take_out", json!({ "tasks": [floor.task] }), 403, 404),
        call("waves/release", json!({ "id": 1 }), 403, 404),
        call("waves/close", json!({ "id": 1 }), 403, 404),
        call("teams/staff", json!({}), 403, 200),
        call("teams/save", json!({ "team": team }), 403, 404),
        call("teams/save_shift", json!({ "shift": shift }), 403, 404),
        call(
            "teams/roster",
            json!({ "warehouse_id": warehouse }),
            403,
            404,
        ),
        call("teams/set_day", day, 403, 404),
        call("tasks/mine", json!({}), 403, 200),
        call("tasks/get", json!({ "id": floor.task }), 403, 404),
        call(
            "tasks/assign",
            json!({ "id": floor.task, "to": { "to": "nobody" } }),
            403,
            404,
        ),
        call("tasks/submit", submit, 403, 404),
        call("monitoring/view", json!({ "window": "1h" }), 403, 200),
        call("teams/list", json!({}), 403, 200),
        call("webhooks/list", json!({}), 403, 200),
        call("webhooks/get", json!({ "id": 1 }), 403, 404),
        call(
            "webhooks/save",
            json!({ "id": 1, "form": endpoint }),
            403,
            404,
        ),
        call("webhooks/test", json!({ "id": 1 }), 403, 404),
        call("webhooks/deliveries", json!({}), 403, 200),
        call("webhooks/delivery", json!({ "id": Uuid::nil() }), 403, 404),
        call("deliveries/view", json!({}), 403, 200),
        call(
            "deliveries/retry_all",
            json!({ "filter": {}, "seen": 0, "reason": "because" }),
            403,
            200,
        ),
        call("deliveries/help", json!({ "id": Uuid::nil() }), 403, 404),
        call(
            "deliveries/edit",
            json!({ "id": Uuid::nil(), "payload": "{}", "reason": "because" }),
            403,
            404,
        ),
        call(
            "deliveries/test_systems",
            json!({ "id": Uuid::nil() }),
            403,
            200,
        ),
        call(
            "deliveries/rehearse",
            json!({ "id": Uuid::nil(), "connection": floor.connection, "payload": "{}" }),
            403,
            404,
        ),
        call("webhooks/retry", settle.clone(), 403, 404),
        call("webhooks/hasten", settle.clone(), 403, 404),
        call("webhooks/discard", settle, 403, 404),
        call("users/list", json!({ "filter": {} }), 403, 200),
        call("users/get", json!({ "id": marko }), 403, 404),
        call(
            "users/update",
            json!({ "id": marko, "change": { "name": "M", "role": "worker", "team_id": null, "warehouses": [warehouse] } }),
            403,
            404,
        ),
        call("users/reset_password", json!({ "id": marko }), 403, 404),
        call(
            "users/set_badge",
            json!({ "id": marko, "code": "BADGE-0001" }),
            403,
            404,
        ),
        call("users/enable", json!({ "id": marko }), 403, 404),
        call(
            "users/set_active",
            json!({ "ids": [marko], "active": false }),
            403,
            404,
        ),
        call(
            "users/revoke_session",
            json!({ "id": marko, "session": Uuid::nil() }),
            403,
            404,
        ),
        call("users/revoke_everything", json!({ "id": marko }), 403, 404),
        call(
            "saved_views/list",
            json!({ "page": "/admin/users" }),
            403,
            200,
        ),
        call(
            "saved_views/save",
            json!({ "view": { "page": "/admin/users", "name": "Mine", "query": "role=lead", "opens_first": false } }),
            403,
            200,
        ),
        call(
            "saved_views/rename",
            json!({ "id": 0, "name": "Other" }),
            403,
            404,
        ),
        call(
            "saved_views/open_first",
            json!({ "id": 0, "first": true }),
            403,
            404,
        ),
        call("saved_views/delete", json!({ "id": 0 }), 403, 404),
        call("users/workers", json!({}), 403, 200),
        call("users/create", new, 403, 404),
        call("users/disable", json!({ "id": marko }), 403, 404),
    ]
}
