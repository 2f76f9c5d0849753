//! As much XML as calls of function modules need.

/// An element without attributes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Without its prefix.
    pub name: String,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn value(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| &child.text)
    }

    /// Rows of a table.
    pub fn rows(&self, table: &str) -> &[Self] {
        self.child(table).map_or(&[], |table| &table.children)
    }
}

/// Reads a document; none when it is not well formed.
pub(crate) fn parse(text: &str) -> Option<Node> {
    let mut open: Vec<Node> = vec![Node::default()];
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let written = unescape(rest[..at].trim());
        open.last_mut()?.text.push_str(&written);
        let (tag, after) = rest[at + 1..].split_once('>')?;
        rest = after;
        if tag.starts_with('?') || tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let node = open.pop()?;
            (node.name == local(name)).then_some(())?;
            open.last_mut()?.children.push(node);
            continue;
        }
        let node = Node {
            name: local(tag.trim_end_matches('/')).to_owned(),
            ..Node::default()
        };
        match tag.ends_with('/') {
            true => open.last_mut()?.children.push(node),
            false => open.push(node),
        }
    }
    let root = open.pop()?;
    (open.is_empty()).then_some(())?;
    root.children.into_iter().next()
}

fn local(tag: &str) -> &str {
    let name = tag.split_whitespace().next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or(name)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// Text as it may stand between tags.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_and_broken_ones_are_not() {
        let text = "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"x\"><s:Body><u:F><A>1 &lt; 2</A><T>\
             <item><B>x</B></item><item/></T></u:F></s:Body></s:Envelope>";
        let root = parse(text).unwrap();
        let function = &root.children[0].children[0];
        assert_eq!((&*function.name, function.value("A")), ("F", "1 < 2"));
        assert_eq!(function.rows("T").len(), 2);
        for broken in ["<a><b></a></b>", "<a>", "", "</a>", "<a"] {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }
}
