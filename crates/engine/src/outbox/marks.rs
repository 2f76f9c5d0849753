//! Where the messages that wait begin, as this node saw it a moment ago. While somebody's transaction stays
//! open, the database keeps what was settled since in its indexes: without a mark each claim would walk
//! through all of it.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::outbox::Mark;

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
pub(super) struct Marks {
    known: HashMap<String, Mark>,
    whole_again: Option<Instant>,
    /// A look is on its way, and nothing was forgotten since it began.
    looking: bool,
}

impl Marks {
    /// Where a claim may begin to look; nowhere in particular after a clock was moved back.
    pub(super) fn known(&mut self, now: DateTime<Utc>) -> HashMap<String, Mark> {
        if self.known.values().any(|mark| mark.due + CHANGE > now) {
            self.known.clear();
        }
        self.known.clone()
    }

    /// From where on to look where messages begin; everywhere when it is time for that.
    pub(super) fn look(&mut self, began: Instant, now: DateTime<Utc>) -> HashMap<String, Mark> {
        self.looking = true;
        match self.whole_again {
            Some(again) if began < again => self.known(now),
            _ => HashMap::new(),
        }
    }

    /// What a look that began then, from there on, found; of no use when all was forgotten meanwhile.
    pub(super) fn learn(
        &mut self,
        from: &HashMap<String, Mark>,
        found: HashMap<String, Mark>,
        began: Instant,
    ) {
        if !std::mem::take(&mut self.looking) {
            return;
        }
        if from.is_empty() {
            let ended = Instant::now();
            let pause = ended.duration_since(began).saturating_mul(PART);
            self.whole_again = Some(ended + pause.min(LONGEST));
        }
        self.known = found;
    }

    /// Leases before it are gone.
    pub(super) fn first_lease(&self) -> i64 {
        let leases = self.known.values().map(|mark| mark.lease);
        leases.max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANE: &str = "webhook:1";

    /// What is known after a look at everything that took a second.
    fn after(due: DateTime<Utc>) -> Marks {
        let (mut marks, long_ago) = (Marks::default(), Instant::now() - Duration::from_secs(1));
        let from = marks.look(long_ago, due + CHANGE);
        assert!(from.is_empty(), "nothing is known");
        let found = HashMap::from([(LANE.to_owned(), mark(due))]);
        marks.learn(&from, found, long_ago);
        marks
    }

    fn mark(due: DateTime<Utc>) -> Mark {
        Mark {
            due,
            seq: 7,
            lease: 3,
        }
    }

    #[test]
    fn claims_and_looks_begin_where_messages_waited_a_moment_ago() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(due);
        assert_eq!(marks.known(due + CHANGE)[LANE], mark(due));
        assert_eq!(marks.look(Instant::now(), due + CHANGE)[LANE], mark(due));
        assert_eq!(marks.first_lease(), 3);
    }

    #[test]
    fn what_was_seen_before_all_was_forgotten_is_of_no_use() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let (mut marks, began) = (after(due), Instant::now());
        let from = marks.look(began, due + CHANGE);
        marks = Marks::default();
        marks.learn(&from, from.clone(), began);
        assert!(marks.known(due + CHANGE).is_empty());
    }

    #[test]
    fn a_look_from_a_mark_on_moves_it_and_puts_off_no_look_at_everything() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(due);
        let again = marks.whole_again;
        let from = marks.look(Instant::now(), due + CHANGE);
        let later = due + TimeDelta::minutes(1);
        let found = HashMap::from([(LANE.to_owned(), mark(later))]);
        marks.learn(&from, found, Instant::now());
        assert_eq!(marks.known(later + CHANGE)[LANE], mark(later));
        assert_eq!(marks.whole_again, again);
    }

    #[test]
    fn everything_is_looked_at_again_after_a_while() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(due);
        let later = Instant::now() + LONGEST;
        assert!(marks.look(later, due + CHANGE).is_empty());
    }

    #[test]
    fn a_clock_that_was_moved_back_makes_nothing_known() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(due);
        assert!(marks.known(due - TimeDelta::minutes(30)).is_empty());
        assert_eq!(marks.first_lease(), 0);
    }
}
