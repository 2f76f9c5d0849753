//! What `frontend/floor/device.js` offers: the device's database, the network, the service worker.
//! Values cross as JavaScript objects, read by [`crate::json`].

use crate::json::Json;
use crate::{AppError, ErrorCode};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crossdock, js_name = acts, catch)]
    async fn js_acts() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = keep, catch)]
    async fn js_keep(act: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = settle, catch)]
    async fn js_settle(news: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = get, catch)]
    async fn js_get(name: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = set, catch)]
    async fn js_set(name: &str, key: &str, value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = remove, catch)]
    async fn js_remove(name: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = below, catch)]
    async fn js_below(name: &str, prefix: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = call)]
    async fn js_call(method: &str, path: &str, body: &JsValue) -> JsValue;
    #[wasm_bindgen(js_namespace = crossdock, js_name = listen)]
    fn js_listen(heard: &JsValue);
    #[wasm_bindgen(js_namespace = crossdock, js_name = watchBuilds)]
    fn js_watch_builds(ready: &JsValue);
    #[wasm_bindgen(js_namespace = crossdock, js_name = lookForBuild)]
    pub(super) fn look_for_build();
    #[wasm_bindgen(js_namespace = crossdock, js_name = takeBuild)]
    pub(super) fn take_build();
    #[wasm_bindgen(js_namespace = crossdock, js_name = pinState, catch)]
    async fn js_pin_state(user: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = pinLock, catch)]
    async fn js_pin_lock(user: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = pinSet, catch)]
    async fn js_pin_set(user: f64, pin: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = pinCheck, catch)]
    async fn js_pin_check(user: f64, pin: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = pinOpen, catch)]
    async fn js_pin_open(user: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = badgeSet, catch)]
    async fn js_badge_set(user: f64, badge: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crossdock, js_name = battery)]
    fn js_battery(heard: &JsValue);
    #[wasm_bindgen(js_namespace = crossdock, js_name = canLook)]
    pub(super) fn can_look() -> bool;
    #[wasm_bindgen(js_namespace = crossdock, js_name = look)]
    fn js_look(found: &JsValue);
    #[wasm_bindgen(js_namespace = crossdock, js_name = hold)]
    async fn js_hold(name: &str) -> JsValue;
    #[wasm_bindgen(js_namespace = crossdock, js_name = release)]
    pub(super) fn release(name: &str);
}

/// The device did not keep something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoRoom;

/// All acts on the device, oldest first.
pub(super) async fn acts() -> Option<Vec<Json>> {
    Some(Json(js_acts().await.ok()?).list())
}

/// Keeps an act; on the disk when this answers.
pub(super) async fn keep(act: &Json) -> Result<(), NoRoom> {
    js_keep(&act.0).await.map(drop).map_err(|_| NoRoom)
}

/// Writes down what became of acts, all or none.
pub(super) async fn settle(news: &[Json]) -> Result<(), NoRoom> {
    let list: js_sys::Array = news.iter().map(|one| one.0.clone()).collect();
    js_settle(&list).await.map(drop).map_err(|_| NoRoom)
}

/// A kept value.
pub(super) async fn get(name: &str, key: &str) -> Option<Json> {
    let found = js_get(name, key).await.ok()?;
    found.is_object().then_some(Json(found))
}

/// Keeps a value; whether it could.
pub(super) async fn set(name: &str, key: &str, value: &Json) -> bool {
    js_set(name, key, &value.0).await.is_ok()
}

/// Forgets a value.
pub(super) async fn remove(name: &str, key: &str) {
    let _ = js_remove(name, key).await;
}

/// Values whose keys begin so.
pub(super) async fn below(name: &str, prefix: &str) -> Vec<Json> {
    let found = js_below(name, prefix).await;
    found.map(|found| Json(found).list()).unwrap_or_default()
}

/// Calls the server; a body that is no object is left out.
pub(super) async fn call(method: &str, path: &str, body: Option<Json>) -> Result<Json, AppError> {
    let body = body.map_or(JsValue::UNDEFINED, |body| body.0);
    let answer = Json(js_call(method, path, &body).await);
    let (status, body) = (answer.int("status").unwrap_or(0), answer.get("body"));
    if (200..300).contains(&status) {
        return Ok(body);
    }
    Err(failure(status, &body))
}

