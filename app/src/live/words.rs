//! Messages of the link, written and read by hand; see [`crate::json`].

use crate::json::Json;
use domain::live::{ClientMessage, LiveEvent, ServerMessage, Topic};
use wasm_bindgen::JsValue;

/// As the server reads it.
pub(super) fn write(message: &ClientMessage) -> String {
    let ClientMessage::Subscribe { topics, resume } = message;
    let topics: js_sys::Array = topics
        .iter()
        .map(|topic| JsValue::from(topic.to_string()))
        .collect();
    let resume = resume.as_deref().map_or(JsValue::NULL, JsValue::from_str);
    let told = Json::object()
        .put("type", "subscribe")
        .put("topics", topics)
        .put("resume", resume);
    let text = js_sys::JSON::stringify(&told.0);
    text.map(String::from).unwrap_or_default()
}

/// As the server wrote it; none for what this version does not know.
pub(super) fn read(text: &str) -> Option<ServerMessage> {
    let told = Json::parse(text)?;
    let position = told.text("position")?;
    Some(match told.text("type")?.as_str() {
        "subscribed" => ServerMessage::Subscribed {
            topics: topics(&told),
            position,
            build: told.text("build")?,
        },
        "event" => ServerMessage::Event(LiveEvent {
            id: told.int("id")?,
            topics: topics(&told),
            what: told.text("what")?,
            position,
        }),
        "resync" => ServerMessage::Resync { position },
        "heartbeat" => ServerMessage::Heartbeat {
            position,
            at: told.instant("at")?,
        },
        _ => return None,
    })
}

fn topics(told: &Json) -> Vec<Topic> {
    let topics = told.get("topics").list();
    topics
        .iter()
        .filter_map(|topic| topic.as_text()?.parse().ok())
        .collect()
}
