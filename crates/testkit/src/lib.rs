//! What makes tests short: a database each, a clock, people, an upstream, chance. Dev-dependency only.

pub mod chaos;
pub mod clock;
pub mod db;
pub mod people;
pub mod records;
pub mod room;
pub mod traces;
pub mod upstream;
