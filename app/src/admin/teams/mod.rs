//! Who works when, and until when: shifts, cut-offs, teams, and the roster of a week.

mod cut_off;
mod page;
mod roster;
mod shift;
mod team;

pub use page::Page;
