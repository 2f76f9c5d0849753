//! Handhelds as they report themselves.

use crate::UserId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a handheld says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// What the device calls itself.
    pub name: String,
    /// Build of the app it runs.
    pub app_version: String,
    /// Acts it has not sent yet.
    pub waiting: u32,
    /// Acts that were refused and not looked at.
    pub refused: u32,
}

/// A row of the devices list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// What it calls itself; unique in the company.
    pub name: String,
    /// Who used it last.
    pub user_id: UserId,
    /// The person's name.
    pub user_name: String,
    /// Build of the app, if it said.
    pub app_version: Option<String>,
    /// Acts not sent at the last report.
    pub waiting: i32,
    /// Acts refused and not looked at, at the last report.
    pub refused: i32,
    /// First report.
    pub first_seen_at: DateTime<Utc>,
    /// Latest report.
    pub last_seen_at: DateTime<Utc>,
    /// Its session still lives: it can be signed out from here.
    pub signed_in: bool,
}
