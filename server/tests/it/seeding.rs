//! What an installation starts with.

use crate::floor;
use crate::harness::Harness;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::document::DocumentRecord;
use domain::sync::Entity;
use operations::sync_runs::Records;
use server::seed::{self, Configured};

#[tokio::test]
async fn seeding_twice_changes_nothing() {
    let server = Harness::start().await;
    let (store, now) = (&server.store, server.now());
    let count = async || -> Vec<i64> {
        let mut counts = Vec::new();
        let mut tx = store.pool().begin().await.unwrap();
        sqlx::query("set local crossdock.system = 'on'")
            .execute(&mut *tx)
            .await
            .unwrap();
        for table in [
            "companies",
            "warehouses",
            "uoms",
            "shifts",
            "teams",
            "users",
            "user_warehouses",
            "connections",
            "schedules",
            "mappings",
            "roster_entries",
        ] {
            let statement = format!("select count(*) from {table}");
            let count = sqlx::query_scalar(sqlx::AssertSqlSafe(statement));
            counts.push(count.fetch_one(&mut *tx).await.unwrap());
        }
        counts
    };
    let set_up = async || {
        let site = seed::site(store, seed::COMPANY, "VELE_TEST").await.unwrap();
        seed::demo_people(store, site, now).await.unwrap();
        seed::demo_roster(store, site, now).await.unwrap();
        seed::demo_connection(store, site, &server.settings, &server.secret, now)
            .await
            .unwrap();
    };
    set_up().await;
    let first = count().await;
    let before = store::users::find_for_login(store, "marko")
        .await
        .unwrap()
        .unwrap();
    set_up().await;
    assert_eq!(count().await, first);
    let after = store::users::find_for_login(store, "marko")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(before.password_hash, after.password_hash);
    assert_eq!(before.auth_epoch, after.auth_epoch, "sessions survive");
}

#[tokio::test]
async fn the_demo_connection_has_its_schedules_and_its_main_warehouse_answered() {
    let server = Harness::start().await;
    let (store, now) = (&server.store, server.now());
    seed::demo_connection(store, server.site, &server.settings, &server.secret, now)
        .await
        .unwrap();
    let ana = server.caller("ana").await;
    let connection = store::connections::list(store, &ana).await.unwrap()[0].id;
    let detail = store::connections::get(store, &ana, connection)
        .await
        .unwrap();
    let mut crons: Vec<&str> = detail
        .schedules
        .iter()
        .map(|line| line.cron.as_str())
        .collect();
    crons.sort_unstable();
    assert_eq!(
        crons,
        [
            "0 */2 * * *",
            "0 2 * * *",
            "15 * * * *",
            "30 */2 * * *",
            "30 2 * * *"
        ]
    );
    assert_eq!(detail.secrets_set, ["password"]);
    assert!(!detail.settings.to_string().contains("change-me"));
    let mappings = store::mappings::list(
        store,
        &ana,
        &domain::mapping::MappingFilter::default(),
        Default::default(),
        None,
        100,
    )
    .await
    .unwrap()
    .rows;
    assert_eq!(mappings[0].target.as_deref(), Some("VELE_TEST"));
}

#[tokio::test]
async fn the_variables_of_the_older_system_make_the_connection_they_name() {
    let server = Harness::start_with(&[
        ("CUNGUWMS_BASE_URL", "http://pantheon.example.invalid:3003"),
        ("CUNGUWMS_USERNAME", "wms_user"),
        ("CUNGUWMS_PASSWORD", "not to be seen"),
        ("CUNGUWMS_RATE_LIMIT_RPS", "0.5"),
        ("CUNGUWMS_RETRY_MAX", "2"),
        ("CUNGUWMS_DOCUMENTS_FROM", "2026-11-01"),
        ("WMS_MAGACIN_CODE", "VP-9"),
    ])
    .await;
    let (store, site, now) = (&server.store, server.site, server.now());
    for became in [Configured::SetUp, Configured::Changed(Vec::new())] {
        let made =
            seed::configured_connection(store, site, &server.settings, &server.secret, now).await;
        assert_eq!(made.unwrap(), became);
    }
    let ana = server.caller("ana").await;
    let connections = store::connections::list(store, &ana).await.unwrap();
    let [only] = &connections[..] else {
        panic!("{connections:?}");
    };
    assert_eq!(only.base_url, "http://pantheon.example.invalid:3003");
    let detail = store::connections::get(store, &ana, only.id).await.unwrap();
    for (name, value) in [
        ("username", serde_json::json!("wms_user")),
        ("rate_per_second", serde_json::json!(0.5)),
        ("retry_max", serde_json::json!(2)),
        ("documents_from", serde_json::json!("2026-11-01")),
        ("warehouse_code", serde_json::json!("VP-9")),
    ] {
        assert_eq!(detail.settings[name], value, "{name}");
    }
    assert_eq!(detail.secrets_set, ["password"]);
    assert!(!detail.settings.to_string().contains("not to be seen"));
    let half = Harness::start_with(&[("CUNGUWMS_USERNAME", "wms_user")]).await;
    let made = seed::configured_connection(
        &half.store,
        half.site,
        &half.settings,
        &half.secret,
        half.now(),
    );
    let lacks = Configured::Lacks(vec!["CUNGUWMS_BASE_URL", "CUNGUWMS_PASSWORD"]);
    assert_eq!(
        made.await.unwrap(),
        lacks,
        "an account without an address is none"
    );
}

