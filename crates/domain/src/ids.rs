//! Identities. One type per noun, so that a document's id cannot be passed for an item's.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }
    )+};
}

number_id! {
    /// A tenant; every row that belongs to one carries it.
    CompanyId,
    /// A site with its own shifts, boards and tasks.
    WarehouseId,
    /// A login: a person, or a screen that was paired.
    UserId,
    /// One configured account at an upstream system.
    ConnectionId,
    /// A thing we stock.
    ItemId,
    /// A barcode from the floor that waits for a lead.
    TaughtBarcodeId,
    /// A trading party.
    PartnerId,
    /// A receipt or dispatch.
    DocumentId,
    /// One line of a document.
    LineId,
    /// An item on a location that is to be counted.
    CountLineId,
    /// Work for a person.
    TaskId,
    /// A group of workers.
    TeamId,
    /// A working period of a warehouse's day.
    ShiftId,
    /// A time of a warehouse's day until which dispatches have to be done.
    CutOffId,
    /// Dispatches that are held back and released together.
    WaveId,
    /// One execution of a sync.
    SyncRunId,
    /// One answer a person owes: what an upstream value means here.
    MappingId,
    /// Something that needs a lead's eye.
    ExceptionId,
    /// A list as a person keeps it.
    SavedViewId,
    /// A cron line of a connection.
    ScheduleId,
    /// An address that is told what happened.
    WebhookId,
    /// A TV that was paired.
    ScreenId,
}

macro_rules! device_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(pub uuid::Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

device_id! {
    /// Made by the device that acts, before it sends: the same id twice changes nothing.
    OperationId,
    /// A photo, named by the device in the same way.
    PhotoId,
}
