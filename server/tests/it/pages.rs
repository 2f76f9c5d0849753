//! Pages, files, health, headers.

use crate::harness::Harness;
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn pages_carry_a_policy_with_the_nonce_of_their_scripts() {
    let server = Harness::start().await;
    let answer = server.request(Method::GET, "/login").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers().contains_key("x-request-id"));
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap()
        .to_owned();
    for part in [
        "'wasm-unsafe-eval'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ] {
        assert!(policy.contains(part), "{policy} lacks {part}");
    }
    let page = answer.text().await.unwrap();
    assert!(
        page.contains(&format!("nonce=\"{nonce}\"")),
        "no script has the nonce"
    );
    let again = server.request(Method::GET, "/login").send().await.unwrap();
    let other = again.headers()["content-security-policy"].to_str().unwrap();
    assert!(!other.contains(&nonce), "a nonce is used once");
}

#[tokio::test]
async fn the_front_page_answers_and_an_unknown_one_says_so() {
    let server = Harness::start().await;
    let front = server.request(Method::GET, "/").send().await.unwrap();
    assert!(
        front.status().is_success() || front.status().is_redirection(),
        "{}",
        front.status()
    );
    let ana = server.sign_in("ana").await;
    let unknown = ana.get("/no/such/page").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert!(
        unknown.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
}

#[tokio::test]
async fn an_address_with_a_slash_at_its_end_leads_to_the_page() {
    let server = Harness::start().await;
    let leads = async |path: &str| {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        let to = answer.headers().get("location").cloned();
        (
            answer.status(),
            to.map(|to| to.to_str().unwrap().to_owned()),
        )
    };
    let (status, to) = leads("/admin/").await;
    assert_eq!(status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(to.as_deref(), Some("/admin"));
    let (_, to) = leads("/admin/tasks/?view=all").await;
    assert_eq!(to.as_deref(), Some("/admin/tasks?view=all"));
    let (status, to) = leads("//example.invalid/").await;
    assert_ne!(status, StatusCode::PERMANENT_REDIRECT);
    assert_ne!(to.as_deref(), Some("//example.invalid"));
}

#[tokio::test]
async fn files_are_served_compressed_and_an_unknown_one_is_no_page() {
    let server = Harness::start().await;
    let pkg = server.site_root().join("pkg");
    std::fs::create_dir_all(&pkg).unwrap();
    std::fs::write(pkg.join("crossdock.js"), "plain").unwrap();
    std::fs::write(pkg.join("crossdock.js.br"), "packed").unwrap();
    std::fs::write(server.site_root().join("favicon.svg"), "<svg/>").unwrap();
    let get = |path: &'static str| {
        server
            .request(Method::GET, path)
            .header("accept-encoding", "br")
            .send()
    };
    let script = get("/pkg/crossdock.js").await.unwrap();
    assert_eq!(script.headers()["content-encoding"], "br");
    assert_eq!(script.headers()["cache-control"], "public, no-cache");
    assert_eq!(script.text().await.unwrap(), "packed");
    let icon = get("/favicon.svg").await.unwrap();
    assert_eq!(icon.headers()["content-type"], "image/svg+xml");
    for missing in ["/pkg/other.js", "/pkg/../secret.key", "/pkg/"] {
        let answer = get(missing).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{missing}");
        let kind = answer.headers()["content-type"].to_str().unwrap();
        let path_left_pkg = missing.contains("..");
        assert!(
            path_left_pkg || kind.starts_with("text/plain"),
            "{missing}: {kind}"
        );
    }
}

#[tokio::test]
async fn health_is_told_to_anybody_and_figures_to_this_machine() {
    let server = Harness::start_with(&[("CROSSDOCK_METRICS_TOKEN", "a-token-of-length")]).await;
    for path in ["/health", "/health/db"] {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "ok\n", "{path}");
    }
    let ask = || server.request(Method::GET, "/metrics");
    assert_eq!(ask().send().await.unwrap().status(), StatusCode::OK);
    // A proxy on this machine asks for somebody else.
    let proxied = || ask().header("x-forwarded-for", "192.0.2.7");
    assert_eq!(
        proxied().send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let wrong = proxied()
        .bearer_auth("a-token-of-lengtx")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    let right = proxied()
        .bearer_auth("a-token-of-length")
        .send()
        .await
        .unwrap();
    assert_eq!(right.status(), StatusCode::OK);
}

#[tokio::test]
async fn health_tells_when_the_database_is_gone() {
    let server = Harness::start().await;
    server.store.pool().close().await;
    let database = server
        .request(Method::GET, "/health/db")
        .send()
        .await
        .unwrap();
    assert_eq!(database.status(), StatusCode::SERVICE_UNAVAILABLE);
    let process = server.request(Method::GET, "/health").send().await.unwrap();
    assert_eq!(process.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_page_speaks_the_language_of_its_device_and_names_the_words_of_it() {
    let server = Harness::start().await;
    let page = |header: &'static str, value: &'static str| {
        let asked = server.request(Method::GET, "/login").header(header, value);
        async move { asked.send().await.unwrap().text().await.unwrap() }
    };
    let polish = page("accept-language", "pl-PL,pl;q=0.9,en;q=0.5").await;
    assert!(polish.contains("<html lang=\"pl\""), "{polish}");
    assert!(polish.contains("Hasło"), "{polish}");
    let serbian = page("cookie", "language=sr").await;
    assert!(serbian.contains("<html lang=\"sr-Latn\""));
    assert!(serbian.contains("Lozinka"));
    let english = page("accept-language", "de").await;
    assert!(english.contains("<html lang=\"en\""));
    assert!(!english.contains("/words/"));

    let words = serbian
        .split("src=\"")
        .find(|part| part.starts_with("/words/sr."));
    let words = words.unwrap().split('"').next().unwrap().to_owned();
    let answer = server.request(Method::GET, &words).send().await.unwrap();
    let lasts = answer.headers()["cache-control"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(lasts.contains("immutable"), "{lasts}");
    let script = answer.text().await.unwrap();
    assert!(script.starts_with("globalThis.crossdockWords={"));
    let of_another_build = server.request(Method::GET, "/words/sr.0123456789abcdef.js");
    let of_another_build = of_another_build.send().await.unwrap();
    assert_eq!(of_another_build.status(), StatusCode::OK);
    assert_eq!(of_another_build.headers()["cache-control"], "no-store");
    let unknown = server.request(Method::GET, "/words/xx.0123456789abcdef.js");
    assert_eq!(
        unknown.send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
}
