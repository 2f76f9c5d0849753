//! Connections that are kept in files, applied at each start and by `crossdock connect`.

mod office;

use crate::harness::Harness;
use crate::process::{answers, free_port, program, run};
use operations::connections::{Applied, Occasion};
use serde_json::{Value, json};
use server::connection_files::{Applier, Outcome};
use server::secret_key::SecretKey;
use server::settings::Settings;
use std::process::{Command, Stdio};
use store::connections::ConnectionForWork;
use tempfile::TempDir;
use testkit::db::TestDatabase;
use testkit::traces;

const FIRST: &[(&str, &str)] = &[("ERP_PASSWORD", "the first")];
const SECOND: &[(&str, &str)] = &[("ERP_PASSWORD", "the second")];

/// An account at a gateway, of the company that has people in tests.
fn pantheon() -> Value {
    json!({
        "company": "Cungu",
        "adapter_type": "pantheon",
        "connection": {
            "base_url": "http://pantheon.example.invalid:3003", "username": "wms", "rate_per_second": 1.0,
            "password": "${ERP_PASSWORD}",
        },
    })
}

fn put(folder: &TempDir, file: &str, written: &Value) {
    std::fs::write(folder.path().join(file), written.to_string()).unwrap();
}

/// A directory with one file.
fn folder_of(file: &str, written: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(&folder, file, written);
    folder
}

async fn apply(
    server: &Harness,
    secret: &SecretKey,
    occasion: Occasion,
    folder: &TempDir,
    variables: &[(&str, &str)],
) -> Vec<Outcome> {
    let applier = Applier {
        store: &server.store,
        secret,
        occasion,
        now: server.now(),
    };
    let variable = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    applier.folder(folder.path(), variable).await.unwrap()
}

async fn start(server: &Harness, folder: &TempDir, variables: &[(&str, &str)]) -> Vec<Outcome> {
    apply(server, &server.secret, Occasion::Start, folder, variables).await
}

/// What became of the only file.
fn only(outcomes: &[Outcome]) -> &Applied {
    let [outcome] = outcomes else {
        panic!("not one file: {outcomes:?}");
    };
    &outcome.done.as_ref().unwrap().applied
}

fn changed(names: &[&str]) -> Applied {
    Applied::Changed(names.iter().map(|name| (*name).to_owned()).collect())
}

/// Why a file was refused.
fn refusal(outcomes: &[Outcome], file: &str) -> String {
    let found = outcomes.iter().find(|one| one.file.ends_with(file));
    let refused = found.unwrap().done.as_ref().unwrap_err();
    server::telemetry::chain(refused)
}

/// The connection of that name and its password, as the engine finds them.
async fn kept(server: &Harness, name: &str) -> (ConnectionForWork, String) {
    let all = store::connections::all_for_work(&server.store).await;
    let found = all.unwrap().into_iter().find(|one| one.name == name);
    let found = found.unwrap();
    let sealed = found.secrets.as_ref().unwrap();
    let key = server.secret.sealing();
    let secrets = key.open(found.company_id, found.id, sealed).unwrap();
    let password = secrets["password"].clone();
    (found, password)
}

async fn audited(server: &Harness) -> Vec<(String, String, Value)> {
    sqlx::query_as(
        "select actor, action, details from audit_entries where action like 'CONNECTION_%' order by id",
    )
    .fetch_all(&server.admin())
    .await
    .unwrap()
}

