//! What a data request goes through: token, pace, faults, then the page.

use axum::response::Response;

use super::answer;
use super::faults::FaultKind;
use super::filter::Filter;
use super::handle::Handle;
use super::requests::Request;
use super::wire::{Method, Query, Refusal, max_limit};

pub(crate) async fn answer(
    handle: &Handle,
    request: &mut Request,
    token: Option<&str>,
    query: Result<Query, Refusal>,
) -> Result<Response, Refusal> {
    if let Ok(query) = &query {
        describe(request, query);
    }
    let state = handle.state();
    let token = token.ok_or_else(Refusal::bad_token)?;
    let account = state.tokens.account(token).ok_or_else(Refusal::bad_token)?;
    request.account = Some(account.clone());
    if !state
        .pace
        .admits(&account, request.at, state.config.min_interval)
    {
        return Err(Refusal::too_fast());
    }
    let spell = handle.faults().cast(&request.method);
    spell.wait().await;
    if spell.kind == Some(FaultKind::ExpiredToken) {
        state.tokens.revoke(token);
    }
    if let Some(answer) = spell.kind.and_then(answer::instead) {
        return Ok(answer);
    }
    let page = page(handle, &query?, spell.kind)?;
    if page.rows == 0 {
        return Ok(answer::nothing(
            state.config.nothing,
            page.method,
            handle.next_empty(),
        ));
    }
    request.rows = page.rows;
    Ok(answer::spoilt(&spell, page.json))
}

fn describe(request: &mut Request, query: &Query) {
    request.method =
        Method::parse(&query.method).map_or(query.method.clone(), |method| method.name().into());
    request.offset = query.offset;
    request.limit = query.limit;
    request.filtered = query.filters.is_some();
}

struct Page {
    method: Method,
    rows: usize,
    json: Vec<u8>,
}

fn page(handle: &Handle, query: &Query, fault: Option<FaultKind>) -> Result<Page, Refusal> {
    let method =
        Method::parse(&query.method).ok_or_else(|| Refusal::unknown_method(&query.method))?;
    if !(1..=max_limit()).contains(&query.limit) {
        return Err(Refusal::bad_limit());
    }
    let filter = Filter::parse(method, query.filters.as_ref())?;
    let limit = match fault {
        Some(FaultKind::ShortPage) => (query.limit / 2).max(1),
        _ => query.limit,
    };
    let world = handle.read();
    let (mut rows, mut json) = world.page(method, &filter, query.offset, limit);
    if fault == Some(FaultKind::DuplicateRow) && rows > 0 {
        let (_, last) = world.page(method, &filter, query.offset + rows - 1, 1);
        json.pop();
        json.push(b',');
        json.extend_from_slice(&last[1..]);
        rows += 1;
    }
    Ok(Page { method, rows, json })
}
