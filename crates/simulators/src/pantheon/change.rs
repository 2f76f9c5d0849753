//! What happens in an ERP while nobody looks: items are edited, orders come in and change.

use std::sync::Arc;

use chrono::{Datelike, NaiveDateTime, Timelike};
use rand::Rng;
use rand::rngs::StdRng;
use rust_decimal::Decimal;
use serde::Serialize;

use super::records::{Document, Item};
use super::shelf::{Record, Shelf};
use super::stock::MAIN;
use super::world::World;

/// Largest order that is taken as the pattern of a new one.
const PATTERN_LINES: usize = 25;

/// What one tick changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Codes of the edited items.
    pub items: Vec<String>,
    /// Codes of the items whose stock moved.
    pub stock: Vec<String>,
    /// Number of the new dispatch.
    pub added: Option<String>,
    /// Numbers of the edited dispatches.
    pub edited: Vec<String>,
}

pub(crate) fn tick(world: &mut World, random: &mut StdRng, now: NaiveDateTime) -> Changes {
    let mut changes = Changes::default();
    if world.items.len() > 0 {
        for _ in 0..random.random_range(1..=5) {
            let index = random.random_range(0..world.items.len());
            world.items.change(index, |item| edit(item, now));
            changes
                .items
                .extend(world.items.get(index).map(|item| item.code.to_string()));
        }
    }
    changes.stock.extend(move_stock(world, random, now));
    changes.added = add_dispatch(&mut world.dispatches, random, now);
    changes
        .edited
        .extend(edit_dispatch(&mut world.dispatches, random));
    changes
}

/// A delivery to the main warehouse or a sale from it.
fn move_stock(world: &mut World, random: &mut StdRng, now: NaiveDateTime) -> Option<String> {
    if world.items.len() == 0 {
        return None;
    }
    let code = world
        .items
        .get(random.random_range(0..world.items.len()))?
        .code
        .clone();
    let quantity = Decimal::from(random.random_range(0..900_u32));
    world.moves.set(code.clone(), MAIN, Some(quantity), now);
    Some(code.to_string())
}

/// Edits every n-th item so that the share is met.
pub(crate) fn touch_share(world: &mut World, per_mille: u16, now: NaiveDateTime) -> usize {
    let share = usize::from(per_mille);
    let chosen = (0..world.items.len())
        .filter(|index| (index + 1) * share / 1000 > index * share / 1000)
        .collect::<Vec<_>>();
    for index in &chosen {
        world.items.change(*index, |item| edit(item, now));
    }
    chosen.len()
}

/// A clerk's edit: the free text counts its revisions, the change time moves.
fn edit(item: &mut Item, now: NaiveDateTime) {
    let revision = item
        .description
        .as_deref()
        .and_then(|text| text.strip_prefix("Izmjena "))
        .and_then(|number| number.parse::<u32>().ok())
        .unwrap_or(0);
    item.description = Some(format!("Izmjena {}", revision + 1));
    item.changed_at = now;
}

/// A new dispatch of today with the lines of an older one.
fn add_dispatch(
    dispatches: &mut Shelf<Document>,
    random: &mut StdRng,
    now: NaiveDateTime,
) -> Option<String> {
    if dispatches.len() == 0 {
        return None;
    }
    let pattern = (0..20)
        .filter_map(|_| dispatches.get(random.random_range(0..dispatches.len())))
        .find(|document| (1..=PATTERN_LINES).contains(&document.lines.len()))?;
    let mut document = pattern.clone();
    document.number = free_number(dispatches, &document, now);
    document.on = now.date();
    document.status = "N";
    let number = document.number.to_string();
    dispatches.put(document);
    Some(number)
}

/// Numbers of new dispatches tell the second of the day, so that a restart does not repeat them.
fn free_number(dispatches: &Shelf<Document>, pattern: &Document, now: NaiveDateTime) -> Arc<str> {
    let prefix = format!("{:02}-{}-9", now.year() % 100, pattern.doc_type);
    let mut second = now.num_seconds_from_midnight();
    loop {
        let number: Arc<str> = format!("{prefix}{second:05}").into();
        if dispatches
            .find(&(now.date(), number.clone(), pattern.doc_type))
            .is_none()
        {
            return number;
        }
        second += 1;
    }
}

/// One more piece on a line of one of the latest dispatches.
fn edit_dispatch(dispatches: &mut Shelf<Document>, random: &mut StdRng) -> Option<String> {
    let latest = dispatches.len().min(30);
    if latest == 0 {
        return None;
    }
    let index = dispatches.len() - 1 - random.random_range(0..latest);
    let lines = dispatches.get(index)?.lines.len();
    if lines == 0 {
        return None;
    }
    let line = random.random_range(0..lines);
    dispatches.change(index, |document| {
        document.lines[line].quantity += Decimal::ONE
    });
    dispatches
        .get(index)
        .map(|document| document.key().1.to_string())
}

/// Another quantity on the first line of that item; whether there is one.
pub(crate) fn order(
    dispatches: &mut Shelf<Document>,
    number: &str,
    code: &str,
    quantity: Decimal,
) -> bool {
    let place = (0..dispatches.len()).find_map(|index| {
        let document = dispatches.get(index)?;
        let line = document.lines.iter().position(|line| &*line.code == code)?;
        (&*document.number == number).then_some((index, line))
    });
    if let Some((index, line)) = place {
        dispatches.change(index, |document| document.lines[line].quantity = quantity);
    }
    place.is_some()
}
