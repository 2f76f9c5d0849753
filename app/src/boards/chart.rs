//! Bars, drawn by us.

use crate::ui::number;
use crate::words::part_name;
use domain::board::Series;
use leptos::prelude::*;

/// How wide and high a chart is drawn; its letters are the same size on every one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    width: i64,
    height: i64,
}

/// A quarter of a board.
const QUARTER: Canvas = Canvas {
    width: 900,
    height: 360,
};
/// Two thirds of a board's width and half of what its figures leave of its height.
pub(super) const WIDE: Canvas = Canvas {
    width: 1_160,
    height: 250,
};
const FOOT: i64 = 44;
const HEAD: i64 = 40;
/// Fill and legend of each series; a further one is grey.
const COLOURS: [(&str, &str); 6] = [
    ("fill-emerald-500", "bg-emerald-500"),
    ("fill-sky-400", "bg-sky-400"),
    ("fill-amber-400", "bg-amber-400"),
    ("fill-fuchsia-400", "bg-fuchsia-400"),
    ("fill-lime-300", "bg-lime-300"),
    ("fill-rose-400", "bg-rose-400"),
];
const OTHER: (&str, &str) = ("fill-neutral-500", "bg-neutral-500");

fn colour(place: usize) -> (&'static str, &'static str) {
    COLOURS.get(place).copied().unwrap_or(OTHER)
}

/// A part of a board with a heading; at its right what the colours mean.
pub(super) fn card(title: &'static str, legend: AnyView, body: AnyView) -> AnyView {
    view! {
        <section class="flex min-h-0 flex-1 flex-col rounded-[1vw] bg-neutral-900 px-[1.4vw] pb-[1vh] pt-[1.2vh]">
            <div class="flex items-center justify-between gap-[1vw]">
                <h2 class="text-[1.6vw] font-semibold text-neutral-300">{title}</h2>
                {legend}
            </div>
            {body}
        </section>
    }
    .into_any()
}

/// What the colours mean.
pub(super) fn legend(series: &[Series]) -> AnyView {
    let each = series.iter().enumerate().map(|(place, one)| {
        let dot = colour(place).1;
        view! {
            <span class="flex items-center gap-[0.5vw] truncate">
                <span class=format!("size-[1vw] shrink-0 rounded-full {dot}")></span>
                {part_name(&one.name)}
            </span>
        }
    });
    view! { <div class="flex min-w-0 gap-[1.2vw] text-[1.3vw] font-semibold">{each.collect_view()}</div> }
        .into_any()
}

/// Bars of one step each, series stacked; what is below zero is not drawn.
pub(super) fn stacked(labels: &[String], series: &[Series]) -> AnyView {
    let canvas = QUARTER;
    let total = |step: usize| -> i64 { series.iter().map(|one| value(one, step)).sum() };
    let most = (0..labels.len()).map(total).max().unwrap_or(0).max(1);
    let bars = labels.iter().enumerate().map(|(step, label)| {
        let place = canvas.place(step, labels.len());
        let mut top = canvas.ground();
        let parts = series.iter().enumerate().map(|(number, one)| {
            let height = value(one, step) * canvas.room() / most;
            top -= height;
            part(place, top, height, colour(number).0)
        });
        let parts = parts.collect::<Vec<_>>();
        let sum = total(step);
        let text = (sum > 0).then(|| number::count(sum));
        view! { {parts} {words(canvas, place, top, text, label)} }.into_any()
    });
    let told: Vec<String> = (0..labels.len())
        .filter_map(|step| Some(format!("{}: {}", labels.get(step)?, total(step))))
        .collect();
    let is_empty = (0..labels.len()).all(|step| total(step) == 0);
    svg(canvas, told.join(", "), bars.collect(), is_empty)
}

/// Bars of one colour; a step without a value has none.
pub(super) fn bars(
    canvas: Canvas,
    labels: &[String],
    values: &[Option<i64>],
    write: fn(i64) -> String,
    fill: &'static str,
) -> AnyView {
    let most = values.iter().flatten().copied().max().unwrap_or(0).max(1);
    let drawn = labels.iter().enumerate().map(|(step, label)| {
        let place = canvas.place(step, labels.len());
        let value = values.get(step).copied().flatten();
        let height = value.unwrap_or(0).max(0) * canvas.room() / most;
        let top = canvas.ground() - height;
        let text = value.map(write);
        view! {
            {part(place, top, height.max(i64::from(value.is_some()) * 3), fill)}
            {words(canvas, place, top, text, label)}
        }
        .into_any()
    });
    let told: Vec<String> = labels
        .iter()
        .zip(values)
        .map(|(label, value)| format!("{label}: {}", value.map_or_else(|| "–".to_owned(), write)))
        .collect();
    let is_empty = values.iter().all(Option::is_none);
    svg(canvas, told.join(", "), drawn.collect(), is_empty)
}

fn value(series: &Series, step: usize) -> i64 {
    series.values.get(step).copied().unwrap_or(0).max(0)
}

/// The ground on which bars stand, and the bars; says so where there are none.
fn svg(canvas: Canvas, label: String, drawn: Vec<AnyView>, is_empty: bool) -> AnyView {
    let view_box = format!("0 0 {} {}", canvas.width, canvas.height);
    let nothing = is_empty.then(|| {
        view! {
            <text class="fill-neutral-300" x=canvas.width / 2 y=canvas.ground() / 2 + 12 text-anchor="middle" font-size="36" font-weight="600">{t!("No figures yet")}</text>
        }
    });
    view! {
        <svg class="min-h-0 w-full flex-1" viewBox=view_box role="img" aria-label=label>
            <rect class="fill-neutral-700" x="0" y=canvas.ground() width=canvas.width height="2" />
            {drawn}
            {nothing}
        </svg>
    }
    .into_any()
}

impl Canvas {
    /// Where bars stand.
    fn ground(self) -> i64 {
        self.height - FOOT
    }

    /// How high the highest bar is.
    fn room(self) -> i64 {
        self.height - FOOT - HEAD
    }

    /// Left edge and width of a step.
    fn place(self, step: usize, steps: usize) -> (i64, i64) {
        let count = i64::try_from(steps).unwrap_or(1).max(1);
        let width = self.width / count;
        (i64::try_from(step).unwrap_or(0) * width, width)
    }
}

fn part((left, width): (i64, i64), top: i64, height: i64, fill: &'static str) -> AnyView {
    view! { <rect class=fill x=left + width / 8 y=top width=width * 3 / 4 height=height rx="2" /> }
        .into_any()
}

fn words(
    canvas: Canvas,
    (left, width): (i64, i64),
    top: i64,
    text: Option<String>,
    label: &str,
) -> AnyView {
    let middle = left + width / 2;
    // Figures of neighbours stand side by side and may be long; what is below a bar never is.
    let size = (width / 3).clamp(16, 26);
    let label_size = (width * 2 / 5).clamp(16, 26);
    view! {
        <text class="fill-white" x=middle y=top - 8 text-anchor="middle" font-size=size font-weight="800">{text}</text>
        <text class="fill-neutral-300" x=middle y=canvas.height - 10 text-anchor="middle" font-size=label_size font-weight="700">{label.to_owned()}</text>
    }
    .into_any()
}
