//! Which documents: one place for the list and for exports.

use crate::paging::contains;
use domain::document::{DocumentFilter, DocumentKind};
use domain::user::Caller;
use sqlx::{Postgres, QueryBuilder};

/// Adds `where` with the caller's scope and the filter, over columns of an alias `d` of
/// `documents` or `document_summaries`.
pub(crate) fn push_filter(
    query: &mut QueryBuilder<Postgres>,
    caller: &Caller,
    kind: DocumentKind,
    filter: &DocumentFilter,
) {
    query
        .push(" where d.company_id = ")
        .push_bind(caller.company_id.0);
    query.push(" and d.kind = ").push_bind(kind.as_str());
    query
        .push(" and (d.warehouse_id is null or d.warehouse_id = any(")
        .push_bind(caller.warehouse_ids())
        .push("))");
    if let Some(from) = filter.date_from {
        query.push(" and d.dated_on >= ").push_bind(from);
    }
    if let Some(to) = filter.date_to {
        query.push(" and d.dated_on <= ").push_bind(to);
    }
    if let Some(doc_type) = filter.doc_type.as_deref().filter(|text| !text.is_empty()) {
        query
            .push(" and d.doc_type = ")
            .push_bind(doc_type.to_owned());
    }
    if let Some(status) = filter.status {
        query.push(" and d.status = ").push_bind(status.as_str());
    }
    if let Some(warehouse) = filter.warehouse {
        query.push(" and d.warehouse_id = ").push_bind(warehouse.0);
    }
    if filter.only_wms {
        query.push(" and d.lines_wms > 0");
    }
    if filter.only_conflicts {
        query.push(" and d.conflicts > 0");
    }
    if filter.only_unentered {
        query.push(
            " and d.status in ('partial', 'done') and d.source = 'erp' and d.lines_wms > 0
              and exists (select from documents k where k.id = d.id and k.erp_entered_at is null)",
        );
    }
    if let Some(source) = filter.source {
        query.push(" and d.source = ").push_bind(source.as_str());
    }
    if let Some(pattern) = contains(filter.q.as_deref()) {
        query
            .push(" and (d.number ilike ")
            .push_bind(pattern.clone());
        query
            .push(" or d.partner_name ilike ")
            .push_bind(pattern)
            .push(")");
    }
}
