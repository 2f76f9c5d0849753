//! A person decides where an edit in the ERP contradicts what the floor did.

use crate::{Error, Result, audit, documents, require, tasks, write_back};
use chrono::{DateTime, Utc};
use domain::document::{OpenConflict, Resolution, SeenConflict, check_resolution};
use domain::live::Topic;
use domain::permission::Permission;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{LineId, OperationId};
use rust_decimal::Decimal;
use serde_json::json;
use store::conflicts::Correction;
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// Settles what waits on a line. Accepting the ERP takes back what is done beyond its quantity, by an
/// appended operation of that `id`, and gives a finished document back to the floor when something is
/// left to do on the line. Keeping the floor's figure changes nothing but says why.
pub async fn resolve(
    store: &Store,
    caller: &Caller,
    line: LineId,
    seen: SeenConflict,
    resolution: &Resolution,
    id: OperationId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AssignTasks)?;
    check_resolution(resolution).map_err(|sentence| Error::Invalid(sentence.to_owned()))?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let document = store::conflicts::document_of(&mut tx, caller, line)
        .await?
        .ok_or(Error::NotFound("conflict"))?;
    store::documents::lock(&mut tx, &[document.0]).await?;
    let found = store::conflicts::find(&mut tx, line).await?;
    let conflict =
        found.ok_or_else(|| Error::Conflict("Nothing waits on this line any more.".to_owned()))?;
    if conflict.seen() != seen {
        return Err(Error::Conflict(
            "This line changed while you looked at it. Read it again and decide then.".to_owned(),
        ));
    }
    let decision = Decision {
        caller,
        conflict,
        now,
    };
    decision.carry_out(&mut tx, resolution, id).await?;
    Ok(tx.commit().await?)
}

struct Decision<'a> {
    caller: &'a Caller,
    conflict: OpenConflict,
    now: DateTime<Utc>,
}

impl Decision<'_> {
    async fn carry_out(&self, tx: &mut Tx, resolution: &Resolution, id: OperationId) -> Result<()> {
        let (document, line) = (self.conflict.document_id, self.conflict.line_id);
        let accepts = *resolution == Resolution::AcceptErp;
        let taken_back = if accepts {
            self.take_back(tx, id).await?
        } else {
            Decimal::ZERO
        };
        store::conflicts::clear(tx, line).await?;
        documents::count_and_task(tx, &[document.0], self.now).await?;
        let mut reopened = false;
        if accepts && self.conflict.document_status.is_final() {
            reopened = store::conflicts::reopen(tx, document, line, self.now).await?;
            store::documents::settle_status(tx, document, self.now).await?;
            if taken_back > Decimal::ZERO && !reopened {
                let company = self.caller.company_id;
                write_back::document_finished(tx, company, document, id, self.now).await?;
            }
        }
        self.tell_people(tx, resolution, taken_back, reopened)
            .await?;
        self.tell_screens(tx).await
    }

    /// What is done beyond the ERP's quantity goes back, as an operation of its own.
    async fn take_back(&self, tx: &mut Tx, id: OperationId) -> Result<Decimal> {
        let OpenConflict {
            done, after, kind, ..
        } = &self.conflict;
        let surplus = done - after.max(&Decimal::ZERO);
        if surplus <= Decimal::ZERO {
            return Ok(Decimal::ZERO);
        }
        let task = store::conflicts::task_of(tx, self.conflict.document_id).await?;
        let (task, warehouse) = task.ok_or(Error::NotFound("task"))?;
        let correction = Correction {
            id,
            task,
            warehouse,
            line: self.conflict.line_id,
            quantity: -surplus,
            user: self.caller.user_id,
            facts: json!({
                "conflict": kind.as_str(),
                "before": self.conflict.before,
                "after": after,
                "done": done,
            }),
        };
        match store::conflicts::correct(tx, self.caller, &correction, self.now).await {
            Err(store::Error::Taken { .. }) => Err(Error::Conflict(
                "This operation id was used for something else.".to_owned(),
            )),
            other => {
                other?;
                Ok(surplus.normalize())
            }
        }
    }

    async fn tell_people(
        &self,
        tx: &mut Tx,
        resolution: &Resolution,
        taken_back: Decimal,
        reopened: bool,
    ) -> Result<()> {
        let conflict = &self.conflict;
        let mut text = match resolution {
            Resolution::AcceptErp => format!(
                "The ERP's {} {} of {} stands.",
                conflict.after, conflict.uom, conflict.item_code
            ),
            Resolution::KeepFloor { reason } => format!(
                "The floor's {} {} of {} stands: {}.",
                conflict.done,
                conflict.uom,
                conflict.item_code,
                reason.trim().trim_end_matches('.')
            ),
        };
        if !taken_back.is_zero() {
            text.push_str(&format!(" {taken_back} {} taken back.", conflict.uom));
        }
        if reopened {
            text.push_str(" The document is open again.");
        }
        let mut entries = NewEntries::default();
        entries.push(conflict.document_id, TimelineKind::Resolved, text);
        let (company, name) = (self.caller.company_id, &self.caller.name);
        store::timeline::record(tx, company, &entries, name, None, self.now).await?;
        let facts = json!({
            "item": conflict.item_code,
            "conflict": conflict.kind.as_str(),
            "before": conflict.before,
            "after": conflict.after,
            "done": conflict.done,
            "resolution": resolution,
            "taken_back": taken_back,
            "reopened": reopened,
        });
        let (number, now) = (&conflict.number, self.now);
        audit::by_person(tx, self.caller, "CONFLICT_RESOLVED", number, facts, now).await
    }

    async fn tell_screens(&self, tx: &mut Tx) -> Result<()> {
        let document = self.conflict.document_id;
        let company = self.caller.company_id;
        let mut topics = vec![
            Topic::Document(document.0),
            Topic::Documents,
            Topic::Tasks,
            Topic::Exceptions,
        ];
        let task = store::tasks::of_document(tx, company, document).await?;
        if let Some(task) = &task {
            topics.push(Topic::Board(task.warehouse_id.0));
            topics.extend(tasks::holders(tx, task).await?);
        }
        let warehouse = task.map(|task| task.warehouse_id);
        Ok(store::live::publish(tx, company, warehouse, &topics, "resolved").await?)
    }
}
