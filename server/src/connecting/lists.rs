//! Settings that are lists, as the text of one field: numbers, and daily times of rest.

use chrono::NaiveTime;
use domain::connection_form::{FieldKind, read_windows, written_windows};
use domain::delivery::MaintenanceWindow;
use domain::word;
use serde_json::Value;

/// What a list of such items takes.
pub(super) fn kind_of(items: &Value, most: &Value) -> FieldKind {
    let most = most.as_u64().and_then(|most| usize::try_from(most).ok());
    match items["properties"]["until"].is_object() {
        true => FieldKind::Windows { most },
        false => FieldKind::Numbers { most },
    }
}

/// A list as text; times without seconds where they have none.
pub(super) fn text_of(all: &[Value]) -> String {
    let windows = all.iter().map(|item| {
        Some((
            short(item["from"].as_str()?),
            short(item["until"].as_str()?),
        ))
    });
    match windows.collect::<Option<Vec<(&str, &str)>>>() {
        Some(windows) => written_windows(windows),
        None => {
            let texts: Vec<String> = all.iter().map(Value::to_string).collect();
            texts.join(", ")
        }
    }
}

fn short(time: &str) -> &str {
    match time.strip_suffix(":00") {
        Some(short) if short.contains(':') => short,
        _ => time,
    }
}

/// Whole numbers with commas or spaces between them.
///
/// # Errors
/// What is wrong with them.
pub(super) fn numbers(text: &str, most: Option<usize>) -> Result<Value, String> {
    let parts = text.split(|letter: char| ",;".contains(letter) || letter.is_whitespace());
    let numbers = parts
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<u32>().map(Value::from));
    let refused = || word!("Enter whole numbers with commas between them.").to_owned();
    let numbers: Vec<Value> = numbers.collect::<Result<_, _>>().map_err(|_| refused())?;
    match numbers.is_empty() {
        true => Err(refused()),
        false => allowed(numbers.len(), most).map(|()| Value::Array(numbers)),
    }
}

/// Daily times, each with a begin and an end.
///
/// # Errors
/// What is wrong with them.
pub(super) fn windows(text: &str, most: Option<usize>) -> Result<Value, String> {
    let windows = read_windows(text);
    allowed(windows.len(), most)?;
    let windows = windows.iter().map(|(from, until)| {
        let window = MaintenanceWindow {
            from: time(from)?,
            until: time(until)?,
        };
        match window.from == window.until {
            true => Err(word!("A window ends at another time than it begins.").to_owned()),
            false => serde_json::to_value(window).map_err(|error| error.to_string()),
        }
    });
    let windows: Vec<Value> = windows.collect::<Result<_, String>>()?;
    Ok(Value::Array(windows))
}

fn time(text: &str) -> Result<NaiveTime, String> {
    let read = ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    read.ok_or_else(|| word!("Enter both times of every window.").to_owned())
}

fn allowed(count: usize, most: Option<usize>) -> Result<(), String> {
    match most {
        Some(most) if count > most => {
            Err(format!(word!("At most {most} are allowed."), most = most))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_read_as_they_were_written() {
        let waits = json!([30, 120, 600]);
        assert_eq!(text_of(waits.as_array().unwrap()), "30, 120, 600");
        assert_eq!(numbers("30, 120,600", Some(10)), Ok(waits.clone()));
        assert_eq!(numbers(" 30;120 600 ", None), Ok(waits));
        let rests = json!([
            { "from": "22:00:00", "until": "01:30:00" },
            { "from": "04:00:00", "until": "23:59:59" },
        ]);
        let text = text_of(rests.as_array().unwrap());
        assert_eq!(text, "22:00-01:30, 04:00-23:59:59");
        assert_eq!(windows(&text, Some(10)), Ok(rests));
    }

    #[test]
    fn what_is_wrong_with_a_list_is_said_in_a_sentence() {
        let refused = |read: Result<Value, String>| read.unwrap_err();
        for text in ["1.5", "30, soon", "-1", ","] {
            let sentence = "Enter whole numbers with commas between them.";
            assert_eq!(refused(numbers(text, None)), sentence, "{text}");
        }
        assert_eq!(refused(numbers("1, 2", Some(1))), "At most 1 are allowed.");
        for text in ["22:00-", "-23:00", "22:00", "22:00-24:30", "soon-later"] {
            let sentence = "Enter both times of every window.";
            assert_eq!(refused(windows(text, None)), sentence, "{text}");
        }
        let same = "A window ends at another time than it begins.";
        assert_eq!(refused(windows("22:00-22:00", None)), same);
        let two = windows("22:00-23:00, 01:00-02:00", Some(1));
        assert_eq!(refused(two), "At most 1 are allowed.");
    }
}
