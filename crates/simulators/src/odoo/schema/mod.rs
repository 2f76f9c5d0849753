//! The models and fields that are simulated, as each version has them.

mod base;
mod build;
mod manufacturing;
mod stock;

use build::Build;
use std::collections::BTreeMap;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Char,
    Text,
    Html,
    Integer,
    Float,
    /// A float that is rounded to the decimals of product units.
    Quantity,
    Boolean,
    Selection(&'static [&'static str]),
    Datetime,
    Many2one(&'static str),
    /// The other model, and the field there that points back.
    One2many(&'static str, &'static str),
}

impl Kind {
    /// As `fields_get` calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Char => "char",
            Self::Text => "text",
            Self::Html => "html",
            Self::Integer => "integer",
            Self::Float | Self::Quantity => "float",
            Self::Boolean => "boolean",
            Self::Selection(_) => "selection",
            Self::Datetime => "datetime",
            Self::Many2one(_) => "many2one",
            Self::One2many(..) => "one2many",
        }
    }
}

/// A field of a model in one version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub label: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// Its name in the newest version, under which it is kept.
    pub stored: &'static str,
}

/// A model in one version.
#[derive(Debug)]
pub(crate) struct Model {
    /// Its name in the newest version, under which it is kept.
    pub stored: &'static str,
    /// Label and model that errors about its fields name.
    pub blamed: (&'static str, &'static str),
    pub fields: BTreeMap<&'static str, Field>,
}

/// All models by the name they have in one version.
pub(crate) type Schema = BTreeMap<&'static str, Model>;

/// What a server of this version knows.
pub(crate) fn schema(major: u32) -> Schema {
    let mut build = Build::new(major);
    base::people(&mut build);
    base::product(&mut build);
    stock::places(&mut build);
    stock::transfers(&mut build);
    stock::quants(&mut build);
    manufacturing::bills(&mut build);
    build.done()
}
