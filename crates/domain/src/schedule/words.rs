//! Cron lines as people say them.

use crate::word;
use crate::words::Say;

const DAYS: [&str; 8] = [
    word!("Sunday"),
    word!("Monday"),
    word!("Tuesday"),
    word!("Wednesday"),
    word!("Thursday"),
    word!("Friday"),
    word!("Saturday"),
    word!("Sunday"),
];

/// The line in words, for example "Every day at 02:00", as `say` says them; lines of unusual shape are
/// told by their fields.
pub fn in_words(cron: &str, say: Say) -> String {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return say(word!("Not a cron line"), None, &[]);
    };
    let daily = matches!((*day, *month, *weekday), ("*", "*", "*" | "0-6" | "1-7"));
    match (times(minute, hour, say), days(day, month, weekday, say)) {
        (Some(Times { words, every: true }), Some(_)) if daily => capital(&words),
        (Some(Times { words, .. }), Some(days)) => format!("{days} {words}"),
        _ => {
            let fields = [
                ("minute", (*minute).to_owned()),
                ("hour", (*hour).to_owned()),
                ("day", (*day).to_owned()),
                ("month", (*month).to_owned()),
                ("weekday", (*weekday).to_owned()),
            ];
            let text = word!(
                "At minute {minute}, hour {hour}, day {day}, month {month}, weekday {weekday}"
            );
            say(text, None, &fields)
        }
    }
}

/// When on a day, and whether it is again and again.
struct Times {
    words: String,
    every: bool,
}

fn times(minute: &str, hour: &str, say: Say) -> Option<Times> {
    let again = |words| Some(Times { words, every: true });
    if let Some(minutes) = step(minute) {
        let every = every_minutes(minutes, say);
        if hour == "*" {
            return again(every);
        }
        let (from, to) = range(hour)?;
        let (from, to) = (format!("{from:02}:00"), format!("{to:02}:59"));
        let values = [("every", every), ("from", from), ("to", to)];
        return again(say(word!("{every} from {from} to {to}"), None, &values));
    }
    let minute = number(minute, 59)?;
    if let Some(hours) = step(hour) {
        let every = every_hours(hours, say);
        let values = [("every", every), ("minute", format!("{minute:02}"))];
        return again(say(word!("{every}, at minute {minute}"), None, &values));
    }
    if let Some((from, to)) = range(hour) {
        let (from, to) = (
            format!("{from:02}:{minute:02}"),
            format!("{to:02}:{minute:02}"),
        );
        let values = [("from", from), ("to", to)];
        return again(say(word!("every hour from {from} to {to}"), None, &values));
    }
    let hours: Option<Vec<String>> = hour
        .split(',')
        .map(|hour| number(hour, 23).map(|hour| format!("{hour:02}:{minute:02}")))
        .collect();
    let values = [("times", listed(&hours?, say))];
    let words = say(word!("at {times}"), None, &values);
    Some(Times {
        words,
        every: false,
    })
}

fn days(day: &str, month: &str, weekday: &str, say: Say) -> Option<String> {
    match (day, month, weekday) {
        ("*", "*", "*" | "0-6" | "1-7") => Some(say(word!("Every day"), None, &[])),
        ("*", "*", "1-5") => Some(say(word!("Monday to Friday"), None, &[])),
        ("*", "*", days) => {
            let days: Option<Vec<String>> = days
                .split(',')
                .map(|day| Some(say(DAYS.get(number(day, 7)? as usize)?, None, &[])))
                .collect();
            let values = [("days", listed(&days?, say))];
            Some(say(word!("On {days}"), None, &values))
        }
        (day, "*", "*") => {
            let values = [("day", number(day, 31)?.to_string())];
            Some(say(word!("On day {day} of the month"), None, &values))
        }
        _ => None,
    }
}

/// The step of `*` or `*/n`.
fn step(field: &str) -> Option<u32> {
    match field {
        "*" => Some(1),
        _ => number(field.strip_prefix("*/")?, 59),
    }
}

fn range(field: &str) -> Option<(u32, u32)> {
    let (from, to) = field.split_once('-')?;
    Some((number(from, 23)?, number(to, 23)?))
}

fn number(field: &str, most: u32) -> Option<u32> {
    field.parse().ok().filter(|number| *number <= most)
}

fn every_minutes(count: u32, say: Say) -> String {
    match count {
        1 => say(word!("every minute"), None, &[]),
        more => say(
            word!("every {count} minutes"),
            None,
            &[("count", more.to_string())],
        ),
    }
}

fn every_hours(count: u32, say: Say) -> String {
    match count {
        1 => say(word!("every hour"), None, &[]),
        more => say(
            word!("every {count} hours"),
            None,
            &[("count", more.to_string())],
        ),
    }
}

fn listed(parts: &[String], say: Say) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            let values = [("some", first.join(", ")), ("last", last.clone())];
            say(word!("{some} and {last}"), None, &values)
        }
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use crate::words::english;

    #[test]
    fn the_usual_lines_are_told_in_words() {
        for (cron, words) in [
            ("0 2 * * *", "Every day at 02:00"),
            ("30 2 * * *", "Every day at 02:30"),
            ("0 */2 * * *", "Every 2 hours, at minute 00"),
            ("30 */2 * * *", "Every 2 hours, at minute 30"),
            ("*/15 * * * *", "Every 15 minutes"),
            (
                "*/10 6-21 * * 1-5",
                "Monday to Friday every 10 minutes from 06:00 to 21:59",
            ),
            ("0 6,14,22 * * *", "Every day at 06:00, 14:00 and 22:00"),
            ("5 * * * *", "Every hour, at minute 05"),
            ("15 3 * * 0", "On Sunday at 03:15"),
            ("15 3 * * 1,4", "On Monday and Thursday at 03:15"),
            ("0 4 1 * *", "On day 1 of the month at 04:00"),
        ] {
            assert_eq!(in_words(cron, english), words, "{cron}");
        }
    }

    #[test]
    fn an_unusual_line_is_told_by_its_fields_and_nonsense_is_called_so() {
        assert_eq!(
            in_words("1-5 3 * 1 *", english),
            "At minute 1-5, hour 3, day *, month 1, weekday *"
        );
        assert_eq!(in_words("every day", english), "Not a cron line");
    }
}
