//! One person's acts, one after the other, each at its time.

use super::Worked;
use super::plan::{Stint, roll};
use crate::seed::Error;
use chrono::{DateTime, TimeDelta, Utc};
use domain::operation::{FloorAction, OperationRequest, Outcome};
use domain::picking::TaskLine;
use domain::shortage::ShortageReason;
use domain::task::{Assignee, Priority};
use domain::task_list::{TaskAct, TaskChange};
use domain::user::Caller;
use domain::{OperationId, Quantity, TaskId, TeamId};
use rust_decimal::Decimal;
use store::Store;
use uuid::Uuid;

const DEVICE: &str = "Demo handheld";
/// Of so many lines one is short.
const SHORT_ONE_IN: i64 = 250;
/// Of so many lines one is picked, taken back and picked again.
const UNDONE_ONE_IN: i64 = 90;

/// A worker with the lead who gives out the work.
pub(super) struct Hands<'a> {
    pub(super) store: &'a Store,
    pub(super) lead: &'a Caller,
    pub(super) worker: &'a Caller,
    pub(super) team: Option<TeamId>,
    pub(super) now: DateTime<Utc>,
}

impl Hands<'_> {
    /// Does what began before now, and lines up what comes next.
    pub(super) async fn work(&self, stints: &[Stint]) -> Result<Worked, Error> {
        let mut worked = Worked::default();
        let mut waiting = 0;
        for stint in stints {
            if stint.starts_at < self.now {
                self.give(
                    stint.task,
                    Assignee::Worker(self.worker.user_id),
                    stint.starts_at,
                )
                .await?;
                self.stint(stint, &mut worked).await?;
            } else {
                self.line_up(stint.task, waiting).await?;
                waiting += 1;
            }
        }
        Ok(worked)
    }

    /// What is next is given out, the rest waits for the lead.
    async fn line_up(&self, task: TaskId, place: i64) -> Result<(), Error> {
        match (place, self.team) {
            (0, _) => {
                self.give(task, Assignee::Worker(self.worker.user_id), self.now)
                    .await?
            }
            (1, Some(team)) => self.give(task, Assignee::Team(team), self.now).await?,
            _ => {}
        }
        if place == 0 && roll(task.0, 2, 2) == 0 {
            let act = TaskAct::SetPriority(Priority::Urgent);
            let change = TaskChange {
                suggested: Vec::new(),
                tasks: vec![task],
                act,
            };
            operations::tasks::change(self.store, self.lead, &change, self.now).await?;
        }
        Ok(())
    }

    async fn give(&self, task: TaskId, to: Assignee, at: DateTime<Utc>) -> Result<(), Error> {
        operations::tasks::assign(self.store, self.lead, task, to, at).await?;
        Ok(())
    }

    async fn stint(&self, stint: &Stint, worked: &mut Worked) -> Result<(), Error> {
        let lines = store::tasks::get(self.store, self.worker, stint.task)
            .await?
            .lines;
        let mut hand = InHand {
            hands: self,
            task: stint.task,
            at: stint.starts_at,
            acts: 0,
            last: None,
        };
        hand.send(FloorAction::Claim).await?;
        let mut short = false;
        for line in lines.iter().filter(|line| line.is_open()) {
            hand.at += stint.a_line;
            if hand.at >= self.now {
                worked.acts += hand.acts;
                return Ok(());
            }
            short |= hand.line(line).await?;
        }
        hand.at = (hand.at + TimeDelta::seconds(20)).min(self.now);
        if hand
            .send(FloorAction::Finish {
                partial_confirmed: short,
            })
            .await?
        {
            worked.finished += 1;
        }
        worked.acts += hand.acts;
        Ok(())
    }
}

/// A task being worked on.
struct InHand<'a> {
    hands: &'a Hands<'a>,
    task: TaskId,
    at: DateTime<Utc>,
    acts: usize,
    last: Option<OperationId>,
}

impl InHand<'_> {
    /// Works on a line; true when it stays short.
    async fn line(&mut self, line: &TaskLine) -> Result<bool, Error> {
        if roll(line.id.0, 5, SHORT_ONE_IN) == 0 {
            return self.short(line).await;
        }
        if roll(line.id.0, 6, UNDONE_ONE_IN) == 0
            && self.pick(line, line.remaining()).await?
            && let Some(operation_id) = self.last
        {
            self.send(FloorAction::Undo { operation_id }).await?;
        }
        self.pick(line, line.remaining()).await?;
        Ok(false)
    }

    async fn short(&mut self, line: &TaskLine) -> Result<bool, Error> {
        let found = (line.remaining() / Decimal::TWO).floor();
        if !found.is_zero() {
            self.pick(line, found).await?;
        }
        let reasons = [
            ShortageReason::NotInStock,
            ShortageReason::NotInStock,
            ShortageReason::Damaged,
            ShortageReason::NotFound,
        ];
        let chosen = usize::try_from(roll(line.id.0, 7, 4)).unwrap_or(0);
        let reason = reasons
            .get(chosen)
            .copied()
            .unwrap_or(ShortageReason::NotInStock);
        self.send(FloorAction::Short {
            line_id: line.id,
            reason,
            text: None,
        })
        .await
    }

    async fn pick(&mut self, line: &TaskLine, quantity: Decimal) -> Result<bool, Error> {
        let Ok(quantity) = Quantity::new(quantity) else {
            return Ok(false);
        };
        let scanned = line.barcodes.first().filter(|_| roll(line.id.0, 8, 8) > 0);
        self.send(FloorAction::Pick {
            line_id: line.id,
            quantity,
            scanned: scanned.cloned(),
            over_confirmed: false,
        })
        .await
    }

    /// Sends an act; true when it counts.
    async fn send(&mut self, action: FloorAction) -> Result<bool, Error> {
        self.acts += 1;
        let number = (u128::from(self.task.0.unsigned_abs()) << 64)
            | u128::from(self.at.timestamp().unsigned_abs() << 20)
            | self.acts as u128;
        let request = OperationRequest {
            id: OperationId(Uuid::from_u128(number)),
            task_id: self.task,
            made_at: self.at,
            device: DEVICE.to_owned(),
            offline: false,
            action,
        };
        self.last = Some(request.id);
        let answer =
            operations::floor::submit(self.hands.store, self.hands.worker, &request, self.at)
                .await?;
        Ok(answer.outcome == Outcome::Accepted)
    }
}
