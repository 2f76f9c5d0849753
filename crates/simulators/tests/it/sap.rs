//! The simulated SAP system over real HTTP.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use simulators::sap::{Config, Fault, FaultKind, Running, Simulator};

use crate::support::{client, noon};

const BILLS: &str = "/sap/opu/odata/sap/API_BILL_OF_MATERIAL_SRV;v=0002";
const PRODUCTS: &str = "/sap/opu/odata/sap/API_PRODUCT_SRV";

/// A system and who talks to it.
struct System {
    running: Running,
    client: Client,
    token: String,
    cookie: String,
}

impl System {
    async fn start(config: Config) -> Self {
        let config = Config {
            now: Some(noon()),
            ..config
        };
        let running = Simulator::start(config, ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        let mut system = Self {
            running,
            client: client(),
            token: String::new(),
            cookie: String::new(),
        };
        let answer = system
            .ask(Method::GET, BILLS)
            .header("x-csrf-token", "Fetch");
        let answer = answer.send().await.unwrap();
        system.token = header(answer.headers(), "x-csrf-token");
        let cookie = header(answer.headers(), "set-cookie");
        cookie
            .split(';')
            .next()
            .unwrap()
            .clone_into(&mut system.cookie);
        system
    }

    /// A request of the user, without session and token.
    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let mark = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}{path}{mark}sap-client=100", self.running.url());
        self.client
            .request(method, url)
            .basic_auth("CROSSDOCK", Some("change-me"))
    }

    /// A request in the session, with its token.
    fn write(&self, method: Method, path: &str) -> RequestBuilder {
        self.ask(method, path)
            .header("x-csrf-token", &self.token)
            .header("cookie", &self.cookie)
    }

    async fn module(&self, name: &str, parameters: &str, query: &str, cookie: &str) -> Response {
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <u:{name} xmlns:u=\"urn:sap-com:document:sap:rfc:functions\">{parameters}</u:{name}>\
             </s:Body></s:Envelope>"
        );
        let ask = self.ask(Method::POST, &format!("/sap/bc/soap/rfc{query}"));
        let ask = ask
            .header(CONTENT_TYPE, "text/xml")
            .header("cookie", cookie);
        ask.body(body).send().await.unwrap()
    }
}

fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).unwrap().to_str().unwrap().to_owned()
}

