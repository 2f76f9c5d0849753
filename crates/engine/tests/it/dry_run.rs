//! Looking at what a sync would do, without doing it.

use crate::support::{Rig, assert_done, items};
use domain::SyncRunId;
use domain::preview::{FieldChange, PreviewFilter, PreviewKind, PreviewRow, PreviewState};
use domain::sync::{Entity, RunState, SyncMode, SyncRun};
use operations::sync_runs;

/// Everything a sync may write, as one number that changes when any row does.
const ALL_ROWS: &str = "select hashtextextended(concat(
    (select string_agg(t::text, '|' order by id) from items t),
    (select string_agg(t::text, '|' order by item_id, key) from item_barcodes t),
    (select string_agg(t::text, '|' order by id) from partners t),
    (select string_agg(t::text, '|' order by id) from documents t),
    (select string_agg(t::text, '|' order by id) from document_lines t),
    (select string_agg(t::text, '|' order by id) from tasks t),
    (select string_agg(t::text, '|' order by id) from timeline_entries t),
    (select string_agg(t::text, '|' order by id) from mappings t),
    (select string_agg(t::text, '|' order by code) from item_lookups t),
    (select string_agg(t::text, '|' order by item_code, warehouse_key) from item_stock t),
    (select string_agg(t::text, '|' order by entity) from sync_cursors t)), 0)";

async fn dry_run(rig: &Rig, entity: Entity, mode: SyncMode) -> SyncRun {
    let (store, ana) = (&rig.store, &rig.people.ana);
    let id = sync_runs::request_preview(store, ana, rig.connection, entity, mode, rig.now())
        .await
        .unwrap();
    rig.engine().run_until_idle().await;
    rig.run(id).await
}

async fn rows(rig: &Rig, id: SyncRunId, kind: PreviewKind) -> Vec<PreviewRow> {
    let filter = PreviewFilter {
        kind: Some(kind),
        q: None,
    };
    let page = store::sync_previews::list(&rig.store, &rig.people.ana, id, &filter, None, 200);
    page.await.unwrap().rows
}

async fn apply(rig: &Rig, id: SyncRunId, seen: bool) -> operations::Result<SyncRun> {
    let (store, ana) = (&rig.store, &rig.people.ana);
    let real = sync_runs::apply_preview(store, ana, id, seen, rig.now()).await?;
    rig.engine().run_until_idle().await;
    Ok(rig.run(real).await)
}

fn outcome(run: &SyncRun) -> [i64; 5] {
    let counts = &run.counts;
    [
        counts.created,
        counts.updated,
        counts.unchanged,
        counts.refused,
        counts.deactivated,
    ]
}

/// A catalogue of 350 that was read once, then changed upstream in every way.
async fn changed_upstream() -> Rig {
    let rig = Rig::new(items(350)).await;
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    rig.pass(chrono::TimeDelta::hours(1));
    let upstream = &rig.upstream.handle;
    upstream.edit_item("00000010", |item| item.title = "ANOTHER NAME".into());
    upstream.edit_item("00000011", |item| item.title = "".into());
    for lost in ["00000020", "00000021", "00000022"] {
        upstream.remove_item(lost).unwrap();
    }
    let mut new = upstream.remove_item("00000030").unwrap();
    new.code = "NEW-1".into();
    new.barcodes.clear();
    upstream.put_item(new);
    rig
}

#[tokio::test]
async fn a_dry_run_of_the_catalogue_tells_field_by_field_what_a_real_run_then_does() {
    let rig = changed_upstream().await;
    let before = rig.number(ALL_ROWS).await;
    let dry = dry_run(&rig, Entity::Items, SyncMode::Full).await;
    assert_done(&dry);
    assert!(dry.dry);
    assert_eq!(
        rig.number(ALL_ROWS).await,
        before,
        "a dry run writes nothing"
    );
    assert_eq!(rig.number("select count(*) from sync_seen").await, 0);
    let created = rows(&rig, dry.id, PreviewKind::Created).await;
    assert_eq!(created.len(), 1);
    assert_eq!(created[0].external_key, "NEW-1");
    assert!(created[0].changes.iter().all(|change| change.old.is_none()));
    let changed = rows(&rig, dry.id, PreviewKind::Changed).await;
    let name: Vec<&FieldChange> = changed
        .iter()
        .find(|row| row.external_key == "00000010")
        .unwrap()
        .changes
        .iter()
        .filter(|change| change.field == "Name")
        .collect();
    assert_eq!(name[0].new.as_deref(), Some("ANOTHER NAME"));
    let gone = rows(&rig, dry.id, PreviewKind::Deactivated).await;
    let gone: Vec<&str> = gone.iter().map(|row| row.external_key.as_str()).collect();
    assert_eq!(gone, ["00000020", "00000021", "00000022", "00000030"]);
    assert_eq!(rig.refused(dry.id).await.len(), 1);

    let real = apply(&rig, dry.id, false).await.unwrap();
    assert_done(&real);
    assert_eq!(
        outcome(&real),
        outcome(&dry),
        "the real run does what the dry one said"
    );
    assert_ne!(rig.number(ALL_ROWS).await, before);
    let decided = rig.run(dry.id).await.preview.unwrap();
    assert_eq!(decided.state, PreviewState::Applied);
    assert_eq!(decided.applied_run_id, Some(real.id));
}

