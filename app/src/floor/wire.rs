//! Tasks, lines, answers and acts as JavaScript objects: as the API sends and takes them, and as the
//! device keeps them.

use super::act::{Act, Fate, Refused};
use crate::json::Json;
use chrono::NaiveDate;
use domain::document::DocumentStatus;
use domain::operation::{FloorAction, OperationRequest, UndoableOperation};
use domain::picking::{Pack, TaskLine};
use domain::put_away::{PutAway, PutAwayPlace, SuggestionReason};
use domain::shift::ShiftDay;
use domain::shortage::ShortageReason;
use domain::task::{TaskDetail, TaskState, TaskSummary};
use domain::{
    CountLineId, DocumentId, LineId, OperationId, Quantity, TaskId, TeamId, UserId, WarehouseId,
};
use uuid::Uuid;
use wasm_bindgen::JsValue;

/// A row of the task list; none when it is not one.
pub(super) fn summary(from: &Json) -> Option<TaskSummary> {
    let lines = |name| from.int(name).and_then(|n| i32::try_from(n).ok());
    Some(TaskSummary {
        id: TaskId(from.int("id")?),
        document_id: DocumentId(from.int("document_id")?),
        kind: from.word("kind")?,
        number: from.text("number")?,
        doc_type: from.text("doc_type").unwrap_or_default(),
        // Not shown on the floor.
        dated_on: NaiveDate::MIN,
        partner_name: from.text("partner_name"),
        warehouse_id: WarehouseId(from.int("warehouse_id")?),
        state: from.word("state")?,
        document_status: from.word("document_status")?,
        worker_id: from.int("worker_id").map(UserId),
        worker_name: from.text("worker_name"),
        team_id: from.int("team_id").map(TeamId),
        team_name: from.text("team_name"),
        priority: from.int("priority").and_then(|n| i16::try_from(n).ok())?,
        lines_total: lines("lines_total")?,
        lines_done: lines("lines_done")?,
        lines_short: lines("lines_short")?,
        started_at: None,
        finished_at: None,
        due_at: None,
        version: from.text("version"),
    })
}

/// A task with its lines.
pub(super) fn detail(from: &Json) -> Option<TaskDetail> {
    let lines: Option<Vec<TaskLine>> = from.get("lines").list().iter().map(line).collect();
    let undoable = from.get("undoable");
    Some(TaskDetail {
        task: summary(&from.get("task"))?,
        lines: lines?,
        undoable: operation_id(&undoable, "id").map(|id| UndoableOperation {
            id,
            text: undoable.text("text").unwrap_or_default(),
        }),
    })
}

/// One line.
pub(super) fn line(from: &Json) -> Option<TaskLine> {
    let barcodes = from.get("barcodes").list();
    Some(TaskLine {
        id: LineId(from.int("id")?),
        item_code: from.text("item_code")?,
        item_name: from.text("item_name")?,
        uom: from.text("uom")?,
        decimals: from.int("decimals").and_then(|n| u8::try_from(n).ok())?,
        requested: from.decimal("requested")?,
        done: from.decimal("done")?,
        status: from.word("status")?,
        reason: from.word("reason"),
        reason_text: from.text("reason_text"),
        conflict: from.text("conflict"),
        last_worker: from.text("last_worker"),
        barcodes: barcodes.iter().filter_map(Json::as_text).collect(),
        packs: from.get("packs").list().iter().filter_map(pack).collect(),
        location: from.text("location"),
    })
}

/// A barcode that stands for several.
fn pack(from: &Json) -> Option<Pack> {
    Some(Pack {
        key: from.text("key")?,
        quantity: from.word("quantity")?,
    })
}

/// Goods that wait to be put away.
pub(super) fn put_away(from: &Json) -> Option<PutAway> {
    let suggested = from.get("suggested");
    Some(PutAway {
        task_id: TaskId(from.int("task_id")?),
        number: from.text("number")?,
        line: line(&from.get("line"))?,
        suggested: suggested.text("location").and_then(|location| {
            let reason = suggested.word("reason")?;
            Some(PutAwayPlace { location, reason })
        }),
    })
}

