//! Blind counts: the rules, the same in the browser and on the server.

use crate::document::UnknownWord;
use crate::picking::Refusal;
use crate::shortage::ShortageReason;
use crate::{CountLineId, DocumentId, Quantity, UserId, WarehouseId, company::Warehouse};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How long an item on a location is counted at most, in minutes, where nothing else is known.
const LONGEST_MINUTES: i64 = 15;

/// An item on a location that somebody has to count. It does not say what should be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CountLine {
    /// Identity.
    pub id: CountLineId,
    /// Where.
    pub location: String,
    /// SKU.
    pub item_code: String,
    /// Title.
    pub item_name: String,
    /// Unit.
    pub uom: String,
    /// Decimals the unit allows.
    pub decimals: u8,
    /// Look-up keys of the item's barcodes.
    pub barcodes: Vec<String>,
    /// Somebody else counted it and found something unlikely.
    pub again: bool,
}

/// Where a count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CountState {
    /// Nobody counted.
    Open,
    /// Another person has to count.
    Again,
    /// Decided.
    Settled,
}

impl CountState {
    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Again => "again",
            Self::Settled => "settled",
        }
    }
}

impl FromStr for CountState {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut all = [Self::Open, Self::Again, Self::Settled].into_iter();
        all.find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// By how much a count may differ from what is on record, whichever is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tolerance {
    /// Of what is on record.
    pub percent: Decimal,
    /// In units.
    pub units: Decimal,
}

impl Tolerance {
    /// Whether a figure is near enough.
    pub fn allows(self, on_record: Decimal, counted: Decimal) -> bool {
        let share = on_record.abs() * self.percent / Decimal::ONE_HUNDRED;
        (counted - on_record).abs() <= share.max(self.units)
    }

    /// Whether it can be used; the sentence says what is wrong.
    pub fn check(self) -> Result<(), &'static str> {
        match self {
            Self { percent, units } if percent < Decimal::ZERO || units < Decimal::ZERO => {
                Err("A tolerance is never below zero.")
            }
            Self { percent, .. } if percent > Decimal::ONE_HUNDRED => {
                Err("A share is at most 100 %.")
            }
            _ => Ok(()),
        }
    }
}

/// Checks an entry against the unit; nothing is a figure too.
pub fn check_entry(uom: &str, decimals: u8, counted: Quantity) -> Result<(), Refusal> {
    match counted.value().normalize().scale() > u32::from(decimals) {
        true => Err(Refusal::Indivisible {
            uom: uom.to_owned(),
        }),
        false => Ok(()),
    }
}

/// Since when a figure may have been counted: since the person's act before, as long ago as the device
/// says, and not before the count was asked for.
pub fn began_at(
    since_last_act: Option<TimeDelta>,
    requested_at: DateTime<Utc>,
    counted_at: DateTime<Utc>,
) -> DateTime<Utc> {
    let longest = TimeDelta::minutes(LONGEST_MINUTES);
    let spent = since_last_act
        .unwrap_or(longest)
        .clamp(TimeDelta::zero(), longest);
    (counted_at - spent).max(requested_at).min(counted_at)
}

/// What lay on a location while somebody counted there, by the movements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meanwhile {
    /// The least that lay there.
    pub least: Decimal,
    /// The most.
    pub most: Decimal,
    /// What left in that time.
    pub left: Decimal,
    /// What came in that time.
    pub came: Decimal,
}

impl Meanwhile {
    /// What a figure is compared with: nobody knows whether it was counted before or after a movement, so
    /// the nearest of all that lay there.
    pub fn nearest(self, counted: Decimal) -> Decimal {
        counted.min(self.most).max(self.least)
    }
}

/// What an entry makes of a count: near enough, it stands; else another person counts, and that
/// person's figure decides.
pub fn judge(
    (state, first_by): (CountState, Option<UserId>),
    by: UserId,
    near_enough: bool,
) -> Result<CountState, Refusal> {
    match state {
        CountState::Settled => Err(Refusal::CountedAlready),
        CountState::Again if first_by == Some(by) => Err(Refusal::CountedByYou),
        CountState::Open if !near_enough => Ok(CountState::Again),
        CountState::Open | CountState::Again => Ok(CountState::Settled),
    }
}

