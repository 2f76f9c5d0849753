//! Nobody sees or changes what belongs to another company, and nothing is seen without saying whose.

use crate::support::{Site, pick, request};
use domain::audit::AuditFilter;
use domain::document::{DocumentFilter, DocumentKind};
use domain::mapping::MappingAnswer;
use domain::sync::{Entity, RunFilter, SyncMode};
use domain::task::Assignee;
use domain::user::UserFilter;
use operations::Error;
use testkit::records::dispatch;

#[tokio::test]
async fn a_stranger_reads_nothing_of_ours() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (store, zoran) = (&site.store, &site.people.stranger);
    let document = site.document("1").await;
    let run = site.dispatches(&[dispatch("2", &[("A", 1)])]).await;
    let missing = |result: Result<(), store::Error>| {
        assert!(
            matches!(result, Err(store::Error::NotFound { .. })),
            "{result:?}"
        );
    };
    missing(
        store::documents::get(store, zoran, document.document.id)
            .await
            .map(drop),
    );
    missing(
        store::tasks::get(store, zoran, task.task.id)
            .await
            .map(drop),
    );
    missing(
        store::items::get(store, zoran, document.lines[0].item_id.unwrap())
            .await
            .map(drop),
    );
    missing(
        store::connections::get(store, zoran, site.connection)
            .await
            .map(drop),
    );
    missing(
        store::timeline::list(store, zoran, document.document.id)
            .await
            .map(drop),
    );
    missing(store::sync_runs::get(store, zoran, run).await.map(drop));
    missing(
        store::sync_runs::rejected(store, zoran, run, None, None, 10)
            .await
            .map(drop),
    );
    missing(
        store::boards::shift(store, zoran, site.people.warehouse, site.now())
            .await
            .map(drop),
    );
}

#[tokio::test]
async fn a_stranger_s_lists_hold_nothing_of_ours() {
    let (site, _) = Site::with_task(&[("A", 5), ("UNKNOWN", 1)]).await;
    let mut elsewhere = dispatch("2", &[("A", 1)]);
    elsewhere.warehouse_name = "Nowhere yet".to_owned();
    site.dispatches(&[elsewhere]).await;
    let (store, zoran) = (&site.store, &site.people.stranger);
    let all = DocumentFilter::default();
    let documents = store::documents::list(store, zoran, DocumentKind::Dispatch, &all, None, 10);
    assert!(documents.await.unwrap().rows.is_empty());
    assert!(
        store::items::list(
            store,
            zoran,
            &Default::default(),
            Default::default(),
            None,
            10
        )
        .await
        .unwrap()
        .rows
        .is_empty()
    );
    assert!(
        store::tasks::list(store, zoran, None, None, 10)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(
        store::connections::list(store, zoran)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store::mappings::list(
            store,
            zoran,
            &domain::mapping::MappingFilter::default(),
            Default::default(),
            None,
            100
        )
        .await
        .unwrap()
        .rows
        .is_empty()
    );
    let runs = store::sync_runs::list(store, zoran, &RunFilter::default(), None, 10)
        .await
        .unwrap();
    assert!(runs.rows.is_empty());
    let everybody = UserFilter::default();
    let users = store::user_list::page(store, zoran, &everybody, None, 10).await;
    assert_eq!(
        users
            .unwrap()
            .rows
            .iter()
            .map(|user| &*user.login)
            .collect::<Vec<_>>(),
        ["zoran"]
    );
    let audit = store::audit::list(store, zoran, &AuditFilter::default(), None, 10)
        .await
        .unwrap();
    assert!(audit.rows.iter().all(|entry| entry.subject == "zoran"));
}

#[tokio::test]
async fn a_stranger_changes_nothing_of_ours() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let mut unknown = dispatch("2", &[("A", 1)]);
    unknown.warehouse_name = "Nowhere yet".to_owned();
    let run = site.dispatches(&[unknown]).await;
    let (store, people, now) = (&site.store, &site.people, site.now());
    let mapping = store::mappings::list(
        store,
        &people.luka,
        &domain::mapping::MappingFilter::waiting(),
        Default::default(),
        None,
        100,
    )
    .await
    .unwrap()
    .rows[0]
        .id;
    let (zoran, id, document) = (&people.stranger, task.task.id, task.task.document_id);
    let missing = |result: Result<(), Error>| {
        assert!(matches!(result, Err(Error::NotFound(_))), "{result:?}");
    };
    let answer = MappingAnswer::Means("VELE_TEST".into());
    let (entity, full) = (Entity::Items, SyncMode::Full);
    let to = Assignee::Nobody;
    use operations::{connections, documents, floor, mappings, sync_runs, tasks, users};
    let pick = request(id, pick(task.lines[0].id, "1"));
    missing(floor::submit(store, zoran, &pick, now).await.map(drop));
    missing(tasks::assign(store, zoran, id, to, now).await.map(drop));
    missing(documents::recalculate(store, zoran, document, now).await);
    missing(
        mappings::answer(store, zoran, mapping, &answer, now)
            .await
            .map(drop),
    );
    missing(connections::request_check(store, zoran, site.connection, now).await);
    missing(
        sync_runs::request(store, zoran, site.connection, entity, full, now)
            .await
            .map(drop),
    );
    missing(sync_runs::cancel(store, zoran, run, now).await);
    missing(sync_runs::decide_deactivation(store, zoran, run, true, now).await);
    missing(users::disable(store, zoran, people.marko.user_id, now).await);
    missing(users::reset_password(store, zoran, people.marko.user_id, "x", now).await);
    assert_eq!(site.number("select count(*) from operations").await, 0);
}

