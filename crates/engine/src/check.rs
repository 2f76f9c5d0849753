//! Answers the wish for a connection check.

use crate::Engine;
use store::connections::{CallOutcome, ConnectionForWork};

impl Engine {
    /// Signs in, reads one row and writes what came of it.
    pub(crate) async fn check(&self, connection: ConnectionForWork) {
        let outcome = self.ask(&connection).await;
        let (company, id) = (connection.company_id, connection.id);
        let written = operations::connections::record_outcome(
            &self.store,
            company,
            id,
            &outcome,
            true,
            self.now(),
        )
        .await;
        if let Err(error) = written {
            tracing::error!(%error, connection.id = id.0, "the answer of a check could not be kept");
        }
    }

    async fn ask(&self, connection: &ConnectionForWork) -> CallOutcome {
        let answer = match self.roster.noted(connection).await {
            Ok((connector, _)) => connector.check().await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(report) => CallOutcome::Ok(i32::try_from(report.latency_ms).unwrap_or(i32::MAX)),
            Err(error) => CallOutcome::Failed(error.to_string()),
        }
    }
}
