//! TV screens: what they show, and how they are paired.

use crate::word;
use crate::{ScreenId, WarehouseId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Minutes that a code on a screen is good for.
pub const CODE_MINUTES: i64 = 10;
/// Digits and letters that nobody mistakes for one another.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Characters of a code.
const CODE_LENGTH: usize = 6;

/// What a screen can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardKind {
    /// The shift under way.
    Shift,
    /// Days and weeks.
    Throughput,
    /// Shortages and ratios.
    Quality,
    /// Upstream systems.
    Connections,
}

/// How people are named on a screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// By name.
    #[default]
    Full,
    /// By the first letters of their names.
    Initials,
    /// Not at all.
    Hidden,
}

/// How a screen is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colours {
    /// Light on dark: restful in a hall, and kind to the panel.
    #[default]
    Dark,
    /// Dark on light: readable where the sun falls on it.
    Light,
}

/// A word that names nothing here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word '{0}'")]
pub struct UnknownWord(pub String);

impl BoardKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Shift,
        Self::Throughput,
        Self::Quality,
        Self::Connections,
    ];

    /// The stable word in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shift => "shift",
            Self::Throughput => "throughput",
            Self::Quality => "quality",
            Self::Connections => "connections",
        }
    }

    /// Shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Shift => word!("Shift"),
            Self::Throughput => word!("Throughput"),
            Self::Quality => word!("Quality"),
            Self::Connections => word!("Connections"),
        }
    }
}

impl FromStr for BoardKind {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|board| board.as_str() == text);
        found.ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

impl Colours {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Dark, Self::Light];

    /// The stable word in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// Shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Dark => word!("Dark"),
            Self::Light => word!("Light"),
        }
    }
}

impl FromStr for Colours {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL
            .into_iter()
            .find(|colours| colours.as_str() == text);
        found.ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

impl Naming {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Full, Self::Initials, Self::Hidden];

    /// The stable word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Initials => "initials",
            Self::Hidden => "hidden",
        }
    }

    /// Shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Full => word!("Names"),
            Self::Initials => word!("Initials"),
            Self::Hidden => word!("No names"),
        }
    }

    /// A person as the screen may show them; `place` is the row they stand in.
    pub fn shown(self, name: &str, place: usize) -> String {
        match self {
            Self::Full => name.to_owned(),
            Self::Initials => name
                .split_whitespace()
                .filter_map(|word| word.chars().next())
                .map(|first| format!("{first}."))
                .collect(),
            Self::Hidden => format!("#{place}"),
        }
    }
}

impl FromStr for Naming {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|naming| naming.as_str() == text);
        found.ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// What a person decides about a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenPlan {
    /// Where it hangs.
    pub name: String,
    /// The only site it shows.
    pub warehouse_id: WarehouseId,
    /// What it shows, in turn.
    pub boards: Vec<BoardKind>,
    /// How long each, seconds.
    pub rotate_seconds: i32,
    /// How people are named on it.
    pub names: Naming,
    /// How it is coloured.
    #[serde(default)]
    pub colours: Colours,
}

impl ScreenPlan {
    /// Says what is wrong with it, if anything.
    pub fn check(&self) -> Result<(), &'static str> {
        let length = self.name.trim().chars().count();
        if length == 0 || length > 60 {
            return Err("A screen's name has 1 to 60 characters.");
        }
        let mut seen = self.boards.clone();
        seen.sort_by_key(|board| board.as_str());
        seen.dedup();
        if seen.is_empty() || seen.len() != self.boards.len() {
            return Err("Choose at least one board, and each only once.");
        }
        if !(5..=600).contains(&self.rotate_seconds) {
            return Err("A board stays for 5 to 600 seconds.");
        }
        Ok(())
    }
}

/// A paired screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screen {
    /// Identity.
    pub id: ScreenId,
    /// What was decided.
    pub plan: ScreenPlan,
    /// The site's name.
    pub warehouse: String,
    /// When the code was entered.
    pub paired_at: DateTime<Utc>,
    /// Who entered it.
    pub paired_by: String,
    /// Last heard of.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Shows nothing since.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A screen that shows boards is heard of every minute; after so many it is off or has no network.
