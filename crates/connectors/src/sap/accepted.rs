//! What is answered for a bill, over either interface.

use super::bill::{Key, rejected};
use crate::{Acceptance, Error};
use serde_json::json;

/// What is answered for a bill.
pub(super) fn acceptance(
    key: &Key,
    number: String,
    made: bool,
    warnings: Vec<String>,
) -> Acceptance {
    Acceptance {
        number,
        warnings,
        detail: json!({
            "material": key.material,
            "plant": key.plant,
            "usage": key.usage,
            "alternative": key.alternative,
            "made": made,
        }),
    }
}

/// Only a bill that the same reference made may be taken away.
pub(super) fn may_be_taken_back(made: Option<bool>, number: &str) -> Result<(), Error> {
    match made {
        Some(true) => Ok(()),
        Some(false) => Err(rejected(format!(
            "Bill of materials {number} was there before and was changed; SAP keeps nothing to \
             go back to. Restore it in SAP, or send the bill that is wanted."
        ))),
        None => Err(rejected(format!(
            "Bill of materials {number} was changed by somebody else since. Decide in SAP what is \
             to become of it."
        ))),
    }
}
