//! Where the messages that wait begin, as this node saw it a moment ago. While somebody's transaction stays
//! open, the database keeps what was settled since in its indexes: without a mark each claim would walk
//! through all of it.

use chrono::{DateTime, TimeDelta, Utc};
use std::time::{Duration, Instant};
use store::outbox::Marks;

/// Messages are due from the moment at which their change was made, and can be seen once it is committed:
/// so long a change may take without being overlooked for a while.
pub(super) const CHANGE: TimeDelta = TimeDelta::seconds(5);
/// After a look at everything, so many times what it took passes before the next one,
const PART: u32 = 20;
/// but no more than this.
const LONGEST: Duration = Duration::from_secs(10);

/// What is known. A look at everything from time to time finds what came before a mark after all: a change
/// that took longer, what a clock that jumped made due.
#[derive(Debug, Default)]
pub(super) struct Lookout {
    known: Marks,
    whole_again: Option<Instant>,
    /// A look is on its way, and nothing was forgotten since it began.
    looking: bool,
}

impl Lookout {
    /// Where a claim may begin to look; nowhere in particular after a clock was moved back.
    pub(super) fn known(&mut self, now: DateTime<Utc>) -> Marks {
        if self
            .known
            .lanes
            .values()
            .any(|mark| mark.due + CHANGE > now)
        {
            self.known = Marks::default();
        }
        self.known.clone()
    }

    /// From where on to look where messages begin; everywhere when it is time for that.
    pub(super) fn look(&mut self, began: Instant, now: DateTime<Utc>) -> Marks {
        self.looking = true;
        match self.whole_again {
            Some(again) if began < again => self.known(now),
            _ => Marks::default(),
        }
    }

    /// What a look that began then, from there on, found; of no use when all was forgotten meanwhile.
    pub(super) fn learn(&mut self, from: &Marks, found: Marks, began: Instant) {
        if !std::mem::take(&mut self.looking) {
            return;
        }
        if *from == Marks::default() {
            let ended = Instant::now();
            let pause = ended.duration_since(began).saturating_mul(PART);
            self.whole_again = Some(ended + pause.min(LONGEST));
        }
        self.known = found;
    }

    /// Leases before it are gone.
    pub(super) fn first_lease(&self) -> i64 {
        self.known.lease
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use store::outbox::Mark;

    const LANE: &str = "webhook:1";

    /// What is known after a look at everything that took a second.
    fn after(due: DateTime<Utc>) -> Lookout {
        let (mut marks, long_ago) = (Lookout::default(), Instant::now() - Duration::from_secs(1));
        let from = marks.look(long_ago, due + CHANGE);
        assert_eq!(from, Marks::default(), "nothing is known");
        marks.learn(&from, from_there_on(due), long_ago);
        marks
    }

    fn from_there_on(due: DateTime<Utc>) -> Marks {
        let mark = Mark { due, seq: 7 };
        Marks {
            lanes: HashMap::from([(LANE.to_owned(), mark)]),
            lease: 3,
        }
    }

    #[test]
    fn claims_and_looks_begin_where_messages_waited_a_moment_ago() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(due);
        assert_eq!(marks.known(due + CHANGE), from_there_on(due));
        assert_eq!(marks.look(Instant::now(), due + CHANGE), from_there_on(due));
        assert_eq!(marks.first_lease(), 3);
    }

    #[test]
    fn what_was_seen_before_all_was_forgotten_is_of_no_use() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let (mut marks, began) = (after(due), Instant::now());
        let from = marks.look(began, due + CHANGE);
        marks = Lookout::default();
        marks.learn(&from, from.clone(), began);
        assert_eq!(marks.known(due + CHANGE), Marks::default());
    }

    #[test]
    fn a_look_from_a_mark_on_moves_it_and_puts_off_no_look_at_everything() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(due);
        let again = marks.whole_again;
        let from = marks.look(Instant::now(), due + CHANGE);
        let later = due + TimeDelta::minutes(1);
        marks.learn(&from, from_there_on(later), Instant::now());
        assert_eq!(marks.known(later + CHANGE), from_there_on(later));
        assert_eq!(marks.whole_again, again);
    }

    #[test]
    fn everything_is_looked_at_again_after_a_while() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(due);
        let later = Instant::now() + LONGEST;
        assert_eq!(marks.look(later, due + CHANGE), Marks::default());
    }

    #[test]
    fn a_clock_that_was_moved_back_makes_nothing_known() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(due);
        let back = due - TimeDelta::minutes(30);
        assert_eq!(marks.known(back), Marks::default());
        assert_eq!(marks.first_lease(), 0);
    }
}
