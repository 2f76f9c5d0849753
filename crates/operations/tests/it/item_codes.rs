//! Codes on documents that nobody knows: asked for upstream, then of people.

use crate::support::{Site, pick};
use domain::document::{DocumentLine, MatchState};
use domain::item::ItemRecord;
use domain::mapping::{Mapping, MappingAnswer, MappingFilter, MappingKind};
use domain::operation::FloorAction;
use domain::sync::{Entity, SyncMode};
use domain::task::Assignee;
use operations::sync_runs::{self, ClaimedRun};
use std::time::Duration;
use testkit::records::{dispatch, item, item_with};
use uuid::Uuid;

async fn inbox(site: &Site) -> Vec<Mapping> {
    let (store, luka) = (&site.store, &site.people.luka);
    let filter = MappingFilter::waiting();
    let page = store::mappings::list(store, luka, &filter, Default::default(), None, 100).await;
    page.unwrap().rows
}

/// The documents that are counted for the only code, answered or not.
async fn counted(site: &Site) -> i64 {
    let (store, luka) = (&site.store, &site.people.luka);
    let filter = MappingFilter::default();
    let page = store::mappings::list(store, luka, &filter, Default::default(), None, 100).await;
    let mut rows = page.unwrap().rows;
    rows.retain(|row| row.kind == MappingKind::Item);
    assert_eq!(rows.len(), 1);
    rows[0].documents
}

async fn answer(site: &Site, mapping: &Mapping, answer: MappingAnswer) -> i64 {
    let (store, luka) = (&site.store, &site.people.luka);
    operations::mappings::answer(store, luka, mapping.id, &answer, site.now())
        .await
        .unwrap()
}

/// What the upstream answers to the question for a code.
async fn looked_up(site: &Site, code: &str, found: Option<ItemRecord>) {
    let run = run(site).await;
    sync_runs::record_lookup(&site.store, &run, code, found, "made-1", site.now())
        .await
        .unwrap();
    sync_runs::fail(&site.store, &run, "over", site.now())
        .await
        .unwrap();
}

async fn run(site: &Site) -> ClaimedRun {
    let (store, ana) = (&site.store, &site.people.ana);
    let what = (Entity::Dispatches, SyncMode::Delta);
    sync_runs::request(store, ana, site.connection, what.0, what.1, site.now())
        .await
        .unwrap();
    let lease = Duration::from_secs(60);
    let claimed = sync_runs::claim(store, Uuid::new_v4(), lease, site.now()).await;
    claimed.unwrap().unwrap()
}

fn means(code: &str) -> MappingAnswer {
    MappingAnswer::Means(code.to_owned())
}

#[tokio::test]
async fn a_code_nobody_knows_is_asked_with_its_title_and_the_item_most_like_it() {
    let site = Site::open().await;
    let mut candle = item("00042");
    candle.name = "CANDLE RED ROUND".to_owned();
    site.items(&[candle]).await;
    let mut first = dispatch("1", &[("42", 2), ("X-9", 1)]);
    first.lines[1].item_name = "CANDLE RED ROUND LARGE".to_owned();
    let mut second = first.clone();
    second.number = "2".to_owned();
    site.dispatches(&[first, second]).await;
    assert!(inbox(&site).await.is_empty(), "the upstream is asked first");
    looked_up(&site, "X-9", None).await;
    looked_up(&site, "42", None).await;
    let asked = inbox(&site).await;
    assert_eq!(asked.len(), 2);
    let by_title = asked.iter().find(|row| row.external == "X-9").unwrap();
    assert_eq!(by_title.kind, MappingKind::Item);
    assert_eq!(by_title.title.as_deref(), Some("CANDLE RED ROUND LARGE"));
    assert_eq!(by_title.documents, 2);
    let suggestion = by_title.suggestion.as_ref().unwrap();
    assert_eq!(
        (&*suggestion.target, &*suggestion.name),
        ("00042", "CANDLE RED ROUND")
    );
    assert!((60..100).contains(&suggestion.percent), "{suggestion:?}");
    let by_code = asked.iter().find(|row| row.external == "42").unwrap();
    let suggestion = by_code.suggestion.as_ref().unwrap();
    assert_eq!((&*suggestion.target, suggestion.percent), ("00042", 95));
}

#[tokio::test]
async fn answering_a_code_matches_the_lines_that_wait_and_those_to_come() {
    let site = Site::open().await;
    site.dispatches(&[
        dispatch("1", &[("OLD-A", 2)]),
        dispatch("2", &[("OLD-A", 1), ("B", 1)]),
    ])
    .await;
    looked_up(&site, "OLD-A", None).await;
    let asked = inbox(&site).await;
    assert_eq!(answer(&site, &asked[0], means("A")).await, 2);
    let line = site.line("1", "OLD-A").await;
    assert_eq!(line.match_state, MatchState::Mapping);
    assert!(line.wms_flag && site.document("1").await.task.is_some());
    site.dispatches(&[dispatch("3", &[("OLD-A", 4)])]).await;
    let line = site.line("3", "OLD-A").await;
    assert_eq!(
        (line.match_state, line.wms_flag),
        (MatchState::Mapping, true)
    );
    assert!(inbox(&site).await.is_empty());
}

