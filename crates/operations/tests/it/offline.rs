//! Work without a network: nothing is dropped, nothing counts twice, and what does not fit goes to a lead.

use crate::support::{FINISH_PARTIAL, Site, pick, pick_over, request, undo};
use domain::exception::{Exception, ExceptionKind, ExceptionView};
use domain::operation::{OperationAnswer, OperationRequest, Outcome};
use domain::task::Assignee;
use domain::user::Caller;
use domain::{OperationId, TaskId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, VecDeque};
use testkit::records::dispatch;
use uuid::Uuid;

fn offline(mut request: OperationRequest) -> OperationRequest {
    request.offline = true;
    request
}

async fn inbox(site: &Site) -> Vec<Exception> {
    let (view, kind) = (ExceptionView::Open, Some(ExceptionKind::Review));
    let luka = &site.people.luka;
    let page = store::exceptions::list(&site.store, luka, view, kind, None, 50, site.now());
    page.await.unwrap().rows
}

async fn decide(site: &Site, exception: &Exception, accept: bool) {
    let luka = &site.people.luka;
    operations::reviews::decide(&site.store, luka, exception.id, accept, site.now())
        .await
        .unwrap();
}

fn is_review(answer: &OperationAnswer) -> bool {
    matches!(answer.outcome, Outcome::Review { .. })
}

/// A document of team Alfa, so that both workers may work on it.
async fn shared(site: &Site, number: &str, lines: &[(&str, i64)]) -> TaskId {
    let content = dispatch(number, lines);
    site.dispatches(std::slice::from_ref(&content)).await;
    let alfa = Assignee::Team(site.people.alfa);
    site.given_to(number, alfa).await.task.id
}

#[tokio::test]
async fn a_claimed_line_takes_only_its_owners_offline_work() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    site.act(jelena, task, pick(line, "1")).await;

    let late = offline(request(task, pick(line, "2")));
    let answer = site.submit(marko, &late).await;
    assert!(is_review(&answer), "{answer:?}");
    assert_eq!(site.submit(marko, &late).await, answer);
    assert_eq!(site.line("1", "A").await.done, Decimal::from(1));
    let own = site
        .submit(jelena, &offline(request(task, pick(line, "1"))))
        .await;
    assert_eq!(own.outcome, Outcome::Accepted);
    // With the network there, both see each other and both may pick.
    site.act(marko, task, pick(line, "1")).await;
    assert_eq!(site.line("1", "A").await.done, Decimal::from(3));

    let rows = inbox(&site).await;
    assert_eq!(rows.len(), 1);
    assert!(
        rows[0].detail.contains("worked without a network on A: 2"),
        "{}",
        rows[0].detail
    );
}

#[tokio::test]
async fn a_lead_accepts_offline_work_for_the_person_who_did_it_or_rejects_it() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6), ("B", 6)]).await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    for code in ["A", "B"] {
        let line = site.line("1", code).await.id;
        site.act(jelena, task, pick(line, "1")).await;
        for _ in 0..2 {
            let answer = site
                .submit(marko, &offline(request(task, pick(line, "1"))))
                .await;
            assert!(is_review(&answer), "{answer:?}");
        }
    }
    // Together by line and person: two rows, not four.
    let rows = inbox(&site).await;
    assert_eq!(rows.len(), 2);
    for row in &rows {
        decide(&site, row, row.detail.contains(" on A:")).await;
    }
    assert!(inbox(&site).await.is_empty());
    assert_eq!(site.line("1", "A").await.done, Decimal::from(3));
    assert_eq!(site.line("1", "B").await.done, Decimal::from(1));
    let credited = "select count(*) from operations o join users u on u.id = o.credited_user_id
                    where u.login = 'marko' and o.accepted";
    assert_eq!(site.number(credited).await, 2);
    let again =
        operations::reviews::decide(&site.store, &site.people.luka, rows[0].id, true, site.now());
    assert!(matches!(again.await, Err(operations::Error::Conflict(_))));
    let worker = operations::reviews::decide(&site.store, marko, rows[0].id, true, site.now());
    assert!(matches!(worker.await, Err(operations::Error::Forbidden(_))));
}

#[tokio::test]
async fn offline_work_on_a_task_that_was_finished_or_given_away_is_not_lost() {
    let site = Site::open().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let closed = shared(&site, "1", &[("A", 6)]).await;
    let given = shared(&site, "2", &[("A", 6)]).await;
    site.act(jelena, closed, FINISH_PARTIAL).await;
    site.given_to("2", Assignee::Worker(site.people.jelena.user_id))
        .await;
    for (number, task) in [("1", closed), ("2", given)] {
        let line = site.line(number, "A").await.id;
        let answer = site
            .submit(marko, &offline(request(task, pick(line, "2"))))
            .await;
        assert!(is_review(&answer), "{answer:?}");
    }
    for row in inbox(&site).await {
        decide(&site, &row, true).await;
    }
    for number in ["1", "2"] {
        assert_eq!(
            site.line(number, "A").await.done,
            Decimal::from(2),
            "{number}"
        );
    }
}

#[tokio::test]
async fn an_act_that_waits_for_a_lead_can_be_taken_back_by_its_worker() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    site.act(jelena, task, pick(line, "1")).await;
    let late = offline(request(task, pick(line, "2")));
    assert!(is_review(&site.submit(marko, &late).await));
    let back = site
        .submit(marko, &offline(request(task, undo(late.id))))
        .await;
    assert_eq!(back.outcome, Outcome::Accepted);
    assert!(inbox(&site).await.is_empty());
    assert_eq!(site.line("1", "A").await.done, Decimal::from(1));
}

