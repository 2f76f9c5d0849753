//! A workbook of one sheet, written row by row.

use super::{Cell, Sheet};
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{ColNum, Format, RowNum, Workbook, Worksheet, XlsxError};

/// What spreadsheets take for the start of a formula once somebody edits the cell.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// The longest text of a cell.
const LONGEST: usize = 32_767;

struct Looks {
    heading: Format,
    day: Format,
    harmless: Format,
}

pub(super) fn write(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks {
        heading: Format::new().set_bold(),
        day: Format::new().set_num_format("yyyy-mm-dd"),
        // Keeps the text a text, also when it is edited.
        harmless: Format::new().set_quote_prefix(),
    };
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet_with_constant_memory()?;
    page.set_name("Lines")?;
    page.set_freeze_panes(1, 0)?;
    for (column, heading) in (0..).zip(&sheet.columns) {
        page.set_column_width(column, 16)?;
        page.write_string_with_format(0, column, *heading, &looks.heading)?;
    }
    for (row, cells) in (1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            put(page, row, column, cell, &looks)?;
        }
    }
    workbook.save_to_buffer()
}

fn put(
    page: &mut Worksheet,
    row: RowNum,
    column: ColNum,
    cell: &Cell,
    looks: &Looks,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) if text.is_empty() => {}
        Cell::Text(text) => {
            let text: String = text.chars().take(LONGEST).collect();
            if text.starts_with(FORMULA) {
                page.write_string_with_format(row, column, text, &looks.harmless)?;
            } else {
                page.write_string(row, column, text)?;
            }
        }
        Cell::Number(number) => match number.to_f64() {
            Some(number) => {
                page.write_number(row, column, number)?;
            }
            None => {
                page.write_string(row, column, number.to_string())?;
            }
        },
        Cell::Day(day) => {
            page.write_date_with_format(row, column, day, &looks.day)?;
        }
    }
    Ok(())
}
