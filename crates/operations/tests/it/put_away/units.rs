//! In which unit the floor sees goods.

use super::{locate, receipt, to_marko, waiting};
use crate::support::{Site, pick};
use domain::mapping::{MappingAnswer, MappingFilter};
use domain::sort::Sort;
use testkit::records;

#[tokio::test]
async fn goods_have_the_same_unit_wherever_the_floor_sees_them() {
    let site = Site::open().await;
    let (store, luka, marko) = (&site.store, &site.people.luka, &site.people.marko);
    let mut crates = records::item("E");
    crates.uom = "Sanduk".to_owned();
    site.items(std::slice::from_ref(&crates)).await;
    let (filter, sort) = (MappingFilter::waiting(), Sort::default());
    let asked = store::mappings::list(store, luka, &filter, sort, None, 10).await;
    let means = MappingAnswer::Means("PAK".into());
    operations::mappings::answer(store, luka, asked.unwrap().rows[0].id, &means, site.now())
        .await
        .unwrap();
    site.items(&[crates]).await;
    locate(&site, "A-01").await;

    let mut came = receipt("R1", &[("E", 3), ("A", 1), ("B", 1)]);
    for (line, unit) in came.lines.iter_mut().zip([" SANDUK", "kom", "vreća"]) {
        line.uom = unit.to_owned();
    }
    site.dispatches(&[came]).await;
    let task = to_marko(&site, "R1").await;
    // Nobody said what the last one means: it stays as the document has it.
    let units = ["PAK", "KOM", "vreća"];
    let said: Vec<_> = task.lines.iter().map(|line| line.uom.as_str()).collect();
    assert_eq!(said, units);
    let id = task.task.id;
    site.act(marko, id, pick(task.lines[0].id, "1")).await;
    let undoable = store::tasks::get(store, marko, id).await.unwrap().undoable;
    assert_eq!(undoable.unwrap().text, "1 PAK of E");
    for line in &task.lines[1..] {
        site.act(marko, id, pick(line.id, "1")).await;
    }
    let rows = waiting(&site, marko).await;
    let said: Vec<_> = rows.iter().map(|row| row.line.uom.as_str()).collect();
    assert_eq!(said, units);
    let found = store::items::look_up(store, luka, "E").await.unwrap();
    assert_eq!(found.item.uom, "PAK");
}

#[tokio::test]
async fn a_task_that_a_device_keeps_is_another_one_once_somebody_says_what_its_unit_means() {
    let site = Site::open().await;
    let (store, luka) = (&site.store, &site.people.luka);
    let mut came = receipt("R1", &[("A", 3)]);
    came.lines[0].uom = "Sanduk".to_owned();
    site.dispatches(&[came]).await;
    let id = to_marko(&site, "R1").await.task.id;
    let seen = async || {
        let found = store::tasks::get(store, luka, id).await.unwrap();
        (found.lines[0].uom.clone(), found.task.version.unwrap())
    };
    let before = seen().await;
    assert_eq!(before.0, "Sanduk");
    let mut crates = records::item("E");
    crates.uom = "Sanduk".to_owned();
    site.items(&[crates]).await;
    assert_eq!(seen().await, before, "nobody said yet");
    let (filter, sort) = (MappingFilter::waiting(), Sort::default());
    let asked = store::mappings::list(store, luka, &filter, sort, None, 10).await;
    let means = MappingAnswer::Means("PAK".into());
    operations::mappings::answer(store, luka, asked.unwrap().rows[0].id, &means, site.now())
        .await
        .unwrap();
    let after = seen().await;
    assert_eq!(after.0, "PAK");
    assert_ne!(after.1, before.1);
}
