//! Sessions, their CSRF tokens, and what a session has written without committing it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use sha2::{Digest, Sha256};

use super::world::World;
use crate::frame::open;

/// Sessions by their cookie.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    opened: u64,
    open: HashMap<String, Option<String>>,
    contexts: HashMap<String, World>,
}

impl Sessions {
    /// The session of this cookie, or a new one; whether it is new.
    pub fn enter(&self, cookie: Option<&str>) -> (String, bool) {
        let mut inner = self.inner();
        if let Some(known) = cookie.filter(|cookie| inner.open.contains_key(*cookie)) {
            return (known.to_owned(), false);
        }
        let id = inner.fresh("session");
        inner.open.insert(id.clone(), None);
        (id, true)
    }

    /// The session's token, made when it is first asked for.
    pub fn token(&self, session: &str) -> String {
        let mut inner = self.inner();
        let fresh = inner.fresh("token");
        let token = inner.open.entry(session.to_owned()).or_default();
        token.get_or_insert(fresh).clone()
    }

    pub fn accepts(&self, session: &str, token: Option<&str>) -> bool {
        let inner = self.inner();
        let known = inner.open.get(session).and_then(Option::as_deref);
        known.is_some() && known == token
    }

    /// Ends every session with its token and with what it has not committed.
    pub fn end_all(&self) {
        let mut inner = self.inner();
        inner.open.clear();
        inner.contexts.clear();
    }

    /// Keeps what a stateful session has written so far; its name.
    pub fn stage(&self, context: Option<&str>, world: World) -> String {
        let mut inner = self.inner();
        let id = match context {
            Some(id) => id.to_owned(),
            None => inner.fresh("context"),
        };
        inner.contexts.insert(id.clone(), world);
        id
    }

    /// Takes what a session has staged.
    pub fn take(&self, context: &str) -> Option<World> {
        self.inner().contexts.remove(context)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        open(&self.0)
    }
}

impl Inner {
    fn fresh(&mut self, what: &str) -> String {
        self.opened += 1;
        let digest = Sha256::digest(format!("{what} {}", self.opened));
        digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
