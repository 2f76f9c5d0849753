//! Why a label is not accepted, in words that say what to do.

use super::linter::Problem;

/// Why data is no valid GS1 element string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    /// Nothing but separators.
    #[error("The scan holds no data. Scan again.")]
    Empty,
    /// The caret form starts with `^`.
    #[error("A GS1 message starts with FNC1; write it as ^.")]
    NoStart,
    /// The barcode says itself that it is no GS1 one.
    #[error("This barcode ({symbology}) carries no GS1 data. Scan another label of the goods.")]
    NotGs1 {
        /// Its symbology identifier.
        symbology: String,
    },
    /// A character outside ASCII.
    #[error(
        "The character {0:?} does not exist in GS1 data. Check the scanner's keyboard language."
    )]
    Foreign(char),
    /// Nothing GS1 gave out starts like this.
    #[error(
        "No GS1 application identifier starts with {found:?}. If an entry before it has a variable length, the \
         scanner may have left out the separator (GS): switch it on; otherwise the label is wrong."
    )]
    UnknownAi {
        /// Where reading stopped, at most four characters.
        found: String,
    },
    /// An identifier without a value.
    #[error("({ai}) has no value. Scan again; if it stays, the label is wrong.")]
    NoValue {
        /// The identifier.
        ai: String,
    },
    /// The value ends too early.
    #[error("({ai}) is cut off: {has} characters where {needs} belong. Scan again.")]
    TooShort {
        /// The identifier.
        ai: String,
        /// Characters found.
        has: usize,
        /// Characters needed, at least.
        needs: usize,
    },
    /// The value goes on after its longest form, and no separator came.
    #[error(
        "({ai}) goes on after {most} characters, its longest form. The scanner probably leaves out the separator \
         (GS, FNC1): switch it on."
    )]
    NoSeparator {
        /// The identifier.
        ai: String,
        /// Its longest form.
        most: usize,
    },
    /// The value is longer than allowed where its end is known.
    #[error("({ai}) is too long: it ends after {most} characters. The label is wrong.")]
    TooLong {
        /// The identifier.
        ai: String,
        /// Its longest form.
        most: usize,
    },
    /// A character that the value may not have.
    #[error(
        "({ai}) may not contain {found:?}, its character {position}. Scan again; if it stays, the label is wrong."
    )]
    Character {
        /// The identifier.
        ai: String,
        /// What was found.
        found: char,
        /// Where in the value, from 1.
        position: usize,
    },
    /// A check of the value fails.
    #[error("({ai}) {problem}. Scan again; if it stays, the label is wrong.")]
    Value {
        /// The identifier.
        ai: String,
        /// Words that follow the identifier.
        problem: &'static str,
    },
    /// Two different values for one identifier.
    #[error("({ai}) stands there twice with different values. Was more than one label scanned?")]
    Repeated {
        /// The identifier.
        ai: String,
    },
    /// An identifier lacks the company it needs.
    #[error("({ai}) needs {needs} beside it. Scan the label that carries both.")]
    Missing {
        /// The identifier.
        ai: String,
        /// Which would do, in words.
        needs: String,
    },
    /// Two identifiers that exclude each other.
    #[error("({ai}) and ({other}) may not stand on the same goods. The label is wrong.")]
    Exclusive {
        /// One.
        ai: String,
        /// The other.
        other: String,
    },
    /// A bracket is missing or misplaced.
    #[error("Write each entry as (01)value, and a bracket inside a value as \\(.")]
    Brackets,
    /// The address is no valid GS1 Digital Link.
    #[error("This is no GS1 Digital Link: {0}.")]
    Link(&'static str),
}

impl Gs1Error {
    pub(super) fn value(ai: &str, problem: Problem) -> Self {
        let ai = ai.to_owned();
        Self::Value { ai, problem }
    }

    pub(super) fn too_short(ai: &str, field: &str, needs: usize) -> Self {
        let (ai, has) = (ai.to_owned(), field.len());
        match has {
            0 => Self::NoValue { ai },
            _ => Self::TooShort { ai, has, needs },
        }
    }

    pub(super) fn unknown(data: &str) -> Self {
        let found = data.chars().take(4).collect();
        Self::UnknownAi { found }
    }
}
