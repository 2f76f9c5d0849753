//! Writing commands into upstream systems through the connections' connectors.

use super::destination::{Delivery, Destination, Outcome, Treatment};
use super::rehearsal::{misplaced, tried_once};
use super::saga::{self, Place};
use super::transcript::captured;
use crate::Clock;
use crate::capture::Capture;
use crate::roster::Roster;
use async_trait::async_trait;
use connectors::{
    Acceptance, BreakerState, Connector, Direction, Error, ErrorKind, PACE, PushRequest, Retry,
};
use domain::ConnectionId;
use domain::delivery::DeliverySettings;
use domain::outbox::{Cause, SAGA, StepState};
use domain::push::Push;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store::connections::ConnectionForDelivery;
use store::outbox::{Claimed, StepForWork, Target};

pub(super) struct Account {
    store: Store,
    roster: Arc<Roster>,
    clock: Clock,
}

/// What one attempt does.
struct Command {
    request: PushRequest,
    /// An earlier attempt, or a step given up, may have been written: it is looked for first.
    look: Look,
    place: Option<Place>,
}

/// What is done about an outcome that is not known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// It is known that nothing was written.
    No,
    /// Found is done; without a way to look, a person has to.
    First,
    /// The same, but a person looked and said to go on.
    FirstIfPossible,
    /// To be taken back: what is not found needs no taking back.
    ForUndo,
}

impl Account {
    pub(super) fn new(store: Store, roster: Arc<Roster>, clock: Clock) -> Self {
        Self {
            store,
            roster,
            clock,
        }
    }

    async fn attempt(&self, message: &Claimed, id: ConnectionId) -> Result<Delivery, Delivery> {
        let now = (self.clock)();
        let account =
            store::connections::for_delivery(&self.store, message.company_id, id, now).await;
        let account = account.map_err(|error| unknown_account(id, &error))?;
        let mut delivery = self
            .send(message, &account)
            .await
            .unwrap_or_else(|not_sent| not_sent);
        if account.delivery.monitoring.log_payloads {
            let (request, answer) = (&delivery.request, &delivery.answer);
            tracing::info!(message.id = %message.id, ?request, ?answer, "payloads of an attempt");
        }
        delivery.treatment = Some(Box::new(Treatment {
            breaker: account.delivery.features.breaker(),
            retry: account.delivery.retry_policy,
        }));
        Ok(delivery)
    }

    async fn send(
        &self,
        message: &Claimed,
        account: &ConnectionForDelivery,
    ) -> Result<Delivery, Delivery> {
        if let Some(text) = misplaced(message, account.delivery.test_system) {
            return Err(Delivery::fatal(Cause::Settings, text));
        }
        if let Some(rest) = account.delivery.resting(account.site_time) {
            return Err(postponed("It is being maintained.".to_owned(), Some(rest)));
        }
        let judging = account.delivery.features.validation;
        let command = match self.command(message, judging).await? {
            Some(command) => command,
            None => return Ok(Delivery::of(saga::finished(message.undoing))),
        };
        let connected = self.roster.noted(&account.connection).await;
        let (connector, capture) = connected.map_err(|error| Delivery {
            place: command.place.map(Box::new),
            ..judged(&error)
        })?;
        if let BreakerState::Open { retry_after, cause } = connector.breaker() {
            let text = connectors::pause((self.clock)() + retry_after, &cause);
            return Err(postponed(text, Some(retry_after)));
        }
        let mut delivery = written(
            connector.as_ref(),
            capture.as_deref(),
            &command,
            &account.delivery,
        )
        .await;
        delivery.place = command.place.map(Box::new);
        if message.rehearsal {
            delivery.outcome = tried_once(delivery.outcome);
        }
        Ok(delivery)
    }

    /// What the message says is to be done now; none for a saga with nothing left to do.
    async fn command(&self, message: &Claimed, judging: bool) -> Result<Option<Command>, Delivery> {
        if message.event_type == SAGA {
            return self.step(message, judging).await;
        }
        let push = parse(&message.event_type, &message.payload, judging)?;
        let request = PushRequest {
            reference: reference(message, None),
            push,
            direction: Direction::Do,
            accepted: None,
            correlation_id: message.correlation_id.clone(),
        };
        Ok(Some(Command {
            request,
            look: look(message),
            place: None,
        }))
    }

