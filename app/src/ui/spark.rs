//! A small line chart: the course of one figure, with its highest and latest value in words.

use leptos::prelude::*;

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 80.0;

/// A chart. Places where nothing was measured are gaps, not zeros. Each point is how far along the
/// window it lies, from 0 to 1, and its value; two points further apart than `step` are not joined.
pub fn spark(
    label: &str,
    points: &[(f64, Option<f64>)],
    step: f64,
    write: fn(f64) -> String,
    from: String,
    testid: &'static str,
) -> AnyView {
    let most = points
        .iter()
        .filter_map(|(_, value)| *value)
        .fold(0.0_f64, f64::max);
    let latest = points.iter().rev().find_map(|(_, value)| *value);
    let said = match latest {
        Some(latest) => t!(
            "now {latest} · highest {most}",
            latest = write(latest),
            most = write(most)
        ),
        None => t!("nothing measured yet").to_owned(),
    };
    let path = path(points, step, most);
    view! {
        <figure class="panel flex flex-col gap-1 px-4 py-3" data-testid=testid>
            <figcaption class="flex flex-col">
                <span class="text-sm font-medium">{label.to_owned()}</span>
                <span class="text-xs text-muted tabular-nums">{said.clone()}</span>
            </figcaption>
            <svg
                class="h-20 w-full text-primary"
                viewBox=format!("0 -2 {WIDTH} {}", HEIGHT + 4.0)
                preserveAspectRatio="none"
                role="img"
                aria-label=format!("{label}: {said}")
            >
                <line x1="0" y1=HEIGHT x2=WIDTH y2=HEIGHT stroke="currentColor" stroke-opacity="0.25" vector-effect="non-scaling-stroke" />
                <path d=path fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" vector-effect="non-scaling-stroke" />
            </svg>
            <span class="flex justify-between text-xs text-muted"><span>{from}</span><span>{t!("now")}</span></span>
        </figure>
    }
    .into_any()
}

fn path(points: &[(f64, Option<f64>)], step: f64, most: f64) -> String {
    let scale = if most > 0.0 { HEIGHT / most } else { 0.0 };
    let mut path = String::new();
    let mut last: Option<f64> = None;
    for (along, value) in points {
        let Some(value) = value else {
            last = None;
            continue;
        };
        let joined = last.is_some_and(|last| along - last <= step * 1.5);
        let (x, y) = (along * WIDTH, HEIGHT - value * scale);
        if joined {
            path.push_str(&format!("L{x:.1} {y:.1}"));
        } else {
            // A lone point is drawn as a dot by its round ends.
            path.push_str(&format!("M{x:.1} {y:.1}h0.1"));
        }
        last = Some(*along);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_a_gap_and_not_a_zero() {
        let points = [
            (0.0, Some(1.0)),
            (0.1, Some(2.0)),
            (0.2, None),
            (0.3, Some(2.0)),
            (0.9, Some(1.0)),
        ];
        let drawn = path(&points, 0.1, 2.0);
        assert_eq!(drawn.matches('M').count(), 3);
        assert_eq!(drawn.matches('L').count(), 1);
    }

    #[test]
    fn a_flat_zero_stays_on_the_floor() {
        assert_eq!(path(&[(0.5, Some(0.0))], 0.1, 0.0), "M200.0 80.0h0.1");
    }
}
