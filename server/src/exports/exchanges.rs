//! Captured calls of a connection, one JSON object a line.

use super::paged::{Source, file};
use crate::rest::{Access, Problem, RestCaller, admit};
use crate::services::Services;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use domain::ConnectionId;
use domain::exchange::{CapturedExchange, ExchangeFilter};
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use domain::user::Caller;
use serde_json::{Value, json};
use store::Store;

/// Calls read at once.
const PAGE: i64 = 500;

/// The route, behind its access check.
pub fn router<S: Clone + Send + Sync + 'static>(services: &Services) -> Router<S> {
    let access = Access::Needs(Permission::ReadConnections);
    Router::new()
        .route("/exports/connections/{id}/calls", get(lines))
        .route_layer(from_fn_with_state((services.clone(), access), admit))
        .with_state(services.clone())
}

/// Calls of one connection.
struct Calls {
    connection: ConnectionId,
    filter: ExchangeFilter,
}

impl Source for Calls {
    type Row = CapturedExchange;
    const SUBJECT: &'static str = "calls";
    const KIND: &'static str = "application/x-ndjson";

    fn name(&self) -> String {
        format!("calls-of-connection-{}.ndjson", self.connection)
    }

    fn facts(&self) -> Value {
        json!({ "connection": self.connection.0, "filter": self.filter })
    }

    async fn read(
        &self,
        store: &Store,
        caller: &Caller,
        after: Option<&Cursor>,
    ) -> Result<Page<CapturedExchange>, store::Error> {
        store::exchanges::page(store, caller, self.connection, &self.filter, after, PAGE).await
    }

    fn push(&self, text: &mut String, call: &CapturedExchange) {
        text.push_str(&json!(call).to_string());
        text.push('\n');
    }
}

async fn lines(
    State(services): State<Services>,
    caller: RestCaller,
    Path(connection): Path<ConnectionId>,
    asked: Result<Query<ExchangeFilter>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(filter) = asked.map_err(|rejection| Problem::invalid(rejection.body_text()))?;
    store::connections::get(&services.store, &caller, connection).await?;
    file(services, caller, Calls { connection, filter }).await
}