    async fn step(&self, message: &Claimed, judging: bool) -> Result<Option<Command>, Delivery> {
        let steps = store::outbox::steps(&self.store, message.company_id, message.id).await;
        let steps = steps.map_err(|error| Delivery::unread(&error))?;
        let Some((step, place)) = saga::current(&steps, message.undoing) else {
            return Ok(None);
        };
        let placed = |mut delivery: Delivery| {
            delivery.place = Some(Box::new(place));
            delivery
        };
        let push = parse(&step.event_type, &step.payload, judging).map_err(placed)?;
        let unsure = step.state == StepState::Unknown;
        let request = PushRequest {
            reference: reference(message, Some(step)),
            push,
            direction: place.direction,
            accepted: step.acceptance.as_ref().and_then(accepted),
            correlation_id: message.correlation_id.clone(),
        };
        Ok(Some(Command {
            request,
            look: if unsure { Look::ForUndo } else { look(message) },
            place: Some(place),
        }))
    }
}

#[async_trait]
impl Destination for Account {
    async fn deliver(&self, message: &Claimed) -> Delivery {
        match message.target {
            Target::Connection(id) => self
                .attempt(message, id)
                .await
                .unwrap_or_else(|failed| failed),
            _ => Delivery::fatal(Cause::Settings, "This message names no connection."),
        }
    }
}

/// The same at every attempt of a command or a step; another one once a saga begins anew, or a
/// command or the step was edited. Both rounds of a step only grow, so that no sum of them comes
/// twice; what is accepted keeps its own, since neither grows while it stands.
fn reference(message: &Claimed, step: Option<&StepForWork>) -> String {
    let mut reference = message.id.to_string();
    let mut round = i32::from(message.round);
    if let Some(step) = step {
        reference.push_str(&format!("-{}", step.step));
        round += i32::from(step.round);
    }
    if round > 0 {
        reference.push_str(&format!("-{round}"));
    }
    reference
}

/// A person's retry counts attempts from 0 again: who does that with an unknown outcome has looked.
fn look(message: &Claimed) -> Look {
    match (message.outcome_unknown, message.attempts) {
        (false, _) => Look::No,
        (true, 0) => Look::FirstIfPossible,
        (true, _) => Look::First,
    }
}

/// The account cannot be read. Settings that something else wrote do not mend themselves.
fn unknown_account(id: ConnectionId, error: &store::Error) -> Delivery {
    match error {
        store::Error::Inconsistent { value, .. } => Delivery::fatal(
            Cause::Settings,
            format!(
                "The delivery settings of connection {id} cannot be read ({value}), so nothing was sent. Set them again \
                 (PUT /api/v1/connections/{id}/delivery, or crossdock connect), then try again."
            ),
        ),
        other => Delivery::unread(other),
    }
}

/// The command, judged by its rules where the connection has it so.
fn parse(event_type: &str, payload: &Value, judging: bool) -> Result<Push, Delivery> {
    let read = if judging { Push::parse } else { Push::read };
    read(event_type, payload).map_err(|error| Delivery::fatal(Cause::Payload, format!("{error}.")))
}

fn accepted(kept: &Value) -> Option<Acceptance> {
    serde_json::from_value(kept.clone()).ok()
}

/// One attempt with its capture, within the connection's limit of time.
async fn written(
    connector: &dyn Connector,
    capture: Option<&Capture>,
    command: &Command,
    settings: &DeliverySettings,
) -> Delivery {
    let listening = capture.map(|capture| capture.listen(&command.request.correlation_id));
    let writing = write(connector, command);
    let answer = tokio::time::timeout(limit(connector, settings), writing).await;
    let delivery = match &answer {
        Ok(Ok(acceptance)) => match serde_json::to_value(acceptance) {
            Ok(kept) => Delivery::of(Outcome::Delivered(kept)),
            Err(error) => Delivery::failed(Cause::UpstreamError, error.to_string(), true),
        },
        Ok(Err(error)) => judged(error),
        Err(_) => Delivery::overdue(),
    };
    captured(delivery, listening, &command.request)
}

/// How long an attempt may take: as long as one of its calls at least, unless the connection says otherwise.
fn limit(connector: &dyn Connector, settings: &DeliverySettings) -> Duration {
    settings.timeout_settings.attempt(connector.longest_call())
}

async fn write(connector: &dyn Connector, command: &Command) -> Result<Acceptance, Error> {
    let request = &command.request;
    match command.look {
        Look::No => {}
        Look::ForUndo => return take_back_if_written(connector, request).await,
        Look::First | Look::FirstIfPossible => match connector.find_push(request).await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => {}
            Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
            Err(_) if command.look == Look::FirstIfPossible => {}
            Err(_) => return Err(unsure()),
        },
    }
    connector.push(request).await
}

