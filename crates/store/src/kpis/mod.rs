//! The figures: the only definition of each, read as rollups and what is not folded into them yet.
//!
//! What an act or a document contributes stands in the database (`kpi_act_facts`,
//! `kpi_document_facts`), and so do how figures follow from sums (`kpi_fractions`) and how sums are
//! read (`kpi_sums`); what a count says stands there too (`kpi_count_facts`). TV, office and API read
//! nothing else.

mod counts;
mod fold;
mod names;
mod reconcile;
mod report;
mod rows;

pub use fold::fold;
pub(crate) use names::{name_of, names};
pub use reconcile::{differences, rebuild};
pub(crate) use report::figures;
pub use report::report;
pub use rows::rows;

use crate::{Result, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::WarehouseId;
use domain::kpi::{By, Fraction, Kpi, Piece, Scope, Span};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Which sums.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// Site.
    pub warehouse: WarehouseId,
    /// Days.
    pub span: Span,
    /// Today at the site.
    pub today: NaiveDate,
    /// Whose.
    pub scope: Scope,
    /// Broken down by.
    pub by: Option<By>,
    /// And that by.
    pub split: Option<By>,
}

impl Wanted {
    /// A whole site today.
    pub fn day(warehouse: WarehouseId, day: NaiveDate) -> Self {
        Self {
            warehouse,
            span: Span::ending(day, 1),
            today: day,
            scope: Scope::default(),
            by: None,
            split: None,
        }
    }
}

/// All figures of a part.
pub(crate) type Figures = BTreeMap<Kpi, Fraction>;

/// Figures as a whole and by part, and within it by its own parts; the keys are empty when nothing was
/// asked for. A part whose sums are all zero is left out.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// Of all parts together; lines count for each person only when the scope asks for it.
    pub whole: Figures,
    /// By key and split.
    pub parts: BTreeMap<(String, String), Figures>,
    /// The newest change in the days and months read.
    pub changed_at: Option<DateTime<Utc>>,
}

impl Sums {
    /// A figure of the part of that key; nothing of it counts as zero.
    pub fn get(&self, key: &str, kpi: Kpi) -> Fraction {
        let part = self.parts.get(&(key.to_owned(), String::new()));
        part.and_then(|figures| figures.get(&kpi))
            .copied()
            .unwrap_or_default()
    }

    /// A count of the part of that key.
    pub fn count(&self, key: &str, kpi: Kpi) -> i64 {
        whole(self.get(key, kpi).numerator)
    }
}

/// A sum of whole numbers as one.
pub(crate) fn whole(sum: Decimal) -> i64 {
    i64::try_from(sum).unwrap_or(i64::MAX)
}

/// Reads figures: numerator and denominator of each.
pub(crate) async fn sums(tx: &mut Tx, wanted: &Wanted) -> Result<Sums> {
    let (scope, span) = (wanted.scope, wanted.span);
    let asked: Vec<By> = wanted.by.iter().chain(&wanted.split).copied().collect();
    let personal = scope.is_personal() || asked.iter().any(|by| by.is_personal());
    let pieces = Piece::of(span, &asked, wanted.today);
    let grains: Vec<&str> = pieces.iter().map(|piece| piece.grain.as_str()).collect();
    let signs: Vec<i32> = pieces.iter().map(|piece| piece.sign).collect();
    let starts: Vec<NaiveDate> = pieces.iter().map(|piece| piece.span.from).collect();
    let ends: Vec<NaiveDate> = pieces.iter().map(|piece| piece.span.to).collect();
    let rows = sqlx::query_as!(
        Part,
        r#"select whole as "whole!", key as "key!", split as "split!", changed_at,
                  fractions as "fractions!: Vec<Option<Decimal>>"
           from kpi_sums($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"#,
        wanted.warehouse.0,
        &grains as &[&str],
        &signs,
        &starts,
        &ends,
        span.from,
        span.to,
        wanted.by.map(By::as_str),
        wanted.split.map(By::as_str),
        scope.kind.map(|kind| kind.as_str()),
        scope.shift.map(|id| id.0),
        scope.team.map(|id| id.0),
        scope.worker.map(|id| id.0),
        scope.is_personal(),
        personal,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(summed(rows))
}

/// What the database answers: a part, or everything.
struct Part {
    whole: bool,
    key: String,
    split: String,
    changed_at: Option<DateTime<Utc>>,
    fractions: Vec<Option<Decimal>>,
}

fn summed(rows: Vec<Part>) -> Sums {
    let mut sums = Sums::default();
    for row in rows {
        let figures = figures_of(&row.fractions);
        if row.whole {
            sums.whole = figures;
            sums.changed_at = row.changed_at;
        } else {
            sums.parts.insert((row.key, row.split), figures);
        }
    }
    sums
}

/// The database's fractions stand in the order of [`Kpi::ALL`], two numbers each; where nothing was
/// summed there is no numerator, which counts as zero.
fn figures_of(fractions: &[Option<Decimal>]) -> Figures {
    let fraction = |pair: &[Option<Decimal>]| {
        let [numerator, denominator] = pair else {
            return Fraction::default();
        };
        Fraction {
            numerator: numerator.unwrap_or_default().normalize(),
            denominator: denominator.map(|below| below.normalize()),
        }
    };
    let pairs = fractions.chunks(2).map(fraction);
    Kpi::ALL.into_iter().zip(pairs).collect()
}

/// Where a figure's numerator stands among the database's fractions, from one; its denominator follows.
pub(super) fn place(kpi: Kpi) -> i32 {
    let mut places = (1..).step_by(2).zip(Kpi::ALL);
    places
        .find(|(_, other)| *other == kpi)
        .map_or(1, |(place, _)| place)
}
