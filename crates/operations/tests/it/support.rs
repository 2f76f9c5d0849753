//! A site with a catalogue, documents and people at work.

use chrono::{DateTime, TimeDelta, Utc};
use domain::document::{
    DocumentDetail, DocumentFilter, DocumentKind, DocumentLine, DocumentRecord,
};
use domain::exception::{Exception, ExceptionKind, ExceptionView};
use domain::item::ItemRecord;
use domain::operation::{FloorAction, OperationAnswer, OperationRequest, Outcome};
use domain::picking::Refusal;
use domain::task::{Assignee, TaskDetail};
use domain::user::Caller;
use domain::{ConnectionId, LineId, OperationId, Quantity, SyncRunId, TaskId};
use operations::sync_runs::Records;
use sqlx::PgPool;
use store::Store;
use testkit::clock::TestClock;
use testkit::db::TestDatabase;
use testkit::people::People;
use testkit::{records, traces, upstream};
use uuid::Uuid;

/// Tables that an import writes.
pub const IMPORTED: [&str; 7] = [
    "items",
    "item_barcodes",
    "mappings",
    "documents",
    "document_lines",
    "tasks",
    "timeline_entries",
];

pub struct Site {
    pub store: Store,
    pub people: People,
    pub clock: TestClock,
    pub connection: ConnectionId,
    /// Sees every row.
    pub admin: PgPool,
    _database: TestDatabase,
}

impl Site {
    /// People, a connection, and the items A, B, C and D.
    pub async fn open() -> Self {
        let database = TestDatabase::create().await;
        let store = database.store();
        let clock = TestClock::default();
        let people = People::settle(&store, clock.now()).await;
        let connection = upstream::silent(&store, &people, clock.now()).await;
        let site = Self {
            admin: traces::superuser(&database),
            store,
            people,
            clock,
            connection,
            _database: database,
        };
        let items = ["A", "B", "C", "D"].map(records::item);
        site.items(&items).await;
        site
    }

    /// The same with one dispatch, given to team Alfa.
    pub async fn with_task(lines: &[(&str, i64)]) -> (Self, TaskDetail) {
        let site = Self::open().await;
        site.dispatches(&[records::dispatch("1", lines)]).await;
        let task = site.given_to("1", Assignee::Team(site.people.alfa)).await;
        (site, task)
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// What waits for the lead of a kind, as it was found last.
    pub async fn inbox(&self, kind: ExceptionKind) -> Vec<Exception> {
        let (luka, view) = (&self.people.luka, ExceptionView::Open);
        let page =
            store::exceptions::list(&self.store, luka, view, Some(kind), None, 50, self.now());
        page.await.unwrap().rows
    }

    /// The same after a look at what there is now.
    pub async fn found(&self, kind: ExceptionKind) -> Vec<Exception> {
        operations::exceptions::detect(&self.store, self.now())
            .await
            .unwrap();
        self.inbox(kind).await
    }

    pub async fn items(&self, items: &[ItemRecord]) -> SyncRunId {
        self.bring(Records::Items(items.to_vec())).await
    }

    pub async fn dispatches(&self, documents: &[DocumentRecord]) -> SyncRunId {
        self.bring(Records::Documents(documents.to_vec())).await
    }

    /// A page, a minute later than whatever was before.
    pub async fn bring(&self, records: Records) -> SyncRunId {
        self.clock.pass(TimeDelta::minutes(1));
        let (store, people) = (&self.store, &self.people);
        upstream::bring(store, people, self.connection, records, self.now()).await
    }

    pub async fn find_document(&self, number: &str) -> Option<DocumentDetail> {
        let filter = DocumentFilter {
            q: Some(number.to_owned()),
            ..DocumentFilter::default()
        };
        let (store, ana) = (&self.store, &self.people.ana);
        let list = store::documents::list(store, ana, DocumentKind::Dispatch, &filter, None, 100);
        let rows = list.await.unwrap().rows;
        let row = rows.into_iter().find(|row| row.number == number)?;
        Some(store::documents::get(store, ana, row.id).await.unwrap())
    }

    pub async fn document(&self, number: &str) -> DocumentDetail {
        self.find_document(number).await.unwrap()
    }

    /// The line of an item that is still on the document.
    pub async fn line(&self, number: &str, code: &str) -> DocumentLine {
        let lines = self.document(number).await.lines;
        let mut lines = lines.into_iter().filter(|line| line.item_code == code);
        lines.next().unwrap()
    }

    /// Gives a document's task to somebody.
    pub async fn given_to(&self, number: &str, to: Assignee) -> TaskDetail {
        let task = self.document(number).await.task.unwrap();
        let luka = &self.people.luka;
        operations::tasks::assign(&self.store, luka, task.id, to, self.now())
            .await
            .unwrap();
        store::tasks::get(&self.store, luka, task.id).await.unwrap()
    }

    pub async fn submit(&self, caller: &Caller, request: &OperationRequest) -> OperationAnswer {
        self.try_submit(caller, request).await.unwrap()
    }

    pub async fn try_submit(
        &self,
        caller: &Caller,
        request: &OperationRequest,
    ) -> operations::Result<OperationAnswer> {
        self.clock.pass(TimeDelta::seconds(1));
        operations::floor::submit(&self.store, caller, request, self.now()).await
    }

    /// Submits an act that is to be accepted; returns its id.
    pub async fn act(&self, caller: &Caller, task: TaskId, action: FloorAction) -> OperationId {
        let request = request(task, action);
        let answer = self.submit(caller, &request).await;
        assert_eq!(answer.outcome, Outcome::Accepted);
        request.id
    }

    /// Submits an act that is to be refused; returns why.
    pub async fn refused(&self, caller: &Caller, task: TaskId, action: FloorAction) -> Refusal {
        match self.submit(caller, &request(task, action)).await.outcome {
            Outcome::Refused { refusal, .. } => refusal,
            other => panic!("{other:?}"),
        }
    }

    pub async fn number(&self, query: &'static str) -> i64 {
        traces::number(&self.admin, query).await
    }
}

/// An act with a fresh id.
pub fn request(task: TaskId, action: FloorAction) -> OperationRequest {
    OperationRequest {
        id: OperationId(Uuid::new_v4()),
        task_id: task,
        made_at: testkit::clock::start(),
        device: "TC21-07".to_owned(),
        offline: false,
        action,
    }
}

/// A typed pick without confirmation.
pub fn pick(line_id: LineId, quantity: &str) -> FloorAction {
    FloorAction::Pick {
        line_id,
        quantity: quantity.parse::<Quantity>().unwrap(),
        scanned: None,
        over_confirmed: false,
    }
}

/// A pick whose person confirmed taking more.
pub fn pick_over(line_id: LineId, quantity: &str) -> FloorAction {
    FloorAction::Pick {
        line_id,
        quantity: quantity.parse::<Quantity>().unwrap(),
        scanned: None,
        over_confirmed: true,
    }
}

pub fn undo(operation_id: OperationId) -> FloorAction {
    FloorAction::Undo { operation_id }
}

pub const FINISH: FloorAction = FloorAction::Finish {
    partial_confirmed: false,
};
pub const FINISH_PARTIAL: FloorAction = FloorAction::Finish {
    partial_confirmed: true,
};
