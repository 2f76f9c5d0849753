//! `$batch`: parts that are answered each for itself, and units of changes that stand or fall
//! together.

use super::reply::Reply;

/// One request inside.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inner {
    pub method: String,
    /// Relative to the service, without its query.
    pub path: String,
    pub query: String,
    pub if_match: Option<String>,
    pub body: String,
}

/// A part of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    One(Inner),
    Unit(Vec<Inner>),
}

/// Reads a batch; none when it is none.
pub(crate) fn parse(content_type: &str, body: &str) -> Option<Vec<Part>> {
    let parts = pieces(content_type, body)?;
    parts.into_iter().map(part).collect()
}

fn part(piece: &str) -> Option<Part> {
    let (head, content) = piece.split_once("\r\n\r\n")?;
    let kind = header(head, "content-type")?;
    if !kind.starts_with("multipart/mixed") {
        return Some(Part::One(inner(content)?));
    }
    let inners = pieces(kind, content)?;
    let inners = inners.into_iter().map(|piece| {
        let (_, content) = piece.split_once("\r\n\r\n")?;
        inner(content)
    });
    inners.collect::<Option<_>>().map(Part::Unit)
}

fn inner(text: &str) -> Option<Inner> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut words = head.lines().next()?.split(' ');
    let (method, address) = (words.next()?, words.next()?);
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    // Without its length a body would run into the delimiter.
    let length = header(head, "content-length").and_then(|length| length.parse().ok());
    Some(Inner {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        if_match: header(head, "if-match").map(str::to_owned),
        body: body.get(..length.unwrap_or(0))?.to_owned(),
    })
}

fn pieces<'a>(content_type: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let boundary = content_type
        .split("boundary=")
        .nth(1)?
        .trim()
        .trim_matches('"');
    let delimiter = format!("--{boundary}");
    let whole = text.split_once(&format!("{delimiter}--"))?.0;
    let pieces = whole.split(delimiter.as_str()).skip(1);
    Some(
        pieces
            .map(|piece| piece.trim_start_matches("\r\n"))
            .collect(),
    )
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

/// The answers of a part: one, or those of a unit.
pub(crate) enum Answers {
    One(Reply),
    Unit(Vec<Reply>),
}

/// Puts answers together.
pub(crate) fn answer(all: &[Answers]) -> Reply {
    let mut body = String::new();
    for (at, answers) in all.iter().enumerate() {
        body.push_str("--ejjeeffe0\r\n");
        match answers {
            Answers::One(reply) => write(&mut body, reply),
            Answers::Unit(replies) => {
                body.push_str(&format!(
                    "Content-Type: multipart/mixed; boundary=ejjeeffe1{at}\r\n\r\n"
                ));
                for reply in replies {
                    body.push_str(&format!("--ejjeeffe1{at}\r\n"));
                    write(&mut body, reply);
                }
                body.push_str(&format!("--ejjeeffe1{at}--\r\n\r\n"));
            }
        }
    }
    body.push_str("--ejjeeffe0--\r\n");
    Reply {
        status: 202,
        kind: "multipart/mixed; boundary=ejjeeffe0".into(),
        headers: Vec::new(),
        body,
    }
}

fn write(out: &mut String, reply: &Reply) {
    out.push_str("Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
    out.push_str(&format!("HTTP/1.1 {} \r\n", reply.status));
    if !reply.kind.is_empty() {
        out.push_str(&format!("Content-Type: {}\r\n", reply.kind));
    }
    for (name, value) in &reply.headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str(&format!(
        "Content-Length: {}\r\n\r\n{}\r\n",
        reply.body.len(),
        reply.body
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_units_are_told_apart() {
        let body = "--A\r\nContent-Type: application/http\r\n\r\nGET A_Product('X')?$select=Product HTTP/1.1\r\n\r\n\r\n\
             --A\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: application/http\r\n\r\n\
             PATCH MaterialBOM(x) HTTP/1.1\r\nIf-Match: W/\"1\"\r\nContent-Length: 2\r\n\r\n{}\r\n--B--\r\n\r\n--A--\r\n";
        let parts = parse("multipart/mixed; boundary=A", body).unwrap();
        let Part::One(read) = &parts[0] else {
            panic!("a unit")
        };
        assert_eq!(
            (&*read.path, &*read.query),
            ("A_Product('X')", "$select=Product")
        );
        let Part::Unit(unit) = &parts[1] else {
            panic!("no unit")
        };
        assert_eq!(
            (&*unit[0].body, unit[0].if_match.as_deref()),
            ("{}", Some("W/\"1\""))
        );
        assert_eq!(parse("multipart/mixed; boundary=A", "--A\r\n"), None);
    }
}
