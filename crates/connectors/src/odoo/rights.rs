//! What the user may do, and what for that is needed.

use super::client::Ask;
use super::orm::Orm;
use super::push::{EXTERNAL_IDS, lot_model};
use crate::{Error, ErrorKind};
use serde_json::{Value, json};

/// The first version with the shorter question.
const FIRST_WITH_HAS_ACCESS: u32 = 18;

/// A model, what is done with it, and what that is for.
struct Needed {
    model: &'static str,
    operations: &'static [&'static str],
    purpose: &'static str,
}

const READ: &[&str] = &["read"];
const CHANGE: &[&str] = &["read", "write"];
const MAKE: &[&str] = &["read", "write", "create"];
const REPLACE: &[&str] = &["read", "write", "create", "unlink"];

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Rights without which nothing can be read.
    pub blocking: Vec<String>,
    /// What will be refused.
    pub missing: Vec<String>,
    /// What goes on without a right that few users have, and what is lost with it.
    pub lost: Option<String>,
}

fn needed(major: u32) -> Vec<Needed> {
    let needed = |model, operations, purpose| Needed {
        model,
        operations,
        purpose,
    };
    vec![
        needed("product.product", MAKE, "items"),
        needed("res.partner", READ, "partners"),
        needed("stock.warehouse", READ, "warehouses"),
        needed("stock.location", READ, "locations"),
        needed("uom.uom", READ, "units of bills"),
        needed("stock.picking.type", READ, "kinds of transfers"),
        needed("stock.picking", CHANGE, "transfers"),
        needed("stock.move", CHANGE, "lines of transfers"),
        needed("stock.move.line", REPLACE, "lots on transfers"),
        needed("stock.quant", MAKE, "stock counts"),
        needed(lot_model(major), MAKE, "lots"),
        needed("mrp.bom", MAKE, "bills of materials and recipes"),
        needed("mrp.bom.line", REPLACE, "lines of bills"),
    ]
}

/// Asks for every right in turn.
pub(super) async fn look_at(orm: Orm<'_>, major: u32) -> Result<Found, Error> {
    let mut found = Found::default();
    for needed in needed(major) {
        for operation in needed.operations {
            let text = match may(orm, major, needed.model, operation).await {
                Ok(true) => continue,
                Ok(false) => format!(
                    "the right to {operation} {} (for {})",
                    needed.model, needed.purpose
                ),
                Err(error) if is_unknown(&error) => {
                    let what = format!("the app that has {} ({})", needed.model, needed.purpose);
                    found.missing.push(what);
                    break;
                }
                Err(error) => return Err(error),
            };
            match *operation == "read" && !for_bills(needed.model) {
                true => found.blocking.push(text),
                false => found.missing.push(text),
            }
        }
    }
    found.lost = lost(orm, major).await?;
    Ok(found)
}

/// Nothing is read of bills; what needs them is refused alone.
fn for_bills(model: &str) -> bool {
    model.starts_with("mrp.") || model == "uom.uom"
}

/// What is made gets its external id whatever the user may do with those; only what is there already does not.
async fn lost(orm: Orm<'_>, major: u32) -> Result<Option<String>, Error> {
    let mut denied = Vec::new();
    for operation in MAKE {
        match may(orm, major, EXTERNAL_IDS, operation).await {
            Ok(true) => {}
            Ok(false) => denied.push(*operation),
            Err(error) if is_unknown(&error) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok((!denied.is_empty()).then(|| {
        format!(
            "without the right to {} {EXTERNAL_IDS} (Administration: Access Rights) bills that \
             people made get no external id, and are known by product and reference alone",
            denied.join(", ")
        )
    }))
}

/// A model nobody installed.
fn is_unknown(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Rejected)
}

/// Asks with the shorter question where there is one, else with the older; a user who may ask
/// neither learns it when the right is needed.
async fn may(
    orm: Orm<'_>,
    major: u32,
    model: &'static str,
    operation: &str,
) -> Result<bool, Error> {
    if major >= FIRST_WITH_HAS_ACCESS {
        let short = Ask {
            model,
            method: "has_access",
            ids: Some(&[]),
            args: vec![("operation", json!(operation))],
            context: Value::Null,
            reads: true,
        };
        match orm.ask(short).await {
            Ok(answer) => return Ok(answer == true),
            Err(error) if error.kind() == ErrorKind::Forbidden || is_unknown(&error) => {}
            Err(error) => return Err(error),
        }
    }
    let long = Ask {
        model,
        method: "check_access_rights",
        ids: None,
        args: vec![
            ("operation", json!(operation)),
            ("raise_exception", json!(false)),
        ],
        context: Value::Null,
        reads: true,
    };
    match orm.ask(long).await {
        Ok(answer) => Ok(answer == true),
        Err(error) if error.kind() == ErrorKind::Forbidden => Ok(true),
        Err(error) => Err(error),
    }
}
