//! Goods that came with a receipt without standing on it.

use super::Act;
use crate::Result;
use domain::ItemId;
use domain::document::DocumentKind;
use domain::operation::FloorAction;
use domain::picking::{self, Refusal, TaskLine};
use domain::scanning::Scan;
use store::Tx;

impl Act<'_> {
    /// Finds the line that such goods go to, or makes it: off the document, until they count. Other
    /// acts need none.
    pub(super) async fn place_unexpected(
        &mut self,
        tx: &mut Tx,
    ) -> Result<std::result::Result<(), Refusal>> {
        let FloorAction::Unexpected { scanned, quantity } = &self.request.action else {
            return Ok(Ok(()));
        };
        if let Err(refusal) = self.check_place(tx).await? {
            return Ok(Err(refusal));
        }
        let (id, item) = match self.item(tx, scanned).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(refusal) = picking::check_unexpected(&item, *quantity) {
            return Ok(Err(refusal));
        }
        let line = self.line_for(tx, id, &item).await?;
        self.unexpected = Some(line.id);
        if self.lines.iter().all(|known| known.id != line.id) {
            self.lines.push(line);
        }
        Ok(Ok(()))
    }

    /// What would refuse the act whatever came of it leaves no line behind.
    async fn check_place(&self, tx: &mut Tx) -> Result<std::result::Result<(), Refusal>> {
        if self.task.kind != DocumentKind::Receipt {
            return Ok(Err(Refusal::NotReceiving));
        }
        if !self.request.offline
            && let Err(refusal) = self.check_holder()
        {
            return Ok(Err(refusal));
        }
        Ok(self.goods(tx).await?.map(drop))
    }

    async fn item(
        &self,
        tx: &mut Tx,
        scanned: &str,
    ) -> Result<std::result::Result<(ItemId, TaskLine), Refusal>> {
        let scan = match Scan::read(scanned) {
            Ok(scan) => scan,
            Err(error) => {
                let problem = error.to_string();
                return Ok(Err(Refusal::BadLabel { problem }));
            }
        };
        let found = match scan.item_text() {
            Some(text) => store::unexpected::item(tx, self.caller.company_id, &text).await?,
            None => None,
        };
        Ok(found.ok_or_else(|| Refusal::UnknownItem {
            scanned: scan.shown(),
        }))
    }

    async fn line_for(&self, tx: &mut Tx, id: ItemId, item: &TaskLine) -> Result<TaskLine> {
        let document = self.task.document_id;
        if let Some(line) = store::unexpected::line_of(tx, document, id).await? {
            return Ok(line);
        }
        let company = self.caller.company_id;
        let line = store::unexpected::add(tx, company, document, (id, item), self.now).await?;
        Ok(TaskLine {
            id: line,
            ..item.clone()
        })
    }
}
