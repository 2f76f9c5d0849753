//! As much XML as SOAP and error bodies need: elements and their text. Attributes and prefixes are
//! dropped; document types and entities of their own are refused.

use std::fmt;

/// Elements inside each other; more is no answer of SAP.
const DEEPEST: usize = 32;
/// Elements of one answer.
const MOST: usize = 200_000;

/// An element.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// Without its prefix.
    pub name: String,
    /// Its own text, trimmed.
    pub text: String,
    /// In order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of this name; empty when there is none.
    pub fn value(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| &child.text)
    }

    /// The first element of this name, this one included, however deep.
    pub fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    /// All text below, in order, with single blanks between.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        self.collect(&mut words);
        words.join(" ")
    }

    fn collect<'a>(&'a self, words: &mut Vec<&'a str>) {
        if !self.text.is_empty() {
            words.push(&self.text);
        }
        for child in &self.children {
            child.collect(words);
        }
    }
}

/// Reads a document; the reason it cannot be read is a part of a sentence.
pub(super) fn read(text: &str) -> Result<Element, String> {
    let mut reader = Reader {
        rest: text.trim_start_matches('\u{feff}').trim_start(),
        elements: 0,
    };
    if reader.rest.is_empty() {
        return Err("it is empty".into());
    }
    if !reader.rest.starts_with('<') {
        return Err("it is not XML".into());
    }
    reader.misc()?;
    let head = reader.rest.get(..9).unwrap_or_default();
    if reader.rest.starts_with("<!") || head.to_ascii_lowercase().starts_with("<html") {
        return Err("it is a web page or carries a document type".into());
    }
    reader.element(0)
}

struct Reader<'a> {
    rest: &'a str,
    elements: usize,
}

impl<'a> Reader<'a> {
    /// Passes over declarations, comments and blanks.
    fn misc(&mut self) -> Result<(), String> {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with("<?") {
                self.until("?>")?;
            } else if self.rest.starts_with("<!--") {
                self.until("-->")?;
            } else {
                return Ok(());
            }
        }
    }

    fn until(&mut self, end: &str) -> Result<&'a str, String> {
        let (before, after) = self.rest.split_once(end).ok_or("it breaks off")?;
        self.rest = after;
        Ok(before)
    }

    fn element(&mut self, depth: usize) -> Result<Element, String> {
        self.elements += 1;
        if depth > DEEPEST || self.elements > MOST {
            return Err("it is larger than any answer of SAP".into());
        }
        let tag = self.tag()?;
        let inner = tag.strip_suffix('/');
        let written = tag.trim_start_matches('<');
        let end = |c: char| c.is_whitespace() || c == '/';
        let written = written.split(end).next().unwrap_or_default();
        let mut element = Element {
            name: local(written).to_owned(),
            ..Element::default()
        };
        if element.name.is_empty() {
            return Err("it holds an element without a name".into());
        }
        if inner.is_none() {
            self.content(&mut element, written, depth)?;
        }
        Ok(element)
    }

    /// From `<` to before the `>` that ends the tag; attribute values may hold one.
    fn tag(&mut self) -> Result<&'a str, String> {
        let mut quote = None;
        for (at, byte) in self.rest.bytes().enumerate() {
            match (quote, byte) {
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), byte) if open == byte => quote = None,
                (None, b'>') => {
                    let (tag, rest) = self.rest.split_at(at);
                    self.rest = &rest[1..];
                    return Ok(tag);
                }
                _ => {}
            }
        }
        Err("it breaks off".into())
    }

    fn content(
        &mut self,
        element: &mut Element,
        written: &str,
        depth: usize,
    ) -> Result<(), String> {
        let mut text = String::new();
        loop {
            let open = self.rest.find('<').ok_or("it breaks off")?;
            unescape(&self.rest[..open], &mut text)?;
            self.rest = &self.rest[open..];
            if self.rest.starts_with("<!--") {
                self.until("-->")?;
            } else if let Some(rest) = self.rest.strip_prefix("<![CDATA[") {
                self.rest = rest;
                text.push_str(self.until("]]>")?);
            } else if self.rest.starts_with("<?") {
                self.until("?>")?;
            } else if let Some(rest) = self.rest.strip_prefix("</") {
                self.rest = rest;
                let closed = self.until(">")?.trim_end();
                if closed != written {
                    return Err(format!("it closes <{written}> with </{closed}>"));
                }
                text.trim().clone_into(&mut element.text);
                return Ok(());
            } else {
                element.children.push(self.element(depth + 1)?);
            }
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn unescape(text: &str, out: &mut String) -> Result<(), String> {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at + 1..]
            .split_once(';')
            .ok_or("it holds a bare ampersand")?;
        out.push(character(name).ok_or_else(|| format!("it holds the unknown entity &{name};"))?);
        rest = after;
    }
    out.push_str(rest);
    Ok(())
}

fn character(name: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok();
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix('x') {
                Some(hex) => number(hex, 16),
                None => number(digits, 10),
            };
            char::from_u32(code?).filter(|character| *character != '\0')
        }
    }
}

/// Text as it may stand between tags. Control characters that XML has no place for become blanks.
pub(super) struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                control if control.is_control() => f.write_char(' ')?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_without_prefixes_and_attributes() {
        let text = r#"<?xml version="1.0"?><!-- a --><s:Envelope xmlns:s="urn:x>y"><s:Body>
            <T><item><A>1 &lt; 2 &#38; &#x33;</A><B/></item><item><A><![CDATA[<&>]]></A></item></T>
            </s:Body></s:Envelope>"#;
        let root = read(text).unwrap();
        assert_eq!(root.name, "Envelope");
        let table = root.find("T").unwrap();
        assert_eq!(table.children.len(), 2);
        assert_eq!(table.children[0].value("A"), "1 < 2 & 3");
        assert_eq!(table.children[0].value("B"), "");
        assert_eq!(table.children[1].value("A"), "<&>");
        assert_eq!(root.words(), "1 < 2 & 3 <&>");
    }

    #[test]
    fn what_is_no_answer_says_why() {
        for (text, part) in [
            ("", "empty"),
            ("{}", "not XML"),
            ("<html><body></body></html>", "web page"),
            ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
            ("<a><b>1</b>", "breaks off"),
            ("<a><b>1</a></b>", "closes <b>"),
            ("<a>&bomb;</a>", "unknown entity"),
            ("<a>&#0;</a>", "unknown entity"),
            ("<a>1 & 2</a>", "bare ampersand"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
        let deep = "<a>".repeat(10_000);
        assert!(read(&deep).unwrap_err().contains("larger"));
    }

    #[test]
    fn text_is_written_so_that_it_reads_back() {
        let text = "a <b> & \"c\" š";
        let written = format!("<x>{}</x>", Escaped(text));
        assert_eq!(read(&written).unwrap().text, text);
        assert_eq!(Escaped("a\u{1}b").to_string(), "a b");
    }

    proptest::proptest! {
        #[test]
        fn no_text_whatever_stops_it(text in r#"[<>/&;a-c!\[\]CDATA"'?# -]{0,80}"#) {
            let _ = read(&text);
            let _ = read(&format!("<a>{text}</a>"));
        }
    }
}
