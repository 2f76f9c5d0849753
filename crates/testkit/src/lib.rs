//! What makes tests short: a database each, a clock, people. Dev-dependency only.

pub mod db;
