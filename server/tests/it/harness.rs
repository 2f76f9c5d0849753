//! A server on a free port over a database of its own, and clients for it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::user::Caller;
use engine::samples::Meter;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Value, json};
use server::clock::Clock;
use server::secret_key::SecretKey;
use server::seed::{self, DEMO_PASSWORD, Site};
use server::services::Services;
use server::settings::Settings;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Once};
use store::Store;
use testkit::db::TestDatabase;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The password of everybody in tests.
pub const PASSWORD: &str = DEMO_PASSWORD;
/// The admin of another company.
pub const STRANGER: &str = "mira";

/// A running server.
pub struct Harness {
    pub store: Store,
    pub site: Site,
    pub secret: SecretKey,
    pub settings: Settings,
    pub address: SocketAddr,
    /// Counts the server's requests.
    pub meter: engine::samples::Meter,
    clock: Arc<Mutex<DateTime<Utc>>>,
    http: Client,
    folder: tempfile::TempDir,
    _stop: DropGuard,
    // Dropped last: the server still uses it.
    _database: TestDatabase,
}

impl Harness {
    /// With the demo's company and people, and a stranger with a company of its own.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with further settings.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        install_tls();
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(&folder, variables);
        let database = TestDatabase::create().await;
        let store = database.store();
        let secret = SecretKey::load(&settings).unwrap();
        let now = Utc::now();
        let site = seed::site(&store, seed::COMPANY, "VELE_TEST")
            .await
            .unwrap();
        seed::demo_people(&store, site, now).await.unwrap();
        add_stranger(&store, now).await;
        let moment = Arc::new(Mutex::new(now));
        let told = Arc::clone(&moment);
        let clock = Clock::from_fn(move || *told.lock().unwrap());
        let services = Services::new(
            settings.clone(),
            store.clone(),
            clock,
            &secret,
            Meter::default(),
        );
        let stop = CancellationToken::new();
        tokio::spawn(services.hub.clone().run(stop.clone()));
        let meter = services.meter.clone();
        let address = listen(services).await;
        Self {
            store,
            site,
            secret,
            settings,
            address,
            meter,
            clock: moment,
            http: client(),
            folder,
            _stop: stop.drop_guard(),
            _database: database,
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        *self.clock.lock().unwrap()
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.clock.lock().unwrap() += by;
    }

    /// Sees every row.
    pub fn admin(&self) -> sqlx::PgPool {
        testkit::traces::superuser(&self._database)
    }

    /// Where browser files are served from.
    pub fn site_root(&self) -> std::path::PathBuf {
        self.folder.path().join("site")
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A request without session, token or origin.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.origin()))
    }

    pub async fn caller(&self, login: &str) -> Caller {
        let row = store::users::find_for_login(&self.store, login)
            .await
            .unwrap();
        row.unwrap().caller
    }

    /// Signs in as a browser does.
    pub async fn sign_in(&self, login: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let answer = browser.try_sign_in(login, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::OK, "{login} cannot sign in");
        browser
    }

    /// A browser that nobody signed in with.
    pub fn browser(&self) -> Browser<'_> {
        Browser {
            server: self,
            cookie: None,
        }
    }

    /// Signs in as a program does.
    pub async fn tokens(&self, login: &str) -> Value {
        let body = json!({ "login": login, "password": PASSWORD });
        let answer = self.request(Method::POST, "/api/v1/auth/token").json(&body);
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{login} gets no token");
        answer.json().await.unwrap()
    }

    pub async fn access_token(&self, login: &str) -> String {
        self.tokens(login).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// A browser with its cookie.
pub struct Browser<'a> {
    server: &'a Harness,
    pub cookie: Option<String>,
}

impl Browser<'_> {
    /// A request as one of our pages makes it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .server
            .request(method, path)
            .header("origin", self.server.origin());
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// Calls a server function.
    pub async fn call(&self, path: &str, arguments: &Value) -> Response {
        self.request(Method::POST, path)
            .json(arguments)
            .send()
            .await
            .unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Signs in and keeps the cookie.
    pub async fn try_sign_in(&mut self, login: &str, password: &str) -> Response {
        let body = json!({ "login": login, "password": password });
        let answer = self.call("/api/fn/session/sign_in", &body).await;
        if let Some(set) = answer.headers().get("set-cookie") {
            let set = set.to_str().unwrap();
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        answer
    }
}

fn settings(folder: &tempfile::TempDir, variables: &[(&str, &str)]) -> Settings {
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut environment = HashMap::from([
        ("CROSSDOCK_DATA_DIR".to_owned(), path("data")),
        ("CROSSDOCK_SITE_ROOT".to_owned(), path("site")),
    ]);
    for (name, value) in variables {
        environment.insert((*name).to_owned(), (*value).to_owned());
    }
    Settings::read(None, &environment).unwrap()
}

async fn add_stranger(store: &Store, now: DateTime<Utc>) {
    use domain::permission::Role;
    let site = seed::site(store, "Strangers", "ELSEWHERE").await.unwrap();
    let ana = store::users::find_for_login(store, "ana")
        .await
        .unwrap()
        .unwrap();
    let user = operations::users::NewUser {
        login: STRANGER.to_owned(),
        name: "Mira".to_owned(),
        role: Role::Admin,
        password_hash: ana.password_hash,
        password_temporary: false,
        team_id: None,
        warehouses: vec![site.warehouse],
    };
    operations::users::ensure(store, site.company, &user, now)
        .await
        .unwrap();
}

async fn listen(services: Services) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes =
        server::web::router(&services, None).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

fn client() -> Client {
    Client::builder()
        .redirect(redirect::Policy::none())
        .build()
        .unwrap()
}

fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
