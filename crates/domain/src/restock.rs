//! Where goods that are missing could come from: a proposal for a person, nothing is ordered by it.

use crate::DocumentId;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What has some of an item, or will have; the nearest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Place {
    /// A location of the site, by what is on record there. Those where it was missing are none.
    Location {
        /// Its code.
        code: String,
    },
    /// An open receipt that more is to come with.
    Receipt {
        /// The receipt.
        id: DocumentId,
        /// Its number.
        number: String,
        /// Its date.
        dated_on: NaiveDate,
    },
    /// Another warehouse, by what the ERP says is on hand there.
    Warehouse {
        /// As the ERP calls it.
        name: String,
        /// When that was true.
        as_of: DateTime<Utc>,
    },
}

impl Place {
    /// How far the way is, and a name that keeps equals in their order.
    fn order(&self) -> (u8, &str) {
        match self {
            Self::Location { code } => (0, code.as_str()),
            Self::Receipt { number, .. } => (1, number.as_str()),
            Self::Warehouse { name, .. } => (2, name.as_str()),
        }
    }
}

/// So much of an item, somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Source {
    /// Where.
    pub place: Place,
    /// How much there is, or will be.
    pub quantity: Decimal,
}

/// What could be done about missing goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Proposal {
    /// One place has all of it.
    All(Source),
    /// No place has all of it, and this supplier delivers the item.
    Order {
        /// As the ERP calls it.
        supplier: String,
    },
    /// No place has all of it and no supplier is known: the place with the most.
    Part(Source),
}

/// The nearest place that has all that is wanted, of equally near ones the one with the most; else an
/// order; else the place with the most. One source, so that one person has one thing to do.
pub fn propose(
    wanted: Decimal,
    sources: Vec<Source>,
    supplier: Option<String>,
) -> Option<Proposal> {
    if wanted <= Decimal::ZERO {
        return None;
    }
    let mut sources: Vec<Source> = sources
        .into_iter()
        .filter(|source| source.quantity > Decimal::ZERO)
        .collect();
    sources.sort_by(|one, other| {
        let ((near, name), (other_near, other_name)) = (one.place.order(), other.place.order());
        near.cmp(&other_near)
            .then(other.quantity.cmp(&one.quantity))
            .then_with(|| name.cmp(other_name))
    });
    if let Some(at) = sources.iter().position(|source| source.quantity >= wanted) {
        return Some(Proposal::All(sources.swap_remove(at)));
    }
    if let Some(supplier) = supplier.filter(|name| !name.trim().is_empty()) {
        return Some(Proposal::Order { supplier });
    }
    // Of equals the nearest: the last of `max_by_key`, so they are looked at from the far end.
    let most = sources.into_iter().rev().max_by_key(|one| one.quantity);
    most.map(Proposal::Part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(code: &str, quantity: u32) -> Source {
        let code = code.to_owned();
        Source {
            place: Place::Location { code },
            quantity: quantity.into(),
        }
    }

    fn receipt(number: &str, quantity: u32) -> Source {
        Source {
            place: Place::Receipt {
                id: DocumentId(1),
                number: number.to_owned(),
                dated_on: NaiveDate::default(),
            },
            quantity: quantity.into(),
        }
    }

    fn warehouse(name: &str, quantity: u32) -> Source {
        Source {
            place: Place::Warehouse {
                name: name.to_owned(),
                as_of: DateTime::default(),
            },
            quantity: quantity.into(),
        }
    }

    fn four(sources: &[Source], supplier: Option<&str>) -> Option<Proposal> {
        propose(4.into(), sources.to_vec(), supplier.map(str::to_owned))
    }

    #[test]
    fn the_nearest_place_that_has_all_of_it_is_proposed() {
        let (here, coming, there) = (location("A", 4), receipt("R", 40), warehouse("W", 400));
        let all = [there.clone(), coming.clone(), here.clone()];
        assert_eq!(four(&all, Some("S")), Some(Proposal::All(here)));
        let far = [there.clone(), coming.clone(), location("A", 3)];
        assert_eq!(four(&far, Some("S")), Some(Proposal::All(coming)));
        let farther = [receipt("R", 3), there.clone()];
        assert_eq!(four(&farther, Some("S")), Some(Proposal::All(there)));
    }

    #[test]
    fn of_equally_near_places_the_one_with_the_most_is_proposed() {
        let more = location("B", 6);
        let found = four(&[location("A", 5), more.clone(), location("C", 6)], None);
        assert_eq!(found, Some(Proposal::All(more)));
    }

    #[test]
    fn what_no_place_has_all_of_is_ordered_or_taken_in_part() {
        let part = [receipt("R", 3), location("A", 3), warehouse("W", 2)];
        let order = Proposal::Order {
            supplier: "S".to_owned(),
        };
        assert_eq!(four(&part, Some("S")), Some(order));
        let nearest = Some(Proposal::Part(location("A", 3)));
        assert_eq!(four(&part, Some(" ")), nearest);
        assert_eq!(four(&part, None), nearest);
        assert_eq!(four(&[location("A", 0)], None), None);
    }

    #[test]
    fn nothing_is_proposed_where_nothing_is_wanted() {
        let plenty = vec![location("A", 9)];
        assert_eq!(propose(0.into(), plenty, Some("S".to_owned())), None);
    }
}