async fn json_of(answer: Response) -> Value {
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

fn new_bill() -> Value {
    json!({
        "BillOfMaterialCategory": "M", "BillOfMaterialVariant": "1", "BillOfMaterialVariantUsage": "1",
        "Material": "AR-5381", "Plant": "1000", "BOMHeaderBaseUnit": "EA",
        "BOMHeaderQuantityInBaseUnit": "1.000", "HeaderValidityStartDate": "/Date(1767225600000)/",
        "to_BillOfMaterialItem": {"results": [{
            "BillOfMaterialItemCategory": "L", "BillOfMaterialItemNumber": "0010",
            "BillOfMaterialComponent": "BA-8327", "BillOfMaterialItemQuantity": "10.000",
            "BillOfMaterialItemUnit": "EA"}]}
    })
}

fn encode(text: &str) -> String {
    text.replace('\'', "%27").replace(' ', "%20")
}

#[tokio::test]
async fn adventureworks_bills_of_materials_are_there() {
    let system = System::start(Config::default()).await;
    let boms = system.running.handle.boms();
    assert_eq!(boms.len(), 238);
    assert_eq!(boms.iter().map(|bom| bom.items.len()).sum::<usize>(), 2_383);
    let products = system.running.handle.products();
    assert_eq!(products.len(), 504);
    assert_eq!(
        products.iter().filter(|product| product.deleted).count(),
        98
    );
    let known = |code: &str| products.iter().any(|product| product.code == code);
    assert!(boms.iter().all(|bom| known(&bom.material)));
    assert!(
        boms.iter()
            .flat_map(|bom| &bom.items)
            .all(|item| known(&item.component))
    );
}

#[tokio::test]
async fn the_token_is_bound_to_its_session_and_needed_for_every_write() {
    let system = System::start(Config::default()).await;
    let path = format!("{BILLS}/MaterialBOM");
    for ask in [
        system.ask(Method::POST, &path),
        system
            .ask(Method::POST, &path)
            .header("cookie", &system.cookie),
        system
            .ask(Method::POST, &path)
            .header("x-csrf-token", &system.token),
    ] {
        let answer = ask.json(&new_bill()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(header(answer.headers(), "x-csrf-token"), "Required");
    }
    let answer = system
        .write(Method::POST, &path)
        .json(&new_bill())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let location = header(answer.headers(), "location");
    assert!(
        location.contains("Material='AR-5381',Plant='1000')"),
        "{location}"
    );
    system.running.handle.expire_sessions();
    let answer = system
        .write(Method::POST, &path)
        .json(&new_bill())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn without_the_right_client_and_password_nobody_is_signed_in() {
    let system = System::start(Config::default()).await;
    let url = format!("{}{PRODUCTS}", system.running.url());
    for (query, password) in [
        ("", "change-me"),
        ("?sap-client=200", "change-me"),
        ("?sap-client=100", "x"),
    ] {
        let ask = system.client.get(format!("{url}{query}"));
        let answer = ask
            .basic_auth("CROSSDOCK", Some(password))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert!(header(answer.headers(), "content-type").starts_with("text/html"));
    }
}

#[tokio::test]
async fn version_2_writes_numbers_counts_and_dates_as_text() {
    let system = System::start(Config::default()).await;
    let filter = encode("Material eq 'BB-7421' and Plant eq '1000'");
    let path = format!("{BILLS}/MaterialBOM?$filter={filter}&$expand=to_BillOfMaterialItem");
    let bills = json_of(system.ask(Method::GET, &path).send().await.unwrap()).await;
    let bill = &bills["d"]["results"][0];
    assert_eq!(bill["BOMHeaderQuantityInBaseUnit"], "1.000");
    let item = &bill["to_BillOfMaterialItem"]["results"][0];
    assert_eq!(item["BillOfMaterialItemQuantity"], "10.000");
    let path = format!("{PRODUCTS}/A_Product?$top=2&$inlinecount=allpages");
    let products = json_of(system.ask(Method::GET, &path).send().await.unwrap()).await;
    assert_eq!(products["d"]["__count"], "504");
    let changed = products["d"]["results"][0]["LastChangeDateTime"]
        .as_str()
        .unwrap();
    assert!(
        changed.starts_with("/Date(") && changed.ends_with("+0000)/"),
        "{changed}"
    );
}

#[tokio::test]
async fn a_change_has_to_show_the_latest_version() {
    let system = System::start(Config::default()).await;
    let list = format!(
        "{BILLS}/MaterialBOM?$filter={}",
        encode("Material eq 'BB-7421'")
    );
    let read = json_of(system.ask(Method::GET, &list).send().await.unwrap()).await;
    let metadata = &read["d"]["results"][0]["__metadata"];
    let path = metadata["uri"].as_str().unwrap();
    let etag = metadata["etag"].as_str().unwrap();
    let change = || {
        system
            .write(Method::PATCH, path)
            .json(&json!({"BOMHeaderText": "new"}))
    };
    let status = change().send().await.unwrap().status();
    assert_eq!(status, StatusCode::PRECONDITION_REQUIRED);
    let first = change().header("if-match", etag).send().await.unwrap();
    assert_eq!(first.status(), StatusCode::NO_CONTENT);
    let stale = change().header("if-match", etag).send().await.unwrap();
    assert_eq!(stale.status(), StatusCode::PRECONDITION_FAILED);
    let error = json_of(stale).await;
    assert!(error["error"]["innererror"]["errordetails"].is_array());
}

#[tokio::test]
async fn a_unit_of_changes_stands_or_falls_together() {
    let system = System::start(Config::default()).await;
    let first = new_bill().to_string();
    let mut second = new_bill();
    second["Material"] = json!("NO-SUCH");
    let second = second.to_string();
    let part = |body: &str| {
        format!(
            "--C\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n\
             POST MaterialBOM HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}\r\n",
            body.len()
        )
    };
    for (bodies, answers, made) in [(vec![&first, &second], 1, 0), (vec![&first], 1, 1)] {
        let parts: String = bodies.into_iter().map(|body| part(body)).collect();
        let body = format!(
            "--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n{parts}--C--\r\n\r\n--B--\r\n"
        );
        let ask = system.write(Method::POST, &format!("{BILLS}/$batch"));
        let ask = ask
            .header(CONTENT_TYPE, "multipart/mixed; boundary=B")
            .body(body);
        let answer = ask.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let text = answer.text().await.unwrap();
        assert_eq!(text.matches("HTTP/1.1 ").count(), answers, "{text}");
        assert_eq!(system.running.handle.boms_of("AR-5381").len(), made);
    }
}

#[tokio::test]
async fn messages_come_with_200_and_exceptions_with_500() {
    let system = System::start(Config::default()).await;
    let unknown = "<MATERIAL>NO-SUCH</MATERIAL>";
    let answer = system
        .module("BAPI_MATERIAL_GET_DETAIL", unknown, "", "")
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.unwrap();
    assert!(
        text.contains("<TYPE>E</TYPE><ID>M3</ID><NUMBER>305</NUMBER>"),
        "{text}"
    );
    let answer = system.module("CSAP_MAT_BOM_READ", unknown, "", "").await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let text = answer.text().await.unwrap();
    assert!(text.contains("<faultstring>ERROR</faultstring>"), "{text}");
}

#[tokio::test]
async fn a_module_that_breaks_off_says_so_with_200_and_messages_come_in_german_too() {
    let system = System::start(Config::default()).await;
    let unknown = "<MATERIAL>NO-SUCH</MATERIAL>";
    let broken = Fault::times(FaultKind::Aborted, 1);
    system.running.faults().add(broken);
    for part in ["<TYPE>A</TYPE><ID>00</ID>", "ist nicht vorhanden"] {
        let answer = system
            .module("BAPI_MATERIAL_GET_DETAIL", unknown, "?sap-language=DE", "")
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        let text = answer.text().await.unwrap();
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn what_a_session_does_not_commit_is_lost() {
    let parameters = "<MATERIAL>AR-5381</MATERIAL><PLANT>1000</PLANT><BOM_USAGE>1</BOM_USAGE>\
         <ALTERNATIVE>01</ALTERNATIVE><VALID_FROM>01.01.2026</VALID_FROM>\
         <I_STKO><BASE_QUAN>1</BASE_QUAN></I_STKO>";
    for keeps in [true, false] {
        let system = System::start(Config {
            keeps_sessions: keeps,
            ..Config::default()
        })
        .await;
        let open = "?sap-sessioncmd=open";
        let answer = system
            .module("CSAP_MAT_BOM_CREATE", parameters, open, "")
            .await;
        let cookies = answer.headers().get_all("set-cookie").iter();
        let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let context = cookies.find(|pair| pair.starts_with("sap-contextid"));
        assert_eq!(context.is_some(), keeps);
        let context = context.unwrap_or_default().to_owned();
        assert!(system.running.handle.boms_of("AR-5381").is_empty());
        system
            .module("BAPI_TRANSACTION_COMMIT", "", "", &context)
            .await;
        let made = system.running.handle.boms_of("AR-5381").len();
        assert_eq!(made, usize::from(keeps));
    }
}

#[tokio::test]
async fn the_panel_makes_answers_get_lost_after_the_write() {
    let system = System::start(Config::default()).await;
    let url = system.running.url();
    let page = system
        .client
        .get(format!("{url}/_panel"))
        .send()
        .await
        .unwrap();
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("answer lost after commit")
    );
    let fault = serde_json::to_value(Fault::times(FaultKind::LostAnswer, 1)).unwrap();
    let added = system.client.post(format!("{url}/_faults")).json(&fault);
    assert_eq!(added.send().await.unwrap().status(), StatusCode::CREATED);
    let path = format!("{BILLS}/MaterialBOM");
    let sent = system
        .write(Method::POST, &path)
        .json(&new_bill())
        .send()
        .await;
    let body = match sent {
        Ok(answer) => answer.bytes().await.map(|_| ()),
        Err(error) => Err(error),
    };
    assert!(body.is_err(), "the answer came");
    assert_eq!(system.running.handle.boms_of("AR-5381").len(), 1);
    let state = system
        .client
        .get(format!("{url}/_faults"))
        .send()
        .await
        .unwrap();
    let state = json_of(state).await;
    assert_eq!(state["counters"]["writes"], 1);
    assert_eq!(state["latest"][0]["material"], "AR-5381");
    assert_eq!(state["faults"], json!([]));
}
