//! Comma-separated values that spreadsheets read as text, never as formulas.

/// What spreadsheets take for the start of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Adds one row and its line end.
pub fn push_row<T: AsRef<str>>(out: &mut String, cells: &[T]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_cell(out, cell.as_ref());
    }
    out.push_str("\r\n");
}

/// A text that begins like a formula gets an apostrophe before it, numbers stay numbers.
fn push_cell(out: &mut String, cell: &str) {
    let formula = cell.starts_with(FORMULA) && cell.parse::<rust_decimal::Decimal>().is_err();
    let quoted = formula || cell.contains(['"', ',', '\n', '\r', ';', '\t']);
    if !quoted {
        out.push_str(cell);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    out.push_str(&cell.replace('"', "\"\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> String {
        let mut out = String::new();
        push_row(&mut out, cells);
        out
    }

    #[test]
    fn text_that_begins_like_a_formula_is_disarmed() {
        for evil in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"] {
            let line = row(&[evil]);
            assert!(line.starts_with("\"'"), "{line}");
        }
        assert_eq!(row(&["-12.5", "7"]), "-12.5,7\r\n");
    }

    #[test]
    fn quotes_commas_and_line_ends_stay_inside_their_cell() {
        assert_eq!(
            row(&["a,b", "say \"hi\"", "two\nlines"]),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
        );
    }
}
