//! Comma-separated, with the byte order mark that makes Excel read UTF-8.

use super::{Cell, Sheet};

const BYTE_ORDER_MARK: char = '\u{feff}';

pub(super) fn write(sheet: &Sheet) -> Vec<u8> {
    let mut out = String::from(BYTE_ORDER_MARK);
    domain::csv::push_row(&mut out, &sheet.columns);
    for row in &sheet.rows {
        let cells: Vec<String> = row.iter().map(shown).collect();
        domain::csv::push_row(&mut out, &cells);
    }
    out.into_bytes()
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.normalize().to_string(),
        Cell::Day(day) => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_numbers_and_formulas_become_text() {
        let sheet = Sheet {
            name: "x".to_owned(),
            columns: vec!["A", "B"],
            rows: vec![vec![
                Cell::Text("=HYPERLINK(\"x\")".to_owned()),
                Cell::Number((-5).into()),
            ]],
        };
        let text = String::from_utf8(write(&sheet)).unwrap();
        assert_eq!(text, "\u{feff}A,B\r\n\"'=HYPERLINK(\"\"x\"\")\",-5\r\n");
    }
}