#[tokio::test]
async fn the_brake_is_answered_for_as_many_rows_as_a_person_saw_and_asks_again_for_more() {
    let rig = Rig::new(items(350)).await;
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    let lose = |from: usize, to: usize| {
        for index in from..to {
            rig.upstream
                .handle
                .remove_item(&format!("{index:08}"))
                .unwrap();
        }
    };
    lose(0, 60);
    let unseen = dry_run(&rig, Entity::Items, SyncMode::Full).await;
    assert!(unseen.message.as_deref().unwrap().contains("60 of 350"));
    let asked = apply(&rig, unseen.id, false).await.unwrap();
    assert_eq!(
        asked.state,
        RunState::NeedsApproval,
        "nobody looked at the rows"
    );
    sync_runs::cancel(&rig.store, &rig.people.ana, asked.id, rig.now())
        .await
        .unwrap();

    let seen = dry_run(&rig, Entity::Items, SyncMode::Full).await;
    lose(60, 80);
    let more = apply(&rig, seen.id, true).await.unwrap();
    assert_eq!(
        more.state,
        RunState::NeedsApproval,
        "20 more rows were lost meanwhile"
    );
    sync_runs::cancel(&rig.store, &rig.people.ana, more.id, rig.now())
        .await
        .unwrap();

    let seen = dry_run(&rig, Entity::Items, SyncMode::Full).await;
    let done = apply(&rig, seen.id, true).await.unwrap();
    assert_done(&done);
    assert_eq!(done.counts.deactivated, 80);
}

#[tokio::test]
async fn a_brake_set_on_the_connection_counts_for_its_runs() {
    for (percent, state) in [(0, RunState::NeedsApproval), (100, RunState::Done)] {
        let rig = Rig::new(items(350)).await;
        assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
        let (store, ana) = (&rig.store, &rig.people.ana);
        operations::connections::set_brake(store, ana, rig.connection, percent, rig.now())
            .await
            .unwrap();
        for index in 0..300 {
            rig.upstream
                .handle
                .remove_item(&format!("{index:08}"))
                .unwrap();
        }
        assert_eq!(rig.sync(Entity::Items, SyncMode::Full).await.state, state);
    }
}

#[tokio::test]
async fn a_discarded_preview_leaves_no_rows_and_cannot_be_applied() {
    let rig = changed_upstream().await;
    let dry = dry_run(&rig, Entity::Items, SyncMode::Full).await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    sync_runs::discard_preview(store, ana, dry.id, rig.now())
        .await
        .unwrap();
    assert_eq!(rig.number("select count(*) from sync_previews").await, 0);
    assert!(matches!(
        apply(&rig, dry.id, true).await,
        Err(operations::Error::Conflict(_))
    ));
    let again = sync_runs::discard_preview(store, ana, dry.id, rig.now()).await;
    assert!(matches!(again, Err(operations::Error::Conflict(_))));
}

#[tokio::test]
async fn a_dry_run_keeps_no_real_run_waiting_and_its_figures_are_nobody_else_s() {
    let rig = Rig::new(items(30)).await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    let full = SyncMode::Full;
    let dry =
        sync_runs::request_preview(store, ana, rig.connection, Entity::Items, full, rig.now())
            .await
            .unwrap();
    let real = rig.request(Entity::Items, full).await;
    assert_ne!(dry, real);
    rig.engine().run_until_idle().await;
    assert_done(&rig.run(real).await);
    let detail = store::connections::get(store, ana, rig.connection)
        .await
        .unwrap();
    let shown = detail.entities[0].last_run.as_ref().unwrap();
    assert_eq!(shown.id, real, "a connection shows its real runs");
}

#[tokio::test]
async fn a_dry_run_of_stock_tells_level_by_level_what_a_real_run_then_does() {
    let rig = Rig::new(items(40)).await;
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    assert_done(&rig.sync(Entity::Stock, SyncMode::Full).await);
    rig.pass(chrono::TimeDelta::hours(1));
    let upstream = &rig.upstream.handle;
    for name in ["VELEPRODAJA", "Maloprodaja 2", "MP 3 Bar"] {
        upstream.set_stock("00000006", name, None);
    }
    upstream.set_stock("00000005", "VELEPRODAJA", Some(77.into()));
    upstream.remove_item("00000007").unwrap();
    let before = rig.number(ALL_ROWS).await;
    let dry = dry_run(&rig, Entity::Stock, SyncMode::Full).await;
    assert_done(&dry);
    let after = rig.number(ALL_ROWS).await;
    assert_eq!(after, before, "a dry run writes nothing");
    let changed = rows(&rig, dry.id, PreviewKind::Changed).await;
    let keys: Vec<&str> = changed.iter().map(|row| &*row.external_key).collect();
    assert_eq!(keys, ["00000005", "00000006"]);
    assert_eq!(changed[0].changes.len(), 1, "{changed:?}");
    let level = &changed[0].changes[0];
    assert_eq!(
        (level.field.as_str(), level.new.as_deref()),
        ("Stock VELEPRODAJA quantity", Some("77"))
    );
    let emptied = &changed[1].changes;
    assert!(!emptied.is_empty() && emptied.iter().all(|change| change.new.is_none()));
    let gone = rows(&rig, dry.id, PreviewKind::Deactivated).await;
    assert_eq!((gone.len(), &*gone[0].external_key), (1, "00000007"));
    assert!(!gone[0].label.is_empty(), "it has the item's name");

    let real = apply(&rig, dry.id, true).await.unwrap();
    assert_done(&real);
    assert_eq!(outcome(&real), outcome(&dry));
    assert_ne!(rig.number(ALL_ROWS).await, before);
}
