//! The parts pages are made of; `/styleguide` shows each in every state.
//!
//! Most are plain functions that answer an [`AnyView`](leptos::prelude::AnyView): a view type per
//! call site is what makes a browser bundle grow.

pub mod act;
pub mod badge;
pub mod button;
pub mod clipboard;
pub mod confirm;
pub mod dialog;
pub mod empty;
pub mod error;
pub mod field;
pub mod figure;
pub mod filter;
pub mod focus;
pub mod header;
pub mod icon;
pub mod keys;
pub mod list_tools;
pub mod load;
pub mod number;
pub mod pager;
pub mod panel;
pub mod progress;
pub mod saved_views;
pub mod selection;
pub mod spark;
pub mod table;
pub mod tabs;
pub mod theme;
pub mod tile;
pub mod toast;
pub mod url_state;
