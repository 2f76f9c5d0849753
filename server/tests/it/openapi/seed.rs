//! What the examples of the description work on.

use crate::floor::{self, Floor};
use crate::harness::Harness;
use chrono::{NaiveTime, TimeDelta};
use domain::cut_off::CutOff;
use domain::delivery::DeliverySettings;
use domain::document::{DocumentKind, DocumentRecord, LineRecord, TestDocument, TestLine};
use domain::mapping::{MappingAnswer, MappingFilter};
use domain::partner::PartnerRecord;
use domain::sort::Sort;
use domain::stock::{StockLevel, StockRecord};
use domain::sync::{Entity, SyncMode};
use domain::wave::WaveChoice;
use domain::webhook::{WebhookEvent, WebhookForm};
use domain::{ConnectionId, TaskId, WebhookId};
use operations::sync_runs::Records;
use serde_json::json;
use std::collections::BTreeMap;
use store::connections::NewConnection;

/// What the examples speak of: dispatch 1 with task 1 and line 1, receipt 2, test documents 3 and 4,
/// finished documents 5 and 6, item 1, partner 1, mappings 1 and 2 with answers, the previews of runs 7 and
/// 8, run 10 that stopped at the brake, run 11 that waits, webhooks 1 and 2, two dead deliveries, three
/// dead sagas, waves 1 and 2 with what is beside them, and connection 2, a test system, with a dead command to
/// try there.
pub async fn seed(server: &Harness) -> Floor {
    let floor = floor::prepare(server).await;
    let receipt = Records::Documents(vec![receipt(server)]);
    floor::import(server, floor.connection, Entity::Receipts, receipt).await;
    let partners = Records::Partners(vec![partner()]);
    floor::import(server, floor.connection, Entity::Partners, partners).await;
    let ana = server.caller("ana").await;
    for (kind, id) in [(DocumentKind::Dispatch, 3), (DocumentKind::Receipt, 4)] {
        let test = TestDocument {
            kind,
            connection_id: floor.connection,
            lines: vec![TestLine {
                item_code: "85123A".to_owned(),
                quantity: 1.into(),
            }],
        };
        let made = operations::test_documents::create(&server.store, &ana, &test, server.now());
        assert_eq!(made.await.unwrap().0, id);
    }
    let (connection, site) = (floor.connection, server.site);
    operations::companies::ensure_team(&server.store, site.company, site.warehouse, "Beta")
        .await
        .unwrap();
    finished_documents(server, connection).await;
    for (id, entity, records) in [
        (7, Entity::Items, Records::Items(vec![floor::item()])),
        (8, Entity::Partners, Records::Partners(vec![partner()])),
    ] {
        let run = floor::look(server, connection, entity, records).await;
        assert_eq!(run.0, id);
    }
    floor::import(server, connection, Entity::Stock, stock()).await;
    answered_name(server).await;
    let nothing = Records::Partners(Vec::new());
    floor::import_all(server, connection, Entity::Partners, nothing).await;
    webhooks(server).await;
    sagas(server, connection).await;
    waves(server, connection).await;
    rehearsals(server, connection).await;
    let run = operations::sync_runs::request(
        &server.store,
        &ana,
        floor.connection,
        Entity::Stock,
        SyncMode::Full,
        server.now(),
    );
    let run = run.await.unwrap();
    assert_eq!(
        (run.0, floor.document.0, floor.task.0, floor.line.0),
        (11, 1, 1, 1)
    );
    floor
}

fn stock() -> Records {
    let level = |warehouse: &str, quantity: u32| StockLevel {
        warehouse: warehouse.to_owned(),
        quantity: quantity.into(),
    };
    let main = simulators::pantheon::Config::default().main_warehouse;
    Records::Stock(vec![StockRecord {
        item_code: "85123A".to_owned(),
        levels: vec![level(&main, 40), level("ELSEWHERE", 2)],
        refused: Vec::new(),
        changed_at: None,
    }])
}

