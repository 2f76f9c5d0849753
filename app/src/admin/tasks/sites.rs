//! Which site a row is of, where rows of several stand together: times, names and numbers are each
//! site's own.

use domain::WarehouseId;
use domain::company::Warehouse;

/// The sites' names, where rows are told apart by them.
pub(super) struct Sites(Vec<Warehouse>);

impl Sites {
    /// For rows of these sites; where all are of one, it goes without saying.
    pub fn of(known: &[Warehouse], rows: impl IntoIterator<Item = WarehouseId>) -> Self {
        let mut rows = rows.into_iter();
        let first = rows.next();
        let several = rows.any(|site| Some(site) != first);
        Self(if several { known.to_vec() } else { Vec::new() })
    }

    /// What a row is called, with its site where that is needed.
    pub fn name(&self, text: String, site: WarehouseId) -> String {
        match self.0.iter().find(|one| one.id == site) {
            Some(one) => format!("{text} · {}", one.name),
            None => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_its_site_only_beside_rows_of_another() {
        let known = [(1, "Wholesale"), (2, "Retail")].map(|(id, name)| Warehouse {
            id: WarehouseId(id),
            code: name.to_owned(),
            name: name.to_owned(),
            time_zone: "UTC".to_owned(),
        });
        let called = |rows: &[i64]| {
            let rows = rows.iter().map(|id| WarehouseId(*id));
            Sites::of(&known, rows).name("12:00 Courier".to_owned(), WarehouseId(2))
        };
        assert_eq!(called(&[1, 2]), "12:00 Courier · Retail");
        assert_eq!(called(&[2, 2]), "12:00 Courier");
        assert_eq!(called(&[]), "12:00 Courier");
    }
}
