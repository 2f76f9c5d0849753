//! Function modules over SOAP, and what becomes of what they write.

use super::super::faults::FaultKind;
use super::super::modules::Call;
use super::super::reply::Reply;
use super::super::soap;
use super::{BUSY_USER, Came};

impl Came<'_> {
    /// Calls a module. What it writes is kept when it commits itself, staged when a session is open,
    /// and lost otherwise.
    pub(super) fn soap(&mut self) -> Reply {
        let Some(function) = soap::function(self.body) else {
            return soap::fault("SYSTEM_FAILURE", "XML parser error");
        };
        self.module = Some(function.name.clone());
        if self.fault == Some(FaultKind::Aborted) {
            return soap::aborted(&function.name);
        }
        let config = self.handle.config();
        if config.read_only && soap::writes(&function.name) {
            return soap::fault(
                "ERROR",
                "You have no authorization to change bills of material",
            );
        }
        let sessions = &self.handle.state().sessions;
        let locks = self.handle.locks();
        let context = self.cookie("sap-contextid").map(str::to_owned);
        let staged = context
            .as_deref()
            .and_then(|context| sessions.take(context));
        let mut world = self.handle.world();
        let mut changed = staged.clone().unwrap_or_else(|| world.clone());
        let mut call = Call {
            world: &mut changed,
            config,
            now: self.handle.now(),
            locks: &locks,
            blocked_by: (self.fault == Some(FaultKind::Locked)).then_some(BUSY_USER),
            wrote: false,
        };
        let reply = soap::answer(&mut call, &function);
        let wrote = call.wrote;
        let commits = function.name == "BAPI_TRANSACTION_COMMIT" && call.blocked_by.is_none();
        let own = function.value("FL_COMMIT_AND_WAIT") == "X";
        let opens = config.keeps_sessions && self.query.contains("sap-sessioncmd=open");
        if reply.accepted() && ((wrote && own) || (commits && staged.is_some())) {
            *world = changed;
            self.wrote = true;
            return reply;
        }
        match wrote && opens {
            true => {
                let context = sessions.stage(context.as_deref(), changed);
                reply.with("set-cookie", format!("sap-contextid={context}; path=/"))
            }
            false => reply,
        }
    }
}