/// Problems of the API and errors of server functions, as one.
fn failure(status: i64, body: &Json) -> AppError {
    let told = body.text("detail").or_else(|| body.text("message"));
    let code = match status {
        401 => ErrorCode::SignedOut,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        409 => ErrorCode::Conflict,
        // Only our server's word is about the request: what a proxy says is tried again later.
        422 | 400 if told.is_some() => ErrorCode::Invalid,
        429 => ErrorCode::Throttled,
        0 | 502..=504 => ErrorCode::Offline,
        _ => ErrorCode::Internal,
    };
    let message = match code {
        ErrorCode::Offline => {
            t!("No network. Go on working: it is sent by itself later.").to_owned()
        }
        ErrorCode::Internal => return trouble(),
        _ => match told {
            Some(told) => crate::words::tell(&told),
            None => t!("The server did not accept this.").to_owned(),
        },
    };
    AppError { code, message }
}

/// Our fault, or not understood: tried again later.
pub(super) fn trouble() -> AppError {
    AppError {
        code: ErrorCode::Internal,
        message: t!("The server has trouble. Your work is kept and sent later.").to_owned(),
    }
}

/// Whether this tab may do it now; to be given back with [`release`].
pub(super) async fn hold(name: &str) -> bool {
    js_hold(name).await.is_truthy()
}

/// Calls back whenever another tab changed the acts.
pub(super) fn listen(heard: impl FnMut() + 'static) {
    js_listen(&forever(heard));
}

/// Calls back when a newer build is ready to be taken.
pub(super) fn watch_builds(ready: impl FnMut() + 'static) {
    js_watch_builds(&forever(ready));
}

/// What came of entering a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PinCheck {
    Right,
    Wrong,
    /// Only the password helps.
    TooOften,
}

#[expect(clippy::cast_precision_loss, reason = "ids stay below 2^53")]
fn number(user: i64) -> f64 {
    user as f64
}

/// Whether the device is locked by this person; none without a PIN.
pub(super) async fn pin_state(user: i64) -> Option<bool> {
    js_pin_state(number(user)).await.ok()?.as_bool()
}

/// Keeps that it is locked, also over a reload.
pub(super) async fn pin_lock(user: i64) {
    let _ = js_pin_lock(number(user)).await;
}

/// The password was right: the PIN's lock opens.
pub(super) async fn pin_open(user: i64) {
    let _ = js_pin_open(number(user)).await;
}

/// Sets a PIN; whether the device could keep it.
pub(super) async fn pin_set(user: i64, pin: &str) -> bool {
    js_pin_set(number(user), pin).await.is_ok()
}

/// Keeps the person's badge beside the PIN; null when there is none.
pub(super) async fn badge_set(user: i64, badge: &Json) {
    let _ = js_badge_set(number(user), &badge.0).await;
}

/// Tries a PIN or a badge.
pub(super) async fn pin_check(user: i64, pin: &str) -> PinCheck {
    let told = js_pin_check(number(user), pin).await.ok();
    match told.and_then(|told| told.as_string()).as_deref() {
        Some("right") => PinCheck::Right,
        Some("too often") => PinCheck::TooOften,
        _ => PinCheck::Wrong,
    }
}

/// Calls back with the battery's charge in percent, and whether it charges, whenever that changes.
pub(super) fn battery(heard: impl FnMut(u32, bool) + 'static) {
    js_battery(&Closure::<dyn FnMut(u32, bool)>::new(heard).into_js_value());
}

/// Reads one code with the camera; an empty text when the person gave up.
pub(super) fn look(found: impl FnOnce(String) + 'static) {
    js_look(&Closure::once_into_js(found));
}

/// For callbacks of the page's whole life.
fn forever(act: impl FnMut() + 'static) -> JsValue {
    Closure::<dyn FnMut()>::new(act).into_js_value()
}
