//! Where a pass goes on.

use super::page::Read;
use crate::{Error, ErrorKind};

/// Where a pass goes on: rows to skip, and what is remembered of the page before.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub offset: u64,
    before: Option<Before>,
}

#[derive(Debug, PartialEq, Eq)]
struct Before {
    full: bool,
    first_key: String,
}

/// What a page means for the pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It goes on from here.
    On(String),
    /// It is complete.
    Complete,
    /// It is complete, and this page was the last one once more.
    Repeated,
}

impl Position {
    /// Reads what [`Self::next`] wrote: offset, `full` or `short`, first key.
    pub fn parse(text: Option<&str>, operation: &'static str) -> Result<Self, Error> {
        let Some(text) = text else {
            return Ok(Self::default());
        };
        let mut parts = text.splitn(3, ':');
        let offset = parts.next().and_then(|offset| offset.parse().ok());
        let full = parts.next().map(|word| word == "full");
        match (offset, full, parts.next()) {
            (Some(offset), Some(full), Some(first_key)) => Ok(Self {
                offset,
                before: Some(Before {
                    full,
                    first_key: first_key.to_owned(),
                }),
            }),
            _ => {
                let message = format!(
                    "The place to go on from, \"{text}\", is not one of Pantheon's. Start a new \
                     run."
                );
                Err(Error::new(ErrorKind::Rejected, operation, message))
            }
        }
    }

    /// What comes after this page. There is no total on the wire, and a page that is not full may
    /// have been cut short: only an empty one is the end.
    pub fn next<T>(
        &self,
        page: &Read<T>,
        limit: u32,
        operation: &'static str,
    ) -> Result<Step, Error> {
        if page.rows == 0 {
            return Ok(Step::Complete);
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let full = page.rows >= limit;
        match &self.before {
            Some(before) if before.first_key == page.first_key && before.full => {
                let message = format!(
                    "Pantheon serves the same page of {operation} again and again (from row {}): \
                     it does not apply the offset. Check the dialect in the settings.",
                    self.offset
                );
                Err(Error::new(ErrorKind::Malformed, operation, message))
            }
            // A gateway that ignores the offset gave all it has at once.
            Some(before) if before.first_key == page.first_key => Ok(Step::Repeated),
            _ => {
                // A row sent twice must not make us skip another: reading one again is harmless.
                let passed = if full { limit } else { page.rows - page.twins };
                let passed = u64::try_from(passed).unwrap_or(u64::MAX);
                let offset = self.offset.saturating_add(passed);
                let word = if full { "full" } else { "short" };
                Ok(Step::On(format!("{offset}:{word}:{}", page.first_key)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(first_key: &str, rows: usize) -> Read<()> {
        Read {
            first_key: first_key.into(),
            rows,
            ..Read::default()
        }
    }

    fn after(position: &Position, page: &Read<()>) -> Position {
        match position.next(page, 1000, "items").unwrap() {
            Step::On(text) => Position::parse(Some(&text), "items").unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pass_goes_on_by_the_rows_it_got_until_an_empty_page() {
        let second = after(&Position::default(), &page("A:13", 1000));
        assert_eq!(second.offset, 1000);
        let third = after(&second, &page("B", 400));
        assert_eq!(third.offset, 1400);
        let end = third.next(&page("", 0), 1000, "items").unwrap();
        assert_eq!(end, Step::Complete);
        assert!(Position::parse(Some("elsewhere"), "items").is_err());
    }

    #[test]
    fn a_row_sent_twice_skips_no_other() {
        let with_twin = |rows| Read {
            twins: 1,
            ..page("A", rows)
        };
        assert_eq!(after(&Position::default(), &with_twin(1001)).offset, 1000);
        assert_eq!(after(&Position::default(), &with_twin(501)).offset, 500);
    }

    #[test]
    fn the_same_page_again_is_an_error_when_full_and_the_end_when_short() {
        let full = page("A:13", 1000);
        let again = after(&Position::default(), &full).next(&full, 1000, "items");
        assert_eq!(again.unwrap_err().kind(), ErrorKind::Malformed);
        let short = page("A:13", 400);
        let again = after(&Position::default(), &short).next(&short, 1000, "items");
        assert_eq!(again.unwrap(), Step::Repeated);
    }
}
