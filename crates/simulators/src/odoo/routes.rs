//! The server's routes: two protocols, the version, and a session nobody has.

use super::answer;
use super::fault::Refusal;
use super::faults::FaultKind;
use super::handle::Handle;
use super::load;
use super::methods::{Call, signature};
use crate::frame;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Map, Value, json};

pub(crate) fn router(handle: Handle) -> Router {
    Router::new()
        .route("/jsonrpc", post(jsonrpc))
        .route("/json/2/{model}/{method}", post(json2).get(json2_get))
        .route("/web/version", get(version))
        .route("/web/webclient/version_info", post(version_info))
        .route("/web/dataset/call_kw", post(session_only))
        .merge(frame::routes::<Handle>())
        .fallback(|| async { answer::html(404, "<h1>Not Found</h1>") })
        .with_state(handle)
}

async fn version(State(handle): State<Handle>) -> Response {
    let major = handle.config().major;
    match major >= 19 {
        true => {
            let told = json!({
                "version_info": [major, 0, 0, "final", 0, ""], "version": format!("{major}.0")
            });
            answer::json_body(200, &told)
        }
        false => answer::html(404, "<h1>Not Found</h1>"),
    }
}

async fn version_info(State(handle): State<Handle>) -> Response {
    let major = handle.config().major;
    answer::jsonrpc(Value::Null, Ok(told_version(major)), major)
}

fn told_version(major: u32) -> Value {
    json!({
        "server_version": format!("{major}.0"),
        "server_version_info": [major, 0, 0, "final", 0, ""],
        "server_serie": format!("{major}.0"),
        "protocol_version": 1,
    })
}

async fn session_only(State(handle): State<Handle>) -> Response {
    let major = handle.config().major;
    answer::jsonrpc(Value::Null, Err(Refusal::session_expired()), major)
}

async fn json2_get() -> Response {
    answer::json2(Err(Refusal::not_found(
        "Did you mean POST /json/2/<model>/<method>?",
    )))
}

async fn json2(
    State(handle): State<Handle>,
    Path((model, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if handle.config().major < 19 {
        return answer::html(404, "<h1>Not Found</h1>");
    }
    let text = |name: header::HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let database = text(header::HeaderName::from_static("x-odoo-database"));
    if !database.is_empty() && database != handle.config().database {
        return answer::no_database();
    }
    let authorization = text(header::AUTHORIZATION);
    if let Err(refusal) = bearer(&handle, &authorization) {
        return answer::json2(Err(refusal));
    }
    let call = match read_json2(&handle, model, method, &body) {
        Ok(call) => call,
        Err(refusal) => return answer::json2(Err(refusal)),
    };
    perform(&handle, &call, answer::json2).await
}

fn bearer(handle: &Handle, authorization: &str) -> Result<(), Refusal> {
    let key = authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match key {
        None => Err(Refusal::unauthorized(
            "User not authenticated, use an API Key with a Bearer Authorization header.",
        )),
        Some((_, key)) if key == handle.config().api_key => Ok(()),
        Some(_) => Err(Refusal::unauthorized("Invalid apikey")),
    }
}

fn read_json2(
    handle: &Handle,
    model: String,
    method: String,
    body: &[u8],
) -> Result<Call, Refusal> {
    let body = serde_json::from_slice::<Value>(body).map_err(|_| {
        Refusal::bad_request(format!(
            "could not parse the body as json: {}",
            complaint(body)
        ))
    })?;
    let Value::Object(mut args) = body else {
        return Err(Refusal::bad_request("the body must be a json object"));
    };
    if !handle.knows(&model) {
        return Err(Refusal::not_found(format!(
            "the model '{model}' does not exist"
        )));
    }
    if method.starts_with('_') {
        return Err(Refusal::access(format!(
            "Private methods (such as '{model}.{method}') cannot be called remotely."
        )));
    }
    let Some((on_records, names)) = signature(&method) else {
        return Err(Refusal::not_found(format!(
            "the method '{model}.{method}' does not exist"
        )));
    };
    let context = object(args.remove("context"));
    let ids = args.remove("ids");
    if ids.is_some() && !on_records {
        return Err(Refusal::unprocessable(format!(
            "cannot call {model}.{method} with ids"
        )));
    }
    if let Some(unknown) = args.keys().find(|name| !names.contains(&name.as_str())) {
        return Err(Refusal::type_error(format!(
            "{method}() got an unexpected keyword argument '{unknown}'"
        )));
    }
    Ok(Call {
        model,
        method,
        ids: numbers(&ids.unwrap_or_default()),
        args,
        context,
    })
}

/// Python's complaint about a body that is no JSON.
fn complaint(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let trimmed = text.trim_start();
    let start = text.len() - trimmed.len();
    let inside = trimmed.strip_prefix('{').map(str::trim_start);
    match inside {
        Some(inside) if !inside.starts_with('"') => {
            let at = text.len() - inside.len();
            format!(
                "Expecting property name enclosed in double quotes: line 1 column {} (char {at})",
                at + 1
            )
        }
        _ => format!(
            "Expecting value: line 1 column {} (char {start})",
            start + 1
        ),
    }
}

async fn jsonrpc(State(handle): State<Handle>, body: Bytes) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return answer::html(400, "Invalid JSON data");
    };
    let Value::Object(body) = body else {
        return answer::html(400, "Invalid JSON-RPC data");
    };
    let major = handle.config().major;
    let id = body.get("id").cloned().unwrap_or_default();
    let params = body.get("params").cloned().unwrap_or_default();
    let args = params["args"].as_array().cloned().unwrap_or_default();
    let reply = |result| answer::jsonrpc(id.clone(), result, major);
    let (service, method) = (params["service"].as_str(), params["method"].as_str());
    match (service, method) {
        (Some("common"), Some("version")) => reply(Ok(told_version(major))),
        (Some("common"), Some("login" | "authenticate")) => {
            let accepted = args.first() == Some(&json!(handle.config().database))
                && args.get(1) == Some(&json!(handle.config().login))
                && handle.config().accepts(args.get(2));
            reply(Ok(match accepted {
                true => json!(2),
                false => json!(false),
            }))
        }
        (Some("object"), Some("execute_kw")) => match read_execute_kw(&handle, &args) {
            Err(refusal) => reply(Err(refusal)),
            Ok(call) => perform(&handle, &call, reply).await,
        },
        _ => reply(Err(Refusal::attribute("no such service or method"))),
    }
}

