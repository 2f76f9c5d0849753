//! Connections are set up and changed over the API and in the office, as their schema says.

use crate::harness::Harness;
use domain::ConnectionId;
use domain::sync::Entity;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Scope;

const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

/// An Odoo account as it is written.
fn odoo(name: &str) -> Value {
    json!({
        "name": name, "warehouse_id": 1, "adapter_type": "odoo",
        "connection": {
            "base_url": "https://odoo.example.invalid", "database": "demo", "api_key": KEY,
        },
        "write_back": true,
    })
}

async fn send(server: &Harness, who: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let method = match path.ends_with("/connections") {
        true => Method::POST,
        false => Method::PUT,
    };
    let token = server.access_token(who).await;
    let request = server.request(method, path).bearer_auth(token).json(body);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(!text.contains(KEY), "{text}");
    (status, serde_json::from_str(&text).unwrap_or_default())
}

async fn set_up(server: &Harness, name: &str) -> i64 {
    let (status, made) = send(server, "ana", "/api/v1/connections", &odoo(name)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made["id"].as_i64().unwrap()
}

/// Settings and secrets as the engine finds them.
async fn kept(server: &Harness, id: i64) -> (store::connections::ConnectionForWork, Value) {
    let company = server.site.company;
    let mut tx = server.store.begin(Scope::Company(company)).await.unwrap();
    let found = store::connections::for_work(&mut tx, ConnectionId(id))
        .await
        .unwrap();
    let sealed = found.secrets.as_deref().unwrap();
    let key = server.secret.sealing();
    let secrets: BTreeMap<String, String> = key.open(company, ConnectionId(id), sealed).unwrap();
    (found, json!(secrets))
}

#[tokio::test]
async fn connections_that_end_in_numbers_are_listed_as_people_count() {
    let server = Harness::start().await;
    for number in [10, 2, 1, 11] {
        set_up(&server, &format!("ERP {number}")).await;
    }
    let (store, now) = (&server.store, server.now());
    let (ana, site) = (server.caller("ana").await, server.site.warehouse);
    let counted = ["ERP 1", "ERP 2", "ERP 10", "ERP 11"];
    let listed = store::connections::list(store, &ana).await.unwrap();
    let listed: Vec<String> = listed.into_iter().map(|row| row.name).collect();
    assert_eq!(listed, counted);
    let board = store::boards::connections(store, &ana, site, now).await;
    let board = board.unwrap().connections.into_iter();
    assert_eq!(board.map(|row| row.name).collect::<Vec<_>>(), counted);
    let sources = store::sources::list(store, &ana, Entity::Items).await;
    let sources = sources.unwrap().into_iter();
    assert_eq!(
        sources.map(|row| row.connection).collect::<Vec<_>>(),
        counted
    );
    let (figures, _) = store::samples::accounts(store, &ana, now).await.unwrap();
    let figures = figures.into_iter();
    assert_eq!(figures.map(|row| row.name).collect::<Vec<_>>(), counted);
}

#[tokio::test]
async fn an_admin_sets_a_connection_up_and_changes_it_while_its_secret_stays() {
    let server = Harness::start().await;
    let id = set_up(&server, "Odoo").await;
    let (made, secrets) = kept(&server, id).await;
    assert_eq!(made.settings["database"], "demo");
    assert_eq!(secrets, json!({ "api_key": KEY }));
    assert!(made.delivery().unwrap().write_back);
    let path = format!("/api/v1/connections/{id}");
    let body = json!({
        "name": "Odoo of the hall",
        "connection": { "base_url": "https://odoo.example.invalid", "database": "live", "page_size": 20 },
        "retry_policy": { "strategy": "fixed", "initial_delay_seconds": 60 },
    });
    let (status, said) = send(&server, "ana", &path, &body).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{said}");
    let (changed, secrets) = kept(&server, id).await;
    assert_eq!(changed.name, "Odoo of the hall");
    assert_eq!(changed.settings["database"], "live");
    assert_eq!(secrets, json!({ "api_key": KEY }));
    let delivery = changed.delivery().unwrap();
    assert!(delivery.write_back, "what is left out stays");
    assert_eq!(delivery.retry_policy.initial_delay_seconds, 60);
    let rotated = json!({ "connection": {
        "base_url": "https://other.example.invalid", "database": "live", "api_key": "another",
    }});
    let (status, said) = send(&server, "ana", &path, &rotated).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{said}");
    let (moved, secrets) = kept(&server, id).await;
    assert_eq!(moved.name, "Odoo of the hall");
    assert_eq!(moved.base_url, "https://other.example.invalid");
    assert_eq!(secrets, json!({ "api_key": "another" }));
    let told: Vec<(String, String)> = sqlx::query_as(
        "select action, details::text from audit_entries where action like 'CONNECTION_%' order by id",
    )
    .fetch_all(&server.admin())
    .await
    .unwrap();
    let actions: Vec<&str> = told.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "CONNECTION_CREATED",
            "CONNECTION_CHANGED",
            "CONNECTION_CHANGED"
        ]
    );
    assert!(
        told.iter()
            .all(|(_, facts)| !facts.contains(KEY) && !facts.contains("another"))
    );
    let wished: bool =
        sqlx::query_scalar("select check_requested_at is not null from connections where id = $1")
            .bind(id)
            .fetch_one(&server.admin())
            .await
            .unwrap();
    assert!(wished, "it is checked by itself");
}

