//! One figure, large, with what it counts.

use super::badge::Tone;
use leptos::prelude::*;

/// A figure; `hint` says how it is counted.
pub fn tile(label: &str, value: String, hint: &str, tone: Tone, testid: &'static str) -> AnyView {
    let colour = match tone {
        Tone::Neutral | Tone::Info => "",
        Tone::Good => "text-success",
        Tone::Warning => "text-warning",
        Tone::Bad => "text-error",
    };
    // Two large figures would not stand on one line at full size.
    let size = match value.chars().count() {
        0..=9 => "text-2xl",
        _ => "text-lg leading-8",
    };
    let class = format!("font-semibold tabular-nums {size} {colour}");
    view! {
        <div class="panel flex flex-col gap-1 px-4 py-3">
            <span class="text-xs font-medium text-muted">{label.to_owned()}</span>
            <span class=class data-testid=testid>{value}</span>
            <span class="text-xs text-muted">{hint.to_owned()}</span>
        </div>
    }
    .into_any()
}

/// A row of figures.
pub fn tiles(tiles: Vec<AnyView>) -> AnyView {
    view! { <div class="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">{tiles}</div> }
        .into_any()
}
