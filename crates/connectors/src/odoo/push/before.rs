//! What was there before a command, as it is kept with what was accepted: the values that were written over, an object
//! without any where nothing was, and no object where that was not seen.

use crate::Acceptance;
use serde_json::{Map, Value, json};

/// What stands for values that were written over before they could be seen.
pub(super) fn unseen() -> Value {
    Value::Null
}

/// What was found as it should be before anything was sent for the command: there is nothing to put back.
pub(super) fn unchanged(mut found: Acceptance) -> Acceptance {
    found.detail["before"] = json!({});
    found
}

/// The values of before; none where they are not known.
pub(super) fn seen(accepted: &Acceptance) -> Option<&Map<String, Value>> {
    accepted.detail["before"].as_object()
}