/// Mapping 2, of the stock's other name, is answered: its answer can be taken back.
async fn answered_name(server: &Harness) {
    let (store, ana) = (&server.store, server.caller("ana").await);
    let filter = MappingFilter::waiting();
    let waiting = store::mappings::list(store, &ana, &filter, Sort::default(), None, 10);
    let waiting = waiting.await.unwrap().rows;
    let name = waiting.iter().find(|row| row.external == "ELSEWHERE");
    let id = name.unwrap().id;
    assert_eq!(id.0, 2);
    let none = MappingAnswer::Ignore;
    operations::mappings::answer(store, &ana, id, &none, server.now())
        .await
        .unwrap();
}

async fn finished_documents(server: &Harness, connection: ConnectionId) {
    let numbered = |mut record: DocumentRecord| {
        record.number = record.number.replace("000001", "000005");
        Records::Documents(vec![record])
    };
    let dispatch = numbered(floor::dispatch(server));
    floor::import(server, connection, Entity::Dispatches, dispatch).await;
    let receipt = numbered(receipt(server));
    floor::import(server, connection, Entity::Receipts, receipt).await;
    sqlx::query("update documents set status = 'done', finished_at = now() where id in (5, 6)")
        .execute(&server.admin())
        .await
        .unwrap();
}

/// The deliveries have the ids of the examples.
async fn webhooks(server: &Harness) {
    let (store, now, ana) = (&server.store, server.now(), server.caller("ana").await);
    let sealing = operations::webhooks::Sealing {
        key: server.secret.sealing(),
        nonce: [7; 12],
    };
    let policy = &server.settings.monitoring.addresses;
    for (id, name) in [(1, "Shop"), (2, "Old shop")] {
        let form = WebhookForm {
            name: name.to_owned(),
            url: "https://shop.example.com/crossdock".to_owned(),
            events: WebhookEvent::ALL.to_vec(),
            active: true,
            secret: Some("a secret of twenty-four characters".to_owned()),
        };
        let made = operations::webhooks::create(store, &ana, &form, policy, sealing, now);
        assert_eq!(made.await.unwrap().0, id);
    }
    for number in ["01", "02"] {
        let now = server.now();
        server.advance(TimeDelta::seconds(1));
        let made = operations::webhooks::request_test(store, &ana, WebhookId(1), now);
        let rename = "update erp_outbox set id = $2::text::uuid, status = 'dead' where id = $1";
        sqlx::query(rename)
            .bind(made.await.unwrap())
            .bind(format!("5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0a{number}"))
            .execute(&server.admin())
            .await
            .unwrap();
    }
}

/// Tasks 101 to 104 that nobody began, wave 1 with two of them, wave 2 without any, and two cut-offs.
async fn waves(server: &Harness, connection: ConnectionId) {
    let (store, ana) = (&server.store, server.caller("ana").await);
    let admin = server.admin();
    for task in 101_i64..=104 {
        let next = "select setval(pg_get_serial_sequence('tasks', 'id'), $1, false)";
        sqlx::query(next).bind(task).execute(&admin).await.unwrap();
        server.advance(TimeDelta::seconds(1));
        let test = TestDocument {
            kind: DocumentKind::Dispatch,
            connection_id: connection,
            lines: vec![TestLine {
                item_code: "85123A".to_owned(),
                quantity: 1.into(),
            }],
        };
        let made = operations::test_documents::create(store, &ana, &test, server.now());
        made.await.unwrap();
    }
    for name in ["Courier", "Pallet truck"] {
        let cut_off = CutOff {
            id: None,
            warehouse_id: server.site.warehouse,
            name: name.to_owned(),
            closes: NaiveTime::MIN,
            days: vec![1],
        };
        let saved = operations::cut_offs::save(store, &ana, &cut_off, server.now());
        saved.await.unwrap();
    }
    for (id, tasks) in [(1, vec![101, 102]), (2, vec![103])] {
        let tasks = tasks.into_iter().map(TaskId).collect();
        let choice = WaveChoice {
            tasks,
            cut_off: None,
        };
        let made = operations::waves::make(store, &ana, "Courier", &choice, server.now());
        assert_eq!(made.await.unwrap().id.0, id);
    }
    let out = operations::waves::take_out(store, &ana, &[TaskId(103)], None, server.now());
    out.await.unwrap();
}