const SILENT: TimeDelta = TimeDelta::minutes(3);

impl Screen {
    /// Whether a screen that should show its boards was not heard of for some minutes.
    pub fn is_silent(&self, now: DateTime<Utc>) -> bool {
        let heard = self.last_seen_at.unwrap_or(self.paired_at);
        self.revoked_at.is_none() && heard + SILENT < now
    }
}

/// What a screen that is not paired gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// To be shown, and entered by a lead.
    pub code: String,
    /// To be kept, and sent along when asking how it went.
    pub secret: String,
    /// A new code is needed then.
    pub expires_at: DateTime<Utc>,
}

/// How pairing went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairingState {
    /// Nobody entered the code yet.
    Waiting,
    /// The screen is in.
    Paired,
    /// The code is worth nothing any more.
    Over,
}

/// A code out of random bytes.
pub fn code_of(random: [u8; CODE_LENGTH]) -> String {
    random
        .into_iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte) % ALPHABET.len()))
        .map(|letter| char::from(*letter))
        .collect()
}

/// A code as it is compared: what people type between its letters does not matter.
pub fn normal_code(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = code_of([0, 31, 32, 200, 255, 9]);
        assert_eq!(code.len(), 6);
        let typed = format!(" {}-{} ", code[..3].to_lowercase(), &code[3..]);
        assert_eq!(normal_code(&typed), code);
    }

    #[test]
    fn people_are_named_as_the_screen_may() {
        assert_eq!(Naming::Full.shown("Marko Ilić", 2), "Marko Ilić");
        assert_eq!(Naming::Initials.shown("Marko Ilić", 2), "M.I.");
        assert_eq!(Naming::Hidden.shown("Marko Ilić", 2), "#2");
    }

    #[test]
    fn a_screen_that_was_not_heard_of_for_minutes_is_silent_until_it_is_revoked() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut screen = Screen {
            id: ScreenId(1),
            plan: ScreenPlan {
                name: "Hall".into(),
                warehouse_id: WarehouseId(1),
                boards: vec![BoardKind::Shift],
                rotate_seconds: 20,
                names: Naming::Full,
                colours: Colours::default(),
            },
            warehouse: "Central".into(),
            paired_at: at("2026-11-29T08:00:00Z"),
            paired_by: "Luka".into(),
            last_seen_at: None,
            revoked_at: None,
        };
        assert!(!screen.is_silent(at("2026-11-29T08:02:00Z")));
        assert!(screen.is_silent(at("2026-11-29T08:04:00Z")));
        screen.last_seen_at = Some(at("2026-11-29T08:03:00Z"));
        assert!(!screen.is_silent(at("2026-11-29T08:05:00Z")));
        assert!(screen.is_silent(at("2026-11-29T08:07:00Z")));
        screen.revoked_at = Some(at("2026-11-29T08:07:00Z"));
        assert!(!screen.is_silent(at("2026-11-29T08:09:00Z")));
    }

    #[test]
    fn a_plan_that_cannot_be_shown_is_refused() {
        let good = ScreenPlan {
            name: "Hall".into(),
            warehouse_id: WarehouseId(1),
            boards: vec![BoardKind::Shift, BoardKind::Quality],
            rotate_seconds: 20,
            names: Naming::Full,
            colours: Colours::Light,
        };
        assert_eq!(good.check(), Ok(()));
        let boards = vec![BoardKind::Shift, BoardKind::Shift];
        assert!(
            ScreenPlan {
                boards,
                ..good.clone()
            }
            .check()
            .is_err()
        );
        assert!(
            ScreenPlan {
                boards: vec![],
                ..good.clone()
            }
            .check()
            .is_err()
        );
        assert!(
            ScreenPlan {
                name: " ".into(),
                ..good.clone()
            }
            .check()
            .is_err()
        );
        assert!(
            ScreenPlan {
                rotate_seconds: 4,
                ..good
            }
            .check()
            .is_err()
        );
    }
}
