//! The process order service.

use super::super::bills;
use super::super::faults::{Access, FaultKind};
use super::super::orders;
use super::super::query::{Options, Target};
use super::super::reply::Reply;
use super::{BUSY_USER, Came};

impl Came<'_> {
    pub(super) fn orders(&mut self, rest: &str) -> Reply {
        let config = self.handle.config();
        if config.read_only && self.access == Access::Write {
            let message = "You have no authorization to create process orders";
            return Reply::refusal(403, "CO/500", message);
        }
        if self.access == Access::Write && self.fault == Some(FaultKind::Locked) {
            return bills::locked("", BUSY_USER);
        }
        let Some(target) = Target::parse(rest) else {
            return Reply::absent();
        };
        let asked = orders::Asked {
            method: self.method.as_str(),
            target,
            options: Options::parse(self.query),
            body: self.body,
            now: self.handle.now(),
            plant: &config.plant,
            if_match: self.header("if-match"),
        };
        let (reply, wrote) = orders::execute(&mut self.handle.world(), &asked);
        self.wrote = wrote;
        reply
    }
}