/// What is to be counted, as goods of which nobody knows how many there are.
pub(super) fn count(from: &Json) -> Option<PutAway> {
    let row = from.clone().put("requested", "1").put("done", "0");
    let line = line(&row.put("status", "new"))?;
    let location = from.text("location")?;
    Some(PutAway {
        task_id: TaskId(0),
        number: String::new(),
        line,
        suggested: Some(PutAwayPlace {
            location,
            reason: SuggestionReason::HoldsItem,
        }),
    })
}

/// A shift of the day.
pub(super) fn shift(from: &Json) -> Option<ShiftDay> {
    Some(ShiftDay {
        name: from.text("name")?,
        starts_at: from.instant("starts_at")?,
        ends_at: from.instant("ends_at")?,
        break_starts_at: from.instant("break_starts_at"),
        break_ends_at: from.instant("break_ends_at"),
    })
}

/// What the server said about an act.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub id: OperationId,
    pub fate: Fate,
    /// The line afterwards, also as it came.
    pub line: Option<(TaskLine, Json)>,
    /// Task and document afterwards; none when it was refused before its task was found.
    pub states: Option<(TaskState, DocumentStatus)>,
}

/// One answer of a batch.
pub(super) fn answer(from: &Json) -> Option<Answer> {
    let id = operation_id(from, "id")?;
    let (told, problem) = (from.get("answer"), from.get("problem"));
    if let Some(message) = problem.text("detail") {
        let fate = Fate::Refused(Refused {
            asks: false,
            message,
        });
        return Some(Answer {
            id,
            fate,
            line: None,
            states: None,
        });
    }
    let line_as_sent = told.get("line");
    Some(Answer {
        id,
        fate: fate(&told.get("outcome"))?,
        line: line(&line_as_sent).map(|line| (line, line_as_sent)),
        states: Some((told.word("task_state")?, told.word("document_status")?)),
    })
}

/// The answer to a kept act that the server cannot read.
pub(super) fn unreadable(kept: &Json, message: String) -> Option<Answer> {
    let fate = Fate::Refused(Refused {
        asks: false,
        message,
    });
    Some(Answer {
        id: operation_id(kept, "id")?,
        fate,
        line: None,
        states: None,
    })
}

fn fate(outcome: &Json) -> Option<Fate> {
    let message = outcome.text("message").unwrap_or_default();
    Some(match outcome.text("outcome")?.as_str() {
        "accepted" => Fate::Sent,
        "review" => Fate::Review {
            message,
            seen: false,
        },
        _ => {
            let rule = outcome.get("refusal").text("rule").unwrap_or_default();
            let asks = matches!(
                rule.as_str(),
                "more_than_requested" | "lines_missing" | "other_location"
            );
            Fate::Refused(Refused { asks, message })
        }
    })
}

/// An act as the device keeps it, under the person who did it.
pub(super) fn keep_act(act: &Act, user: UserId, name: &str) -> Json {
    let request = &act.request;
    let sent = Json::object()
        .put("id", request.id.to_string())
        .put_int("task_id", request.task_id.0)
        .put_instant("made_at", request.made_at)
        .put("device", request.device.as_str())
        .put("offline", request.offline)
        .put("action", keep_action(&request.action));
    let kept = Json::object()
        .put("id", request.id.to_string())
        .put_int("user", user.0)
        .put("name", name)
        .put("text", act.text.as_str())
        .put("request", sent);
    put_fate(kept, &act.fate)
}

/// Adds what became of an act.
pub(super) fn put_fate(kept: Json, fate: &Fate) -> Json {
    let (state, message, asks, seen) = match fate {
        Fate::Waiting => ("waiting", "", false, false),
        Fate::Sent => ("sent", "", false, true),
        Fate::Review { message, seen } => ("review", message.as_str(), false, *seen),
        Fate::Refused(refused) => ("refused", refused.message.as_str(), refused.asks, false),
    };
    kept.put("state", state)
        .put("message", message)
        .put("asks", asks)
        .put("seen", seen)
}