fn read_execute_kw(handle: &Handle, args: &[Value]) -> Result<Call, Refusal> {
    let text = |at: usize| args.get(at).and_then(Value::as_str).unwrap_or_default();
    if text(0) != handle.config().database {
        return Err(Refusal::no_database(text(0)));
    }
    if args.get(1) != Some(&json!(2)) || !handle.config().accepts(args.get(2)) {
        return Err(Refusal::denied());
    }
    let (model, method) = (text(3).to_owned(), text(4).to_owned());
    if !handle.knows(&model) {
        return Err(Refusal::user(format!("Object {model} doesn't exist")));
    }
    if method.starts_with('_') {
        return Err(Refusal::access(format!(
            "Private methods (such as '{model}.{method}') cannot be called remotely."
        )));
    }
    let Some((on_records, names)) = signature(&method) else {
        return Err(Refusal::attribute(format!(
            "The method '{model}.{method}' does not exist"
        )));
    };
    let mut named = object(args.get(6).cloned());
    let context = object(named.remove("context"));
    let mut positional = args.get(5).and_then(Value::as_array).into_iter().flatten();
    let ids = match on_records {
        true => numbers(positional.next().unwrap_or(&Value::Null)),
        false => Vec::new(),
    };
    for (name, value) in names.iter().zip(positional) {
        named.insert((*name).to_owned(), value.clone());
    }
    Ok(Call {
        model,
        method,
        ids,
        args: named,
        context,
    })
}

/// Does what was asked, unless a fault says otherwise.
async fn perform(
    handle: &Handle,
    call: &Call,
    reply: impl Fn(Result<Value, Refusal>) -> Response,
) -> Response {
    let spell = handle
        .faults()
        .cast((call.model.as_str(), call.method.as_str()));
    spell.wait().await;
    let refusal = match spell.kind {
        Some(FaultKind::ExpiredKey) => Some(Refusal::unauthorized("Invalid apikey")),
        Some(FaultKind::Locked) => Some(Refusal::serialization()),
        _ => None,
    };
    if let Some(answer) = spell.kind.and_then(answer::instead) {
        handle.note(call, false);
        return answer;
    }
    let result = match refusal {
        Some(_) if call.method == "load" && spell.kind == Some(FaultKind::Locked) => {
            handle.note(call, false);
            return reply(Ok(load::locked()));
        }
        Some(refusal) => Err(refusal),
        None => handle.call(call),
    };
    handle.note(call, result.is_ok());
    answer::spoil(spell.kind, reply(result)).await
}

fn object(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Ids; one alone may stand without brackets.
fn numbers(value: &Value) -> Vec<i64> {
    match value {
        Value::Array(ids) => ids.iter().filter_map(Value::as_i64).collect(),
        id => id.as_i64().into_iter().collect(),
    }
}
