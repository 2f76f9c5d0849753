//! Function modules over SOAP.

use super::modules::{Call, Outcome};
use super::reply::Reply;
use super::xml::{self, Node, escape};

const XML: &str = "text/xml;charset=utf-8";

/// The function that is called, with its parameters.
pub(crate) fn function(body: &str) -> Option<Node> {
    let root = xml::parse(body)?;
    let body = root.child("Body")?;
    body.children.first().cloned()
}

/// Whether it changes something.
pub(crate) fn writes(function: &str) -> bool {
    matches!(
        function,
        "CSAP_MAT_BOM_CREATE"
            | "CSAP_MAT_BOM_MAINTAIN"
            | "CSAP_MAT_BOM_DELETE"
            | "BAPI_RECIPE_CREATE"
            | "BAPI_TRANSACTION_COMMIT"
    )
}

/// Executes a call and puts its results on the wire.
pub(crate) fn answer(call: &mut Call<'_>, function: &Node) -> Reply {
    match call.execute(function) {
        Outcome::Results(results) => respond(&function.name, &results),
        Outcome::Exception(name, words) => fault(&name, &words),
    }
}

/// A table or structure with one message, as BAPIs return them.
pub(crate) fn message(kind: &str, class: &str, number: &str, text: &str) -> String {
    format!(
        "<TYPE>{kind}</TYPE><ID>{class}</ID><NUMBER>{number}</NUMBER><MESSAGE>{}</MESSAGE>\
         <LOG_NO></LOG_NO><LOG_MSG_NO>000000</LOG_MSG_NO>",
        escape(text)
    )
}

/// The module broke off: the program that runs all modules says so, not the module.
pub(crate) fn aborted(function: &str) -> Reply {
    let text = "ABAP/4 processor: DBIF_RSQL_SQL_ERROR";
    let message = message("A", "00", "671", text);
    respond(function, &format!("<RETURN>{message}</RETURN>"))
}

fn respond(function: &str, results: &str) -> Reply {
    envelope(
        200,
        &format!(
            "<rfc:{function}.Response xmlns:rfc=\"urn:sap-com:document:sap:rfc:functions\">{results}\
             </rfc:{function}.Response>"
        ),
    )
}

/// An exception of ABAP.
pub(crate) fn fault(exception: &str, words: &str) -> Reply {
    let detail = match words.is_empty() {
        true => String::new(),
        false => format!(
            "<rfc:Error xmlns:rfc=\"urn:sap-com:document:sap:rfc:functions\"><message>{}</message></rfc:Error>",
            escape(words)
        ),
    };
    let body = format!(
        "<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>{}</faultstring>\
         <detail>{detail}</detail></SOAP-ENV:Fault>",
        escape(exception)
    );
    envelope(500, &body)
}

fn envelope(status: u16, body: &str) -> Reply {
    Reply {
        status,
        kind: XML.into(),
        headers: Vec::new(),
        body: format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><SOAP-ENV:Envelope \
             xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Body>{body}\
             </SOAP-ENV:Body></SOAP-ENV:Envelope>"
        ),
    }
}