/// Missing goods whose report caused a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CountCause {
    /// The document they were wanted for.
    pub document_id: DocumentId,
    /// Its number.
    pub number: String,
    /// Why they are missing.
    pub reason: ShortageReason,
}

/// A count as a lead sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CountRow {
    /// Identity.
    pub id: CountLineId,
    /// Where.
    pub location: String,
    /// SKU.
    pub item_code: String,
    /// Title.
    pub item_name: String,
    /// Unit.
    pub uom: String,
    /// Where it stands.
    pub state: CountState,
    /// What should have been there when it was counted last; of several amounts that lay there while it was
    /// counted, the one nearest to the figure.
    pub on_record: Option<Decimal>,
    /// What the first person found.
    pub first: Option<Decimal>,
    /// Who that was.
    pub first_by: Option<String>,
    /// What the second person found.
    pub second: Option<Decimal>,
    /// Who that was.
    pub second_by: Option<String>,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// Goods that were reported missing, when that is why; then a worker asked by reporting them.
    pub cause: Option<CountCause>,
    /// What left while it was counted last.
    pub left_meanwhile: Decimal,
    /// What came while it was counted last.
    pub came_meanwhile: Decimal,
    /// What tasks under way still wanted from there.
    pub open_picks: Decimal,
    /// When it was compared again, because acts of before it came in after it was settled.
    pub reckoned_at: Option<DateTime<Utc>>,
}

impl CountRow {
    /// What was found beyond what is on record; negative when less.
    pub fn difference(&self) -> Option<Decimal> {
        let found = self.second.or(self.first)?;
        Some((found - self.on_record?).normalize())
    }
}

/// The counts of one site, and the sites there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteCounts {
    /// The caller's sites.
    pub sites: Vec<Warehouse>,
    /// The one shown.
    pub site: Option<WarehouseId>,
    /// Its tolerance.
    pub tolerance: Option<Tolerance>,
    /// Whether what is reported missing there is counted by itself.
    pub after_shortages: bool,
    /// Newest first.
    pub rows: Vec<CountRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_near_enough_within_the_share_or_the_units() {
        let usual = Tolerance {
            percent: 5.into(),
            units: 1.into(),
        };
        let allows = |on_record: i64, counted: i64| usual.allows(on_record.into(), counted.into());
        assert!(allows(100, 105) && allows(100, 95) && !allows(100, 106));
        assert!(allows(4, 5) && allows(4, 3) && !allows(4, 6));
        assert!(allows(0, 1) && !allows(0, 2));
    }

    #[test]
    fn a_figure_is_compared_with_the_nearest_of_what_lay_there_while_it_was_counted() {
        let moved = Meanwhile {
            least: 8.into(),
            most: 20.into(),
            left: 12.into(),
            came: 0.into(),
        };
        let nearest = |counted: i64| moved.nearest(counted.into());
        assert_eq!((nearest(20), nearest(8)), (20.into(), 8.into()));
        assert_eq!(nearest(11), 11.into());
        assert_eq!((nearest(7), nearest(25)), (8.into(), 20.into()));
    }

    #[test]
    fn a_count_began_after_the_act_before_and_after_it_was_asked_for() {
        let at = |minute: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minute);
        let began = |spent: Option<i64>, requested| {
            began_at(spent.map(TimeDelta::minutes), at(requested), at(60))
        };
        assert_eq!(began(Some(2), 0), at(58));
        assert_eq!(began(Some(2), 59), at(59));
        assert_eq!(began(None, 0), at(45));
        assert_eq!(began(Some(600), 0), at(45));
        // Another device's clock is ahead.
        assert_eq!(began(Some(-5), 0), at(60));
        assert_eq!(began(None, 90), at(60));
    }

    #[test]
    fn another_person_counts_again_and_decides() {
        let (marko, jelena) = (UserId(1), UserId(2));
        let open = (CountState::Open, None);
        assert_eq!(judge(open, marko, true), Ok(CountState::Settled));
        assert_eq!(judge(open, marko, false), Ok(CountState::Again));
        let again = (CountState::Again, Some(marko));
        assert_eq!(judge(again, marko, true), Err(Refusal::CountedByYou));
        assert_eq!(judge(again, jelena, false), Ok(CountState::Settled));
        let settled = (CountState::Settled, Some(marko));
        assert_eq!(judge(settled, jelena, true), Err(Refusal::CountedAlready));
    }
}
