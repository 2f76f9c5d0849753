//! Files for spreadsheets: who gets them, and what is in them.

use crate::floor::{self, Floor};
use crate::harness::{Harness, STRANGER};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use std::io::Read as _;

async fn fetch(server: &Harness, login: &str, path: &str) -> Response {
    let token = server.access_token(login).await;
    let request = server.request(Method::GET, path).bearer_auth(token);
    request.send().await.unwrap()
}

fn paths(floor: &Floor) -> Vec<String> {
    let mut all = vec![format!("/exports/documents/{}", floor.document)];
    all.extend(["dispatches", "receipts", "shortages"].map(|noun| format!("/exports/{noun}")));
    all.iter()
        .flat_map(|path| ["csv", "xlsx"].map(|format| format!("{path}/{format}")))
        .collect()
}

/// The text of a part of a workbook.
fn part(bytes: &[u8], name: &str) -> String {
    let mut packed = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    packed
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The one line of the document gets a title that a spreadsheet would run.
async fn spoil(server: &Harness) {
    sqlx::query("update document_lines set item_name = '=HYPERLINK(\"http://x.example.invalid\")', done = 0")
        .execute(&server.admin())
        .await
        .unwrap();
}

#[tokio::test]
async fn exports_turn_strangers_and_viewers_away() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    for path in paths(&floor) {
        let answer = server.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        let answer = fetch(&server, "tv", &path).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        let answer = fetch(&server, STRANGER, &path).await;
        let expected = if path.contains("/documents/") {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::OK
        };
        assert_eq!(answer.status(), expected, "{path}");
        let bytes = answer.bytes().await.unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("85123A"), "a stranger sees ours at {path}");
    }
}

#[tokio::test]
async fn a_browsers_session_downloads_what_its_list_shows() {
    let server = Harness::start().await;
    floor::prepare(&server).await;
    let browser = server.sign_in("luka").await;
    let answer = browser
        .get("/exports/dispatches/csv?only_wms=1&q=26-3000&page=2")
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"dispatches.csv\""
    );
    let bytes = answer.bytes().await.unwrap();
    assert!(
        bytes.starts_with("\u{feff}".as_bytes()),
        "Excel reads UTF-8 by its mark"
    );
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert!(rows[1].starts_with("26-3000-000001,Dispatch,"), "{text}");
    assert!(rows[1].contains(",85123A,"), "{text}");
    assert!(rows[1].contains(",KOM,6,0,New,"), "{text}");
    let none = browser.get("/exports/dispatches/csv?q=elsewhere").await;
    assert_eq!(none.text().await.unwrap().lines().count(), 1);
}

#[tokio::test]
async fn formulas_are_text_and_numbers_stay_numbers() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    spoil(&server).await;
    let path = format!("/exports/documents/{}", floor.document);
    let csv = fetch(&server, "luka", &format!("{path}/csv")).await;
    let csv = csv.text().await.unwrap();
    assert!(csv.contains(",\"'=HYPERLINK(\"\"http"), "{csv}");
    let xlsx = fetch(&server, "luka", &format!("{path}/xlsx")).await;
    let bytes = xlsx.bytes().await.unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>"), "{sheet}");
    assert!(sheet.contains("=HYPERLINK("), "{sheet}");
    assert!(
        sheet.contains("><v>6</v></c>"),
        "the quantity is a number: {sheet}"
    );
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("quotePrefix=\"1\""), "{styles}");
}

#[tokio::test]
async fn what_cannot_be_read_is_said_and_every_file_is_audited() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    for (path, status) in [
        ("/exports/dispatches/csv?date_from=soon", 422),
        ("/exports/dispatches/pdf", 400),
        ("/exports/documents/999999/csv", 404),
    ] {
        let answer = fetch(&server, "luka", path).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
    let path = format!("/exports/documents/{}/csv", floor.document);
    assert_eq!(fetch(&server, "luka", &path).await.status(), StatusCode::OK);
    let audited: (String, serde_json::Value) = sqlx::query_as(
        "select subject, details from audit_entries where action = 'EXPORTED' order by id desc limit 1",
    )
    .fetch_one(&server.admin())
    .await
    .unwrap();
    assert_eq!(audited.0, "26-3000-000001");
    assert_eq!(
        audited.1,
        json!({ "document": "26-3000-000001", "lines": 1 })
    );
}