#[tokio::test]
async fn who_does_not_see_a_site_does_not_see_its_documents() {
    let site = Site::open().await;
    let mut elsewhere = dispatch("1", &[("A", 1)]);
    elsewhere.warehouse_name = "Maloprodaja".to_owned();
    site.dispatches(&[elsewhere]).await;
    let (store, people) = (&site.store, &site.people);
    let asked = store::mappings::list(
        store,
        &people.luka,
        &domain::mapping::MappingFilter::waiting(),
        Default::default(),
        None,
        100,
    )
    .await
    .unwrap()
    .rows;
    let answer = MappingAnswer::Means("MALO_TEST".into());
    operations::mappings::answer(store, &people.luka, asked[0].id, &answer, site.now())
        .await
        .unwrap();
    let id = site.document("1").await.document.id;
    let mut narrow = people.luka.clone();
    narrow.warehouses = vec![people.warehouse];
    assert!(store::documents::get(store, &narrow, id).await.is_err());
    assert!(store::timeline::list(store, &narrow, id).await.is_err());
    let judged = operations::documents::recalculate(store, &narrow, id, site.now()).await;
    assert!(matches!(judged, Err(Error::NotFound(_))), "{judged:?}");
    let board = store::boards::shift(store, &narrow, people.other_warehouse, site.now()).await;
    assert!(board.is_err());
}

#[tokio::test]
async fn roles_stop_before_anything_is_read() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (store, people, now) = (&site.store, &site.people, site.now());
    let forbidden = |result: Result<(), Error>| {
        assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
    };
    let (entity, full) = (Entity::Items, SyncMode::Full);
    for caller in [&people.luka, &people.marko, &people.tv] {
        let run = operations::sync_runs::request(store, caller, site.connection, entity, full, now);
        forbidden(run.await.map(drop));
        let gone = operations::users::disable(store, caller, people.ana.user_id, now);
        forbidden(gone.await);
    }
    let to = Assignee::Worker(people.marko.user_id);
    let taken = operations::tasks::assign(store, &people.marko, task.task.id, to, now).await;
    forbidden(taken.map(drop));
}

#[tokio::test]
async fn a_query_that_does_not_say_whose_rows_it_wants_sees_none() {
    let (site, _task) = Site::with_task(&[("A", 5)]).await;
    for table in [
        "documents",
        "items",
        "users",
        "operations",
        "companies",
        "connections",
    ] {
        let query = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        let seen: i64 = sqlx::query_scalar(query)
            .fetch_one(site.store.pool())
            .await
            .unwrap();
        assert_eq!(seen, 0, "{table}");
    }
}

#[tokio::test]
async fn a_row_of_another_company_cannot_be_written() {
    let site = Site::open().await;
    let mut tx = site.store.pool().begin().await.unwrap();
    let own = format!("set local crossdock.company = '{}'", site.people.company);
    sqlx::raw_sql(sqlx::AssertSqlSafe(own))
        .execute(&mut *tx)
        .await
        .unwrap();
    let written =
        sqlx::query("insert into uoms (company_id, code, name, decimals) values ($1, 'X', 'x', 0)")
            .bind(site.people.stranger.company_id.0)
            .execute(&mut *tx)
            .await;
    let refusal = written.unwrap_err().to_string();
    assert!(refusal.contains("row-level security"), "{refusal}");
}
