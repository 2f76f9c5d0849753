//! What a request comes from, in words: browser, system, address.

use super::ClientAddress;
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

/// Longer names of programs are cut.
const LONGEST: usize = 60;

/// For example `Chrome on Linux, 10.0.0.5`.
pub fn device_of(headers: &HeaderMap, address: Option<&ClientAddress>) -> String {
    let program = program_of(headers);
    match address {
        Some(address) => format!("{program}, {}", address.ip),
        None => program,
    }
}

/// Browser and system, else what the program calls itself.
pub fn program_of(headers: &HeaderMap) -> String {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    match (browser(agent), system(agent)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ if agent.is_empty() => "unknown program".to_owned(),
        _ => agent.chars().take(LONGEST).collect(),
    }
}

/// The most particular name first: all of them also claim to be others.
fn browser(agent: &str) -> Option<&'static str> {
    [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    .into_iter()
    .find_map(|(mark, name)| agent.contains(mark).then_some(name))
}

fn system(agent: &str) -> Option<&'static str> {
    [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find_map(|(mark, name)| agent.contains(mark).then_some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn named(agent: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(agent));
        program_of(&headers)
    }

    #[test]
    fn browsers_are_named_as_people_know_them() {
        let android = "Mozilla/5.0 (Linux; Android 13; TC22) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36";
        assert_eq!(named(android), "Chrome on Android");
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0";
        assert_eq!(named(edge), "Edge on Windows");
        assert_eq!(named("curl/8.5.0"), "curl/8.5.0");
        assert_eq!(program_of(&HeaderMap::new()), "unknown program");
    }
}