async fn take_back_if_written(
    connector: &dyn Connector,
    request: &PushRequest,
) -> Result<Acceptance, Error> {
    let mut asked = request.clone();
    asked.direction = Direction::Do;
    match connector.find_push(&asked).await {
        Ok(Some(found)) => {
            let mut undo = request.clone();
            undo.accepted = Some(found);
            connector.push(&undo).await
        }
        Ok(None) => Ok(Acceptance {
            number: "never written".to_owned(),
            warnings: Vec::new(),
            detail: Value::Null,
        }),
        Err(error) if error.kind() == ErrorKind::Unsupported => Err(unsure()),
        Err(error) => Err(error),
    }
}

fn unsure() -> Error {
    let text = "It may have been written, and this system cannot be asked. Look there: discard the message if it is there, try again if it is not.";
    Error::new(ErrorKind::Unsupported, "find_push", text)
}

fn postponed(error: String, wait: Option<Duration>) -> Delivery {
    Delivery::of(Outcome::Postponed {
        error,
        wait,
        unknown: false,
        alone: false,
    })
}

/// It asked to come later (429, 503), or calls pause. What stands in front of a system also answers
/// 503 when the system broke off in mid-command, so the command is looked for before it is sent again.
fn turned_away(error: &Error, wait: Option<Duration>) -> Delivery {
    Delivery::of(Outcome::Postponed {
        error: error.to_string(),
        wait,
        unknown: error.kind() != ErrorKind::RateLimited,
        alone: error.is_about_one_record(),
    })
}

/// What an error means for the message. A lost or unreadable answer leaves open whether it was
/// written.
fn judged(error: &Error) -> Delivery {
    let text = error.to_string();
    let wait = match error.retry() {
        Retry::After(wait) => Some(wait),
        Retry::Never | Retry::Later => None,
    };
    match error.kind() {
        kind if error.is_turned_away() || (kind == ErrorKind::Unavailable && wait.is_some()) => {
            turned_away(error, wait)
        }
        ErrorKind::RateLimited => turned_away(error, wait),
        // This call was not made; earlier ones of the attempt may have been.
        ErrorKind::Unavailable if error.operation() == PACE => turned_away(error, wait),
        ErrorKind::Timeout => Delivery::failed(Cause::Timeout, text, true),
        ErrorKind::Unavailable | ErrorKind::Malformed => {
            Delivery::failed(Cause::UpstreamError, text, true)
        }
        ErrorKind::Unauthorized => Delivery::fatal(Cause::Settings, text),
        _ if error.operation() == "settings" => Delivery::fatal(Cause::Settings, text),
        ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Rejected
        | ErrorKind::Conflict
        | ErrorKind::Unsupported => Delivery::fatal(Cause::Rejected, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectors::{Capability, CheckReport, PullRequest, PulledPage};
    use domain::item::ItemRecord;

    /// A system whose calls may take five minutes.
    struct Slow;

    #[async_trait]
    impl Connector for Slow {
        fn capabilities(&self) -> &'static [Capability] {
            &[]
        }

        async fn check(&self) -> Result<CheckReport, Error> {
            Err(unsure())
        }

        async fn pull(&self, _: &PullRequest) -> Result<PulledPage, Error> {
            Err(unsure())
        }

        async fn find_item(&self, _: &str, _: &str) -> Result<Option<ItemRecord>, Error> {
            Err(unsure())
        }

        fn longest_call(&self) -> Duration {
            Duration::from_secs(300)
        }

        fn breaker(&self) -> BreakerState {
            BreakerState::Closed
        }
    }

    #[test]
    fn a_turn_that_the_database_could_not_give_costs_no_attempt() {
        let judge = |operation| judged(&Error::new(ErrorKind::Unavailable, operation, "Away."));
        assert!(matches!(
            judge(PACE).outcome,
            Outcome::Postponed { unknown: true, .. }
        ));
        assert!(matches!(judge("order").outcome, Outcome::Failed { .. }));
    }

    #[test]
    fn an_attempt_may_take_as_long_as_one_call_of_its_connector() {
        let mut settings = DeliverySettings::default();
        assert_eq!(limit(&Slow, &settings), Duration::from_secs(300));
        settings.timeout_settings.sync_timeout_seconds = Some(60);
        assert_eq!(limit(&Slow, &settings), Duration::from_secs(60));
    }
}
