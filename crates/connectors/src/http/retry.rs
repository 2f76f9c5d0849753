//! Repeats a read for a few seconds.

use crate::{Error, ErrorKind, Retry};
use backon::ExponentialBuilder;
use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::time::Duration;

/// First wait; doubles, each with up to as much again at random, so that callers spread.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(4);
/// Least wait after "too many requests".
const BUSY_WAIT: Duration = Duration::from_secs(1);
/// What an upstream asks for beyond this is not waited for here: the caller is told.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits between `attempts` tries.
pub(crate) fn backoff(attempts: u32) -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_jitter()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_max_times(usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX))
}

/// Whether it can pass within seconds.
pub(crate) fn passes_soon(error: &Error) -> bool {
    match error.retry() {
        Retry::Never => false,
        Retry::Later => true,
        Retry::After(wait) => wait <= PATIENCE,
    }
}

/// The wait before the next try: the upstream's word, if it gave one, before ours.
pub(crate) fn wait(error: &Error, planned: Option<Duration>) -> Option<Duration> {
    let planned = planned?;
    Some(match error.retry() {
        Retry::After(asked) => asked,
        _ if error.kind() == ErrorKind::RateLimited => planned.max(BUSY_WAIT),
        _ => planned,
    })
}

/// `Retry-After` as seconds or as a date; a date that has passed is no wait.
pub(crate) fn asked_wait(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    Some((date - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &'static str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
        asked_wait(&headers, "2026-11-21T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            asked("Sat, 21 Nov 2026 09:00:30 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(asked("Sat, 21 Nov 2026 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
    }

    #[test]
    fn what_an_upstream_asks_for_is_waited_for_only_when_short() {
        let busy = |seconds| {
            Error::new(ErrorKind::RateLimited, "items", "x")
                .retry_after(Duration::from_secs(seconds))
        };
        assert!(passes_soon(&busy(5)));
        assert!(!passes_soon(&busy(60)));
        assert_eq!(
            wait(&busy(3), Some(FIRST_WAIT)),
            Some(Duration::from_secs(3))
        );
        assert_eq!(wait(&busy(3), None), None);
    }

    #[test]
    fn without_a_word_too_fast_waits_at_least_a_second() {
        let busy = Error::new(ErrorKind::RateLimited, "items", "x");
        assert_eq!(wait(&busy, Some(FIRST_WAIT)), Some(BUSY_WAIT));
    }
}
