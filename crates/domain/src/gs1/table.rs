//! The application identifiers GS1 has given out, packed from its Syntax Dictionary by the build
//! script: about 9 kB of text, searched line by line, nothing made at the start.

use super::error::Gs1Error;
use super::linter::Linter;

const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/gs1_table.txt"));

/// One line of the table: an application identifier, or a range of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    first: &'static str,
    last: &'static str,
    flags: &'static str,
    components: &'static str,
    /// Which others it needs: `01+21,02` is 01 with 21, or 02; several demands by `&`.
    pub req: &'static str,
    /// Which others it excludes.
    pub ex: &'static str,
    key: &'static str,
    /// GS1's data title, for example "USE BY or EXPIRY".
    pub title: &'static str,
}

impl Entry {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.splitn(7, ';');
        let ais = fields.next()?;
        let (first, last) = ais.split_once('-').unwrap_or((ais, ais));
        Some(Self {
            first,
            last,
            flags: fields.next()?,
            components: fields.next()?,
            req: fields.next()?,
            ex: fields.next()?,
            key: fields.next()?,
            title: fields.next()?,
        })
    }

    /// Whether the data starts with this identifier; answers the identifier and what follows.
    fn split<'a>(&self, data: &'a str) -> Option<(&'a str, &'a str)> {
        let (ai, rest) = data.split_at_checked(self.first.len())?;
        let known = (self.first..=self.last).contains(&ai) && is_digits(ai);
        known.then_some((ai, rest))
    }

    /// Its length is fixed by its first two digits, so no separator follows it.
    pub fn is_predefined(&self) -> bool {
        self.flags.contains('*')
    }

    /// May stand in the query of a GS1 Digital Link.
    pub fn is_link_attribute(&self) -> bool {
        self.flags.contains('?')
    }

    /// The orders in which qualifiers may follow it in a GS1 Digital Link, if it is a key there.
    pub fn link_orders(&self) -> Option<impl Iterator<Item = &'static str> + use<>> {
        self.key.strip_prefix('!').map(|orders| orders.split('|'))
    }

    /// Checks the start of `field` against the format; answers how many bytes belong to the value.
    pub fn check(&self, ai: &str, field: &str) -> Result<usize, Gs1Error> {
        let mut used = 0;
        for component in self.components.split(' ').filter_map(Component::read) {
            let rest = field.get(used..).unwrap_or_default();
            if component.optional && rest.is_empty() {
                break;
            }
            let length = rest.len().min(component.longest);
            if length < component.shortest {
                return Err(Gs1Error::too_short(ai, field, used + component.shortest));
            }
            component.check(ai, rest.get(..length).unwrap_or(rest), used)?;
            used += length;
        }
        Ok(used)
    }
}

/// A part of a value with one type and one length.
struct Component {
    optional: bool,
    kind: u8,
    shortest: usize,
    longest: usize,
    linters: &'static str,
}

impl Component {
    fn read(packed: &'static str) -> Option<Self> {
        let required = packed.strip_prefix('[');
        let (kind, rest) = required.unwrap_or(packed).split_at_checked(1)?;
        let shorter = rest.strip_prefix('-');
        let rest = shorter.unwrap_or(rest);
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (length, linters) = rest.split_at_checked(digits)?;
        let longest = length.parse().ok()?;
        Some(Self {
            optional: required.is_some(),
            kind: kind.bytes().next()?,
            shortest: if shorter.is_some() { 1 } else { longest },
            longest,
            linters,
        })
    }

    fn check(&self, ai: &str, value: &str, before: usize) -> Result<(), Gs1Error> {
        let allowed: fn(u8) -> bool = match self.kind {
            b'N' => |byte| byte.is_ascii_digit(),
            b'X' => is_cset82,
            b'Y' => is_cset39,
            _ => |byte| is_cset64(byte) || byte == b'=',
        };
        if let Some((at, found)) = value
            .char_indices()
            .find(|(_, found)| !u8::try_from(*found).is_ok_and(allowed))
        {
            return Err(Gs1Error::Character {
                ai: ai.to_owned(),
                found,
                position: before + at + 1,
            });
        }
        if self.kind == b'Z' && !is_padded(value) {
            return Err(Gs1Error::value(ai, "ends with wrong padding"));
        }
        self.linters.bytes().try_for_each(|letter| {
            Linter::of(letter)
                .map_or(Ok(()), |linter| linter.check(value))
                .map_err(|problem| Gs1Error::value(ai, problem))
        })
    }
}

