//! The handheld: my tasks, and one instruction at a time.
//!
//! First renders need nothing from the server: they are a frame that fills itself in the browser.
//! [`FloorShell`] is the frame of both pages; [`MyTasks`] and [`Work`] are what it holds.

mod act;
mod closed;
mod desk;
mod device;
mod finish;
mod instruction;
#[cfg(any(feature = "hydrate", test))]
mod kept;
mod lines;
mod moves;
mod my_tasks;
mod notice;
mod number_pad;
mod outgoing;
mod quantity;
mod queue;
mod report;
mod scanner;
mod sheet;
mod shell;
mod shift;
mod short;
mod type_code;
pub(crate) mod varying;
mod work;

pub use my_tasks::MyTasks;
pub use scanner::Scanner;
pub use shell::FloorShell;
pub use work::Work;
