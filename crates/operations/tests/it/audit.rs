//! The audit in words: every action has some, and the list finds what it is asked for.

use crate::support::Site;
use chrono::{NaiveDate, TimeDelta};
use domain::audit::AuditFilter;
use domain::audit_words::WORDS;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where audit entries are written; a text in capitals with more than three letters is an action
/// there.
const WRITERS: [&str; 4] = [
    "crates/operations/src",
    "crates/engine/src",
    "server/src/auth",
    "server/src/exports",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Texts between quotes that look like an action.
fn actions_in(text: &str) -> Vec<String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| text.len() > 4 && text.starts_with(|c: char| c.is_ascii_uppercase()))
        .filter(|text| text.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_action_that_is_audited_has_its_words_and_no_words_are_left_over() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in WRITERS {
        sources(&root.join(folder), &mut files);
    }
    let mut written = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        // Characters in quotes would shift what stands between quotation marks.
        let text = text
            .replace("'\"'", "")
            .replace("env!(\"CARGO_PKG_VERSION\")", "");
        written.extend(actions_in(&text));
    }
    let known: BTreeSet<String> = WORDS.iter().map(|words| words.action.to_owned()).collect();
    let without: Vec<_> = written.difference(&known).collect();
    assert!(
        without.is_empty(),
        "say in domain::audit_words what these mean: {without:?}"
    );
    let unused: Vec<_> = known.difference(&written).collect();
    assert!(
        unused.is_empty(),
        "nobody writes these any more: {unused:?}"
    );
}

async fn subjects(site: &Site, filter: AuditFilter) -> Vec<String> {
    let page = store::audit::list(&site.store, &site.people.ana, &filter, None, 50);
    page.await
        .unwrap()
        .rows
        .into_iter()
        .map(|row| row.subject)
        .collect()
}

#[tokio::test]
async fn the_audit_is_found_by_person_action_text_and_the_sites_days() {
    let site = Site::open().await;
    sqlx::query("delete from audit_entries")
        .execute(&site.admin)
        .await
        .unwrap();
    let (store, ana, luka) = (&site.store, &site.people.ana, &site.people.luka);
    // Half an hour before and after midnight in Belgrade, which is 23:00 in UTC.
    let midnight = NaiveDate::from_ymd_opt(2026, 11, 22)
        .unwrap()
        .and_hms_opt(23, 0, 0)
        .unwrap()
        .and_utc();
    let half = TimeDelta::minutes(30);
    for (caller, action, subject, at) in [
        (ana, "USER_DISABLED", "before midnight", midnight - half),
        (luka, "TASK_ASSIGNED", "after midnight", midnight + half),
    ] {
        let facts = json!({ "before": "x", "after": "Alfa" });
        operations::audit::record(store, Some(caller), action, subject, facts, at)
            .await
            .unwrap();
    }
    let none = AuditFilter::default;
    assert_eq!(
        subjects(&site, none()).await,
        ["after midnight", "before midnight"]
    );
    let person = AuditFilter {
        user: Some(luka.user_id),
        ..none()
    };
    assert_eq!(subjects(&site, person).await, ["after midnight"]);
    let action = AuditFilter {
        action: Some("USER_DISABLED".to_owned()),
        ..none()
    };
    assert_eq!(subjects(&site, action).await, ["before midnight"]);
    let text = AuditFilter {
        q: Some("alfa".to_owned()),
        ..none()
    };
    assert_eq!(subjects(&site, text).await.len(), 2);
    let day = |text: &str| Some(text.parse().unwrap());
    let until = AuditFilter {
        until: day("2026-11-22"),
        ..none()
    };
    assert_eq!(subjects(&site, until).await, ["before midnight"]);
    let from = AuditFilter {
        from: day("2026-11-23"),
        ..none()
    };
    assert_eq!(subjects(&site, from).await, ["after midnight"]);
    let oldest = AuditFilter {
        sort: "at".parse().unwrap(),
        ..none()
    };
    assert_eq!(
        subjects(&site, oldest).await,
        ["before midnight", "after midnight"]
    );
    let actions = store::audit::actions(store, ana).await.unwrap();
    assert_eq!(actions, ["TASK_ASSIGNED", "USER_DISABLED"]);
}

#[tokio::test]
async fn sites_and_connections_are_named_where_entries_keep_their_ids() {
    let site = Site::open().await;
    let ana = &site.people.ana;
    let here = ana.warehouse_ids()[0];
    for (action, id) in [
        ("LOCATIONS_CHANGED", here),
        ("BRAKE_CHANGED", site.connection.0),
    ] {
        let id = id.to_string();
        operations::audit::record(&site.store, Some(ana), action, &id, json!({}), site.now())
            .await
            .unwrap();
    }
    let name_of = async |table: &str, id: i64| {
        let query = format!("select name from {table} where id = $1");
        sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(query))
            .bind(id)
            .fetch_one(&site.admin)
            .await
            .unwrap()
    };
    for (action, name) in [
        ("LOCATIONS_CHANGED", name_of("warehouses", here).await),
        (
            "BRAKE_CHANGED",
            name_of("connections", site.connection.0).await,
        ),
    ] {
        let filter = AuditFilter {
            action: Some(action.to_owned()),
            ..AuditFilter::default()
        };
        let page = store::audit::list(&site.store, ana, &filter, None, 1).await;
        let listed = page.unwrap().rows.remove(0);
        assert_eq!(listed.subject_name.as_ref(), Some(&name));
        let one = store::audit::get(&site.store, ana, listed.id).await;
        assert_eq!(one.unwrap().subject_name, Some(name));
    }
}

#[tokio::test]
async fn an_entry_says_on_which_device_it_was_done() {
    let site = Site::open().await;
    let mut ana = site.people.ana.clone();
    ana.device = Some("Chrome on Android, 10.0.0.5".to_owned());
    let petar = site.people.petar.user_id;
    operations::users::disable(&site.store, &ana, petar, site.now())
        .await
        .unwrap();
    let filter = AuditFilter {
        action: Some("USER_DISABLED".to_owned()),
        ..AuditFilter::default()
    };
    let page = store::audit::list(&site.store, &ana, &filter, None, 1)
        .await
        .unwrap();
    assert_eq!(page.rows[0].device, ana.device);
    assert_eq!(
        domain::audit_words::sentence(&page.rows[0]),
        "Ana disabled the login petar"
    );
}
