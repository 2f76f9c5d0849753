//! Which rollups answer a question about days.

use super::{By, Span};
use chrono::{Datelike, Months, NaiveDate};

/// What sums are kept by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Hour of a day.
    Hour,
    /// Day.
    Day,
    /// Month.
    Month,
}

impl Grain {
    /// Its stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

/// Rollups of a grain that are added to a sum or taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Of which grain.
    pub grain: Grain,
    /// 1 when added, -1 when taken away.
    pub sign: i32,
    /// Their days; whole months for months.
    pub span: Span,
}

impl Piece {
    /// Which rollups make a span: months where months will do, and at its ends the days that are to be
    /// added, or those of the month beside it that are to be taken away, whichever are fewer. Days to
    /// come hold next to nothing, so a month so far is its month less what is due in its rest. Days
    /// and hours only when asked for by them.
    pub fn of(span: Span, by: &[By], today: NaiveDate) -> Vec<Self> {
        let of_days = |grain| vec![Self::added(grain, span)];
        if by.contains(&By::Hour) {
            return of_days(Grain::Hour);
        }
        if by.contains(&By::Day) || by.contains(&By::Week) {
            return of_days(Grain::Day);
        }
        match Self::of_months(span, today) {
            Some(pieces) if cost(&pieces, today) < span.worked(today) => pieces,
            _ => of_days(Grain::Day),
        }
    }

    fn of_months(span: Span, today: NaiveDate) -> Option<Vec<Self>> {
        let (month, next) = (first_of_month(span.from)?, first_of_month_from(span.from)?);
        let before = Span::new(month, span.from);
        let after = Span::new(span.from, next);
        let (from, head) = if before.worked(today) < after.worked(today) {
            (month, Self::taken(before))
        } else {
            (next, Self::added(Grain::Day, after))
        };
        let (month, next) = (first_of_month(span.to)?, first_of_month_from(span.to)?);
        let before = Span::new(month, span.to);
        let after = Span::new(span.to, next);
        let (to, tail) = if after.worked(today) < before.worked(today) {
            (next, Self::taken(after))
        } else {
            (month, Self::added(Grain::Day, before))
        };
        let months = Self::added(Grain::Month, Span::new(from, to));
        let mut pieces = vec![months, head, tail];
        pieces.retain(|piece| piece.span.days() > 0);
        (from < to).then_some(pieces)
    }

    fn added(grain: Grain, span: Span) -> Self {
        Self {
            grain,
            sign: 1,
            span,
        }
    }

    fn taken(span: Span) -> Self {
        Self {
            sign: -1,
            ..Self::added(Grain::Day, span)
        }
    }
}

/// How much there is to read: a month is about as much as a day.
fn cost(pieces: &[Piece], today: NaiveDate) -> i64 {
    let of = |piece: &Piece| match piece.grain {
        Grain::Month => piece.span.days() / 28,
        Grain::Day | Grain::Hour => piece.span.worked(today),
    };
    pieces.iter().map(of).sum()
}

fn first_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)
}

/// The first day of a month at or after a day.
fn first_of_month_from(day: NaiveDate) -> Option<NaiveDate> {
    if day.day() == 1 {
        return Some(day);
    }
    first_of_month(day)?.checked_add_months(Months::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::Period;
    use chrono::Days;
    use std::collections::BTreeMap;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// How often each day of some years is counted.
    fn counted(pieces: &[Piece]) -> BTreeMap<NaiveDate, i32> {
        let mut days = BTreeMap::new();
        for piece in pieces {
            if piece.grain == Grain::Month {
                assert_eq!((piece.span.from.day(), piece.span.to.day()), (1, 1));
            }
            let all = piece.span.from.iter_days();
            for day in all.take_while(|day| *day < piece.span.to) {
                *days.entry(day).or_default() += piece.sign;
            }
        }
        days.retain(|_, times| *times != 0);
        days
    }

    #[test]
    fn the_rollups_of_a_span_count_each_of_its_days_once_and_no_other() {
        let start = day("2026-01-01");
        for from in (0..70).step_by(3) {
            for length in (0..200).step_by(13) {
                let span = Span::new(start + Days::new(from), start + Days::new(from + length));
                for passed in [0, 9, 40, 400] {
                    let today = span.from + Days::new(passed);
                    for by in [None, Some(By::Worker), Some(By::Day), Some(By::Hour)] {
                        let by: Vec<By> = by.into_iter().collect();
                        let pieces = Piece::of(span, &by, today);
                        let days = counted(&pieces);
                        assert!(days.values().all(|times| *times == 1), "{pieces:?}");
                        assert!(days.keys().all(|day| *day >= span.from && *day < span.to));
                        assert_eq!(i64::try_from(days.len()).unwrap(), span.days());
                        assert!(cost(&pieces, today) <= span.days(), "{span:?} {pieces:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_month_and_a_year_so_far_read_no_days_of_work() {
        let today = day("2026-11-10");
        for (period, months) in [(Period::Month, 1), (Period::Year, 11)] {
            let span = Span::new(period.around(today).from, day("2026-11-11"));
            let pieces = Piece::of(span, &[By::Worker], today);
            assert_eq!(cost(&pieces, today), months, "{pieces:?}");
        }
    }
}
