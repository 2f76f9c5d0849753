//! `$batch`: several reads in one request, or several changes that are written together or not at
//! all.

use serde_json::Value;

/// JSON escapes line breaks, so no body can hold a line that begins like these.
const OUTER: &str = "crossdock_batch";
const INNER: &str = "crossdock_changes";

/// One request inside.
#[derive(Debug)]
pub(super) struct Part {
    pub method: &'static str,
    /// Relative to the service, encoded.
    pub path: String,
    /// The version that is changed.
    pub if_match: Option<String>,
    pub body: Option<Value>,
}

impl Part {
    /// A read.
    pub fn get(path: String) -> Self {
        Self {
            method: "GET",
            path,
            if_match: None,
            body: None,
        }
    }

    fn write(&self, out: &mut String) {
        out.push_str("Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
        out.push_str(&format!("{} {} HTTP/1.1\r\n", self.method, self.path));
        out.push_str("Accept: application/json\r\n");
        if let Some(version) = &self.if_match {
            out.push_str(&format!("If-Match: {version}\r\n"));
        }
        let body = self.body.as_ref().map(Value::to_string);
        if let Some(body) = &body {
            out.push_str("Content-Type: application/json\r\n");
            out.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        out.push_str("\r\n");
        out.push_str(body.as_deref().unwrap_or_default());
        out.push_str("\r\n");
    }
}

/// The content type of what [`reads`] and [`changes`] make.
pub(super) fn content_type() -> String {
    format!("multipart/mixed; boundary={OUTER}")
}

/// Reads, each answered for itself.
pub(super) fn reads(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        out.push_str(&format!("--{OUTER}\r\n"));
        part.write(&mut out);
    }
    out.push_str(&format!("--{OUTER}--\r\n"));
    out
}

/// Changes that are one unit.
pub(super) fn changes(parts: &[Part]) -> String {
    let mut out = format!("--{OUTER}\r\nContent-Type: multipart/mixed; boundary={INNER}\r\n\r\n");
    for part in parts {
        out.push_str(&format!("--{INNER}\r\n"));
        part.write(&mut out);
    }
    out.push_str(&format!("--{INNER}--\r\n\r\n--{OUTER}--\r\n"));
    out
}

/// One answer inside.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PartAnswer {
    pub status: u16,
    /// Of the part, for warnings.
    pub message: Option<String>,
    pub body: String,
}

/// The answers in order; a failed unit of changes has one for all of them.
pub(super) fn answers(content_type: &str, body: &[u8]) -> Result<Vec<PartAnswer>, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not text".to_owned())?;
    let mut answers = Vec::new();
    multipart(content_type, text, 0, &mut answers)?;
    Ok(answers)
}

fn multipart(
    content_type: &str,
    text: &str,
    depth: u8,
    answers: &mut Vec<PartAnswer>,
) -> Result<(), String> {
    let boundary = boundary(content_type).ok_or("it is no multipart answer")?;
    if depth > 1 {
        return Err("it is nested too deeply".into());
    }
    let delimiter = format!("--{boundary}");
    let end = format!("{delimiter}--");
    if !text.contains(&end) {
        return Err("it breaks off".into());
    }
    let mut pieces = text.split(delimiter.as_str());
    pieces.next();
    for piece in pieces {
        if piece.starts_with("--") {
            break;
        }
        let (headers, body) = head_and_body(piece.trim_start_matches(['\r', '\n']));
        match header(headers, "content-type") {
            Some(kind) if kind.starts_with("multipart/") => {
                multipart(kind, body, depth + 1, answers)?;
            }
            _ => answers.push(answer(body)?),
        }
    }
    Ok(())
}

fn answer(text: &str) -> Result<PartAnswer, String> {
    let (head, body) = head_and_body(text.trim_start());
    let status = head.split_whitespace().nth(1);
    let status = status.and_then(|status| status.parse().ok());
    Ok(PartAnswer {
        status: status.ok_or("a part of it has no status")?,
        message: header(head, "sap-message").map(str::to_owned),
        body: body.trim().to_owned(),
    })
}

fn head_and_body(text: &str) -> (&str, &str) {
    text.split_once("\r\n\r\n")
        .or_else(|| text.split_once("\n\n"))
        .unwrap_or((text, ""))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim())
    })
}

fn boundary(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1);
    let mut parameters = parameters.filter_map(|parameter| parameter.trim().split_once('='));
    let (_, boundary) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    let boundary = boundary.trim_matches('"');
    (!boundary.is_empty()).then_some(boundary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_one_unit_with_their_versions_and_lengths() {
        let parts = [
            Part {
                method: "PATCH",
                path: "MaterialBOMItem(x)".into(),
                if_match: Some("W/\"1\"".into()),
                body: Some(json!({"BillOfMaterialItemQuantity": "2"})),
            },
            Part {
                method: "DELETE",
                path: "MaterialBOMItem(y)".into(),
                if_match: None,
                body: None,
            },
        ];
        let text = changes(&parts);
        assert_eq!(text.matches("--crossdock_changes\r\n").count(), 2);
        assert!(text.contains("If-Match: W/\"1\"\r\n"));
        assert!(text.contains("Content-Length: 34\r\n\r\n{\"Bill"), "{text}");
        assert!(text.ends_with("--crossdock_changes--\r\n\r\n--crossdock_batch--\r\n"));
    }

    #[test]
    fn answers_are_read_flat_and_nested() {
        let body = "--A\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\
             Content-Type: application/json\r\n\r\n{\"d\":{}}\r\n--A\r\n\
             Content-Type: multipart/mixed; boundary=\"B\"\r\n\r\n--B\r\nContent-Type: application/http\r\n\r\n\
             HTTP/1.1 204 No Content\r\nsap-message: {\"severity\":\"warning\"}\r\n\r\n\r\n--B--\r\n--A--\r\n";
        let read = answers("multipart/mixed; boundary=A", body.as_bytes()).unwrap();
        assert_eq!((read[0].status, &*read[0].body), (200, "{\"d\":{}}"));
        assert_eq!(read[1].status, 204);
        assert!(read[1].message.as_deref().unwrap().contains("warning"));
    }

    #[test]
    fn an_answer_that_breaks_off_is_not_taken_for_a_whole_one() {
        let cut = "--A\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
        let why = answers("multipart/mixed; boundary=A", cut.as_bytes()).unwrap_err();
        assert!(why.contains("breaks off"));
        assert!(answers("application/json", b"{}").is_err());
    }
}
