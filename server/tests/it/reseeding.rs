//! `crossdock seed` on an installation that is at work.

use crate::harness::Harness;
use crate::process::{program, run};
use chrono::NaiveDate;
use serde_json::{Value, json};
use server::seed::{self, Configured};
use server::settings::{Pantheon, Settings};
use store::connections::ConnectionForWork;
use testkit::db::TestDatabase;

static GIVEN: [(&str, &str); 6] = [
    ("CUNGUWMS_BASE_URL", "http://pantheon.example.invalid:3003"),
    ("CUNGUWMS_USERNAME", "wms_user"),
    ("CUNGUWMS_PASSWORD", "the first"),
    ("CUNGUWMS_RATE_LIMIT_RPS", "0.5"),
    ("CUNGUWMS_DOCUMENTS_FROM", "2026-11-01"),
    ("WMS_MAGACIN_CODE", "VP-9"),
];

async fn seed_with(server: &Harness, pantheon: Pantheon) -> Configured {
    let settings = Settings {
        pantheon,
        ..server.settings.clone()
    };
    let (store, site, now) = (&server.store, server.site, server.now());
    seed::configured_connection(store, site, &settings, &server.secret, now)
        .await
        .unwrap()
}

/// The only connection, and its password.
async fn kept(server: &Harness) -> (ConnectionForWork, String) {
    let all = store::connections::all_for_work(&server.store)
        .await
        .unwrap();
    let [only] = &all[..] else {
        panic!("not one connection");
    };
    let key = server.secret.sealing();
    let sealed = only.secrets.as_ref().unwrap();
    let secrets = key.open(only.company_id, only.id, sealed).unwrap();
    (only.clone(), secrets["password"].clone())
}

#[tokio::test]
async fn a_setting_given_alone_is_changed_and_what_is_not_given_stays() {
    let server = Harness::start_with(&GIVEN).await;
    let made = seed_with(&server, server.settings.pantheon.clone()).await;
    assert_eq!(made, Configured::SetUp);
    let (before, password) = kept(&server).await;
    assert_eq!(password, "the first");

    let password = Pantheon {
        password: Some("the second".to_owned().into()),
        ..Pantheon::default()
    };
    let changed = seed_with(&server, password.clone()).await;
    assert_eq!(changed, Configured::Changed(vec!["CUNGUWMS_PASSWORD"]));
    assert!(changed.to_string().contains("CUNGUWMS_PASSWORD is new"));
    let (after, kept_password) = kept(&server).await;
    assert_eq!(kept_password, "the second");
    assert_eq!(after.settings, before.settings);
    assert_eq!(after.base_url, before.base_url);
    let again = seed_with(&server, password).await;
    assert_eq!(again, Configured::Changed(Vec::new()));

    let moved = Pantheon {
        base_url: Some("http://elsewhere.example.invalid:3003".to_owned()),
        documents_from: NaiveDate::from_ymd_opt(2026, 12, 1),
        password: Some("the second".to_owned().into()),
        ..Pantheon::default()
    };
    let changed = seed_with(&server, moved).await;
    let named = vec!["CUNGUWMS_BASE_URL", "CUNGUWMS_DOCUMENTS_FROM"];
    assert_eq!(changed, Configured::Changed(named));
    let (after, kept_password) = kept(&server).await;
    let mut expected: Value = before.settings;
    expected["base_url"] = json!("http://elsewhere.example.invalid:3003");
    expected["documents_from"] = json!("2026-12-01");
    assert_eq!(after.settings, expected);
    assert_eq!(after.base_url, "http://elsewhere.example.invalid:3003");
    assert_eq!(kept_password, "the second");

    let nothing = seed_with(&server, Pantheon::default()).await;
    assert_eq!(nothing, Configured::NotNamed);
}

#[tokio::test]
async fn a_password_is_not_sent_to_another_address_than_the_one_it_was_given_for() {
    let server = Harness::start_with(&GIVEN).await;
    seed_with(&server, server.settings.pantheon.clone()).await;
    let settings = Settings {
        pantheon: Pantheon {
            base_url: Some("http://elsewhere.example.invalid:3003".to_owned()),
            ..Pantheon::default()
        },
        ..server.settings.clone()
    };
    let (store, site, now) = (&server.store, server.site, server.now());
    let refused = seed::configured_connection(store, site, &settings, &server.secret, now).await;
    let said = format!("{:?}", refused.unwrap_err());
    assert!(said.contains("give its password again"), "{said}");
    let (after, password) = kept(&server).await;
    assert_eq!(after.base_url, GIVEN[0].1);
    assert_eq!(password, "the first");
}

