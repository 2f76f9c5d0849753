//! What people work on, and who they are.

use super::endpoint::{CSV, Endpoint, JPEG, XLSX, act, read, remove, replace};
use crate::rest::{
    audit, boards, counts, documents, erp_entries, files, findings, gs1, items, kpis, locations,
    operations, partners, people, photos, reports, session, stock, tasks, waves,
};
use axum::routing::{delete, get, post, put};
use domain::permission::Permission as P;

pub(super) fn catalogue() -> Vec<Endpoint> {
    vec![
        read("/items", P::ReadCatalogue, || get(items::list)),
        read("/items/lookup", P::WorkOnTasks, || get(items::look_up)),
        read("/items/{id}", P::ReadCatalogue, || get(items::get)),
        read("/gs1", P::ReadCatalogue, || get(gs1::read)),
        read("/partners", P::ReadCatalogue, || get(partners::list)),
        read("/partners/{id}", P::ReadCatalogue, || get(partners::get)),
        read("/stock", P::ReadCatalogue, || get(stock::list)),
        read("/warehouses", P::ReadDocuments, || get(people::warehouses)),
        read("/teams", P::AssignTasks, || get(people::teams)),
        read("/shift-plans", P::AssignTasks, || get(people::shift_plans)),
        read("/rosters", P::AssignTasks, || get(people::rosters)),
        read("/cut-offs", P::AssignTasks, || get(waves::cut_offs)),
        read("/users", P::ReadUsers, || get(people::users)),
        read("/audit", P::ReadAudit, || get(audit::list)),
        read("/boards/shift", P::ReadBoards, || get(boards::shift)),
        read("/kpis", P::ReadBoards, || get(kpis::report)),
        read("/kpis/rows", P::ReadDocuments, || get(kpis::rows)),
        read("/shifts", P::ReadBoards, || get(boards::shifts)),
    ]
}

pub(super) fn work() -> Vec<Endpoint> {
    use documents as d;
    const READ: P = P::ReadDocuments;
    vec![
        read("/dispatches", READ, || get(d::list_dispatches)).with_alias(),
        read("/dispatches/{id}", READ, || get(d::get_dispatch)).with_alias(),
        read("/dispatches/{id}/items", READ, || get(d::dispatch_lines)).with_alias(),
        read("/dispatches/{id}/timeline", READ, || {
            get(d::dispatch_timeline)
        }),
        act("/dispatches/{id}/recalculation", P::AnswerMappings, || {
            post(d::recalculate_dispatch)
        }),
        read("/receipts", READ, || get(d::list_receipts)).with_alias(),
        read("/receipts/{id}", READ, || get(d::get_receipt)).with_alias(),
        read("/receipts/{id}/items", READ, || get(d::receipt_lines)).with_alias(),
        read("/receipts/{id}/timeline", READ, || get(d::receipt_timeline)),
        act("/receipts/{id}/recalculation", P::AnswerMappings, || {
            post(d::recalculate_receipt)
        }),
        read("/tasks", P::WorkOnTasks, || get(tasks::list)),
        read("/tasks/{id}", P::WorkOnTasks, || get(tasks::get)),
        act("/tasks/{id}/assignment", P::AssignTasks, || {
            post(tasks::assign)
        }),
        act("/operations", P::WorkOnTasks, || post(operations::submit)),
        act("/operations/batch", P::WorkOnTasks, || {
            post(operations::submit_many)
        }),
        replace("/operations/{id}/photos/{photo}", P::WorkOnTasks, || {
            put(photos::add)
        }),
        read("/photos", READ, || get(photos::list)),
        read("/photos/{id}", READ, || get(photos::get)).making(JPEG),
        read("/session", P::WorkOnTasks, || get(session::get)),
        read("/locations", P::WorkOnTasks, || get(locations::list)),
        replace("/locations", P::AssignTasks, || put(locations::replace)),
        read("/reports", P::WorkOnTasks, || get(reports::list)),
        act("/reports", P::WorkOnTasks, || post(reports::report)),
        read("/counts", P::AssignTasks, || get(counts::list)),
        act("/counts", P::AssignTasks, || post(counts::request)),
        read("/counts/waiting", P::WorkOnTasks, || get(counts::waiting)),
        read("/put-aways", P::WorkOnTasks, || get(locations::put_aways)),
    ]
}

pub(super) fn waves() -> Vec<Endpoint> {
    const PLAN: P = P::AssignTasks;
    vec![
        read("/waves", PLAN, || get(waves::list)),
        act("/waves", PLAN, || post(waves::make)),
        read("/waves/{id}", PLAN, || get(waves::get)),
        act("/waves/{id}/tasks", PLAN, || post(waves::add)),
        act("/waves/{id}/withdrawal", PLAN, || post(waves::take_out)),
        act("/waves/{id}/release", PLAN, || post(waves::release)),
        act("/waves/{id}/closure", PLAN, || post(waves::close)),
    ]
}

pub(super) fn downloads() -> Vec<Endpoint> {
    use files as f;
    const READ: P = P::ReadDocuments;
    vec![
        read("/dispatches.csv", READ, || get(f::dispatches_csv)).making(CSV),
        read("/dispatches.xlsx", READ, || get(f::dispatches_xlsx)).making(XLSX),
        read("/dispatches/{id}/items.csv", READ, || get(f::dispatch_csv)).making(CSV),
        read("/dispatches/{id}/items.xlsx", READ, || {
            get(f::dispatch_xlsx)
        })
        .making(XLSX),
        read("/receipts.csv", READ, || get(f::receipts_csv)).making(CSV),
        read("/receipts.xlsx", READ, || get(f::receipts_xlsx)).making(XLSX),
        read("/receipts/{id}/items.csv", READ, || get(f::receipt_csv)).making(CSV),
        read("/receipts/{id}/items.xlsx", READ, || get(f::receipt_xlsx)).making(XLSX),
    ]
}

pub(super) fn erp_entries() -> Vec<Endpoint> {
    use erp_entries as e;
    const SAY: P = P::AssignTasks;
    vec![
        act("/dispatches/{id}/erp-entry", SAY, || post(e::mark_dispatch)),
        remove("/dispatches/{id}/erp-entry", SAY, || {
            delete(e::unmark_dispatch)
        }),
        act("/receipts/{id}/erp-entry", SAY, || post(e::mark_receipt)),
        remove("/receipts/{id}/erp-entry", SAY, || {
            delete(e::unmark_receipt)
        }),
    ]
}

pub(super) fn findings() -> Vec<Endpoint> {
    vec![
        read("/conflicts", P::ReadDocuments, || get(findings::conflicts)),
        act("/conflicts/{id}/decision", P::AssignTasks, || {
            post(findings::decide)
        }),
        read("/shortages", P::ReadDocuments, || get(findings::shortages)),
        read("/exceptions", P::AssignTasks, || get(findings::exceptions)),
        act("/exceptions/{id}/decision", P::AssignTasks, || {
            post(findings::review)
        }),
        remove("/dispatches/{id}", P::ManageTestDocuments, || {
            delete(documents::delete_dispatch)
        }),
        remove("/receipts/{id}", P::ManageTestDocuments, || {
            delete(documents::delete_receipt)
        }),
    ]
}