#[tokio::test]
async fn what_does_not_fit_is_told_with_its_field_and_nothing_is_kept() {
    let server = Harness::start().await;
    let id = set_up(&server, "Odoo").await;
    let before = kept(&server, id).await.0.settings;
    let one = format!("/api/v1/connections/{id}");
    for (pointer, wrong, field) in [
        ("/name", json!(" "), "name"),
        ("/name", json!("x".repeat(101)), "name"),
        ("/warehouse_id", json!("here"), "warehouse_id"),
        ("/adapter_type", json!("abacus"), "adapter_type"),
        ("/connection", json!("x"), "connection"),
        ("/connection/database", json!("${HOME}"), "database"),
        ("/connection/api_key", json!("${ODOO_API_KEY}"), "api_key"),
        ("/connection/page_size", json!(0), "page_size"),
        ("/connection/base_url", json!("ftp://x"), "base_url"),
        ("/connection/unheard_of", json!(1), "unheard_of"),
        (
            "/retry_policy",
            json!({ "max_attempts": 11 }),
            "retry_policy",
        ),
    ] {
        for path in ["/api/v1/connections", one.as_str()] {
            let mut body = odoo("Another");
            let (above, name) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(above).unwrap()[name] = wrong.clone();
            let (status, said) = send(&server, "ana", path, &body).await;
            assert_eq!(
                status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{pointer}: {said}"
            );
            assert_eq!(said["field"], field, "{path} {said}");
        }
    }
    let mut nameless = odoo("x");
    nameless.as_object_mut().unwrap().remove("name");
    let (_, said) = send(&server, "ana", "/api/v1/connections", &nameless).await;
    assert_eq!(said["field"], "name", "{said}");
    let other_kind = json!({ "adapter_type": "sap" });
    let (_, said) = send(&server, "ana", &one, &other_kind).await;
    assert_eq!(said["field"], "adapter_type", "{said}");
    // A secret goes to no address that it was not entered for.
    let elsewhere =
        json!({ "connection": { "base_url": "https://x.example.invalid", "database": "demo" } });
    let (_, said) = send(&server, "ana", &one, &elsewhere).await;
    assert_eq!(said["field"], "api_key", "{said}");
    assert_eq!(kept(&server, id).await.0.settings, before);
    let all: i64 = sqlx::query_scalar("select count(*) from connections")
        .fetch_one(&server.admin())
        .await
        .unwrap();
    assert_eq!(all, 1);
}

