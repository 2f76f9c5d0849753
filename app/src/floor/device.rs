//! What this device keeps across reloads: its name, and the acts that are not answered yet.
//!
//! Every act has its own key, so that two tabs do not overwrite each other's.

use super::act::Act;
use domain::{OperationId, UserId};

#[cfg(feature = "hydrate")]
pub(super) use browser::{forget, keep, kept, name, new_operation_id};

/// On the server nothing is kept.
#[cfg(not(feature = "hydrate"))]
mod server {
    use super::{Act, OperationId, UserId};

    pub(in super::super) fn keep(_user: UserId, _act: &Act) -> bool {
        true
    }

    pub(in super::super) fn forget(_user: UserId, _id: OperationId) {}

    pub(in super::super) fn kept(_user: UserId) -> Vec<Act> {
        Vec::new()
    }

    pub(in super::super) fn name() -> String {
        String::new()
    }

    pub(in super::super) fn new_operation_id() -> OperationId {
        OperationId(uuid::Uuid::nil())
    }
}

#[cfg(not(feature = "hydrate"))]
pub(super) use server::{forget, keep, kept, name, new_operation_id};

#[cfg(feature = "hydrate")]
mod browser {
    use super::super::kept::KeptAct;
    use super::{Act, OperationId, UserId};
    use leptos::prelude::window;
    use web_sys::Storage;

    const NAME_KEY: &str = "crossdock.device";

    fn storage() -> Option<Storage> {
        window().local_storage().ok().flatten()
    }

    fn prefix(user: UserId) -> String {
        format!("crossdock.act.{user}.")
    }

    /// Answers false when the device refused to keep it.
    pub(in super::super) fn keep(user: UserId, act: &Act) -> bool {
        let key = format!("{}{}", prefix(user), act.id());
        match (storage(), serde_json::to_string(&KeptAct::from(act))) {
            (Some(storage), Ok(text)) => storage.set_item(&key, &text).is_ok(),
            _ => false,
        }
    }

    pub(in super::super) fn forget(user: UserId, id: OperationId) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&format!("{}{id}", prefix(user)));
        }
    }

    /// In the order they were done: ids grow with time.
    pub(in super::super) fn kept(user: UserId) -> Vec<Act> {
        let Some(storage) = storage() else {
            return Vec::new();
        };
        let prefix = prefix(user);
        let written = (0..storage.length().unwrap_or(0))
            .filter_map(|index| storage.key(index).ok().flatten())
            .filter(|key| key.starts_with(&prefix))
            .filter_map(|key| storage.get_item(&key).ok().flatten());
        let mut acts = Vec::new();
        for text in written {
            let kept = serde_json::from_str::<KeptAct>(&text).ok();
            if let Some(act) = kept.and_then(KeptAct::act) {
                let place = acts.partition_point(|other: &Act| other.id() < act.id());
                acts.insert(place, act);
            }
        }
        acts
    }

    /// Made up at first use, so that a lead can tell devices apart.
    pub(in super::super) fn name() -> String {
        let storage = storage();
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
    pub(in super::super) fn new_operation_id() -> OperationId {
        OperationId(uuid::Uuid::now_v7())
    }
}