#[tokio::test]
async fn what_a_seed_changes_stands_in_the_audit_without_its_secrets() {
    let server = Harness::start_with(&GIVEN).await;
    seed_with(&server, server.settings.pantheon.clone()).await;
    let changed = Pantheon {
        password: Some("the second".to_owned().into()),
        retry_max: Some(7),
        ..Pantheon::default()
    };
    seed_with(&server, changed).await;
    let details: Value = sqlx::query_scalar(
        "select details from audit_entries where action = 'CONNECTION_CHANGED' and actor = 'crossdock seed'",
    )
    .fetch_one(&server.admin())
    .await
    .unwrap();
    assert_eq!(details["secrets"], json!(["password"]));
    assert_eq!(details["after"]["settings"]["retry_max"], 7);
    assert!(!details.to_string().contains("the second"), "{details}");
}

#[tokio::test]
async fn a_changed_connection_is_checked_and_its_delivery_settings_stay() {
    let server = Harness::start_with(&GIVEN).await;
    seed_with(&server, server.settings.pantheon.clone()).await;
    let (before, _) = kept(&server).await;
    let mut delivery = before.delivery().unwrap();
    delivery.retry_policy.max_attempts = 7;
    let (store, now) = (&server.store, server.now());
    operations::connections::deliver_as(store, before.company_id, before.id, &delivery, now)
        .await
        .unwrap();
    let checks = "update connections set check_requested_at = null";
    sqlx::query(checks).execute(&server.admin()).await.unwrap();
    let rate = Pantheon {
        rate_limit_rps: Some(2.0),
        ..Pantheon::default()
    };
    seed_with(&server, rate).await;
    let (after, _) = kept(&server).await;
    assert_eq!(after.delivery().unwrap().retry_policy.max_attempts, 7);
    let ana = server.caller("ana").await;
    let listed = store::connections::list(store, &ana).await.unwrap();
    assert!(listed[0].check_pending);
}

#[tokio::test]
async fn the_command_says_what_it_did_and_leaves_site_and_shifts_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create_empty().await;
    let admin = testkit::traces::superuser(&database);
    let seed = |variables: &[(&str, &str)]| {
        let mut command = program(&folder);
        command.env("DATABASE_URL", database.url()).arg("seed");
        command.envs(variables.iter().copied());
        run(command)
    };
    for (variables, words) in [
        (&GIVEN[2..3], "CUNGUWMS_BASE_URL, CUNGUWMS_USERNAME are not"),
        (&GIVEN[..], "is set up"),
        (&GIVEN[4..5], "all that is given already"),
        (&[("CUNGUWMS_RETRY_MAX", "5")][..], "CUNGUWMS_RETRY_MAX is"),
        (&GIVEN[..0], "none was touched"),
    ] {
        let (output, said) = seed(variables).await;
        assert!(output.status.success() && said.contains(words), "{said}");
        let late = "update shifts set name = 'Jutarnja', ends = '16:30' where name = 'A'";
        sqlx::query(late).execute(&admin).await.unwrap();
        let company = "update companies set name = 'Kafana d.o.o.' where name = 'Cungu'";
        sqlx::query(company).execute(&admin).await.unwrap();
    }
    let (output, said) = seed(&[("WMS_MAGACIN_CODE", "MP-1")]).await;
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("of the warehouse VP-9 and stays there"),
        "{said}"
    );
    for (count, expected, what) in [
        (
            "select count(*) from companies",
            1,
            "the one that was renamed",
        ),
        (
            "select count(*) from shifts where name = 'A'",
            0,
            "it has another name now",
        ),
        (
            "select count(*) from warehouses",
            2,
            "the usual one of the first time, and the one that was named",
        ),
    ] {
        let counted = testkit::traces::number(&admin, count).await;
        assert_eq!(counted, expected, "{what}");
    }
}