#[tokio::test]
async fn variables_are_resolved_at_each_start_and_one_that_changes_nothing_writes_nothing() {
    let server = Harness::start().await;
    let folder = folder_of("Pantheon.json", &pantheon());
    assert_eq!(
        only(&start(&server, &folder, FIRST).await),
        &Applied::Created
    );
    assert_eq!(kept(&server, "Pantheon").await.1, "the first");

    let tables = ["connections", "audit_entries", "live_feed", "schedules"];
    let before = traces::versions(&server.admin(), &tables).await;
    assert_eq!(
        only(&start(&server, &folder, FIRST).await),
        &Applied::Unchanged
    );
    assert_eq!(traces::versions(&server.admin(), &tables).await, before);

    let looked = apply(&server, &server.secret, Occasion::Look, &folder, SECOND).await;
    assert_eq!(only(&looked), &changed(&["password"]));
    assert_eq!(traces::versions(&server.admin(), &tables).await, before);

    let checks = "update connections set check_requested_at = null";
    sqlx::query(checks).execute(&server.admin()).await.unwrap();
    let rotated = start(&server, &folder, SECOND).await;
    assert_eq!(only(&rotated), &changed(&["password"]));
    assert_eq!(kept(&server, "Pantheon").await.1, "the second");
    let wished = "select count(*) from connections where check_requested_at is not null";
    assert_eq!(traces::number(&server.admin(), wished).await, 1);
}

