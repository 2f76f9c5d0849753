//! Sentences that a person reads as they were composed in English, and that no macro marks where they
//! are: in SQL, out of pieces, or in a comment that a schema shows. A test looks for each of them there.

use domain::word;

/// Where they stand, and how they read.
pub const RECORDED: [(&str, &[&str]); 37] = [
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
            word!("What was missing is work again and waits to be given to somebody."),
            word!("Goods are missing on one line."),
            word!("Goods are missing on {count} lines."),
            word!("One line of what was received fits on no location: none is empty."),
            word!("{count} lines of what was received fit on no location: none is empty."),
            word!("{who} found {found}, on record are {record}. Somebody else has to count again."),
        ],
    ),
    (
        "crates/store/src/alerts.rs",
        &[word!("{connection}: messages")],
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
        "crates/domain/src/why/explain.rs",
        &[
            word!("Item {code} ({name})"),
            word!("{key} is a barcode of item {code} ({name}), which"),
            word!("Partner {code} ({name})"),
            word!("Dispatch {number} of {date}"),
            word!("Receipt {number} of {date}"),
            word!("warehouse name"),
            word!("item code"),
            word!("{kind} of {connection}: a dry run did not accept it: {reason}"),
            word!("{kind} of {connection}: a sync did not accept it: {reason}"),
        ],
    ),
    (
        "crates/domain/src/document/erp_entry.rs",
        &[word!("{who} entered it in {erp}: {note}")],
    ),
    (
        "crates/operations/src/outbox.rs",
        &[
            word!("The result is tried again: {reason}"),
            word!("The result is tried at once: {reason}"),
            word!("The result was corrected: {reason}"),
            word!("The result was discarded: {reason}"),
        ],
    ),
    // Of entries that an earlier version wrote.
    (
        "crates/operations/src/write_back.rs",
        &[
            word!(
                "The result was given up: its workers ended each time. An admin finds it under Deliveries."
            ),
            word!("The result was given up: {error} An admin finds it under Deliveries."),
        ],
    ),
    (
        "crates/domain/src/push.rs",
        &[
            word!("{product}, 1 component"),
            word!("{product}, {count} components"),
            word!("1 item counted"),
            word!("{count} items counted"),
        ],
    ),
    (
        "crates/domain/src/erp.rs",
        &[word!("The payload does not fit.")],
    ),
    // What there is none of.
    ("crates/store/src/audit.rs", &[word!("audit entry")]),
    ("crates/store/src/boards.rs", &[word!("warehouse")]),
    (
        "crates/store/src/connections/read.rs",
        &[word!("connection")],
    ),
    ("crates/store/src/cut_offs.rs", &[word!("cut-off")]),
    ("crates/store/src/documents/read.rs", &[word!("document")]),
    ("crates/store/src/erp.rs", &[word!("saga")]),
    ("crates/store/src/exceptions/mod.rs", &[word!("exception")]),
    ("crates/store/src/items/get.rs", &[word!("item")]),
    ("crates/store/src/kpis/report.rs", &[word!("worker")]),
    ("crates/store/src/mappings.rs", &[word!("mapping")]),
    ("crates/store/src/outbox/list.rs", &[word!("message")]),
    ("crates/store/src/partners/get.rs", &[word!("partner")]),
    ("crates/store/src/photos.rs", &[word!("photo")]),
    ("crates/store/src/saved_views.rs", &[word!("view")]),
    ("crates/store/src/schedules.rs", &[word!("schedule")]),
    ("crates/store/src/screens.rs", &[word!("screen")]),
    ("crates/store/src/sessions.rs", &[word!("session")]),
    ("crates/store/src/shifts.rs", &[word!("shift")]),
    ("crates/store/src/sync_runs/list.rs", &[word!("sync run")]),
    ("crates/store/src/teams.rs", &[word!("team")]),
    ("crates/store/src/user_list.rs", &[word!("user")]),
    ("crates/store/src/waves.rs", &[word!("wave")]),
    ("crates/store/src/webhooks.rs", &[word!("webhook endpoint")]),
    ("crates/operations/src/conflicts.rs", &[word!("conflict")]),
    ("crates/operations/src/counts.rs", &[word!("count")]),
    ("crates/operations/src/devices.rs", &[word!("device")]),
    (
        "crates/operations/src/doc_types.rs",
        &[word!("document type")],
    ),
    // Meanings of fields, which the schema takes from the comments there.
    (
        "crates/domain/src/push/payload.rs",
        &[
            word!("Dispatch or receipt."),
            word!("The ERP's number."),
            word!("The ERP's document type."),
            word!("The ERP's document date."),
            word!("When the floor finished it."),
            word!("Some line was done in part or not at all."),
            word!("Every line of the document, the untouched ones with zero done."),
            word!("The ERP's line key."),
            word!("SKU as the document names it."),
            word!("The upstream's unit."),
            word!("What the ERP asked for."),
            word!("What was done."),
            word!("Why it is less, in the floor's words."),
            word!("What of it carries a lot, a serial or a date; the rest does not."),
            word!("Lot or serial."),
            word!("Expiry."),
            word!("How much."),
            word!("Code, unique at the upstream."),
            word!("Title."),
            word!("Version."),
            word!("Valid from; a time without an offset is UTC."),
            word!("What goes in."),
            word!("SKU."),
            word!("Customs code."),
            word!("How much, above zero."),
            word!("Unit."),
            word!("Cost of one unit."),
            word!("Amount."),
            word!("ISO 4217 code."),
            word!("SKU of what is made."),
            word!("How much of it one run makes, above zero."),
            word!("Unit of that."),
            word!("Plant at the upstream, for systems that keep one bill per plant."),
            word!("Item category where the upstream has one (SAP: `L` stock item, `N` non-stock)."),
            word!("The place at the upstream: its id or its full name."),
            word!("What lies there."),
            word!("How much lies there."),
            word!("Barcode."),
            word!("Sales price."),
            word!("Cost."),
            word!(
                "What it is: goods, a consumable (goods without stock) or a service. When none, `stocked` decides."
            ),
            word!(
                "Whether stock of it is kept. What is not stocked is made as a service, and stays what it is when it is there."
            ),
            word!("How much of it, above zero."),
            word!("Unit of that; the product's own when none."),
            word!("Plant at the upstream; the connection's when none."),
            word!("Order type at the upstream; its usual one when none."),
            word!("Which version of the recipe, where the upstream keeps several."),
            word!("First day; the upstream plans it when none."),
        ],
    ),
];
