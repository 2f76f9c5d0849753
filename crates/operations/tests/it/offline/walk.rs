//! Any order of two devices, imports and cuts of the network, against what the answers say.

use super::{decide, inbox, shared};
use crate::support::{Site, pick_over, request, undo};
use crate::walks::Walks;
use domain::exception::Exception;
use domain::operation::{FloorAction, OperationAnswer, OperationRequest, Outcome};
use domain::user::Caller;
use domain::{OperationId, TaskId};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, VecDeque};
use testkit::records::dispatch;
use uuid::Uuid;

/// What can happen next.
#[derive(Debug, Clone)]
enum Step {
    /// A person works on their device, with a network or without.
    Pick(usize, usize, u32),
    /// A person takes their newest act back.
    Undo(usize),
    /// The network of a device goes or comes.
    Network(usize, bool),
    /// A device sends so many of its acts; the answers of the last so many are lost on their way.
    Send(usize, usize, usize),
    /// The ERP's document becomes this.
    Edit(Vec<(usize, i64)>),
    /// A lead decides what waits longest.
    Decide(bool),
}

const CODES: [&str; 3] = ["A", "B", "C"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lines = vec((0..CODES.len(), 1..9_i64), 1..4);
    let step = prop_oneof![
        6 => (0..2_usize, 0..6_usize, 1..4_u32).prop_map(|(who, line, n)| Step::Pick(who, line, n)),
        2 => (0..2_usize).prop_map(Step::Undo),
        3 => (0..2_usize, any::<bool>()).prop_map(|(who, up)| Step::Network(who, up)),
        4 => (0..2_usize, 1..5_usize, 0..3_usize).prop_map(|(who, n, lost)| Step::Send(who, n, lost)),
        1 => lines.prop_map(Step::Edit),
        2 => any::<bool>().prop_map(Step::Decide),
    ];
    vec(step, 1..22)
}

#[test]
fn any_interleaving_of_two_devices_imports_and_network_cuts_loses_and_doubles_nothing() {
    let walks = Walks::open();
    let site = &walks.site;
    walks.run(32, &steps(), async |case, steps| {
        let mut world = World::open(site, format!("case-{case}")).await;
        for step in &steps {
            world.take(step).await;
        }
        world.settle().await;
    });
}

/// A handheld: what it did and did not hear an answer to.
#[derive(Default)]
struct Device {
    cut: bool,
    queue: VecDeque<OperationRequest>,
    /// Acts that can be taken back, newest last.
    done: Vec<OperationId>,
}

/// What should be so, told from the answers alone.
struct World<'a> {
    site: &'a Site,
    number: String,
    task: TaskId,
    devices: [Device; 2],
    /// Every act ever made, with its first answer.
    made: BTreeMap<OperationId, (OperationRequest, Option<OperationAnswer>)>,
    expected: BTreeMap<i64, Decimal>,
}

impl<'a> World<'a> {
    async fn open(site: &'a Site, number: String) -> Self {
        let task = shared(site, &number, &[("A", 4), ("B", 3)]).await;
        Self {
            site,
            number,
            task,
            devices: Default::default(),
            made: BTreeMap::new(),
            expected: BTreeMap::new(),
        }
    }

