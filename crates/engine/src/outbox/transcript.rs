//! What is kept of an attempt at a connection: its calls and their answers.

use super::destination::Delivery;
use crate::capture::Listening;
use connectors::{Direction, Exchange, PushRequest};
use domain::outbox::BETWEEN_CALLS;

/// Characters kept of a call before the last one, and of its answer.
const EARLIER: usize = 500;

/// With the calls it made; without any, with what was asked and answered in our words.
pub(super) fn captured(
    mut delivery: Delivery,
    listening: Option<Listening<'_>>,
    request: &PushRequest,
) -> Delivery {
    let heard = listening
        .map(|listening| listening.heard())
        .unwrap_or_default();
    let Some(last) = heard.last() else {
        let way = match request.direction {
            Direction::Do => "write",
            Direction::Undo => "take back",
        };
        let text = format!("{way} {} as {}", request.push.summary(), request.reference);
        return delivery.sent(text);
    };
    delivery = delivery.sent(transcript(&heard));
    let status = last.status.and_then(|status| i16::try_from(status).ok());
    let answer = last.response_head.clone().unwrap_or_default();
    match status {
        Some(status) => delivery.answered(status, answer),
        None => delivery,
    }
}

/// The last call first, whose answer is kept by itself; those before it, newest first, with the beginnings of
/// theirs. So what failed is not cut off, however many calls there were.
fn transcript(heard: &[Exchange]) -> String {
    let before = |exchange: &Exchange| {
        let asked: String = call(exchange).chars().take(EARLIER).collect();
        let answer = exchange.response_head.as_deref().unwrap_or_default();
        let answer: String = answer.chars().take(EARLIER).collect();
        format!("{asked}\n\n{answer}")
    };
    let mut calls = heard.iter().rev();
    let mut told: Vec<String> = calls.next().map(call).into_iter().collect();
    told.extend(calls.map(before));
    told.join(BETWEEN_CALLS)
}

fn call(exchange: &Exchange) -> String {
    let status = exchange
        .status
        .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let body = exchange.request_body.as_deref().unwrap_or_default();
    format!("{} {} ({status})\n{body}", exchange.method, exchange.url)
}
