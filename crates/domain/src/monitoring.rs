//! How the installation runs: figures by the minute, and what they add up to.

use crate::ConnectionId;
use crate::alert::Alert;
use crate::connection::{Health, Undelivered};
use crate::outbox::DeadGroup;
use crate::sync::Entity;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Upper bounds of the buckets requests are counted in, milliseconds; one more bucket holds what
/// took longer. Sums over nodes and minutes stay exact, which percentiles themselves would not.
pub const BOUNDS_MS: [u32; 18] = [
    1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 30_000,
];

/// The bucket of a duration.
pub fn bucket_of(milliseconds: f64) -> usize {
    BOUNDS_MS
        .iter()
        .position(|bound| milliseconds <= f64::from(*bound))
        .unwrap_or(BOUNDS_MS.len())
}

/// The duration within which 95 % of the counted requests were answered, milliseconds; none when
/// nothing was counted. Within a bucket, requests are taken to be spread evenly.
pub fn p95(buckets: &[i64]) -> Option<f64> {
    let total: i64 = buckets.iter().sum();
    if total <= 0 {
        return None;
    }
    let wanted = f64_of(total) * 0.95;
    let mut passed = 0.0;
    let mut low = 0.0;
    for (index, count) in buckets.iter().enumerate() {
        let high = BOUNDS_MS.get(index).map_or(low, |bound| f64::from(*bound));
        let count = f64_of(*count);
        if count > 0.0 && passed + count >= wanted {
            return Some(low + (high - low) * (wanted - passed) / count);
        }
        passed += count;
        low = high;
    }
    Some(low)
}

fn f64_of(count: i64) -> f64 {
    // Counts of requests stay far below what an f64 holds exactly.
    i32::try_from(count).map_or_else(|_| count.to_string().parse().unwrap_or(f64::MAX), f64::from)
}

/// Requests of one kind within a window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// How many.
    pub requests: i64,
    /// How many failed.
    pub errors: i64,
    /// 95 % took at most this long, milliseconds.
    pub p95_ms: Option<f64>,
}

impl Traffic {
    /// Of a count by buckets.
    pub fn of(requests: i64, errors: i64, buckets: &[i64]) -> Self {
        Self {
            requests,
            errors,
            p95_ms: p95(buckets),
        }
    }

    /// Failed ones, percent; none without requests.
    pub fn error_percent(&self) -> Option<f64> {
        (self.requests > 0).then(|| f64_of(self.errors) * 100.0 / f64_of(self.requests))
    }
}

/// One point of the history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The step's beginning.
    pub at: DateTime<Utc>,
    /// Requests to Crossdock.
    pub api: Traffic,
    /// Calls to upstream systems.
    pub upstream: Traffic,
    /// Open live links, all nodes.
    pub sockets: f64,
    /// Waiting messages.
    pub queue: f64,
    /// Age of the oldest of them, seconds.
    pub queue_age: f64,
}

/// The queue now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueFigures {
    /// Waiting messages.
    pub pending: i64,
    /// Under way.
    pub in_progress: i64,
    /// Needing a person.
    pub dead: i64,
    /// When the oldest waiting one was queued.
    pub oldest_at: Option<DateTime<Utc>>,
    /// Accepted within the last hour.
    pub delivered_last_hour: i64,
    /// Queued within the last hour.
    pub arrived_last_hour: i64,
}

impl QueueFigures {
    /// Seconds until nothing waits, if all goes on as in the last hour; none while as much comes as
    /// goes, or more.
    pub fn seconds_left(&self) -> Option<i64> {
        let (waiting, gain) = (
            self.pending + self.in_progress,
            self.delivered_last_hour - self.arrived_last_hour,
        );
        (gain > 0).then(|| waiting.saturating_mul(3_600) / gain)
    }
}

/// Everything the Deliveries page shows besides the messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveriesView {
    /// The instant it was read.
    pub at: DateTime<Utc>,
    /// The queue now.
    pub queue: QueueFigures,
    /// What waits for each system, and how it moved within the last hour.
    pub backlogs: Vec<SystemBacklog>,
    /// Dead messages by what they failed for.
    pub groups: Vec<DeadGroup>,
    /// Accounts and how their calls went within the last hour.
    pub accounts: Vec<AccountFigures>,
}

/// Where messages and runs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemKind {
    /// An account at an upstream system.
    Connection,
    /// A program that is told what happened.
    Webhook,
    /// The mail server.
    Email,
}

impl FromStr for SystemKind {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "connection" => Ok(Self::Connection),
            "webhook" => Ok(Self::Webhook),
            "email" => Ok(Self::Email),
            other => Err(crate::document::UnknownWord(other.to_owned())),
        }
    }
}

/// What waits for a system, and how it moved within the window: sync runs and messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    /// Waiting or under way.
    pub waiting: i64,
    /// Needing a person.
    pub dead: i64,
    /// When the oldest of those that wait came.
    pub oldest_at: Option<DateTime<Utc>>,
    /// Came within the window.
    pub arrived: i64,
    /// Ended within the window.
    pub drained: i64,
}