    fn worker(&self, who: usize) -> &'a Caller {
        [&self.site.people.marko, &self.site.people.jelena][who]
    }

    async fn take(&mut self, step: &Step) {
        match step {
            Step::Pick(who, line, quantity) => {
                let lines = self.site.document(&self.number).await.lines;
                let line = lines[line % lines.len()].id;
                self.make(*who, pick_over(line, &quantity.to_string()));
            }
            Step::Undo(who) => {
                if let Some(id) = self.devices[*who].done.pop() {
                    self.make(*who, undo(id));
                }
            }
            Step::Network(who, up) => self.devices[*who].cut = !up,
            Step::Send(who, count, lost) => self.send(*who, *count, *lost).await,
            Step::Edit(lines) => {
                let lines: Vec<_> = lines.iter().map(|(item, n)| (CODES[*item], *n)).collect();
                let content = dispatch(&self.number, &lines);
                self.site.dispatches(std::slice::from_ref(&content)).await;
            }
            Step::Decide(accept) => self.decide(*accept).await,
        }
    }

    fn make(&mut self, who: usize, action: FloorAction) {
        let device = &mut self.devices[who];
        let mut request = request(self.task, action);
        request.offline = device.cut;
        if !matches!(request.action, FloorAction::Undo { .. }) {
            device.done.push(request.id);
        }
        self.made.insert(request.id, (request.clone(), None));
        device.queue.push_back(request);
    }

    /// In order; what is not heard stays and is sent again.
    async fn send(&mut self, who: usize, count: usize, lost: usize) {
        if self.devices[who].cut {
            return;
        }
        let batch: Vec<_> = self.devices[who]
            .queue
            .iter()
            .take(count)
            .cloned()
            .collect();
        let heard = batch.len().saturating_sub(lost);
        for (place, request) in batch.iter().enumerate() {
            let answer = self.site.submit(self.worker(who), request).await;
            self.hear(request.id, answer);
            if place < heard {
                self.devices[who].queue.pop_front();
            }
        }
    }

    fn hear(&mut self, id: OperationId, answer: OperationAnswer) {
        let (request, known) = self.made.get_mut(&id).unwrap();
        if let Some(known) = known {
            assert_eq!(*known, answer, "the same id answers the same");
            return;
        }
        *known = Some(answer.clone());
        let request = request.clone();
        if answer.outcome != Outcome::Accepted {
            return;
        }
        match request.action {
            FloorAction::Pick {
                line_id, quantity, ..
            } => {
                *self.expected.entry(line_id.0).or_default() += quantity.value();
            }
            FloorAction::Undo { operation_id } => {
                let (target, answer) = &self.made[&operation_id];
                let counted = answer
                    .as_ref()
                    .is_some_and(|a| a.outcome == Outcome::Accepted);
                if let (
                    true,
                    FloorAction::Pick {
                        line_id, quantity, ..
                    },
                ) = (counted, &target.action)
                {
                    *self.expected.entry(line_id.0).or_default() -= quantity.value();
                }
            }
            _ => {}
        }
    }

    async fn waiting(&self) -> Vec<Exception> {
        let mut rows = inbox(self.site).await;
        rows.retain(|row| {
            row.subject.starts_with(&format!("{} ", self.number)) || row.subject == self.number
        });
        rows
    }

    async fn decide(&mut self, accept: bool) {
        let Some(first) = self.waiting().await.into_iter().next() else {
            return;
        };
        let mut tx = self
            .site
            .store
            .begin(store::Scope::from(&self.site.people.luka))
            .await
            .unwrap();
        let acts = store::reviews::waiting(&mut tx, first.id).await.unwrap();
        drop(tx);
        decide(self.site, &first, accept).await;
        for act in acts.iter().filter(|_| accept) {
            if let FloorAction::Pick { quantity, .. } = act.request.action {
                *self.expected.entry(act.line_id.0).or_default() += quantity.value();
            }
        }
    }

    /// The network is back, everything is sent, a lead decides the rest: nothing is missing.
    async fn settle(&mut self) {
        for who in 0..2 {
            self.devices[who].cut = false;
            while !self.devices[who].queue.is_empty() {
                self.send(who, 3, 0).await;
            }
        }
        while !self.waiting().await.is_empty() {
            self.decide(true).await;
        }
        for (id, (request, answer)) in &self.made {
            assert!(answer.is_some(), "{id} was never answered: {request:?}");
        }
        for line in self.site.document(&self.number).await.lines {
            let wanted = self.expected.get(&line.id.0).copied().unwrap_or_default();
            assert_eq!(line.done, wanted.normalize(), "{line:?}");
        }
        let ids: Vec<Uuid> = self.made.keys().map(|id| id.0).collect();
        let stored: i64 = sqlx::query_scalar("select count(*) from operations where id = any($1)")
            .bind(&ids)
            .fetch_one(&self.site.admin)
            .await
            .unwrap();
        assert_eq!(
            stored,
            i64::try_from(ids.len()).unwrap(),
            "each act is stored once"
        );
    }
}
