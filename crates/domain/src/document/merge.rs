//! How an edit in the ERP meets work already done.

use super::LineRecord;
use super::conflict::{Conflict, ConflictKind};
use crate::LineId;
use rust_decimal::Decimal;

/// A stored line, as far as merging needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Identity.
    pub id: LineId,
    /// The ERP's line key.
    pub key: String,
    /// SKU.
    pub item_code: String,
    /// Title.
    pub item_name: String,
    /// Unit.
    pub uom: String,
    /// As the ERP wanted it at the last import.
    pub requested: Decimal,
    /// As the floor did it.
    pub done: Decimal,
    /// Taken off the document earlier.
    pub removed: bool,
    /// Made by the floor; becomes the ERP's once the ERP asks for the item, and stays until then.
    pub unexpected: bool,
    /// Decision already waiting.
    pub conflict: Option<Conflict>,
}

/// What an edit in the ERP does to one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineChange {
    /// A new line.
    Add(LineRecord),
    /// Same line, other content; picked quantity stays.
    Update {
        /// The stored line.
        id: LineId,
        /// The new content.
        record: LineRecord,
        /// Set when the edit contradicts work already done.
        conflict: Option<Conflict>,
    },
    /// Gone from the document.
    Remove {
        /// The stored line.
        id: LineId,
        /// Set when something was already picked.
        conflict: Option<Conflict>,
    },
}

/// Compares what we hold with what the ERP says now. Lines are matched by the ERP's key, else by
/// item code among the lines left over. Done quantities never change here.
pub fn merge_lines(stored: &[StoredLine], incoming: &[LineRecord]) -> Vec<LineChange> {
    let mut left: Vec<&StoredLine> = stored.iter().collect();
    let mut changes = Vec::new();
    let mut unmatched = Vec::new();
    for record in incoming {
        let by_key =
            |line: &&StoredLine| line.key == record.key && line.item_code == record.item_code;
        match take(&mut left, by_key) {
            Some(line) => changes.extend(update(line, record)),
            None => unmatched.push(record),
        }
    }
    for record in unmatched {
        match take(&mut left, |line| line.item_code == record.item_code) {
            Some(line) => changes.extend(update(line, record)),
            None => changes.push(LineChange::Add(record.clone())),
        }
    }
    let gone = left
        .into_iter()
        .filter(|line| !line.removed && !line.unexpected);
    changes.extend(gone.map(remove));
    changes
}

fn take<'a>(
    left: &mut Vec<&'a StoredLine>,
    fits: impl Fn(&&'a StoredLine) -> bool,
) -> Option<&'a StoredLine> {
    let index = left.iter().position(fits)?;
    Some(left.remove(index))
}

fn update(line: &StoredLine, record: &LineRecord) -> Option<LineChange> {
    let same = line.key == record.key
        && line.item_name == record.item_name
        && line.uom == record.uom
        && line.requested == record.requested
        && !line.removed
        && !line.unexpected;
    if same {
        return None;
    }
    let conflict = lowered(line, record);
    Some(LineChange::Update {
        id: line.id,
        record: record.clone(),
        conflict,
    })
}

/// An edit that brings the quantity below what is done is for a person to decide; one that leaves it
/// as it was keeps what already waits, and one that covers what is done settles it.
fn lowered(line: &StoredLine, record: &LineRecord) -> Option<Conflict> {
    if record.requested >= line.done || line.done.is_zero() {
        return None;
    }
    if record.requested >= line.requested {
        return line.conflict.clone();
    }
    let was = settled_at(line);
    Some(Conflict {
        kind: ConflictKind::Lowered,
        was,
        text: format!(
            "The ERP lowered the quantity from {} to {}, but {} is already done.",
            was.normalize(),
            record.requested.normalize(),
            line.done.normalize()
        ),
    })
}

/// The quantity that was last undisputed.
fn settled_at(line: &StoredLine) -> Decimal {
    line.conflict
        .as_ref()
        .map_or(line.requested, |waiting| waiting.was)
}

fn remove(line: &StoredLine) -> LineChange {
    let conflict = (!line.done.is_zero()).then(|| Conflict {
        kind: ConflictKind::Removed,
        was: settled_at(line),
        text: format!(
            "The ERP took this line off the document, but {} is already done.",
            line.done.normalize()
        ),
    });
    LineChange::Remove {
        id: line.id,
        conflict,
    }
}

#[cfg(test)]
mod tests;
