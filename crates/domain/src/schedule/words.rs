//! Cron lines as people say them.

const DAYS: [&str; 8] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// The line in words, for example "Every day at 02:00"; lines of unusual shape are told by their
/// fields.
pub fn in_words(cron: &str) -> String {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return "Not a cron line".to_owned();
    };
    match (times(minute, hour), days(day, month, weekday)) {
        (Some(times), Some(days)) => match (days.as_str(), times.strip_prefix('e')) {
            ("Every day", Some(rest)) => format!("E{rest}"),
            _ => format!("{days} {times}"),
        },
        _ => {
            format!("At minute {minute}, hour {hour}, day {day}, month {month}, weekday {weekday}")
        }
    }
}

fn times(minute: &str, hour: &str) -> Option<String> {
    let every_minutes = step(minute);
    if let Some(minutes) = every_minutes {
        return match hour {
            "*" => Some(every(minutes, "minute")),
            _ => {
                let (from, to) = range(hour)?;
                let every = every(minutes, "minute");
                Some(format!("{every} from {from:02}:00 to {to:02}:59"))
            }
        };
    }
    let minute = number(minute, 59)?;
    if let Some(hours) = step(hour) {
        return Some(format!("{}, at minute {minute:02}", every(hours, "hour")));
    }
    if let Some((from, to)) = range(hour) {
        return Some(format!(
            "every hour from {from:02}:{minute:02} to {to:02}:{minute:02}"
        ));
    }
    let hours: Option<Vec<String>> = hour
        .split(',')
        .map(|hour| number(hour, 23).map(|hour| format!("{hour:02}:{minute:02}")))
        .collect();
    Some(format!("at {}", listed(&hours?)))
}

fn days(day: &str, month: &str, weekday: &str) -> Option<String> {
    match (day, month, weekday) {
        ("*", "*", "*" | "0-6" | "1-7") => Some("Every day".to_owned()),
        ("*", "*", "1-5") => Some("Monday to Friday".to_owned()),
        ("*", "*", days) => {
            let days: Option<Vec<String>> = days
                .split(',')
                .map(|day| {
                    DAYS.get(number(day, 7)? as usize)
                        .map(|day| (*day).to_owned())
                })
                .collect();
            Some(format!("On {}", listed(&days?)))
        }
        (day, "*", "*") => Some(format!("On day {} of the month", number(day, 31)?)),
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

fn every(count: u32, what: &str) -> String {
    match count {
        1 => format!("every {what}"),
        more => format!("every {more} {what}s"),
    }
}

fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

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
            assert_eq!(in_words(cron), words, "{cron}");
        }
    }

    #[test]
    fn an_unusual_line_is_told_by_its_fields_and_nonsense_is_called_so() {
        assert_eq!(
            in_words("1-5 3 * 1 *"),
            "At minute 1-5, hour 3, day *, month 1, weekday *"
        );
        assert_eq!(in_words("every day"), "Not a cron line");
    }
}
