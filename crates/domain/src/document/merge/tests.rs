//! Edits against stored lines.

use super::*;

fn stored(id: i64, key: &str, code: &str, requested: i64, done: i64) -> StoredLine {
    StoredLine {
        id: LineId(id),
        key: key.into(),
        item_code: code.into(),
        item_name: "LANTERN".into(),
        uom: "KOM".into(),
        requested: requested.into(),
        done: done.into(),
        removed: false,
        unexpected: false,
        conflict: None,
    }
}

fn record(key: &str, code: &str, requested: i64) -> LineRecord {
    LineRecord {
        key: key.into(),
        item_code: code.into(),
        item_name: "LANTERN".into(),
        uom: "KOM".into(),
        requested: requested.into(),
    }
}

#[test]
fn an_unchanged_document_changes_nothing() {
    let lines = [stored(1, "1", "A", 4, 2), stored(2, "2", "B", 4, 0)];
    assert!(merge_lines(&lines, &[record("1", "A", 4), record("2", "B", 4)]).is_empty());
}

#[test]
fn a_renumbered_line_keeps_its_identity() {
    let changes = merge_lines(&[stored(1, "1", "A", 4, 2)], &[record("7", "A", 4)]);
    assert!(matches!(
        &changes[..],
        [LineChange::Update {
            id: LineId(1),
            conflict: None,
            ..
        }]
    ));
}

#[test]
fn lowering_below_what_was_picked_is_a_conflict() {
    let changes = merge_lines(&[stored(1, "1", "A", 8, 5)], &[record("1", "A", 3)]);
    assert!(matches!(
        &changes[..],
        [LineChange::Update {
            conflict: Some(_),
            ..
        }]
    ));
}

#[test]
fn an_edit_that_lowers_nothing_is_no_conflict_after_a_confirmed_over_pick() {
    let renamed = LineRecord {
        item_name: "LANTERN, RED".into(),
        ..record("1", "A", 5)
    };
    let changes = merge_lines(&[stored(1, "1", "A", 5, 7)], &[renamed]);
    assert!(matches!(
        &changes[..],
        [LineChange::Update { conflict: None, .. }]
    ));
}

#[test]
fn removing_a_picked_line_is_a_conflict_and_an_unpicked_one_is_not() {
    let changes = merge_lines(&[stored(1, "1", "A", 8, 5), stored(2, "2", "B", 1, 0)], &[]);
    assert!(matches!(
        &changes[..],
        [
            LineChange::Remove {
                id: LineId(1),
                conflict: Some(_)
            },
            LineChange::Remove {
                id: LineId(2),
                conflict: None
            }
        ]
    ));
}

#[test]
fn what_came_unexpected_stays_until_the_erp_asks_for_it_and_is_the_erps_line_then() {
    let mut came = stored(1, "floor:A", "A", 0, 3);
    came.unexpected = true;
    assert!(merge_lines(std::slice::from_ref(&came), &[]).is_empty());
    let changes = merge_lines(&[came], &[record("1", "A", 2)]);
    assert!(
        matches!(
            &changes[..],
            [LineChange::Update {
                id: LineId(1),
                conflict: None,
                ..
            }]
        ),
        "{changes:?}"
    );
}
