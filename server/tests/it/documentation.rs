//! What the pages for operators name is there: settings, commands, addresses, words of the screens.

use clap::CommandFactory as _;
use server::commands::Cli;
use server::rest::endpoints;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The README and `docs/`, each with its name. The map of promises names tests, not the program.
fn pages() -> Vec<(String, String)> {
    let mut pages = vec![("README.md".to_owned(), read(&root().join("README.md")))];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".md") && name != "coverage.md" {
            pages.push((name, read(&path)));
        }
    }
    assert!(pages.len() > 8, "the pages are elsewhere");
    pages
}

/// What follows each mention of a text, up to the first character that does not fit.
fn after<'a>(page: &'a str, mention: &'a str, fits: fn(char) -> bool) -> Vec<&'a str> {
    page.match_indices(mention)
        .map(|(at, _)| {
            let rest = &page[at + mention.len()..];
            let end = rest.find(|one: char| !fits(one)).unwrap_or(rest.len());
            &rest[..end]
        })
        .collect()
}

#[test]
fn every_setting_that_the_pages_name_can_be_set() {
    let known = read(&root().join(".env.example")) + &read(&root().join("scripts/env.sh"));
    let mut named = 0;
    for (name, page) in pages() {
        for prefix in ["CROSSDOCK_", "CUNGUWMS_"] {
            for rest in after(&page, prefix, |one| one.is_ascii_uppercase() || one == '_') {
                let setting = format!("{prefix}{rest}");
                // Families are named by their beginning: CROSSDOCK_SMTP_….
                let there = match setting.ends_with('_') {
                    true => known.contains(&setting),
                    false => known
                        .split(|one: char| !(one.is_ascii_alphanumeric() || one == '_'))
                        .any(|word| word == setting),
                };
                assert!(there, "{name} names {setting}, which is no setting");
                named += 1;
            }
        }
    }
    assert!(named > 20, "{named}");
}

#[test]
fn every_command_that_the_pages_name_is_one() {
    let program = Cli::command();
    let known: Vec<&str> = program
        .get_subcommands()
        .map(|one| one.get_name())
        .collect();
    let mut named = 0;
    for (name, page) in pages() {
        let fits = |one: char| one.is_ascii_alphanumeric() || one == '-' || one == '.';
        for word in after(&page, "crossdock ", fits) {
            // Files, databases and flags stand behind the name as well.
            if word.is_empty() || word.contains('.') || word.starts_with('-') {
                continue;
            }
            assert!(known.contains(&word), "{name} names crossdock {word}");
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}

/// Whether an address of a page is one of the API, or the beginning of some.
fn leads_somewhere(address: &str, routes: &[String]) -> bool {
    let steps: Vec<&str> = address.trim_matches('/').split('/').collect();
    routes.iter().any(|route| {
        let there: Vec<&str> = route.trim_matches('/').split('/').collect();
        steps.len() <= there.len()
            && steps
                .iter()
                .zip(&there)
                .all(|(step, place)| step == place || place.starts_with('{'))
    })
}

#[test]
fn every_address_that_the_pages_name_is_one_of_the_api() {
    let routes: Vec<String> = endpoints().iter().flat_map(|one| one.paths()).collect();
    let mut named = 0;
    for (name, page) in pages() {
        let fits = |one: char| one.is_ascii_alphanumeric() || "-_/{}".contains(one);
        for rest in after(&page, "/api/", fits) {
            let address = format!("/api/{rest}");
            assert!(
                leads_somewhere(&address, &routes),
                "{name} names {address}, which leads nowhere"
            );
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}

/// All sources in which texts of the screens stand.
fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.extension() {
            _ if path.is_dir() => sources(&path, into),
            Some(kind) if kind == "rs" => into.push_str(&read(&path)),
            _ => {}
        }
    }
}

/// What stands between single asterisks, over line ends too.
fn slanted(page: &str) -> Vec<String> {
    let plain = page.replace("**", "\u{1}");
    let mut found = Vec::new();
    for paragraph in plain.split("\n\n") {
        let mut parts = paragraph.split('*');
        parts.next();
        while let (Some(inside), Some(_)) = (parts.next(), parts.next()) {
            found.push(inside.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found
}

#[test]
fn every_button_and_page_that_the_procedures_name_is_on_a_screen() {
    let mut texts = String::new();
    sources(&root().join("app/src"), &mut texts);
    sources(&root().join("crates/domain/src"), &mut texts);
    let mut named = 0;
    for page in [
        "runbook",
        "catalog-sync",
        "subjects-sync",
        "import-pipeline",
        "webhooks",
    ] {
        let text = read(&root().join("docs").join(format!("{page}.md")));
        let labels = slanted(&text);
        // Sentences of the program begin small, and the changelog has a heading of its own.
        let labels = labels.iter().filter(|label| {
            label.starts_with(|one: char| one.is_uppercase()) && *label != "Stop all nodes first"
        });
        for label in labels {
            assert!(
                texts.contains(&format!("\"{label}\"")),
                "docs/{page}.md names *{label}*, which is on no screen"
            );
            named += 1;
        }
    }
    assert!(named > 50, "{named}");
}
