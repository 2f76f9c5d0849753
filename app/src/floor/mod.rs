//! The handheld: my tasks, and one instruction at a time.
//!
//! It is drawn in the browser alone ([`Handheld`]), out of what the device keeps, so that it opens
//! and works without a network. `device.js` in `frontend/floor` is its door to the browser's
//! database; `docs/offline.md` says what happens when.

#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "drawn in the browser")
)]
mod act;
#[cfg(any(feature = "hydrate", test))]
mod number_pad;
#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "drawn in the browser")
)]
pub(crate) mod varying;

#[cfg(feature = "hydrate")]
mod along;
#[cfg(feature = "hydrate")]
mod book;
#[cfg(feature = "hydrate")]
mod bridge;
#[cfg(feature = "hydrate")]
mod closed;
#[cfg(feature = "hydrate")]
mod desk;
#[cfg(feature = "hydrate")]
mod device;
#[cfg(feature = "hydrate")]
mod finish;
#[cfg(feature = "hydrate")]
mod instruction;
#[cfg(feature = "hydrate")]
mod lines;
#[cfg(feature = "hydrate")]
mod lock;
#[cfg(feature = "hydrate")]
mod look_up;
#[cfg(feature = "hydrate")]
mod moves;
#[cfg(feature = "hydrate")]
mod my_tasks;
#[cfg(feature = "hydrate")]
mod notice;
#[cfg(feature = "hydrate")]
mod outgoing;
#[cfg(feature = "hydrate")]
mod page;
#[cfg(feature = "hydrate")]
mod quantity;
#[cfg(feature = "hydrate")]
mod queue;
#[cfg(feature = "hydrate")]
mod report;
#[cfg(feature = "hydrate")]
mod scanner;
#[cfg(feature = "hydrate")]
mod sheet;
#[cfg(feature = "hydrate")]
mod shell;
#[cfg(feature = "hydrate")]
mod shift;
#[cfg(feature = "hydrate")]
mod short;
#[cfg(feature = "hydrate")]
mod sign_in;
#[cfg(feature = "hydrate")]
mod trouble;
#[cfg(feature = "hydrate")]
mod type_code;
#[cfg(feature = "hydrate")]
mod who;
#[cfg(feature = "hydrate")]
mod wire;
#[cfg(feature = "hydrate")]
mod work;

#[cfg(feature = "hydrate")]
pub use shell::Handheld;
