//! What is asked, and the way in.

use super::rows::Plain;
use crate::Failure;
use serde_json::{Value, json};

const LOGIN: &str = "ana";
const PASSWORD: &str = "demo-crossdock";

/// One request.
#[derive(Debug)]
pub(crate) struct Asked {
    /// What it shows.
    pub(crate) what: &'static str,
    /// Where it goes: the API's, or a page's own function.
    path: &'static str,
    /// What a page's function is told, as JSON; none reads the API.
    body: Option<&'static str>,
    /// The same figure from the rows.
    pub(crate) plain: Option<Plain>,
}

const fn api(what: &'static str, path: &'static str, plain: Option<Plain>) -> Asked {
    Asked {
        what,
        path,
        body: None,
        plain,
    }
}

const fn page(what: &'static str, path: &'static str, body: &'static str) -> Asked {
    Asked {
        what,
        path,
        body: Some(body),
        plain: None,
    }
}

/// All of them.
pub(crate) static ASKED: &[Asked] = &[
    api(
        "`GET /api/erp/status`",
        "/api/erp/status",
        Some(Plain::Status),
    ),
    api(
        "`GET /api/erp/metrics?hours=1`",
        "/api/erp/metrics?hours=1",
        None,
    ),
    api(
        "`GET /api/erp/metrics?hours=24`",
        "/api/erp/metrics?hours=24",
        None,
    ),
    api(
        "`GET /api/erp/metrics?hours=168`",
        "/api/erp/metrics?hours=168",
        Some(Plain::Week),
    ),
    api(
        "`GET /api/v1/deliveries`",
        "/api/v1/deliveries?limit=50",
        None,
    ),
    api(
        "The same, dead ones",
        "/api/v1/deliveries?limit=50&state=dead",
        None,
    ),
    api(
        "The same, given up ones",
        "/api/v1/deliveries?limit=50&state=discarded",
        None,
    ),
    page(
        "Data of the page *Operations*, an hour",
        "/api/fn/monitoring/view",
        r#"{"window":"1h"}"#,
    ),
    page(
        "Data of the page *Operations*, a week",
        "/api/fn/monitoring/view",
        r#"{"window":"7d"}"#,
    ),
    page(
        "Data of the page *Deliveries*",
        "/api/fn/deliveries/view",
        "{}",
    ),
    page(
        "Its list, of one state",
        "/api/fn/webhooks/deliveries",
        r#"{"endpoint":null,"connection":null,"state":"dead","after":null}"#,
    ),
    page("Data of the page *Webhooks*", "/api/fn/webhooks/list", "{}"),
];

/// A server with somebody signed in.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    client: reqwest::Client,
    origin: String,
    token: String,
    cookie: String,
}

impl Door {
    /// Signs in for the API and for the pages.
    pub(crate) async fn open(address: &str) -> Result<Self, Failure> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let origin = format!("http://{address}");
        let who = json!({ "login": LOGIN, "password": PASSWORD });
        let answer = client
            .post(format!("{origin}/api/v1/auth/token"))
            .json(&who)
            .send()
            .await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        let token = answer["access_token"]
            .as_str()
            .ok_or("no token")?
            .to_owned();
        let answer = client
            .post(format!("{origin}/api/fn/session/sign_in"))
            .header("origin", &origin)
            .json(&who)
            .send()
            .await?;
        let cookie = answer.headers().get("set-cookie");
        let cookie = cookie.ok_or("no session began")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self {
            client,
            origin,
            token,
            cookie,
        })
    }

    /// Asks and reads the answer whole; anything but success ends the bench.
    pub(crate) async fn ask(&self, asked: &Asked) -> Result<(), Failure> {
        let url = format!("{}{}", self.origin, asked.path);
        let request = match asked.body {
            None => self.client.get(url).bearer_auth(&self.token),
            Some(body) => self
                .client
                .post(url)
                .header("origin", &self.origin)
                .header("cookie", &self.cookie)
                .header("content-type", "application/json")
                .header("accept", "application/json")
                .body(body),
        };
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status.is_success() && !text.is_empty() {
            return Ok(());
        }
        Err(format!("{} answered {status}: {text}", asked.path).into())
    }
}