#[tokio::test]
async fn a_changed_answer_to_a_code_moves_its_lines_but_not_those_begun() {
    let (site, asked, before) = one_of_two_begun().await;
    assert_eq!(counted(&site).await, 1, "what is begun does not move");
    answer(&site, &asked, means("B")).await;
    assert_eq!(site.line("1", "OLD-A").await.item_id, before.item_id);
    let moved = site.line("2", "OLD-A").await;
    assert_ne!(moved.item_id, before.item_id);
    assert_eq!(moved.match_state, MatchState::Mapping);
    answer(&site, &asked, MappingAnswer::Ignore).await;
    let freed = site.line("2", "OLD-A").await;
    assert_eq!((freed.item_id, freed.wms_flag), (None, false));
    assert_eq!(site.line("1", "OLD-A").await.item_id, before.item_id);
}

#[tokio::test]
async fn a_code_that_is_asked_again_loses_its_lines_but_not_those_begun() {
    let (site, asked, before) = one_of_two_begun().await;
    let (store, luka) = (&site.store, &site.people.luka);
    operations::mappings::ask_again(store, luka, asked.id, site.now())
        .await
        .unwrap();
    let waiting = inbox(&site).await;
    assert_eq!((waiting[0].id, waiting[0].documents), (asked.id, 1));
    let freed = site.line("2", "OLD-A").await;
    assert_eq!((freed.item_id, freed.wms_flag), (None, false));
    let kept = site.line("1", "OLD-A").await;
    assert_eq!((kept.item_id, kept.done), (before.item_id, before.done));
    site.dispatches(&[dispatch("3", &[("OLD-A", 4)])]).await;
    assert!(!site.line("3", "OLD-A").await.wms_flag);
}

#[tokio::test]
async fn a_code_on_finished_documents_moves_none_and_is_asked_still() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("A", 1), ("OLD-A", 2)])])
        .await;
    looked_up(&site, "OLD-A", None).await;
    assert_eq!(counted(&site).await, 1);
    let marko = &site.people.marko;
    let task = site.given_to("1", Assignee::Worker(marko.user_id)).await;
    site.act(marko, task.task.id, pick(task.lines[0].id, "1"))
        .await;
    let finish = FloorAction::Finish {
        partial_confirmed: true,
    };
    site.act(marko, task.task.id, finish).await;
    assert_eq!(counted(&site).await, 0);
    assert_eq!(inbox(&site).await.len(), 1);
}

#[tokio::test]
async fn a_code_cannot_mean_an_item_there_is_not() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("OLD-A", 2)])]).await;
    looked_up(&site, "OLD-A", None).await;
    let asked = inbox(&site).await;
    let (store, luka) = (&site.store, &site.people.luka);
    let wrong = means("NO-SUCH");
    let refused = operations::mappings::answer(store, luka, asked[0].id, &wrong, site.now()).await;
    assert!(refused.unwrap_err().to_string().contains("'NO-SUCH'"));
    assert_eq!(inbox(&site).await, asked);
}

#[tokio::test]
async fn a_code_that_becomes_known_is_asked_no_more() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("LATER", 2)])]).await;
    looked_up(&site, "LATER", None).await;
    assert_eq!(inbox(&site).await.len(), 1);
    let owed = store::mappings::count_unanswered(&site.store, &site.people.luka).await;
    assert_eq!(owed.unwrap(), 1);
    site.items(&[item("LATER")]).await;
    assert!(inbox(&site).await.is_empty());
    let owed = store::mappings::count_unanswered(&site.store, &site.people.luka).await;
    assert_eq!(owed.unwrap(), 0);
}

#[tokio::test]
async fn a_look_up_marks_only_the_lines_that_asked_for_it() {
    let site = Site::open().await;
    let barcode = "3870000000017";
    site.dispatches(&[dispatch("1", &[("DELISTED", 2), (barcode, 1)])])
        .await;
    let found = item_with("DELISTED", &[barcode]);
    looked_up(&site, "DELISTED", Some(found)).await;
    assert_eq!(
        site.line("1", "DELISTED").await.match_state,
        MatchState::Lookup
    );
    assert_eq!(
        site.line("1", barcode).await.match_state,
        MatchState::Barcode
    );
}

#[tokio::test]
async fn a_line_with_another_spelling_of_a_barcode_is_freed_when_its_item_comes() {
    let site = Site::open().await;
    let (short, long) = ("3870000000013", "03870000000013");
    let (other_short, other_long) = ("3870000000020", "03870000000020");
    for (code, written, printed) in [("LONG", long, short), ("SHORT", other_short, other_long)] {
        site.dispatches(&[dispatch(code, &[(written, 2)])]).await;
        assert_eq!(
            site.line(code, written).await.match_state,
            MatchState::Unmatched
        );
        site.items(&[item_with(&format!("I-{code}"), &[printed])])
            .await;
        let line = site.line(code, written).await;
        assert_eq!(
            (line.match_state, line.wms_flag),
            (MatchState::Barcode, true),
            "{written}"
        );
    }
}

/// Two documents whose code means A; the first one is begun. The question, and the begun line.
async fn one_of_two_begun() -> (Site, Mapping, DocumentLine) {
    let site = Site::open().await;
    site.dispatches(&[
        dispatch("1", &[("OLD-A", 2)]),
        dispatch("2", &[("OLD-A", 1)]),
    ])
    .await;
    looked_up(&site, "OLD-A", None).await;
    let asked = inbox(&site).await.remove(0);
    answer(&site, &asked, means("A")).await;
    let begun = site.given_to("1", Assignee::Team(site.people.alfa)).await;
    let marko = &site.people.marko;
    site.act(marko, begun.task.id, pick(begun.lines[0].id, "1"))
        .await;
    let line = site.line("1", "OLD-A").await;
    (site, asked, line)
}