#[tokio::test]
async fn accepted_offline_work_settles_the_finished_document_it_belongs_to() {
    let site = Site::open().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    site.act(jelena, task, pick(line, "4")).await;
    site.act(jelena, task, FINISH_PARTIAL).await;
    let late = offline(request(task, pick(line, "2")));
    assert!(is_review(&site.submit(marko, &late).await));
    let partial = "select count(*) from documents where number = '1' and status = 'partial'";
    assert_eq!(site.number(partial).await, 1);
    decide(&site, &inbox(&site).await[0], true).await;
    let done = "select count(*) from documents where number = '1' and status = 'done' and lines_done = lines_wms";
    assert_eq!(site.number(done).await, 1);
}

#[tokio::test]
async fn accepted_offline_work_on_an_untouched_document_begins_it() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6)]).await;
    site.given_to("1", Assignee::Worker(site.people.jelena.user_id))
        .await;
    let line = site.line("1", "A").await.id;
    let late = offline(request(task, pick(line, "2")));
    assert!(is_review(&site.submit(&site.people.marko, &late).await));
    decide(&site, &inbox(&site).await[0], true).await;
    let begun = "select count(*) from documents where number = '1' and status = 'in_progress'";
    assert_eq!(site.number(begun).await, 1);
}

#[tokio::test]
async fn accepted_offline_work_on_a_line_the_erp_took_off_raises_a_conflict() {
    let site = Site::open().await;
    let marko = &site.people.marko;
    let task = shared(&site, "1", &[("A", 6), ("B", 1)]).await;
    let line = site.line("1", "A").await.id;
    site.dispatches(&[dispatch("1", &[("B", 1)])]).await;
    let late = offline(request(task, pick(line, "2")));
    assert!(is_review(&site.submit(marko, &late).await));
    decide(&site, &inbox(&site).await[0], true).await;
    let document = site.document("1").await;
    let removed = document.lines.iter().find(|known| known.id == line);
    let conflict = removed.unwrap().conflict.as_deref().unwrap();
    assert!(conflict.contains("but 2 is already done"), "{conflict}");
    assert_eq!(document.document.conflicts, 1);
}

#[tokio::test]
async fn what_is_accepted_carries_an_id_that_no_device_can_guess() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    site.act(jelena, task, pick(line, "1")).await;
    for _ in 0..2 {
        let late = offline(request(task, pick(line, "1")));
        assert!(is_review(&site.submit(marko, &late).await));
    }
    decide(&site, &inbox(&site).await[0], true).await;
    let related = "select count(*) from (
            select a.id as accepted, uuid_send(a.id) as bytes from operations a
            join users u on u.id = a.credited_user_id where u.login = 'marko' and a.accepted
        ) a
        join operation_reviews r on true
        where substr(uuid_send(r.operation_id), 5, 6) = substr(a.bytes, 5, 6)";
    assert_eq!(site.number(related).await, 0);
    let accepted = "select count(*) from operations o join users u on u.id = o.credited_user_id
                    where u.login = 'marko' and o.accepted";
    assert_eq!(site.number(accepted).await, 2);
}

#[tokio::test]
async fn what_was_done_and_taken_back_offline_counts_for_nothing_when_the_task_was_given_away() {
    let site = Site::open().await;
    let marko = &site.people.marko;
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    site.given_to("1", Assignee::Worker(site.people.jelena.user_id))
        .await;
    let late = offline(request(task, pick(line, "6")));
    assert!(is_review(&site.submit(marko, &late).await));
    let back = offline(request(task, undo(late.id)));
    assert_eq!(site.submit(marko, &back).await.outcome, Outcome::Accepted);
    assert!(inbox(&site).await.is_empty());
    assert_eq!(site.line("1", "A").await.done, Decimal::ZERO);
}

#[tokio::test]
async fn offline_work_that_no_lead_could_accept_is_refused() {
    let site = Site::open().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    site.act(jelena, task, FINISH_PARTIAL).await;
    let split = offline(request(task, pick(line, "0.5")));
    let answer = site.submit(marko, &split).await;
    assert!(
        matches!(answer.outcome, Outcome::Refused { .. }),
        "{answer:?}"
    );
    assert!(inbox(&site).await.is_empty());
}

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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let site = runtime.block_on(Site::open());
    let config = Config {
        cases: 32,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let case = std::cell::Cell::new(0);
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
        .run(&steps(), |steps| {
            case.set(case.get() + 1);
            let number = format!("case-{}", case.get());
            runtime.block_on(async {
                let mut world = World::open(&site, number).await;
                for step in &steps {
                    world.take(step).await;
                }
                world.settle().await;
            });
            Ok(())
        })
        .unwrap();
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

    fn make(&mut self, who: usize, action: domain::operation::FloorAction) {
        let device = &mut self.devices[who];
        let mut request = request(self.task, action);
        request.offline = device.cut;
        if !matches!(request.action, domain::operation::FloorAction::Undo { .. }) {
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
            domain::operation::FloorAction::Pick {
                line_id, quantity, ..
            } => {
                *self.expected.entry(line_id.0).or_default() += quantity.value();
            }
            domain::operation::FloorAction::Undo { operation_id } => {
                let (target, answer) = &self.made[&operation_id];
                let counted = answer
                    .as_ref()
                    .is_some_and(|a| a.outcome == Outcome::Accepted);
                if let (
                    true,
                    domain::operation::FloorAction::Pick {
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
            if let domain::operation::FloorAction::Pick { quantity, .. } = act.request.action {
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