impl Backlog {
    /// Whether more comes than goes while something waits.
    pub fn grows(&self) -> bool {
        self.waiting > 0 && self.arrived > self.drained
    }
}

/// A system and what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemBacklog {
    /// Stable over restarts: `connection:1`, `webhook:3`, `email`.
    pub lane: String,
    /// Which kind of system.
    pub kind: SystemKind,
    /// Chosen by the admin.
    pub name: String,
    /// What waits.
    pub backlog: Backlog,
}

/// One account and how its calls went within the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountFigures {
    /// Identity.
    pub id: ConnectionId,
    /// Chosen by the admin.
    pub name: String,
    /// How it is; paused while the breaker is open.
    pub health: Health,
    /// Results that do not get through to it.
    pub undelivered: Option<Undelivered>,
    /// Last successful call.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// Its calls.
    pub traffic: Traffic,
}

/// How far an entity of an account was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorAge {
    /// Account.
    pub connection_id: ConnectionId,
    /// Its name.
    pub connection: String,
    /// What.
    pub entity: Entity,
    /// Highest change time seen.
    pub cursor_at: Option<DateTime<Utc>>,
    /// Last complete pass.
    pub completed_at: Option<DateTime<Utc>>,
    /// Whether a schedule reads it by itself.
    pub scheduled: bool,
}

/// Everything the Operations page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationsView {
    /// The instant it was read.
    pub at: DateTime<Utc>,
    /// Requests to Crossdock within the window.
    pub api: Traffic,
    /// Calls to upstream systems within the window.
    pub upstream: Traffic,
    /// Open live links, all nodes, as of the last minute.
    pub sockets: i64,
    /// Processes that reported within the last three minutes.
    pub nodes: i64,
    /// The queue now.
    pub queue: QueueFigures,
    /// Accounts.
    pub accounts: Vec<AccountFigures>,
    /// What waits for each system.
    pub backlogs: Vec<SystemBacklog>,
    /// Cursors.
    pub cursors: Vec<CursorAge>,
    /// Raised alerts, open ones first, newest first.
    pub alerts: Vec<Alert>,
    /// The window, step by step.
    pub history: Vec<Point>,
}

/// Windows of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Window {
    /// The last hour, by the minute.
    #[default]
    #[serde(rename = "1h")]
    Hour,
    /// Six hours, by five minutes.
    #[serde(rename = "6h")]
    SixHours,
    /// A day, by a quarter of an hour.
    #[serde(rename = "24h")]
    Day,
    /// A week, by two hours.
    #[serde(rename = "7d")]
    Week,
}

impl Window {
    /// The word in URLs.
    pub fn of(word: &str) -> Self {
        match word {
            "6h" => Self::SixHours,
            "24h" => Self::Day,
            "7d" => Self::Week,
            _ => Self::Hour,
        }
    }

    /// Minutes in all, and minutes of a step.
    pub fn minutes(self) -> (i64, i64) {
        match self {
            Self::Hour => (60, 1),
            Self::SixHours => (360, 5),
            Self::Day => (1_440, 15),
            Self::Week => (10_080, 120),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(durations: &[f64]) -> Vec<i64> {
        let mut buckets = vec![0; BOUNDS_MS.len() + 1];
        for duration in durations {
            buckets[bucket_of(*duration)] += 1;
        }
        buckets
    }

    #[test]
    fn the_95th_percentile_lies_in_the_bucket_of_the_95th_of_a_hundred_requests() {
        let mut durations = vec![4.0; 94];
        durations.extend([40.0; 6]);
        let p95 = p95(&counted(&durations)).unwrap();
        assert!((30.0..=50.0).contains(&p95), "{p95}");
    }

    #[test]
    fn percentiles_of_nodes_are_counted_together_and_not_averaged() {
        let (fast, slow) = (counted(&[1.0; 990]), counted(&[900.0; 10]));
        let both: Vec<i64> = fast.iter().zip(&slow).map(|(one, two)| one + two).collect();
        assert!(p95(&both).unwrap() <= 1.0);
    }

    #[test]
    fn a_queue_is_forecast_to_end_only_while_more_goes_than_comes() {
        let queue = |delivered, arrived| QueueFigures {
            pending: 20,
            delivered_last_hour: delivered,
            arrived_last_hour: arrived,
            ..QueueFigures::default()
        };
        assert_eq!(queue(50, 40).seconds_left(), Some(7_200));
        assert_eq!(queue(40, 40).seconds_left(), None);
    }

    #[test]
    fn no_requests_have_no_percentile_and_no_error_rate() {
        assert_eq!(p95(&counted(&[])), None);
        assert_eq!(Traffic::default().error_percent(), None);
    }

    #[test]
    fn what_took_longer_than_every_bound_counts_as_the_longest_bound() {
        assert_eq!(p95(&counted(&[90_000.0])), Some(30_000.0));
    }
}