/// GS1 pads base64url to threes.
fn is_padded(value: &str) -> bool {
    let pads = value.len() - value.trim_end_matches('=').len();
    let inside = value.len() - pads;
    let misplaced = value.bytes().take(inside).any(|byte| byte == b'=');
    !misplaced && (pads == 0 || (pads <= 2 && value.len().is_multiple_of(3)))
}

pub(super) fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The characters of names, lots and serial numbers.
pub(super) fn is_cset82(byte: u8) -> bool {
    matches!(byte, b'!' | b'"' | b'%'..=b'?' | b'A'..=b'Z' | b'_' | b'a'..=b'z')
}

fn is_cset39(byte: u8) -> bool {
    matches!(byte, b'#' | b'-' | b'/' | b'0'..=b'9' | b'A'..=b'Z')
}

pub(super) fn is_cset64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The identifier that the data starts with, and what follows it.
pub(super) fn starting(data: &str) -> Option<(Entry, &str, &str)> {
    TABLE.lines().filter_map(Entry::read).find_map(|entry| {
        let (ai, rest) = entry.split(data)?;
        Some((entry, ai, rest))
    })
}

/// The entry of exactly this identifier.
pub(super) fn find(ai: &str) -> Option<Entry> {
    starting(ai).and_then(|(entry, _, rest)| rest.is_empty().then_some(entry))
}

#[cfg(test)]
mod tests {
    use super::super::linter_letters::LINTER_LETTERS;
    use super::*;

    const DICTIONARY: &str = include_str!("../../../../data/gs1/gs1-syntax-dictionary.txt");

    fn lines() -> impl Iterator<Item = &'static str> {
        DICTIONARY
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// The words of a line before its title, back from the packed form.
    fn unpacked(entry: &Entry) -> Vec<String> {
        let mut words = vec![match entry.first == entry.last {
            true => entry.first.to_owned(),
            false => format!("{}-{}", entry.first, entry.last),
        }];
        words.extend((!entry.flags.is_empty()).then(|| entry.flags.to_owned()));
        words.extend(entry.components.split(' ').map(unpacked_component));
        words.extend((!entry.req.is_empty()).then(|| format!("req={}", entry.req)));
        words.extend((!entry.ex.is_empty()).then(|| format!("ex={}", entry.ex)));
        words.extend(entry.key.strip_prefix('!').map(|order| match order {
            "" => "dlpkey".to_owned(),
            order => format!("dlpkey={order}"),
        }));
        words
    }

    fn unpacked_component(packed: &'static str) -> String {
        let component = Component::read(packed).unwrap();
        let length = match component.shortest == component.longest {
            true => component.longest.to_string(),
            false => format!("..{}", component.longest),
        };
        let format = format!("{}{length}", char::from(component.kind));
        let mut word = if component.optional {
            format!("[{format}]")
        } else {
            format
        };
        for letter in component.linters.bytes() {
            let name = LINTER_LETTERS
                .iter()
                .find(|(_, known)| *known == letter)
                .unwrap()
                .0;
            word = format!("{word},{name}");
        }
        word
    }

    #[test]
    fn the_table_says_what_the_dictionary_says() {
        let entries: Vec<Entry> = TABLE
            .lines()
            .map(|line| Entry::read(line).unwrap())
            .collect();
        assert_eq!(entries.len(), lines().count());
        for (entry, line) in entries.iter().zip(lines()) {
            let (words, title) = line.split_once('#').unwrap_or((line, ""));
            let mut expected: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
            let mut found = unpacked(entry);
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{line}");
            assert_eq!(entry.title, title.trim(), "{line}");
        }
    }

    #[test]
    fn every_check_of_the_dictionary_is_implemented() {
        for line in lines() {
            let words = line.split('#').next().unwrap();
            for word in words
                .split_whitespace()
                .skip(1)
                .filter(|word| !word.contains('='))
            {
                for name in word.split(',').skip(1) {
                    let letter = LINTER_LETTERS.iter().find(|(known, _)| *known == name);
                    let linter = Linter::of(letter.expect(name).1);
                    assert!(linter.is_some(), "{name}");
                }
            }
        }
    }

    #[test]
    fn no_identifier_is_the_start_of_another() {
        let entries: Vec<Entry> = TABLE.lines().filter_map(Entry::read).collect();
        for entry in &entries {
            let starts = entries
                .iter()
                .filter(|other| other.split(entry.first).is_some())
                .count();
            assert_eq!(starts, 1, "{}", entry.first);
        }
    }

    #[test]
    fn the_table_is_small() {
        assert!(TABLE.len() < 12_000, "{} bytes", TABLE.len());
    }
}
