//! Lists models and fields as one version has them.

use super::{Field, Kind, Model, Schema};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The last version there may ever be.
pub(super) const EVER: u32 = u32::MAX;

/// A schema under way: fields go to the model that was begun last.
pub(super) struct Build {
    pub(super) major: u32,
    schema: Schema,
    model: &'static str,
}

impl Build {
    pub(super) fn new(major: u32) -> Self {
        Self {
            major,
            schema: Schema::new(),
            model: "",
        }
    }

    /// What was listed.
    pub(super) fn done(self) -> Schema {
        self.schema
    }

    /// Begins a model; `stored` is its name in the newest version, `blamed` what errors name.
    pub(super) fn model(
        &mut self,
        name: &'static str,
        stored: &'static str,
        blamed: (&'static str, &'static str),
    ) -> &mut Self {
        let model = Model {
            stored,
            blamed,
            fields: BTreeMap::new(),
        };
        self.schema.insert(name, model);
        self.model = name;
        self.field("id", "ID", Kind::Integer)
            .field("display_name", "Display Name", Kind::Char)
            .field("create_date", "Created on", Kind::Datetime)
            .field("write_date", "Last Updated on", Kind::Datetime)
    }

    pub(super) fn field(
        &mut self,
        name: &'static str,
        label: &'static str,
        kind: Kind,
    ) -> &mut Self {
        self.named(name, name, label, kind, false)
    }

    /// A field that points to a record of another model.
    pub(super) fn many2one(
        &mut self,
        name: &'static str,
        label: &'static str,
        of: &'static str,
    ) -> &mut Self {
        self.field(name, label, Kind::Many2one(of))
    }

    pub(super) fn required(
        &mut self,
        name: &'static str,
        label: &'static str,
        kind: Kind,
    ) -> &mut Self {
        self.named(name, name, label, kind, true)
    }

    /// A field of every version; `stored` is its name in the newest.
    pub(super) fn named(
        &mut self,
        name: &'static str,
        stored: &'static str,
        label: &'static str,
        kind: Kind,
        required: bool,
    ) -> &mut Self {
        let field = Field {
            label,
            kind,
            required,
            stored,
        };
        if let Some(model) = self.schema.get_mut(self.model) {
            model.fields.insert(name, field);
        }
        self
    }

    /// A field of some versions only.
    pub(super) fn within(
        &mut self,
        versions: RangeInclusive<u32>,
        name: &'static str,
        stored: &'static str,
        label: &'static str,
        kind: Kind,
    ) -> &mut Self {
        if versions.contains(&self.major) {
            self.named(name, stored, label, kind, false);
        }
        self
    }
}