#[tokio::test]
async fn what_a_file_changes_stands_in_the_audit_without_its_secrets() {
    let server = Harness::start().await;
    let folder = folder_of("Pantheon.json", &pantheon());
    start(&server, &folder, FIRST).await;
    let mut written = pantheon();
    written["connection"]["retry_max"] = json!(7);
    written["write_back"] = json!(true);
    put(&folder, "Pantheon.json", &written);
    let names = ["retry_max", "password", "write_back"];
    let done = apply(&server, &server.secret, Occasion::Command, &folder, SECOND).await;
    assert_eq!(only(&done), &changed(&names));
    let told = audited(&server).await;
    let [(starts, created, _), (runs, changes, details)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(
        (starts.as_str(), created.as_str()),
        ("crossdock serve", "CONNECTION_CREATED")
    );
    assert_eq!(
        (runs.as_str(), changes.as_str()),
        ("crossdock connect", "CONNECTION_CHANGED")
    );
    assert_eq!(details["secrets"], json!(["password"]));
    assert_eq!(details["before"]["settings"]["retry_max"], Value::Null);
    assert_eq!(details["after"]["settings"]["retry_max"], 7);
    assert_eq!(details["before"]["delivery"]["write_back"], json!(false));
    assert_eq!(details["after"]["delivery"]["write_back"], json!(true));
    let told = format!("{told:?}");
    assert!(!told.contains("the first") && !told.contains("the second"));
}

#[tokio::test]
async fn a_file_changes_back_what_it_says_and_leaves_how_results_are_treated_to_the_office() {
    let server = Harness::start().await;
    let folder = folder_of("Pantheon.json", &pantheon());
    start(&server, &folder, FIRST).await;
    let (before, _) = kept(&server, "Pantheon").await;
    let mut delivery = before.delivery().unwrap();
    delivery.write_back = true;
    let (store, now) = (&server.store, server.now());
    operations::connections::deliver_as(store, before.company_id, before.id, &delivery, now)
        .await
        .unwrap();
    assert_eq!(
        only(&start(&server, &folder, FIRST).await),
        &Applied::Unchanged
    );
    let edit = "update connections set settings = settings || '{\"page_size\": 5}' where name = 'Pantheon'";
    sqlx::query(edit).execute(&server.admin()).await.unwrap();
    let again = start(&server, &folder, FIRST).await;
    assert_eq!(only(&again), &changed(&["page_size"]));
    let (after, _) = kept(&server, "Pantheon").await;
    assert_eq!(after.settings, before.settings);
    assert!(after.delivery().unwrap().write_back);
}

#[tokio::test]
async fn a_broken_file_is_named_with_its_field_and_keeps_no_other_away() {
    let server = Harness::start().await;
    let folder = folder_of("Z.json", &pantheon());
    std::fs::write(folder.path().join("A.json"), "{\"adapter_type\": ").unwrap();
    let mut written = pantheon();
    written["connection"]["password"] = json!("${NOBODY_SET_THIS}");
    put(&folder, "Lacks.json", &written);
    written = pantheon();
    written["connection"]["retry_max"] = json!("${ERP_PASSWORD}");
    put(&folder, "Misplaced.json", &written);
    written = pantheon();
    written["warehouse"] = json!("NOWHERE");
    put(&folder, "Far.json", &written);
    written = pantheon();
    written.as_object_mut().unwrap().remove("company");
    put(&folder, "Nobodys.json", &written);
    written = pantheon();
    written["name"] = json!("Z");
    put(&folder, "ZZ.json", &written);
    std::fs::create_dir(folder.path().join("old.json")).unwrap();
    std::fs::write(folder.path().join(".hidden.json"), "").unwrap();
    std::fs::write(folder.path().join("readme.txt"), "").unwrap();

    let outcomes = start(&server, &folder, FIRST).await;
    for (file, words) in [
        ("A.json", "does not fit"),
        (
            "Lacks.json",
            "password: the environment variable NOBODY_SET_THIS is not set",
        ),
        ("Misplaced.json", "retry_max = \"${ERP_PASSWORD}\""),
        ("Far.json", "the code NOWHERE"),
        ("Nobodys.json", "several companies"),
        ("ZZ.json", "another file"),
    ] {
        let said = refusal(&outcomes, file);
        assert!(said.contains(words), "{file}: {said}");
        assert!(!said.contains("the first"), "{file}: {said}");
    }
    assert_eq!(outcomes.len(), 7, "{outcomes:?}");
    assert_eq!(kept(&server, "Z").await.1, "the first");
    let all = "select count(*) from connections";
    assert_eq!(traces::number(&server.admin(), all).await, 1);
}

#[tokio::test]
async fn nodes_that_start_together_set_a_connection_up_once_and_change_it_once() {
    let server = Harness::start().await;
    let folder = folder_of("Pantheon.json", &pantheon());
    for (variables, expected) in [(FIRST, Applied::Created), (SECOND, changed(&["password"]))] {
        let (one, two, three) = tokio::join!(
            start(&server, &folder, variables),
            start(&server, &folder, variables),
            start(&server, &folder, variables),
        );
        let all = [only(&one), only(&two), only(&three)];
        let did = all.iter().filter(|applied| ***applied == expected);
        assert_eq!(did.count(), 1, "{all:?}");
        let rest = all
            .iter()
            .filter(|applied| ***applied == Applied::Unchanged);
        assert_eq!(rest.count(), 2, "{all:?}");
    }
    assert_eq!(audited(&server).await.len(), 2);
}

#[tokio::test]
async fn a_connection_keeps_its_kind_and_site_and_a_node_with_another_key_takes_no_password() {
    let server = Harness::start().await;
    let folder = folder_of("hall.json", &pantheon());
    let mut written = pantheon();
    written["name"] = json!("Pantheon of the hall");
    written["warehouse"] = json!("VELE_TEST");
    put(&folder, "hall.json", &written);
    start(&server, &folder, FIRST).await;
    let (before, _) = kept(&server, "Pantheon of the hall").await;
    assert_eq!(before.company_id, server.site.company);
    assert_eq!(before.warehouse_id, server.site.warehouse);

    let another = Settings {
        secret_key: Some("07".repeat(32).into()),
        ..server.settings.clone()
    };
    let another = SecretKey::load(&another).unwrap();
    let wrong = apply(&server, &another, Occasion::Start, &folder, SECOND).await;
    let said = refusal(&wrong, "hall.json");
    assert!(
        said.contains("do not open with this key") && said.contains("crossdock connect"),
        "{said}"
    );
    assert_eq!(kept(&server, "Pantheon of the hall").await.1, "the first");

    written["warehouse"] = json!("MP-1");
    put(&folder, "hall.json", &written);
    let said = refusal(&start(&server, &folder, FIRST).await, "hall.json");
    assert!(said.contains("VELE_TEST and stays there"), "{said}");
    let odoo = json!({
        "name": "Pantheon of the hall", "company": "Cungu", "adapter_type": "odoo",
        "connection": {
            "base_url": "https://odoo.example.invalid", "database": "demo", "api_key": "${ERP_PASSWORD}",
        },
    });
    put(&folder, "hall.json", &odoo);
    let said = refusal(&start(&server, &folder, FIRST).await, "hall.json");
    assert!(said.contains("of the kind pantheon, not odoo"), "{said}");

    // The key was replaced, and somebody says so.
    written["warehouse"] = json!("VELE_TEST");
    put(&folder, "hall.json", &written);
    let anew = apply(&server, &another, Occasion::Command, &folder, SECOND).await;
    assert_eq!(only(&anew), &changed(&["password"]));
}

#[tokio::test]
async fn the_program_serves_beside_a_broken_file_and_log_and_doctor_name_it() {
    let folder = tempfile::tempdir().unwrap();
    let files = tempfile::tempdir().unwrap();
    let database = TestDatabase::create_empty().await;
    let admin = traces::superuser(&database);
    let mut written = pantheon();
    written["connection"]["base_url"] = json!(format!("http://127.0.0.1:{}", free_port()));
    put(&files, "Pantheon.json", &written);
    put(
        &files,
        "Odoo.json",
        &json!({ "adapter_type": "odoo", "connection": { "database": "demo" } }),
    );
    let address = format!("127.0.0.1:{}", free_port());
    let command = |password: &str| {
        let mut command = program(&folder);
        command.env("DATABASE_URL", database.url());
        command.env("CROSSDOCK_CONNECTIONS_DIR", files.path());
        command.env("CROSSDOCK_BIND", &address);
        command.env("ERP_PASSWORD", password);
        command
    };
    let mut seed = command("first-of-two");
    seed.arg("seed");
    assert!(run(seed).await.0.status.success());

    let mut serve = command("first-of-two");
    let child = serve.arg("serve").stdout(Stdio::null()).spawn().unwrap();
    assert!(answers(&format!("http://{address}/health/db")).await);
    let id = child.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    let ended = ended.await.unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
    let told: Vec<&str> = said.lines().filter(|line| line.contains(".json")).collect();
    let [broken, good] = told[..] else {
        panic!("{said}");
    };
    assert!(
        broken.contains("ERROR") && broken.contains("Odoo.json"),
        "{broken}"
    );
    assert!(good.contains("Pantheon is set up"), "{good}");
    assert!(!said.contains("first-of-two"), "{said}");

    let mut doctor = command("second-of-two");
    doctor.arg("doctor");
    let (output, said) = run(doctor).await;
    assert_eq!(output.status.code(), Some(1));
    let line = |file: &str| said.lines().find(|line| line.contains(file));
    assert!(line("Odoo.json").unwrap().starts_with("FAIL"), "{said}");
    assert!(
        line("Pantheon.json")
            .unwrap()
            .contains("changes Pantheon: password"),
        "{said}"
    );

    for words in [
        "Pantheon is changed (password)",
        "Pantheon is as the file says",
    ] {
        let mut connect = command("second-of-two");
        connect
            .arg("connect")
            .arg(files.path().join("Pantheon.json"));
        let (output, said) = run(connect).await;
        assert!(output.status.success() && said.contains(words), "{said}");
        assert!(!said.contains("second-of-two"), "{said}");
    }
    let mut connect = command("second-of-two");
    connect.arg("connect").arg(files.path().join("Odoo.json"));
    let (output, said) = run(connect).await;
    assert!(
        !output.status.success() && said.contains("Odoo.json: "),
        "{said}"
    );
    let entries = "select count(*) from audit_entries where action like 'CONNECTION_%'
                   and actor in ('crossdock serve', 'crossdock connect') and subject = 'Pantheon'";
    assert_eq!(traces::number(&admin, entries).await, 2);
}