#[tokio::test]
async fn a_name_is_taken_once_a_lead_sets_nothing_up_and_a_site_is_the_callers() {
    let server = Harness::start().await;
    let id = set_up(&server, "Odoo").await;
    let second = set_up(&server, "Odoo two").await;
    let new = "/api/v1/connections";
    let (status, said) = send(&server, "ana", new, &odoo("Odoo")).await;
    assert_eq!(
        (status, &said["field"]),
        (StatusCode::CONFLICT, &json!("name"))
    );
    let path = format!("{new}/{second}");
    let (status, _) = send(&server, "ana", &path, &json!({ "name": "Odoo" })).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, _) = send(&server, "luka", new, &odoo("Odoo three")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let path = format!("{new}/{id}");
    let (status, _) = send(&server, "luka", &path, &json!({ "name": "Mine" })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let mut far = odoo("Odoo three");
    far["warehouse_id"] = json!(999);
    let (status, _) = send(&server, "ana", new, &far).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_office_draws_its_form_from_the_schema_and_shows_no_secret() {
    let server = Harness::start().await;
    let ana = server.sign_in("ana").await;
    let ask = async |path: &str, arguments: Value| -> Value {
        let answer = ana
            .call(&format!("/api/fn/connections/{path}"), &arguments)
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        let text = answer.text().await.unwrap();
        assert!(!text.contains(KEY), "{text}");
        serde_json::from_str(&text).unwrap()
    };
    let forms = ask("forms", json!({ "id": null })).await;
    let kinds: Vec<&str> = forms
        .as_array()
        .unwrap()
        .iter()
        .map(|form| form["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["pantheon", "odoo", "sap"]);
    let values = json!({
        "name": "Odoo", "base_url": "https://odoo.example.invalid", "database": "demo", "api_key": KEY,
        "page_size": "1001",
    });
    let mut entered = json!({ "kind": "odoo", "warehouse_id": null, "values": values });
    let refused = ask("save", json!({ "id": null, "entered": entered })).await;
    let misfit = json!({ "field": "page_size", "sentence": "Allowed is 1 to 1000." });
    assert_eq!(refused, json!({ "Err": misfit }));
    entered["values"]["page_size"] = json!("20");
    let saved = ask("save", json!({ "id": null, "entered": entered })).await;
    let id = saved["Ok"].as_i64().unwrap();
    let again = ask("save", json!({ "id": null, "entered": entered })).await;
    assert_eq!(again["Err"]["field"], "name");
    let forms = ask("forms", json!({ "id": id })).await;
    let fields = forms[0]["fields"].as_array().unwrap();
    let of = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
    assert_eq!(of("page_size")["value"], "20");
    assert_eq!(of("api_key")["kind"], json!({ "secret": { "set": true } }));
    assert_eq!(of("api_key")["value"], Value::Null);
    entered["values"].as_object_mut().unwrap().remove("api_key");
    entered["values"]["protocol"] = json!("json2");
    let saved = ask("save", json!({ "id": id, "entered": entered })).await;
    assert_eq!(saved, json!({ "Ok": id }));
    let (found, secrets) = kept(&server, id).await;
    assert_eq!(found.settings["protocol"], "json2");
    assert_eq!(secrets, json!({ "api_key": KEY }));
}

#[tokio::test]
async fn the_folded_part_of_the_form_changes_what_was_entered_and_keeps_all_else() {
    let server = Harness::start().await;
    let ana = server.sign_in("ana").await;
    let id = set_up(&server, "Odoo").await;
    let save = async |more: Value| -> Value {
        let mut values = json!({
            "name": "Odoo", "base_url": "https://odoo.example.invalid", "database": "demo",
        });
        let more = more.as_object().unwrap().clone();
        values.as_object_mut().unwrap().extend(more);
        let entered = json!({ "kind": "odoo", "warehouse_id": null, "values": values });
        let arguments = json!({ "id": id, "entered": entered });
        let answer = ana.call("/api/fn/connections/save", &arguments).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    };
    let saved = json!({ "Ok": id });
    let own = json!({
        "retry_policy.strategy": "linear", "retry_policy.initial_delay_seconds": "60",
        "features.circuit_breaker_pause_seconds": "300", "maintenance": "22:00-01:30",
    });
    assert_eq!(save(own.clone()).await, saved);
    let delivery = kept(&server, id).await.0.delivery().unwrap();
    assert!(delivery.write_back, "the form does not ask for it");
    let settings = json!(delivery);
    assert_eq!(settings["retry_policy"]["strategy"], "linear");
    assert_eq!(settings["retry_policy"]["max_attempts"], 5);
    assert_eq!(settings["features"]["circuit_breaker_pause_seconds"], 300);
    let window = json!([{ "from": "22:00:00", "until": "01:30:00" }]);
    assert_eq!(settings["maintenance"], window);
    let reopened = ana
        .call("/api/fn/connections/forms", &json!({ "id": id }))
        .await;
    let reopened: Value = reopened.json().await.unwrap();
    let fields = reopened[0]["fields"].as_array().unwrap().iter();
    let shown = fields.filter(|field| field["folded"] == true && !field["value"].is_null());
    let shown: serde_json::Map<String, Value> = shown
        .map(|field| {
            let name = field["name"].as_str().unwrap().to_owned();
            (name, field["value"].clone())
        })
        .collect();
    assert_eq!(Value::Object(shown), own);
    assert_eq!(save(own.clone()).await, saved);
    let again = kept(&server, id).await.0.delivery().unwrap();
    assert_eq!(again, delivery, "nobody touched it");
    let mut wrong = own;
    wrong["maintenance"] = json!("22:00-22:00");
    let misfit = json!({
        "field": "maintenance", "sentence": "A window ends at another time than it begins.",
    });
    assert_eq!(save(wrong).await, json!({ "Err": misfit }));
}

#[tokio::test]
async fn settings_of_delivery_that_cannot_be_read_are_told_on_the_page_and_can_be_set_again() {
    let server = Harness::start().await;
    let id = set_up(&server, "Odoo").await;
    let spoil = async || {
        sqlx::query(
            "update connections set delivery = '{\"retry_policy\": {\"max_attempts\": \"many\"}}'",
        )
        .execute(&server.admin())
        .await
        .unwrap();
    };
    spoil().await;
    let ana = server.sign_in("ana").await;
    let shown = async || -> Value {
        let answer = ana
            .call("/api/fn/connections/get", &json!({ "id": id }))
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    };
    let told = shown().await;
    let fault = told["delivery"]["Err"].as_str().unwrap();
    assert!(fault.contains("many"), "{fault}");
    assert_eq!(told["settings"]["database"], "demo", "all else is there");
    let path = format!("/api/v1/connections/{id}");
    let looked = async || -> Value {
        let token = server.access_token("ana").await;
        let request = server.request(Method::GET, &path).bearer_auth(token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    };
    let setup = looked().await;
    assert_eq!(
        (&setup["delivery"], setup["delivery_fault"].as_str()),
        (&Value::Null, Some(fault))
    );
    assert_eq!(setup["settings"]["database"], "demo");
    assert_eq!(setup["secrets_set"], json!(["api_key"]));
    let saga = json!({ "idempotency_key": "k", "steps": [{
        "event_type": "inventory.product.upsert", "connection_id": id,
        "payload": { "code": "A", "name": "A" },
    }]});
    let token = server.access_token("ana").await;
    let asked = server.request(Method::POST, "/api/v1/erp/sagas");
    let refused = asked.bearer_auth(token).json(&saga).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let (status, said) = send(&server, "ana", &path, &json!({ "name": "Odoo two" })).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{said}");
    assert!(kept(&server, id).await.0.delivery().is_err(), "not touched");
    let fixed = json!({ "retry_policy": { "strategy": "fixed" } });
    let (status, said) = send(&server, "ana", &path, &fixed).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{said}");
    assert_eq!(
        shown().await["delivery"]["Ok"]["retry_policy"]["strategy"],
        "fixed"
    );
    let setup = looked().await;
    assert_eq!(setup["delivery"]["retry_policy"]["strategy"], "fixed");
    assert_eq!(setup["delivery_fault"], Value::Null);
    spoil().await;
    let answer = ana
        .call(
            "/api/fn/connections/set_delivery",
            &json!({ "id": id, "settings": { "write_back": true } }),
        )
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(kept(&server, id).await.0.delivery().unwrap().write_back);
}
