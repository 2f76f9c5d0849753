//! `crossdock gs1`: what a label says, or what is wrong with it.

use chrono::NaiveDate;
use clap::Args;
use domain::gs1::{Element, ElementString, symbology};
use serde_json::json;
use std::process::ExitCode;

/// Which label.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What the scanner sent, the bracketed form, ^ for FNC1, a GTIN or a GS1 Digital Link.
    data: String,
    /// One of several labels on the same goods: entries may need some of another label.
    #[arg(long)]
    part: bool,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// Prints the entries, or says what is wrong and fails.
pub fn run(arguments: &Arguments, today: NaiveDate) -> ExitCode {
    let data = &arguments.data;
    let read = match arguments.part {
        true => ElementString::read(data),
        false => ElementString::parse(data),
    };
    match read {
        Ok(label) if arguments.json => println!("{}", as_json(&label)),
        Ok(label) => print(data, &label, today),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn print(data: &str, label: &ElementString, today: NaiveDate) {
    if let Some((identifier, name)) = symbology(data) {
        println!("{name} ({identifier})");
    }
    println!("{label}");
    for element in label.elements() {
        let ai = format!("({})", element.ai);
        let meaning = meaning(label, element, today).unwrap_or_default();
        println!("{ai:7} {:24} {} {meaning}", element.title(), element.value);
    }
}

/// What a value stands for, where it is not plain.
fn meaning(label: &ElementString, element: &Element, today: NaiveDate) -> Option<String> {
    let date = match element.ai.as_str() {
        "11" => label.production(today),
        "13" => label.packing(today),
        "15" => label.best_before(today),
        "16" => label.sell_by(today),
        "17" | "7003" => label.expiry(today),
        _ => None,
    };
    let measure = || {
        let mut measures = label.measures();
        measures
            .find(|measure| element.ai.starts_with(&measure.ai))
            .map(|measure| format!("= {} {}", measure.value, measure.uom))
    };
    date.map(|date| format!("= {date}")).or_else(measure)
}

fn as_json(label: &ElementString) -> serde_json::Value {
    let elements: Vec<_> = label
        .elements()
        .iter()
        .map(
            |element| json!({ "ai": element.ai, "title": element.title(), "value": element.value }),
        )
        .collect();
    json!({ "text": label.to_string(), "elements": elements })
}
