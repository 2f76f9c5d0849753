//! What this device calls itself, and the ids it makes.

use domain::OperationId;
use leptos::prelude::window;

const NAME_KEY: &str = "crossdock.device";

/// Made up at first use, so that a lead can tell devices apart.
pub(super) fn name() -> String {
    let storage = window().local_storage().ok().flatten();
    let known = storage
        .as_ref()
        .and_then(|storage| storage.get_item(NAME_KEY).ok().flatten());
    known.unwrap_or_else(|| {
        let id = new_operation_id().to_string();
        let name = format!("handheld-{}", id.get(id.len() - 4..).unwrap_or(&id));
        if let Some(storage) = storage {
            let _ = storage.set_item(NAME_KEY, &name);
        }
        name
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the device is where an act's id comes from"
)]
pub(super) fn new_operation_id() -> OperationId {
    OperationId(uuid::Uuid::now_v7())
}
