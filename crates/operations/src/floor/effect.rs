//! What an accepted act does to its line and document.

use super::{Act, Effect};
use domain::document::DocumentStatus;
use domain::picking::TaskLine;
use domain::scanning::Goods;
use domain::shortage::ShortageReason;
use domain::task::TaskState;
use domain::timeline::TimelineKind;
use rust_decimal::Decimal;

impl Act<'_> {
    pub(super) fn claim(&self) -> Effect {
        let timeline = (self.task.state == TaskState::Open)
            .then(|| (TimelineKind::Claimed, "Work began.".to_owned()));
        Effect {
            timeline,
            ..Effect::none(self.caller)
        }
    }

    pub(super) fn pick(&self, line: &TaskLine, quantity: Decimal, goods: Goods) -> Effect {
        let done = (line.done + quantity).normalize();
        let label = match goods.is_empty() {
            true => String::new(),
            false => format!(" ({goods})"),
        };
        let text = format!(
            "{} {} of {} {}: {} of {}{label}.",
            quantity.normalize(),
            line.unit(quantity),
            line.item_code,
            line.item_name,
            done,
            line.requested
        );
        let text = match line.is_unexpected() {
            true => format!("{text} It is not on the document."),
            false => text,
        };
        // A line that was short and is complete now needs no reason any more.
        let complete = line.done + quantity >= line.requested;
        Effect {
            line: Some(line.id),
            quantity,
            reason: line.reason.filter(|_| !complete),
            reason_text: line.reason_text.clone().filter(|_| !complete),
            goods,
            timeline: Some((TimelineKind::Picked, text)),
            ..Effect::none(self.caller)
        }
    }

    pub(super) fn short(
        &self,
        line: &TaskLine,
        reason: ShortageReason,
        text: Option<&str>,
    ) -> Effect {
        let words = text.map(str::trim).filter(|text| !text.is_empty());
        let detail = words.map(|words| format!(" ({words})")).unwrap_or_default();
        let missing = line.remaining().normalize();
        let sentence = format!(
            "{missing} {} of {} missing: {}{detail}.",
            line.unit(missing),
            line.item_code,
            reason.label()
        );
        Effect {
            line: Some(line.id),
            reason: Some(reason),
            reason_text: words.map(str::to_owned),
            timeline: Some((TimelineKind::Shortage, sentence)),
            ..Effect::none(self.caller)
        }
    }

    pub(super) fn finish(&self, status: DocumentStatus) -> Effect {
        let text = match status {
            DocumentStatus::Done => "Finished in full.".to_owned(),
            _ if self.lines.len() == 1 => "Finished, and its line is not complete.".to_owned(),
            _ => format!(
                "Finished with {} of {} lines complete.",
                self.task.lines_done,
                self.lines.len()
            ),
        };
        Effect {
            finished: Some(status),
            timeline: Some((TimelineKind::Finished, text)),
            ..Effect::none(self.caller)
        }
    }
}