fn keep_action(action: &FloorAction) -> Json {
    let kept = Json::object().put("do", action.kind());
    match action {
        FloorAction::Claim => kept,
        FloorAction::Pick {
            line_id,
            quantity,
            scanned,
            over_confirmed,
        } => kept
            .put_int("line_id", line_id.0)
            .put("quantity", quantity.to_string())
            .put("scanned", optional(scanned.as_deref()))
            .put("over_confirmed", *over_confirmed),
        FloorAction::Unexpected { scanned, quantity } => kept
            .put("scanned", scanned.as_str())
            .put("quantity", quantity.to_string()),
        FloorAction::PutAway {
            line_id,
            quantity,
            location,
            suggested,
            other_confirmed,
            full,
        } => kept
            .put_int("line_id", line_id.0)
            .put("quantity", quantity.to_string())
            .put("location", location.as_str())
            .put("suggested", optional(suggested.as_deref()))
            .put("other_confirmed", *other_confirmed)
            .put("full", *full),
        FloorAction::Count { line, quantity } => kept
            .put_int("line", line.0)
            .put("quantity", quantity.to_string()),
        FloorAction::Short {
            line_id,
            reason,
            text,
        } => kept
            .put_int("line_id", line_id.0)
            .put("reason", reason.as_str())
            .put("text", optional(text.as_deref())),
        FloorAction::Undo { operation_id } => kept.put("operation_id", operation_id.to_string()),
        FloorAction::Finish { partial_confirmed } => {
            kept.put("partial_confirmed", *partial_confirmed)
        }
        FloorAction::Report { line_id, text } => {
            let kept = kept.put("text", text.as_str());
            match line_id {
                Some(id) => kept.put_int("line_id", id.0),
                None => kept,
            }
        }
    }
}

fn optional(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::NULL, JsValue::from_str)
}

/// The act again; none when another version of the app wrote something else.
pub(super) fn act(from: &Json) -> Option<Act> {
    let request = from.get("request");
    let message = from.text("message").unwrap_or_default();
    let fate = match from.text("state")?.as_str() {
        "waiting" => Fate::Waiting,
        "sent" => Fate::Sent,
        "review" => Fate::Review {
            message,
            seen: from.flag("seen"),
        },
        _ => Fate::Refused(Refused {
            asks: from.flag("asks"),
            message,
        }),
    };
    Some(Act {
        request: OperationRequest {
            id: operation_id(&request, "id")?,
            task_id: TaskId(request.int("task_id")?),
            made_at: request.instant("made_at")?,
            device: request.text("device")?,
            offline: request.flag("offline"),
            action: action(&request.get("action"))?,
        },
        text: from.text("text")?,
        fate,
    })
}

fn action(from: &Json) -> Option<FloorAction> {
    let line_id = from.int("line_id").map(LineId);
    Some(match from.text("do")?.as_str() {
        "claim" => FloorAction::Claim,
        "pick" => FloorAction::Pick {
            line_id: line_id?,
            quantity: from.word::<Quantity>("quantity")?,
            scanned: from.text("scanned"),
            over_confirmed: from.flag("over_confirmed"),
        },
        "unexpected" => FloorAction::Unexpected {
            scanned: from.text("scanned")?,
            quantity: from.word::<Quantity>("quantity")?,
        },
        "put_away" => FloorAction::PutAway {
            line_id: line_id?,
            quantity: from.word::<Quantity>("quantity")?,
            location: from.text("location")?,
            suggested: from.text("suggested"),
            other_confirmed: from.flag("other_confirmed"),
            full: from.flag("full"),
        },
        "count" => FloorAction::Count {
            line: CountLineId(from.int("line")?),
            quantity: from.word::<Quantity>("quantity")?,
        },
        "short" => FloorAction::Short {
            line_id: line_id?,
            reason: from.word::<ShortageReason>("reason")?,
            text: from.text("text"),
        },
        "undo" => FloorAction::Undo {
            operation_id: operation_id(from, "operation_id")?,
        },
        "finish" => FloorAction::Finish {
            partial_confirmed: from.flag("partial_confirmed"),
        },
        "report" => FloorAction::Report {
            line_id,
            text: from.text("text")?,
        },
        _ => return None,
    })
}

fn operation_id(from: &Json, name: &str) -> Option<OperationId> {
    Uuid::parse_str(&from.text(name)?).ok().map(OperationId)
}
