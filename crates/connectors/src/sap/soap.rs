//! Function modules over SOAP: what is sent, what comes back, and messages on the way.

use super::client::{Ask, Client};
use super::refusal::{self, Said};
use super::session::Session;
use super::xml::{self, Element, Escaped};
use crate::http::call::Answer;
use crate::http::status;
use crate::{Error, ErrorKind};
use reqwest::Method;
use reqwest::header::HeaderName;
use std::fmt::Write;
use std::time::Duration;

const PATH: &str = "sap/bc/soap/rfc";
const ACTION: HeaderName = HeaderName::from_static("soapaction");
const NAMESPACE: &str = "urn:sap-com:document:sap:rfc:functions";
/// What a module without a right, a session, a system says in a fault.
const TECHNICAL: [&str; 3] = [
    "SYSTEM_FAILURE",
    "COMMUNICATION_FAILURE",
    "RESOURCE_FAILURE",
];

/// One parameter of a module.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Structure(Fields),
    /// An empty one asks for the table to come back.
    Table(Vec<Fields>),
}

/// Names and values.
pub(super) type Fields = Vec<(&'static str, String)>;

/// A call of a function module.
#[derive(Debug)]
pub(super) struct Module<'a> {
    pub name: &'static str,
    pub parameters: Vec<(&'static str, Value)>,
    /// Our word for it.
    pub operation: &'static str,
    pub correlation_id: &'a str,
    pub writes: bool,
    /// A session of its own and what is to become of it.
    pub session: Option<(&'a Session, &'static str)>,
}

impl<'a> Module<'a> {
    /// A read.
    pub fn read(
        operation: &'static str,
        correlation_id: &'a str,
        name: &'static str,
        parameters: Vec<(&'static str, Value)>,
    ) -> Self {
        Self {
            name,
            parameters,
            operation,
            correlation_id,
            writes: false,
            session: None,
        }
    }

    fn envelope(&self) -> String {
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:urn=\"{NAMESPACE}\"><soap:Body><urn:{}>",
            self.name
        );
        for (name, value) in &self.parameters {
            let _ = write!(out, "<{name}>");
            match value {
                Value::Text(text) => {
                    let _ = write!(out, "{}", Escaped(text));
                }
                Value::Structure(fields) => write_fields(&mut out, fields),
                Value::Table(rows) => {
                    for row in rows {
                        out.push_str("<item>");
                        write_fields(&mut out, row);
                        out.push_str("</item>");
                    }
                }
            }
            let _ = write!(out, "</{name}>");
        }
        let _ = write!(out, "</urn:{}></soap:Body></soap:Envelope>", self.name);
        out
    }
}

fn write_fields(out: &mut String, fields: &[(&'static str, String)]) {
    for (name, value) in fields {
        let _ = write!(out, "<{name}>{}</{name}>", Escaped(value));
    }
}

/// A text parameter.
pub(super) fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

/// What a module gave back.
#[derive(Debug)]
pub(super) struct Results {
    pub body: Element,
    /// Warnings among its messages.
    pub warnings: Vec<String>,
    pub latency: Duration,
}

/// What a module answered.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It did what it was asked.
    Done(Results),
    /// It raised an exception.
    Raised(Said),
    /// Its messages are of type E, A or X, although HTTP is well.
    Refused(Said),
}

/// Calls a module. Locked records, missing rights and failures of the system are errors; what else
/// a refusal means is left to the caller.
pub(super) async fn call(client: &Client, module: &Module<'_>) -> Result<Outcome, Error> {
    let query = module
        .session
        .map_or(String::new(), |(_, command)| match command.is_empty() {
            true => String::new(),
            false => format!("sap-sessioncmd={command}"),
        });
    let ask = Ask {
        method: Method::POST,
        headers: vec![(ACTION, format!("\"{NAMESPACE}\""))],
        body: Some((
            "text/xml; charset=utf-8".into(),
            module.envelope().into_bytes(),
        )),
        writes: module.writes,
        session: module.session.map(|(session, _)| session),
        ..Ask::get(module.operation, module.correlation_id, PATH, query)
    };
    let read = |answer: &Answer| read(client, module, answer);
    client.ask(&ask, PATH, read).await
}

/// The same where every refusal is an error.
pub(super) async fn call_or_refuse(client: &Client, module: &Module<'_>) -> Result<Results, Error> {
    match call(client, module).await? {
        Outcome::Done(results) => Ok(results),
        Outcome::Raised(said) | Outcome::Refused(said) => {
            let (operation, user) = (module.operation, client.user());
            Err(match module.writes {
                true => refusal::by_messages(operation, user, &said),
                false => refusal::of_read(operation, user, &said),
            })
        }
    }
}

fn read(client: &Client, module: &Module<'_>, answer: &Answer) -> Result<Outcome, Error> {
    let operation = module.operation;
    let text = String::from_utf8_lossy(&answer.body);
    let body = xml::read(&text).and_then(|root| {
        let body = root.find("Body").and_then(|body| body.children.first());
        body.cloned()
            .ok_or_else(|| "it has no SOAP body".to_owned())
    });
    match (body, status::kind(answer.status)) {
        (Ok(body), _) if body.name == "Fault" => fault(client, operation, &body),
        (Ok(body), _) if body.name.strip_suffix(".Exception") == Some(module.name) => {
            let message = body.child("Message");
            let words = message.map(|message| message.value("Text").to_owned());
            let said = Said::raised(
                body.value("Name"),
                words.unwrap_or_default(),
                numbered(message),
            );
            raised(client, operation, said)
        }
        (Ok(body), None) => results(client, module, body, answer.latency),
        (Err(why), None) => Err(client.unreadable(operation, &why)),
        (_, Some(kind)) => Err(closed(client, operation, kind, answer)),
    }
}

/// The node of the function modules refuses, in HTML or not at all.
fn closed(client: &Client, operation: &'static str, kind: ErrorKind, answer: &Answer) -> Error {
    if kind == ErrorKind::NotFound || kind == ErrorKind::Forbidden {
        let status = answer.status;
        let message = format!(
            "SAP does not offer function modules over SOAP to '{}' ({status}). Have the node \
             /sap/bc/soap/rfc activated in transaction SICF, and the authorisation S_RFC given.",
            client.user()
        );
        return Error::new(kind, operation, message);
    }
    let user = client.user();
    let said = Said::read(&answer.body).unwrap_or_default();
    refusal::error(operation, user, kind, answer.status, &said)
}

fn fault(client: &Client, operation: &'static str, body: &Element) -> Result<Outcome, Error> {
    let exception = body.value("faultstring").to_owned();
    let detail = body.child("detail");
    let words = detail.map(Element::words).unwrap_or_default();
    let message = detail.and_then(|detail| detail.find("Message"));
    // A dump says `Internal Server Error`, and in the detail what kind it is.
    let kind = detail.and_then(|detail| detail.find("type"));
    let exception = match kind {
        Some(kind) if !is_name(&exception) => format!("{}: {exception}", kind.text),
        _ => exception,
    };
    raised(
        client,
        operation,
        Said::raised(&exception, words, numbered(message)),
    )
}

/// Class and number of a message in a fault.
fn numbered(message: Option<&Element>) -> Option<String> {
    message.and_then(|message| match message.value("ID") {
        "" => None,
        class => Some(format!("{class}/{}", message.value("Number"))),
    })
}

/// What an exception means: the module's own are left to the caller, anything else says nothing of what was asked.
fn raised(client: &Client, operation: &'static str, said: Said) -> Result<Outcome, Error> {
    if said.locked() || said.unauthorised() {
        return Err(refusal::by_messages(operation, client.user(), &said));
    }
    let technical = TECHNICAL.iter().any(|word| said.code.contains(word));
    match technical || !is_name(&said.code) {
        true => Err(refusal::failed(operation, &said)),
        false => Ok(Outcome::Raised(said)),
    }
}

/// Whether it is called as modules call their exceptions.
fn is_name(exception: &str) -> bool {
    let named = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !exception.is_empty() && exception.bytes().all(named)
}

fn results(
    client: &Client,
    module: &Module<'_>,
    body: Element,
    latency: Duration,
) -> Result<Outcome, Error> {
    let operation = module.operation;
    if body.name.trim_end_matches(".Response") != module.name {
        let why = format!("it answers {} instead of {}", body.name, module.name);
        return Err(client.unreadable(operation, &why));
    }
    let messages = messages(&body);
    let refused: Vec<&Message> = messages.iter().filter(|one| one.refuses()).collect();
    if let Some(first) = refused.first() {
        let said = Said {
            code: first.code.clone(),
            messages: refused.iter().map(|one| one.code.clone()).collect(),
            sentences: refused.iter().map(|one| one.text.clone()).collect(),
            aborted: refused.iter().any(|one| one.aborts()),
        };
        return match said.locked() || said.unauthorised() {
            true => Err(refusal::by_messages(operation, client.user(), &said)),
            false => Ok(Outcome::Refused(said)),
        };
    }
    let warnings = messages.into_iter().filter(|one| one.kind == "W");
    let warnings = warnings.map(|one| one.text).collect();
    Ok(Outcome::Done(Results {
        body,
        warnings,
        latency,
    }))
}

struct Message {
    kind: String,
    code: String,
    text: String,
}

impl Message {
    fn refuses(&self) -> bool {
        self.kind == "E" || self.aborts()
    }

    /// Ended the work, whatever was asked.
    fn aborts(&self) -> bool {
        matches!(&*self.kind, "A" | "X")
    }
}

/// `RETURN` is one structure or a table of them; the older structure has a code in place of class
/// and number.
fn messages(body: &Element) -> Vec<Message> {
    let Some(table) = body.child("RETURN") else {
        return Vec::new();
    };
    let rows = match table.child("TYPE") {
        Some(_) => std::slice::from_ref(table),
        None => &table.children,
    };
    let message = |row: &Element| {
        let code = match (row.value("ID"), row.value("NUMBER")) {
            ("", _) => row.value("CODE").to_owned(),
            (class, number) => format!("{class}/{number}"),
        };
        Message {
            kind: row.value("TYPE").to_owned(),
            code,
            text: row.value("MESSAGE").to_owned(),
        }
    };
    rows.iter().map(message).collect()
}

/// The rows of a table.
pub(super) fn rows<'a>(results: &'a Element, table: &str) -> &'a [Element] {
    results
        .child(table)
        .map_or(&[], |table| table.children.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_written_unqualified_and_escaped() {
        let parameters = vec![
            ("MATERIAL", text("A<1>&")),
            ("I_STKO", Value::Structure(vec![("BASE_QUAN", "1".into())])),
            (
                "T_STPO",
                Value::Table(vec![vec![("COMPONENT", "R".into())]]),
            ),
            ("RETURN", Value::Table(Vec::new())),
        ];
        let module = Module::read("push", "c", "CSAP_MAT_BOM_CREATE", parameters);
        let written = module.envelope();
        for part in [
            "<urn:CSAP_MAT_BOM_CREATE><MATERIAL>A&lt;1&gt;&amp;</MATERIAL>",
            "<I_STKO><BASE_QUAN>1</BASE_QUAN></I_STKO>",
            "<T_STPO><item><COMPONENT>R</COMPONENT></item></T_STPO><RETURN></RETURN>",
        ] {
            assert!(written.contains(part), "{written}");
        }
        let read = xml::read(&written).unwrap();
        assert_eq!(read.find("MATERIAL").unwrap().text, "A<1>&");
    }

    #[test]
    fn a_dump_or_a_missing_right_is_no_exception_of_the_module() {
        assert!(is_name("ERROR") && is_name("NOT_FOUND"));
        for other in [
            "",
            "Internal Server Error",
            "RFC_AUTHORIZATION_FAILURE: User has no authorization",
        ] {
            assert!(!is_name(other), "{other}");
        }
        let fault = "<detail><Message><ID>29</ID><Number>045</Number></Message></detail>";
        let fault = xml::read(fault).unwrap();
        assert_eq!(numbered(fault.find("Message")).as_deref(), Some("29/045"));
        assert_eq!(numbered(None), None);
    }

    #[test]
    fn messages_are_read_from_a_structure_and_from_a_table() {
        let structure =
            "<F><RETURN><TYPE>E</TYPE><CODE>M3305</CODE><MESSAGE>No.</MESSAGE></RETURN></F>";
        let one = messages(&xml::read(structure).unwrap());
        assert!(one[0].refuses() && one[0].code == "M3305");
        let table = "<F><RETURN><item><TYPE>W</TYPE><ID>29</ID><NUMBER>001</NUMBER><MESSAGE>Hm.</MESSAGE></item>\
                     <item><TYPE>S</TYPE></item></RETURN></F>";
        let two = messages(&xml::read(table).unwrap());
        assert_eq!(
            (&*two[0].code, two[0].refuses(), two.len()),
            ("29/001", false, 2)
        );
        assert!(messages(&xml::read("<F><RETURN/></F>").unwrap()).is_empty());
    }
}
