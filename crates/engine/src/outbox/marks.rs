//! Where the messages that wait begin, as this node saw it at its last claims. While somebody's transaction
//! stays open, the database keeps what was settled since in its indexes: without a mark each claim would
//! walk through all of it.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::outbox::{Claimed, Mark};

/// Messages are due from the moment at which their change was made, and can be seen once it is committed:
/// so long a change may take without being overlooked.
const CHANGE: TimeDelta = TimeDelta::seconds(5);
/// After a look at everything, so many times what it took passes before the next one,
const PART: u32 = 20;
/// but no more than this.
const LONGEST: Duration = Duration::from_secs(30);

/// What is known, until the next look at everything. It finds what came before a mark after all: a change
/// that took longer, a step of a saga that came from another account, what a clock that jumped made due.
#[derive(Debug, Default)]
pub(super) struct Marks {
    lanes: HashMap<String, Mark>,
    /// The claim on its way looks at everything.
    whole: bool,
    whole_again: Option<Instant>,
}

impl Marks {
    /// Where a claim may begin to look; nowhere in particular when it is time to look at everything, or a
    /// clock was moved back.
    pub(super) fn known(&mut self, began: Instant, now: DateTime<Utc>) -> HashMap<String, Mark> {
        self.whole = self.whole_again.is_none_or(|again| again <= began);
        let moved_back = |mark: &Mark| mark.due + CHANGE > now;
        if self.whole || self.lanes.values().any(moved_back) {
            self.lanes.clear();
        }
        self.lanes.clone()
    }

    /// What a claim that began then came back with.
    pub(super) fn learn(&mut self, claimed: &[Claimed], began: Instant, now: DateTime<Utc>) {
        if self.whole {
            let ended = Instant::now();
            let pause = ended.duration_since(began).saturating_mul(PART);
            self.whole_again = Some(ended + pause.min(LONGEST));
        }
        let latest = now - CHANGE;
        for message in claimed {
            let mut mark = message.mark;
            if mark.due > latest {
                (mark.due, mark.seq) = (latest, 0);
            }
            self.lanes.insert(message.lane.clone(), mark);
        }
    }

    /// Leases before it are gone.
    pub(super) fn first_lease(&self) -> i64 {
        let leases = self.lanes.values().map(|mark| mark.lease);
        leases.max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{CompanyId, WebhookId};
    use store::outbox::Target;
    use uuid::Uuid;

    const LANE: &str = "webhook:1";

    fn claimed(mark: Mark) -> Claimed {
        Claimed {
            id: Uuid::from_u128(1),
            token: Uuid::nil(),
            lease: mark.lease,
            mark,
            company_id: CompanyId(1),
            event_type: "document.finished".to_owned(),
            target: Target::Webhook(WebhookId(1)),
            lane: LANE.to_owned(),
            at_once: None,
            payload: serde_json::Value::Null,
            correlation_id: String::new(),
            attempts: 0,
            max_attempts: 5,
            outcome_unknown: false,
            undoing: false,
            round: 0,
            rehearsal: false,
            result: false,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    /// What the claim after one that came back with this mark goes by; everything was looked at right before.
    fn after(mark: Mark, now: DateTime<Utc>) -> Marks {
        let mut marks = Marks::default();
        let long_ago = Instant::now() - Duration::from_secs(1);
        assert!(marks.known(long_ago, now).is_empty(), "nothing is known");
        marks.learn(&[claimed(mark)], long_ago, now);
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
    fn a_claim_begins_where_messages_waited_at_the_one_before() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let waited = mark(now - TimeDelta::minutes(1));
        let mut marks = after(waited, now);
        assert_eq!(marks.known(Instant::now(), now)[LANE], waited);
        assert_eq!(marks.first_lease(), 3);
    }

    #[test]
    fn a_change_that_is_committed_late_is_not_overlooked() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut marks = after(mark(now), now);
        let known = marks.known(Instant::now(), now)[LANE];
        assert_eq!((known.due, known.seq), (now - CHANGE, 0));
    }

    #[test]
    fn everything_is_looked_at_again_after_a_while_and_when_a_clock_was_moved_back() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let waited = mark(now - TimeDelta::minutes(1));
        let later = Instant::now() + LONGEST;
        assert!(after(waited, now).known(later, now).is_empty());
        let before = now - TimeDelta::minutes(30);
        assert!(after(waited, now).known(Instant::now(), before).is_empty());
    }
}
