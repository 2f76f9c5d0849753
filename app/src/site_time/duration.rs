//! How long something took or takes, as people say it.

/// Whole seconds: `42 s`, `3 min 05 s`, `1 h 02 min`.
pub fn duration(seconds: i64) -> String {
    match seconds {
        ..60 => t!("{seconds} s", seconds),
        60..3600 => t!(
            "{minutes} min {seconds} s",
            minutes = seconds / 60,
            seconds = format!("{:02}", seconds % 60)
        ),
        _ => duration_of_minutes(seconds / 60),
    }
}

/// Whole minutes: `42 min`, `1 h 02 min`.
pub fn duration_of_minutes(minutes: i64) -> String {
    match minutes {
        ..60 => t!("{minutes} min", minutes),
        _ => t!(
            "{hours} h {minutes} min",
            hours = minutes / 60,
            minutes = format!("{:02}", minutes % 60)
        ),
    }
}

/// An age in whole minutes, which may be of days: `42 min`, `1 h 02 min`, `3 d 4 h`.
pub fn age_of_minutes(minutes: i64) -> String {
    match minutes {
        ..1440 => duration_of_minutes(minutes),
        more => t!(
            "{days} d {hours} h",
            days = more / 1440,
            hours = more % 1440 / 60
        ),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::words::Language;
    use leptos::prelude::{Owner, provide_context};

    fn said(language: Language) -> [String; 5] {
        let owner = Owner::new();
        owner.with(|| {
            provide_context(language);
            [
                duration(42),
                duration(185),
                duration(3720),
                duration_of_minutes(7),
                age_of_minutes(4_560),
            ]
        })
    }

    #[test]
    fn durations_are_said_as_people_say_them() {
        let english = ["42 s", "3 min 05 s", "1 h 02 min", "7 min", "3 d 4 h"];
        assert_eq!(said(Language::En), english);
    }

    #[test]
    fn durations_are_said_in_the_readers_language() {
        let russian = ["42 с", "3 мин 05 с", "1 ч 02 мин", "7 мин", "3 д 4 ч"];
        assert_eq!(said(Language::Ru), russian);
    }
}