#[tokio::test]
async fn the_demo_s_sap_connection_reads_products_only_and_keeps_its_password_sealed() {
    let server = Harness::start().await;
    let (store, now) = (&server.store, server.now());
    let set_up = async |settings| {
        seed::demo_sap(store, server.site, settings, &server.secret, now)
            .await
            .unwrap()
    };
    assert!(
        !set_up(&server.settings).await,
        "no simulator, no connection"
    );
    let mut settings = server.settings.clone();
    settings.demo_sap_port = Some(3004);
    assert!(set_up(&settings).await);
    assert!(set_up(&settings).await);
    let ana = server.caller("ana").await;
    let connections = store::connections::list(store, &ana).await.unwrap();
    let sap: Vec<_> = connections.iter().filter(|row| row.kind == "sap").collect();
    assert_eq!(sap.len(), 1);
    let detail = store::connections::get(store, &ana, sap[0].id)
        .await
        .unwrap();
    let entities: Vec<Entity> = detail.schedules.iter().map(|line| line.entity).collect();
    assert_eq!(entities, [Entity::Items]);
    assert_eq!(detail.secrets_set, ["passwd"]);
    assert!(!detail.settings.to_string().contains("change-me"));
}

#[tokio::test]
async fn the_demo_s_odoo_connection_has_its_names_answered_and_its_key_sealed() {
    let server = Harness::start().await;
    let (store, now) = (&server.store, server.now());
    let set_up = async |settings| {
        seed::demo_odoo(store, server.site, settings, &server.secret, now)
            .await
            .unwrap()
    };
    assert!(
        !set_up(&server.settings).await,
        "no simulator, no connection"
    );
    let mut settings = server.settings.clone();
    settings.demo_odoo_port = Some(8069);
    assert!(set_up(&settings).await);
    assert!(set_up(&settings).await);
    let ana = server.caller("ana").await;
    let connections = store::connections::list(store, &ana).await.unwrap();
    let odoo: Vec<_> = connections
        .iter()
        .filter(|row| row.kind == "odoo")
        .collect();
    assert_eq!(odoo.len(), 1);
    let detail = store::connections::get(store, &ana, odoo[0].id)
        .await
        .unwrap();
    assert_eq!(detail.secrets_set, ["api_key"]);
    let key = simulators::odoo::Config::default().api_key;
    assert!(!detail.settings.to_string().contains(&key));
    let filter = domain::mapping::MappingFilter::default();
    let mappings = store::mappings::list(store, &ana, &filter, Default::default(), None, 100)
        .await
        .unwrap()
        .rows;
    let target = |external: &str| {
        let known = mappings.iter().find(|row| row.external == external);
        known.and_then(|row| row.target.clone()).unwrap()
    };
    assert_eq!(target("Central warehouse"), "VELE_TEST");
    assert_eq!(target("Units"), "KOM");
}

#[tokio::test]
async fn the_demo_s_connections_page_lists_pantheon_sap_and_odoo() {
    let server = Harness::start().await;
    let mut settings = server.settings.clone();
    (settings.demo_sap_port, settings.demo_odoo_port) = (Some(3004), Some(8069));
    let (store, site, now) = (&server.store, server.site, server.now());
    seed::demo_connection(store, site, &settings, &server.secret, now)
        .await
        .unwrap();
    let sap = seed::demo_sap(store, site, &settings, &server.secret, now).await;
    let odoo = seed::demo_odoo(store, site, &settings, &server.secret, now).await;
    assert!(sap.unwrap() && odoo.unwrap());
    let ana = server.sign_in("ana").await;
    let listed = ana
        .call("/api/fn/connections/list", &serde_json::json!({}))
        .await;
    let listed: serde_json::Value = listed.json().await.unwrap();
    let page = ana.get("/admin/connections").await.text().await.unwrap();
    let mut kinds = Vec::new();
    for connection in listed.as_array().unwrap() {
        kinds.push(connection["kind"].as_str().unwrap());
        let name = connection["name"].as_str().unwrap();
        assert!(page.contains(name), "the page lacks {name}");
    }
    kinds.sort_unstable();
    assert_eq!(kinds, ["odoo", "pantheon", "sap"]);
}

