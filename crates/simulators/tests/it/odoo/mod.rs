//! The simulated Odoo over real HTTP.

mod external;
mod faults;
mod replay;
mod transfers;

use crate::support::client;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use simulators::odoo::{Config, Running, Simulator};

/// A running server and a client that knows its key.
pub struct Server {
    pub running: Running,
    pub client: Client,
}

impl Server {
    pub async fn start(config: Config) -> Self {
        let running = Simulator::start(config, ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        Self {
            running,
            client: client(),
        }
    }

    /// Sends a JSON-2 call.
    pub async fn send(
        &self,
        model: &str,
        method: &str,
        body: &Value,
    ) -> Result<Response, reqwest::Error> {
        let config = self.running.handle.config().clone();
        self.client
            .post(format!("{}/json/2/{model}/{method}", self.running.url()))
            .bearer_auth(config.api_key)
            .header("X-Odoo-Database", config.database)
            .json(body)
            .send()
            .await
    }

    /// The result of a JSON-2 call that is accepted.
    pub async fn call(&self, model: &str, method: &str, body: Value) -> Value {
        let answer = self.send(model, method, &body).await.unwrap();
        let status = answer.status();
        let result: Value = answer.json().await.unwrap();
        assert_eq!(status, 200, "{model}/{method}: {result}");
        result
    }

    /// The first record of a domain.
    pub async fn first(&self, model: &str, domain: Value, fields: &[&str]) -> Value {
        let wanted = json!({ "domain": domain, "fields": fields, "limit": 1 });
        self.call(model, "search_read", wanted).await[0].clone()
    }
}
