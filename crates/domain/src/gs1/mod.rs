//! GS1 element strings: what a GS1 label says about goods, from whatever a scanner makes of it.
//!
//! The application identifiers, their formats and their checks come from the GS1 Syntax Dictionary
//! (`data/gs1`), the rules around them from the GS1 General Specifications. What is unknown or wrong
//! is refused with words that say what to do; nothing is guessed.

mod associations;
mod error;
mod link;
mod linter;
#[cfg(test)]
mod linter_letters {
    include!("linter_letters.rs");
}
mod linters;
mod parse;
mod symbology;
mod table;
#[cfg(test)]
mod tests;
mod values;

pub use error::Gs1Error;
pub use parse::is_label;
pub use symbology::{symbology, without_symbology};
pub use values::{Measure, Price};

use std::fmt;

/// GS1's separator after a value of variable length, ASCII 29.
pub const GS: char = '\u{1d}';

/// An application identifier with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Two to four digits, for example "01".
    pub ai: String,
    /// As the label has it.
    pub value: String,
}

impl Element {
    /// GS1's name of the identifier, for example "USE BY or EXPIRY".
    pub fn title(&self) -> &'static str {
        table::find(&self.ai).map_or("", |entry| entry.title)
    }
}

/// The entries of a label in the order they stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementString {
    elements: Vec<Element>,
}

impl ElementString {
    /// Reads a label that stands for itself: formats, checks, and that each identifier has those it
    /// needs and none it excludes. Takes raw data of a scanner (FNC1 as GS or ␝, with or without a
    /// symbology identifier), the bracketed form, `^` for FNC1 where the text starts with it, plain
    /// GTINs, and GS1 Digital Link addresses.
    pub fn parse(text: &str) -> Result<Self, Gs1Error> {
        let read = Self::read(text)?;
        read.check_associations()?;
        Ok(read)
    }

    /// Reads one of several labels of the same goods: as [`Self::parse`], but what an identifier
    /// needs may stand on another label.
    pub fn read(text: &str) -> Result<Self, Gs1Error> {
        Self::of(parse::read(text)?)
    }

    /// Reads data with `^` for FNC1, which it has to start with: how GS1 writes its examples.
    pub fn parse_caret(text: &str) -> Result<Self, Gs1Error> {
        let data = text.strip_prefix('^').ok_or(Gs1Error::NoStart)?;
        let read = Self::of(parse::raw(data, '^')?)?;
        read.check_associations()?;
        Ok(read)
    }

    fn of(read: Vec<Element>) -> Result<Self, Gs1Error> {
        let mut elements: Vec<Element> = Vec::with_capacity(read.len());
        for element in read {
            match elements.iter().find(|known| known.ai == element.ai) {
                None => elements.push(element),
                Some(known) if known.value == element.value => {}
                Some(_) => return Err(Gs1Error::Repeated { ai: element.ai }),
            }
        }
        Ok(Self { elements })
    }

    /// Whether each identifier has the company it needs, and no other.
    pub fn check_associations(&self) -> Result<(), Gs1Error> {
        associations::check(&self.elements)
    }

    /// The entries, in the order of the label, each once.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The value of an identifier.
    pub fn value(&self, ai: &str) -> Option<&str> {
        let element = self.elements.iter().find(|element| element.ai == ai)?;
        Some(&element.value)
    }

    /// The entry of variable length that seems to have swallowed others: the last one, where its end
    /// reads as a date entry. A hint only; nothing is ever split by it.
    pub fn may_run_together(&self) -> Option<&str> {
        let last = self.elements.last()?;
        let variable = table::find(&last.ai).is_some_and(|entry| !entry.is_predefined());
        let tail = last.value.get(last.value.len().checked_sub(8)?..)?;
        let (ai, _) = tail.split_at_checked(2)?;
        let dated = matches!(ai, "11" | "13" | "15" | "16" | "17") && parse::raw(tail, GS).is_ok();
        (variable && dated).then_some(last.ai.as_str())
    }

    /// What a GS1 barcode holds, without the leading FNC1, GS as separator.
    pub fn to_barcode(&self) -> String {
        let mut data = String::new();
        let mut open = false;
        for element in &self.elements {
            if open {
                data.push(GS);
            }
            data.push_str(&element.ai);
            data.push_str(&element.value);
            open = table::find(&element.ai).is_some_and(|entry| !entry.is_predefined());
        }
        data
    }
}

impl fmt::Display for ElementString {
    /// The bracketed form that people read; it parses back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for element in &self.elements {
            write!(f, "({}){}", element.ai, element.value.replace('(', "\\("))?;
        }
        Ok(())
    }
}
