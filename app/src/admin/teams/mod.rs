//! Who works when: shifts, teams, and the roster of a week.

mod page;
mod roster;
mod shift;
mod team;

pub use page::Page;
