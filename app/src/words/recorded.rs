//! Sentences that a person reads as they were composed in English, and that no macro marks where they
//! are: in SQL, or out of pieces. A test looks for each of them there.

use domain::word;

/// Where they stand, and how they read.
pub const RECORDED: [(&str, &[&str]); 3] = [
    (
        "crates/store/src/exceptions/detect.rs",
        &[
            word!("Was to be done by {at}, given to {who}."),
            word!("Works on {number}, and nothing was done since {at}."),
            word!("One line changed in the ERP in a way that does not fit what was done."),
            word!("{count} lines changed in the ERP in a way that does not fit what was done."),
            word!("Nobody said yet what this {kind} of {connection} means here."),
            word!("unit"),
            word!("{count} item codes of open documents are not in the catalogue."),
            word!("The connection is down."),
            word!("The last sync failed: {why}"),
            word!("A sync waits for your word: {why}"),
            word!("Goods are missing on one line."),
            word!("Goods are missing on {count} lines."),
            word!("One line of what was received fits on no location: none is empty."),
            word!("{count} lines of what was received fit on no location: none is empty."),
            word!("{who} found {found}, on record are {record}. Somebody else has to count again."),
        ],
    ),
    (
        "crates/domain/src/assignment.rs",
        &[
            word!("Lowest load, {duty}: {quantity} left, tasks {tasks}, score {score}{beside}."),
            word!("on shift {shift}"),
            word!("nobody is on shift"),
            word!("; {name} has {score}"),
        ],
    ),
    (
        "crates/domain/src/document/erp_entry.rs",
        &[word!("{who} entered it in {erp}: {note}")],
    ),
];
