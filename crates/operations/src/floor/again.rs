//! Acts that were sent before: a device that did not hear the answer sends them again.

use crate::{Error, Result};
use domain::operation::{OperationAnswer, OperationRequest};
use domain::user::Caller;
use domain::{OperationId, UserId};
use std::collections::HashMap;
use store::floor::StoredOperation;
use store::{Scope, Store};

/// The answer of an act that was taken before, to who sends the same again. Another content, or another
/// person, under its id is refused.
pub(crate) fn sent_before(
    caller: &Caller,
    request: &OperationRequest,
    (user, stored): (UserId, OperationRequest),
    answer: OperationAnswer,
) -> Result<OperationAnswer> {
    // Whether it was done without a network may be known better by now.
    let same = OperationRequest {
        offline: request.offline,
        ..stored
    };
    match user == caller.user_id && same == *request {
        true => Ok(answer),
        false => Err(Error::Conflict(
            "This operation id was used for something else.".to_owned(),
        )),
    }
}

/// Which acts of a batch were taken before, read at once: after a cut line a device sends all that it
/// has no answer to, and most of it is old.
#[derive(Debug)]
pub struct Known(HashMap<OperationId, StoredOperation>);

impl Known {
    /// Those of these ids. When one of them cannot be read, none is known: each is looked up by itself
    /// then, and what cannot be read holds up none of the others.
    pub async fn of(store: &Store, caller: &Caller, ids: &[OperationId]) -> Result<Self> {
        let mut tx = store.begin(Scope::from(caller)).await?;
        let stored = match store::floor::find_all(&mut tx, ids).await {
            Err(store::Error::Inconsistent { .. }) => Vec::new(),
            other => other?,
        };
        Ok(Self(
            stored
                .into_iter()
                .map(|one| (one.request.id, one))
                .collect(),
        ))
    }

    /// The answer that the caller got, or would have got. None when there is none, or the id was used
    /// for something else: [`super::submit`] says so.
    pub fn answer(
        &mut self,
        caller: &Caller,
        request: &OperationRequest,
    ) -> Option<OperationAnswer> {
        let stored = self.0.remove(&request.id)?;
        sent_before(
            caller,
            request,
            (stored.user_id, stored.request),
            stored.answer,
        )
        .ok()
    }
}
