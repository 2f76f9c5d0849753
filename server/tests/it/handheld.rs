//! What a handheld relies on: its page without a session, its session, many acts at once.

use crate::floor::{self, Floor};
use crate::harness::Harness;
use chrono::{DateTime, TimeDelta, Utc};
use domain::roster::{RosterChoice, TeamPlan};
use operations::teams;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::Scope;
use uuid::Uuid;

async fn batch(server: &Harness, token: &str, body: &Value) -> (StatusCode, Value) {
    let request = server
        .request(Method::POST, "/api/v1/operations/batch")
        .bearer_auth(token);
    let answer = request.json(body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

fn outcomes(answers: &Value) -> Vec<String> {
    let answers = answers["answers"].as_array().unwrap();
    let word = |answer: &Value| {
        let told = answer["answer"]["outcome"]["outcome"].as_str();
        told.or(answer["problem"]["code"].as_str())
            .unwrap()
            .to_owned()
    };
    answers.iter().map(word).collect()
}

async fn done(server: &Harness, floor: &Floor) -> rust_decimal::Decimal {
    let luka = server.caller("luka").await;
    let detail = store::documents::get(&server.store, &luka, floor.document).await;
    detail.unwrap().lines[0].done
}

#[tokio::test]
async fn the_handhelds_page_needs_no_session_and_runs_only_our_scripts() {
    let server = Harness::start().await;
    let folder = server.site_root().join("floor");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("shell.html"), "<!DOCTYPE html>").unwrap();
    std::fs::write(folder.join("worker.js"), "self").unwrap();
    for path in ["/floor", "/floor/tasks/7", "/floor/anything/else"] {
        let page = server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        let headers = page.headers();
        assert_eq!(headers["cache-control"], "no-cache", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
            "{policy}"
        );
        assert_eq!(page.text().await.unwrap(), "<!DOCTYPE html>");
    }
    let worker = server
        .request(Method::GET, "/floor-worker.js")
        .send()
        .await
        .unwrap();
    let headers = worker.headers();
    assert!(
        headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/javascript")
    );
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("connect-src 'self'"),
        "it fetches what it keeps: {policy}"
    );
}

#[tokio::test]
async fn without_its_files_the_handheld_says_so() {
    let server = Harness::start().await;
    let page = server.request(Method::GET, "/floor").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn many_acts_are_taken_in_order_each_on_its_own_and_count_once() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let mut unknown = floor::pick(&floor, Uuid::new_v4(), "1");
    unknown["task_id"] = json!(999_999);
    let operations = json!([
        floor::pick(&floor, Uuid::new_v4(), "2"),
        floor::pick(&floor, Uuid::new_v4(), "9"),
        { "id": Uuid::new_v4(), "do": "nonsense" },
        unknown,
        floor::pick(&floor, Uuid::new_v4(), "1"),
    ]);
    let body = json!({ "operations": operations });
    let (status, first) = batch(&server, &token, &body).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let wanted = ["accepted", "refused", "invalid", "not_found", "accepted"];
    assert_eq!(outcomes(&first), wanted);
    for (answer, sent) in first["answers"]
        .as_array()
        .unwrap()
        .iter()
        .zip(operations.as_array().unwrap())
    {
        assert_eq!(answer["id"], sent["id"]);
    }
    let (_, second) = batch(&server, &token, &body).await;
    assert_eq!(first, second);
    assert_eq!(done(&server, &floor).await, 3.into());
}

#[tokio::test]
async fn acts_that_were_taken_before_are_answered_while_their_document_is_held() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let acts = [
        floor::pick(&floor, Uuid::new_v4(), "1"),
        floor::pick(&floor, Uuid::new_v4(), "2"),
    ];
    let body = json!({ "operations": acts });
    let (_, first) = batch(&server, &token, &body).await;
    let mut elsewhere = server.store.begin(Scope::System).await.unwrap();
    store::documents::lock(&mut elsewhere, &[floor.document.0])
        .await
        .unwrap();
    let (status, second) = batch(&server, &token, &body).await;
    assert_eq!(status, StatusCode::OK, "{second}");
    assert_eq!(first, second);
    drop(elsewhere);
    assert_eq!(done(&server, &floor).await, 3.into());
}

#[tokio::test]
async fn an_act_whose_kept_answer_cannot_be_read_holds_up_none_of_the_others() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let old = floor::pick(&floor, Uuid::new_v4(), "1");
    let (_, first) = batch(&server, &token, &json!({ "operations": [old] })).await;
    assert_eq!(outcomes(&first), ["accepted"]);
    sqlx::query("update operations set answer = '{}'")
        .execute(&server.admin())
        .await
        .unwrap();
    let acts = [old, floor::pick(&floor, Uuid::new_v4(), "2")];
    let (status, second) = batch(&server, &token, &json!({ "operations": acts })).await;
    assert_eq!(status, StatusCode::OK, "{second}");
    assert_eq!(outcomes(&second), ["invalid", "accepted"]);
    assert_eq!(done(&server, &floor).await, 3.into());
}

