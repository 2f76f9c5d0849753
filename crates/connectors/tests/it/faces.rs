use crate::support::upstream::{Upstream, json, plain, refuse};
use crate::support::{Rig, item_row, items};
use axum::response::Response;
use connectors::{ErrorKind, Retry};
use domain::sync::Entity;

type Face = fn() -> Response;

#[tokio::test]
async fn nothing_there_has_three_faces() {
    let faces: [Face; 5] = [
        || plain(204, ""),
        || refuse(404, 3011, "No data found"),
        || plain(200, "[]"),
        || json(serde_json::json!({ "status": 0, "data": [] })),
        || plain(404, r#"{"errorCode":"3011"}"#),
    ];
    for face in faces {
        let upstream = Upstream::new(move |_| face()).await;
        let rig = Rig::new(&upstream.url);
        let page = rig.first_page(Entity::Items).await.unwrap();
        assert_eq!((page.rows, page.next, page.high_water), (0, None, None));
        assert!(page.records.is_empty());
        assert_eq!(
            rig.connector.find_item("00013", "look-up").await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn a_failure_is_never_taken_for_nothing() {
    let faces: [(Face, &str); 8] = [
        (|| plain(200, ""), "empty"),
        (|| plain(200, "null"), "not JSON"),
        (|| plain(200, "<html><form>Login</form></html>"), "web page"),
        (
            || plain(200, r#"[{"Ident":"1","Naziv":"A"},{"Ide"#),
            "breaks off",
        ),
        (
            || plain(200, r#"{"errorCode":5000,"message":"Deadlock"}"#),
            "Deadlock",
        ),
        (|| plain(200, r#"{"status":0,"data":null}"#), "without rows"),
        (|| plain(200, r#"{"error":"boom"}"#), "boom"),
        (|| plain(200, "[] trailing"), "expected"),
    ];
    for (face, part) in faces {
        let upstream = Upstream::new(move |_| face()).await;
        let rig = Rig::new(&upstream.url);
        let error = rig.first_page(Entity::Items).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.retry()),
            (ErrorKind::Malformed, Retry::Never)
        );
        assert!(error.to_string().contains(part), "{error}");
        assert!(rig.connector.find_item("00013", "look-up").await.is_err());
    }
}

#[tokio::test]
async fn the_vendors_words_are_passed_on() {
    let message = "Each filter must have both operator and value";
    let upstream = Upstream::new(move |_| refuse(400, 1004, message)).await;
    let error = Rig::new(&upstream.url).first_page(Entity::Dispatches).await;
    let text = error.unwrap_err().to_string();
    assert!(
        text.contains(message) && text.contains("dispatches"),
        "{text}"
    );
}

#[tokio::test]
async fn a_wrong_route_points_at_address_and_dialect() {
    let upstream = Upstream::new(|_| refuse(404, 404, "Route not found")).await;
    let error = Rig::new(&upstream.url).first_page(Entity::Items).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let text = error.to_string();
    assert!(
        text.contains("base_url") && text.contains("legacy_get"),
        "{text}"
    );
}

#[tokio::test]
async fn wrapped_rows_and_windows_1250_are_read() {
    let upstream = Upstream::new(|asked| match asked.before {
        0 => json(serde_json::json!({ "data": [item_row("00013")] })),
        _ => plain(
            200,
            b"[{\"Ident\":\"7\",\"Naziv\":\"\x8aE\xc6ER 1\xf0\"}]".to_vec(),
        ),
    })
    .await;
    let rig = Rig::new(&upstream.url);
    let page = rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(items(&page)[0].code, "00013");
    let page = rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(items(&page)[0].name, "ŠEĆER 1đ");
}