/// The connection writes, and there are three dead sagas with the ids of the examples; the last has two steps, the first
/// of which is taken back.
async fn sagas(server: &Harness, connection: ConnectionId) {
    use operations::sagas::{Command, start};
    let (store, now, ana) = (&server.store, server.now(), server.caller("ana").await);
    let kinds: Vec<String> = domain::push::PushKind::ALL
        .iter()
        .map(|kind| kind.as_str().to_owned())
        .collect();
    operations::connections::record_push_kinds(store, server.site.company, connection, &kinds)
        .await
        .unwrap();
    let product = |code: &str| Command {
        event_type: "inventory.product.upsert".to_owned(),
        connection,
        payload: json!({ "code": code, "name": "Hammer" }),
    };
    let one = || vec![product("SKU-001")];
    let several = vec![product("SKU-002"), product("SKU-001")];
    for (number, commands) in [("01", one()), ("02", one()), ("03", several)] {
        let id = start(store, &ana, &format!("product-{number}"), &commands, now).await;
        let rename = "update erp_outbox
                      set saga_id = $2::text::uuid, status = 'dead', attempts = 5, last_error = 'refused',
                          undoing = (event_type = 'saga')
                      where id = $1";
        sqlx::query(rename)
            .bind(id.unwrap())
            .bind(format!("5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0b{number}"))
            .execute(&server.admin())
            .await
            .unwrap();
    }
    let taken_back =
        "update erp_outbox_steps set state = case step when 1 then 'undone' else 'refused' end";
    sqlx::query(taken_back)
        .execute(&server.admin())
        .await
        .unwrap();
}

/// Connection 2, and a dead command with the id of the example.
async fn rehearsals(server: &Harness, connection: ConnectionId) {
    use operations::connections::{self, Pulled, Sealing};
    use operations::sagas::{Command, start};
    let (store, now, site) = (&server.store, server.now(), server.site);
    let test = NewConnection {
        name: "Pantheon for tests".to_owned(),
        kind: "pantheon".to_owned(),
        warehouse_id: site.warehouse,
        base_url: "http://test.example.invalid:3003".to_owned(),
        settings: json!({ "base_url": "http://test.example.invalid:3003", "username": "crossdock" }),
        secret_names: Vec::new(),
    };
    let secrets = BTreeMap::new();
    let sealing = Sealing {
        key: server.secret.sealing(),
        nonce: [8; 12],
        secrets: &secrets,
    };
    let nothing: Pulled = |_, _| Vec::new();
    let made = connections::ensure(store, site.company, &test, sealing, nothing, now).await;
    let made = made.unwrap();
    assert_eq!(made.0, 2);
    let settings = DeliverySettings {
        test_system: true,
        ..DeliverySettings::default()
    };
    connections::deliver_as(store, site.company, made, &settings, now)
        .await
        .unwrap();
    let command = Command {
        event_type: "inventory.product.upsert".to_owned(),
        connection,
        payload: json!({ "code": "SKU-001", "name": "Hammer" }),
    };
    let ana = server.caller("ana").await;
    let id = start(store, &ana, "product-to-try", &[command], now).await;
    let rename = "update erp_outbox set id = $2::text::uuid, status = 'dead' where id = $1";
    sqlx::query(rename)
        .bind(id.unwrap())
        .bind("5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0a03")
        .execute(&server.admin())
        .await
        .unwrap();
}

fn receipt(server: &Harness) -> DocumentRecord {
    DocumentRecord {
        kind: DocumentKind::Receipt,
        number: "26-1000-000001".to_owned(),
        doc_type: "1000".to_owned(),
        lines: vec![LineRecord {
            key: "1".to_owned(),
            item_code: "85123A".to_owned(),
            item_name: "WHITE HANGING HEART T-LIGHT HOLDER".to_owned(),
            uom: "KOM".to_owned(),
            requested: 12.into(),
        }],
        ..floor::dispatch(server)
    }
}

fn partner() -> PartnerRecord {
    PartnerRecord {
        code: "HEARTS".to_owned(),
        name: "HEARTS AND FLOWERS".to_owned(),
        name2: None,
        tax_id: None,
        address: None,
        city: None,
        country: None,
        phone: None,
        phone2: None,
        is_supplier: false,
        is_customer: true,
        is_warehouse: false,
        changed_at: None,
    }
}