#[tokio::test]
async fn a_report_comes_in_with_the_acts_and_once() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let told = json!({
        "id": Uuid::new_v4(),
        "task_id": floor.task,
        "made_at": server.now(),
        "device": "TC21-07",
        "offline": true,
        "action": { "do": "report", "line_id": floor.line, "text": "The shelf is broken." },
    });
    let pick = floor::pick(&floor, Uuid::new_v4(), "1");
    let body = json!({ "operations": [told, pick] });
    // The answer of the first was lost.
    for _ in 0..2 {
        let (status, answers) = batch(&server, &token, &body).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(outcomes(&answers), ["accepted", "accepted"]);
    }
    assert_eq!(done(&server, &floor).await, 1.into());
    let marko = server.caller("marko").await;
    let own = store::exceptions::reported::own(&server.store, &marko).await;
    assert_eq!(own.unwrap().len(), 1);
}

#[tokio::test]
async fn acts_are_never_taken_in_somebody_elses_name() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let marko = server.caller("marko").await.user_id;
    let token = server.access_token("jelena").await;
    let body = json!({
        "user_id": marko, "operations": [floor::pick(&floor, Uuid::new_v4(), "1")],
    });
    let (status, problem) = batch(&server, &token, &body).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(problem["code"], "somebody_else");
    assert_eq!(done(&server, &floor).await, 0.into());
}

#[tokio::test]
async fn a_batch_has_at_most_five_hundred_acts() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let act = floor::pick(&floor, Uuid::new_v4(), "1");
    let body = json!({ "operations": vec![act; 501] });
    let (status, _) = batch(&server, &token, &body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_handheld_learns_who_is_signed_in_and_the_days_shifts() {
    let server = Harness::start().await;
    floor::prepare(&server).await;
    let browser = server.sign_in("marko").await;
    let session: Value = browser.get("/api/v1/session").await.json().await.unwrap();
    assert_eq!(session["login"], "marko");
    assert_eq!(session["role"], "worker");
    assert!(session["shifts"].is_array(), "{session}");
    let stranger = server.browser().get("/api/v1/session").await;
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_handheld_learns_both_shifts_of_the_overlap_and_its_workers_own_by_roster() {
    let server = Harness::start().await;
    let (store, now, site) = (&server.store, server.now(), server.site.warehouse);
    let luka = server.caller("luka").await;
    let staff = teams::staff(store, &luka).await.unwrap();
    let shift = |name: &str| {
        let mut shifts = staff.shifts.iter().filter(|shift| shift.name == name);
        shifts.next().unwrap().id
    };
    let alfa = staff.teams.iter().find(|team| team.name == "Alfa").unwrap();
    let alfa = TeamPlan {
        shift_id: shift("A"),
        ..alfa.clone()
    };
    teams::save_team(store, &luka, &alfa, now).await.unwrap();
    let browser = server.sign_in("marko").await;
    let told = async || -> Value { browser.get("/api/v1/session").await.json().await.unwrap() };

    let usual = told().await;
    let shifts = usual["shifts"].as_array().unwrap();
    let names: Vec<&str> = shifts
        .iter()
        .filter_map(|shift| shift["name"].as_str())
        .collect();
    assert_eq!(names, ["A", "B"]);
    let instant = |shift: &Value, name: &str| -> DateTime<Utc> {
        shift[name].as_str().unwrap().parse().unwrap()
    };
    let overlap = instant(&shifts[0], "ends_at") - instant(&shifts[1], "starts_at");
    assert_eq!(overlap, TimeDelta::hours(3), "12 to 15");
    assert_eq!(usual["own_shift"], "A");

    let marko = server.caller("marko").await.user_id;
    let week = store::rosters::week(store, &luka, site, None, now).await;
    let today = week.unwrap().today;
    let decide = async |choice| {
        let decided = teams::set_day(store, &luka, site, marko, today, choice, now).await;
        decided.unwrap();
        told().await["own_shift"].clone()
    };
    let late = RosterChoice::Shift(shift("B").unwrap());
    assert_eq!(decide(late).await, "B");
    assert_eq!(decide(RosterChoice::Off).await, Value::Null);
    assert_eq!(decide(RosterChoice::Usual).await, "A");
    // Also one who belongs to a team: a lead looks after all shifts.
    sqlx::query("update users set team_id = $1 where login = 'luka'")
        .bind(alfa.id.unwrap().0)
        .execute(&server.admin())
        .await
        .unwrap();
    let lead = server.sign_in("luka").await;
    let session: Value = lead.get("/api/v1/session").await.json().await.unwrap();
    assert_eq!(session["own_shift"], Value::Null, "a lead has no roster");
}

#[tokio::test]
async fn a_lead_asks_for_their_own_tasks_alone() {
    let server = Harness::start().await;
    floor::prepare(&server).await;
    let browser = server.sign_in("luka").await;
    let rows = async |path: &str| {
        let page: Value = browser.get(path).await.json().await.unwrap();
        page["rows"].as_array().unwrap().len()
    };
    assert_eq!(rows("/api/v1/tasks").await, 1);
    assert_eq!(rows("/api/v1/tasks?mine=true").await, 0);
}