/// Documents of fifteen days up to a day, six a day with four lines each.
fn fortnight(today: NaiveDate) -> Vec<DocumentRecord> {
    let lines = [("A", 3), ("B", 12), ("A", 1), ("B", 7)];
    let site = simulators::pantheon::Config::default().main_warehouse;
    let mut documents = Vec::new();
    for age in 0..15 {
        for number in 0..6 {
            documents.push(DocumentRecord {
                dated_on: today - Days::new(age),
                warehouse_name: site.clone(),
                ..testkit::records::dispatch(&format!("{age:02}-{number}"), &lines)
            });
        }
    }
    documents
}

/// A demo that brought a fortnight of documents.
async fn demo(today: NaiveDate) -> Harness {
    let server = Harness::start().await;
    let (store, now) = (&server.store, server.now());
    seed::demo_roster(store, server.site, now).await.unwrap();
    seed::demo_connection(store, server.site, &server.settings, &server.secret, now)
        .await
        .unwrap();
    let ana = server.caller("ana").await;
    let connection = store::connections::list(store, &ana).await.unwrap()[0].id;
    let items = Records::Items(["A", "B"].map(testkit::records::item).to_vec());
    floor::import(&server, connection, Entity::Items, items).await;
    let documents = Records::Documents(fortnight(today));
    floor::import(&server, connection, Entity::Dispatches, documents).await;
    server
}

async fn number(server: &Harness, query: &'static str) -> i64 {
    testkit::traces::number(&server.admin(), query).await
}

#[tokio::test]
async fn the_demo_s_people_did_their_work_until_now_and_no_more() {
    let today = Utc::now().date_naive() + Days::new(1);
    let server = demo(today).await;
    // In the afternoon in Belgrade, in winter as in summer.
    let now = today.and_hms_opt(13, 30, 0).unwrap().and_utc();
    let worked = seed::demo_work(&server.store, server.site, now)
        .await
        .unwrap();
    assert!(worked.finished > 80 && worked.acts > 400, "{worked:?}");
    let open = "select count(*) from tasks t join documents d on d.id = t.document_id
                where t.state in ('open', 'claimed') and d.dated_on < (select max(dated_on) from documents)";
    assert_eq!(
        number(&server, open).await,
        5,
        "three of yesterday, two older ones"
    );
    let todays = "select count(*) from tasks t join documents d on d.id = t.document_id
                  where t.state = 'done' and d.dated_on = (select max(dated_on) from documents)";
    assert!((1..=6).contains(&number(&server, todays).await));
    let on_another_day = "select count(*) from operations o join tasks t on t.id = o.task_id
                          join documents d on d.id = t.document_id
                          where (o.recorded_at at time zone 'Europe/Belgrade')::date <> d.dated_on or not o.accepted";
    assert_eq!(number(&server, on_another_day).await, 0);
    let backwards = "select count(*) from timeline_entries e join timeline_entries l
                     on l.document_id = e.document_id and l.id > e.id and l.at < e.at";
    assert_eq!(
        number(&server, backwards).await,
        0,
        "timelines run forwards"
    );
    let latest = sqlx::query_scalar::<_, DateTime<Utc>>("select max(recorded_at) from operations");
    assert!(latest.fetch_one(&server.admin()).await.unwrap() <= now);
}

#[tokio::test]
async fn what_was_left_of_a_day_is_late_and_is_worked_off_by_the_next() {
    let today = Utc::now().date_naive() + Days::new(1);
    let server = demo(today).await;
    let store = &server.store;
    let now = today.and_hms_opt(13, 30, 0).unwrap().and_utc();
    seed::demo_work(store, server.site, now).await.unwrap();
    operations::exceptions::detect(store, now).await.unwrap();
    let late = "select count(*) from exceptions where kind = 'late' and ended_at is null";
    assert_eq!(number(&server, late).await, 5);
    let again = seed::demo_work(store, server.site, now).await.unwrap();
    assert_eq!(again.finished, 0, "a second start leaves the day alone");
    let tomorrow = now + TimeDelta::days(1);
    let next = seed::demo_work(store, server.site, tomorrow).await.unwrap();
    assert!(next.finished > 0);
}
