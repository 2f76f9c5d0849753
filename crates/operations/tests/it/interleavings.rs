//! Whatever the order of import, edit, pick, undo, decision and re-import: no pick is lost, no figure drifts.

use crate::support::{Site, pick_over, request, undo};
use crate::walks::Walks;
use domain::OperationId;
use domain::document::{DocumentRecord, Resolution};
use domain::operation::Outcome;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use testkit::records::dispatch;
use uuid::Uuid;

/// What can happen next.
#[derive(Debug, Clone)]
enum Step {
    /// The ERP's document becomes this: quantities by item, in this order.
    Edit(Vec<(usize, i64)>),
    /// The same content comes once more.
    Again,
    /// Somebody picks so many of a line, whatever was requested.
    Pick(usize, usize, u32),
    /// Somebody takes an earlier pick back, whoever made it.
    Undo(usize, usize),
    /// A lead decides what waits longest: for the ERP, or for the floor.
    Resolve(bool),
}

const CODES: [&str; 4] = ["A", "B", "C", "D"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lines = vec((0..CODES.len(), -2..9_i64), 0..5);
    let step = prop_oneof![
        2 => lines.prop_map(Step::Edit),
        1 => Just(Step::Again),
        5 => (0..2_usize, 0..8_usize, 1..5_u32).prop_map(|(who, line, n)| Step::Pick(who, line, n)),
        2 => (0..2_usize, 0..12_usize).prop_map(|(who, pick)| Step::Undo(who, pick)),
        2 => any::<bool>().prop_map(Step::Resolve),
    ];
    vec(step, 1..14)
}

#[test]
fn any_order_of_imports_edits_picks_and_undos_keeps_every_pick() {
    let walks = Walks::open();
    let site = &walks.site;
    walks.run(24, &steps(), async |case, steps| {
        walk(site, &format!("case-{case}"), &steps).await;
    });
}

/// Takes the steps on a document of its own and checks after each.
async fn walk(site: &Site, number: &str, steps: &[Step]) {
    let mut content = dispatch(number, &[("A", 3), ("B", 2)]);
    site.dispatches(std::slice::from_ref(&content)).await;
    let alfa = domain::task::Assignee::Team(site.people.alfa);
    let task = site.given_to(number, alfa).await.task.id;
    let mut picks: Vec<(OperationId, i64, Decimal)> = Vec::new();
    let mut expected: BTreeMap<i64, Decimal> = BTreeMap::new();
    for step in steps {
        let workers = [&site.people.marko, &site.people.jelena];
        match step {
            Step::Edit(lines) => {
                let lines: Vec<_> = lines.iter().map(|(item, n)| (CODES[*item], *n)).collect();
                content = dispatch(number, &lines);
                import(site, &content).await;
            }
            Step::Again => import(site, &content).await,
            Step::Pick(who, line, quantity) => {
                let lines = site.document(number).await.lines;
                let line = lines[line % lines.len()].id;
                let request = request(task, pick_over(line, &quantity.to_string()));
                let answer = site.submit(workers[*who], &request).await;
                if answer.outcome == Outcome::Accepted {
                    picks.push((request.id, line.0, Decimal::from(*quantity)));
                    *expected.entry(line.0).or_default() += Decimal::from(*quantity);
                }
            }
            Step::Undo(who, pick) if !picks.is_empty() => {
                let (id, line, quantity) = picks[pick % picks.len()];
                let answer = site.submit(workers[*who], &request(task, undo(id))).await;
                if answer.outcome == Outcome::Accepted {
                    *expected.entry(line).or_default() -= quantity;
                }
            }
            Step::Undo(..) => {}
            Step::Resolve(for_erp) => resolve(site, number, *for_erp, &mut expected).await,
        }
        check(site, number, &expected).await;
    }
}

async fn resolve(site: &Site, number: &str, for_erp: bool, expected: &mut BTreeMap<i64, Decimal>) {
    let (store, luka) = (&site.store, &site.people.luka);
    let waiting = store::conflicts::list(store, luka, None, 200)
        .await
        .unwrap();
    let ours = waiting.rows.into_iter().rfind(|row| row.number == number);
    let Some(conflict) = ours else { return };
    let (resolution, done) = if for_erp {
        let allowed = conflict.after.max(Decimal::ZERO);
        (Resolution::AcceptErp, conflict.done.min(allowed))
    } else {
        let reason = "Already loaded".to_owned();
        (Resolution::KeepFloor { reason }, conflict.done)
    };
    let (line, seen) = (conflict.line_id, conflict.seen());
    let id = OperationId(Uuid::new_v4());
    operations::conflicts::resolve(store, luka, line, seen, &resolution, id, site.now())
        .await
        .unwrap();
    expected.insert(line.0, done);
}

async fn import(site: &Site, content: &DocumentRecord) {
    site.dispatches(std::slice::from_ref(content)).await;
}

async fn check(site: &Site, number: &str, expected: &BTreeMap<i64, Decimal>) {
    let document = site.document(number).await;
    for line in &document.lines {
        let done = expected.get(&line.id.0).copied().unwrap_or_default();
        assert!(line.done >= Decimal::ZERO, "{line:?}");
        assert_eq!(line.done, done.normalize(), "{line:?}");
        assert!(
            line.wms_flag || line.requested <= Decimal::ZERO || line.removed,
            "{line:?}"
        );
    }
    let known = |id: &i64| document.lines.iter().any(|line| line.id.0 == *id);
    assert!(expected.keys().all(known), "a picked line is gone");
    let drift = "select count(*) from document_lines l where l.done <>
         (select coalesce(sum(o.quantity), 0) from operations o where o.line_id = l.id and o.accepted)";
    assert_eq!(
        site.number(drift).await,
        0,
        "done is the sum of its operations"
    );
    let count = |fits: &dyn Fn(&domain::document::DocumentLine) -> bool| {
        i32::try_from(document.lines.iter().filter(|line| fits(line)).count()).unwrap()
    };
    let header = &document.document;
    assert_eq!(header.lines_total, count(&|line| !line.removed));
    assert_eq!(header.lines_wms, count(&|line| line.wms_flag));
    let done = |line: &domain::document::DocumentLine| {
        line.wms_flag && line.status == domain::document::LineStatus::Done
    };
    assert_eq!(header.lines_done, count(&done));
    assert_eq!(header.conflicts, count(&|line| line.conflict.is_some()));
}
