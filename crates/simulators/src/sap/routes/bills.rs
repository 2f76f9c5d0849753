//! The bill of materials service: one request, or units of changes that are executed whole or not.

use super::super::batch::{self, Answers, Inner, Part};
use super::super::bills::{self, Around, Asked};
use super::super::faults::{Access, FaultKind};
use super::super::query::{Options, Target};
use super::super::reply::Reply;
use super::{BUSY_USER, Came, malformed_batch};

impl Came<'_> {
    pub(super) fn bills(&mut self, rest: &str) -> Reply {
        let config = self.handle.config();
        if config.read_only && self.access == Access::Write {
            let message = "You are not authorized to change bills of material";
            return Reply::refusal(403, "29/500", message);
        }
        if rest.trim_matches('/') == "$batch" {
            return self.changes();
        }
        let inner = Inner {
            method: self.method.to_string(),
            path: rest.to_owned(),
            query: self.query.to_owned(),
            if_match: self.header("if-match").map(str::to_owned),
            body: self.body.to_owned(),
        };
        let (reply, wrote) = self.unit(std::slice::from_ref(&inner));
        self.wrote = wrote;
        match reply {
            Ok(mut replies) => replies.pop().unwrap_or_else(Reply::absent),
            Err(refusal) => refusal,
        }
    }

    fn changes(&mut self) -> Reply {
        let Some(parts) = self.parts() else {
            return malformed_batch();
        };
        let mut answers = Vec::new();
        for part in &parts {
            let inners = match part {
                Part::One(inner) => std::slice::from_ref(inner),
                Part::Unit(inners) => inners.as_slice(),
            };
            let (replies, wrote) = self.unit(inners);
            self.wrote |= wrote;
            answers.push(match (part, replies) {
                (Part::One(_), Ok(mut replies)) => {
                    Answers::One(replies.pop().unwrap_or_else(Reply::absent))
                }
                (Part::Unit(_), Ok(replies)) => Answers::Unit(replies),
                // A unit that failed has one answer for all of it.
                (_, Err(refusal)) => Answers::One(refusal),
            });
        }
        batch::answer(&answers)
    }

    /// Executes all, or nothing and the first refusal; whether something was written.
    fn unit(&self, inners: &[Inner]) -> (Result<Vec<Reply>, Reply>, bool) {
        let locks = self.handle.locks();
        let around = Around {
            now: self.handle.now(),
            plant: &self.handle.config().plant,
            trouble: match self.fault {
                Some(FaultKind::Locked) => Some(bills::locked("", BUSY_USER)),
                Some(FaultKind::Changed) => Some(bills::changed()),
                _ => None,
            },
            locks: &locks,
        };
        let mut world = self.handle.world();
        let mut changed = world.clone();
        let mut replies = Vec::with_capacity(inners.len());
        for inner in inners {
            let Some(target) = Target::parse(&inner.path) else {
                return (Err(Reply::absent()), false);
            };
            let asked = Asked {
                method: &inner.method,
                target,
                options: Options::parse(&inner.query),
                if_match: inner.if_match.as_deref(),
                body: &inner.body,
            };
            let reply = bills::execute(&mut changed, &around, &asked);
            if !reply.accepted() {
                return (Err(reply), false);
            }
            replies.push(reply);
        }
        let writes = inners.iter().any(|inner| inner.method != "GET");
        if writes {
            *world = changed;
        }
        (Ok(replies), writes)
    }
}
