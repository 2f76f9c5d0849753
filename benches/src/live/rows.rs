//! What the rounds come to.

use super::Heard;
use crate::outcome::Row;
use crate::statistics::median;

/// What is demanded depends on how many listen.
#[derive(Clone, Copy)]
pub(super) enum Bars {
    /// A thousand, as on a large site.
    Site,
    /// Ten thousand.
    Crowd,
}

/// One figure of both servers over all rounds.
struct Figure {
    ours: f64,
    theirs: f64,
    /// The median of the rounds' own ratios.
    ratio: f64,
}

impl Figure {
    fn of(ours: &[Heard], theirs: &[Heard], figure: impl Fn(&Heard) -> f64) -> Self {
        let all = |heard: &[Heard]| heard.iter().map(&figure).collect::<Vec<f64>>();
        let (our, their) = (all(ours), all(theirs));
        let ratios: Vec<f64> = our.iter().zip(&their).map(|(a, b)| a / b).collect();
        Self {
            ours: median(&our),
            theirs: median(&their),
            ratio: median(&ratios),
        }
    }

    fn row(&self, what: &str, digits: usize, unit: &str) -> Row {
        let text = |value: f64| format!("{value:.digits$} {unit}");
        Row::new(what, text(self.ours)).beside(format!("ws: {}", text(self.theirs)), self.ratio)
    }
}

/// The rows of the table.
pub(super) fn of(bars: Bars, clients: usize, ours: &[Heard], theirs: &[Heard]) -> Vec<Row> {
    let figure = |figure: fn(&Heard) -> f64| Figure::of(ours, theirs, figure);
    let missing: usize = ours.iter().map(|heard| heard.missing).sum();
    let cpu = figure(|heard| heard.cpu_us);
    let socket = Figure::of(ours, theirs, |heard| {
        (heard.memory.with_all - heard.memory.before) * 1024.0 / clients as f64
    });
    let cpu_row = cpu.row("Server's processor time per message", 1, "µs");
    let socket_row = socket.row("Memory per socket", 1, "KB");
    let (cpu_row, socket_row) = match bars {
        Bars::Site => (
            cpu_row.bar("≤ 9 µs", cpu.ours <= 9.0),
            socket_row.bar("≤ 10 KB", socket.ours <= 10.0),
        ),
        Bars::Crowd => (cpu_row, socket_row),
    };
    let memory = figure(|heard| heard.memory.with_all);
    vec![
        figure(|heard| heard.p50).row("Commit to client, half of the messages within", 1, "ms"),
        nearly_all(bars, &figure(|heard| heard.p99)),
        Row::new("Messages somebody did not get", missing.to_string()).bar("0", missing == 0),
        cpu_row,
        socket_row,
        memory.row("Server's memory with all sockets", 0, "MB"),
    ]
}

fn nearly_all(bars: Bars, p99: &Figure) -> Row {
    let row = p99.row("Commit to client, 99 % within", 1, "ms");
    match bars {
        Bars::Site => row.bar("≤ 25 ms, ≤ 1.1 × ws", p99.ours <= 25.0 && p99.ratio <= 1.1),
        Bars::Crowd => row.bar("≤ 150 ms", p99.ours <= 150.0),
    }
}
