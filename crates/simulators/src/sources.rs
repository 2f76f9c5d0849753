//! The files of `data/`: small ones travel inside the binary, the full year is read from disk.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

const DECEMBER: &[u8] = include_bytes!("../../../data/online-retail/online_retail_2010-12.csv.gz");
const ITEMS: &[u8] = include_bytes!("../../../data/online-retail/items.csv.gz");
const CUSTOMERS: &[u8] = include_bytes!("../../../data/online-retail/customers.csv.gz");
const GTINS: &[u8] = include_bytes!("../../../data/gtin/gtin13.csv.gz");
const VENDORS: &[u8] = include_bytes!("../../../data/adventureworks/Vendor.csv.gz");
const BILLS: &[u8] = include_bytes!("../../../data/adventureworks/bill_of_materials.csv.gz");
const PRODUCTS: &[u8] = include_bytes!("../../../data/adventureworks/Product.csv.gz");
const PURCHASES: &[u8] = include_bytes!("../../../data/adventureworks/PurchaseOrderHeader.csv.gz");
const PURCHASE_LINES: &[u8] =
    include_bytes!("../../../data/adventureworks/PurchaseOrderDetail.csv.gz");

/// One line of the Online Retail set, in file order.
#[derive(Debug, Deserialize)]
pub(crate) struct OrderLine {
    #[serde(rename = "InvoiceNo")]
    pub invoice: String,
    #[serde(rename = "StockCode")]
    pub code: String,
    #[serde(rename = "Description")]
    pub title: String,
    #[serde(rename = "Quantity")]
    pub quantity: i64,
    #[serde(rename = "InvoiceDate")]
    at: String,
    /// Written as float text (`17850.0`); empty for a quarter of the lines.
    #[serde(rename = "CustomerID")]
    customer: String,
    #[serde(rename = "Country")]
    pub country: String,
}

impl OrderLine {
    pub fn on(&self) -> Option<NaiveDate> {
        NaiveDateTime::parse_from_str(&self.at, "%Y-%m-%d %H:%M:%S")
            .ok()
            .map(|at| at.date())
    }

    pub fn customer(&self) -> Option<u32> {
        self.customer.split('.').next()?.parse().ok()
    }
}

/// Derived from the order lines: upper-cased code, most frequent upper-case title, line count.
#[derive(Debug, Deserialize)]
pub(crate) struct CatalogueLine {
    pub code: String,
    pub title: String,
    pub lines: u32,
}

/// Derived from the order lines: customer number and country.
#[derive(Debug, Deserialize)]
pub(crate) struct Customer {
    pub customer: u32,
    pub country: String,
}

/// Derived from AdventureWorks: a component of an assembly, by product code; in order of both.
#[derive(Debug, Deserialize)]
pub(crate) struct BillLine {
    pub assembly: String,
    pub component: String,
    pub unit: String,
    pub quantity: rust_decimal::Decimal,
}

/// One AdventureWorks purchase order with its lines.
#[derive(Debug)]
pub(crate) struct Purchase {
    pub id: u32,
    pub vendor: u32,
    pub on: NaiveDate,
    pub lines: Vec<PurchaseLine>,
}

#[derive(Debug)]
pub(crate) struct PurchaseLine {
    pub product: u32,
    pub quantity: i64,
}

/// Where the file with all 541,909 order lines lies: `$CROSSDOCK_DATA`, else the source tree.
#[must_use]
pub fn full_year_path() -> PathBuf {
    let root = std::env::var_os("CROSSDOCK_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data"),
        PathBuf::from,
    );
    root.join("online-retail/online_retail.csv.gz")
}

pub(crate) fn december() -> io::Result<Vec<OrderLine>> {
    rows(DECEMBER)
}

pub(crate) fn full_year(path: &Path) -> io::Result<impl Iterator<Item = io::Result<OrderLine>>> {
    let file = File::open(path).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("cannot open {}: {error}", path.display()),
        )
    })?;
    Ok(csv::Reader::from_reader(GzDecoder::new(file))
        .into_deserialize()
        .map(|line| line.map_err(io::Error::other)))
}

pub(crate) fn items() -> io::Result<Vec<CatalogueLine>> {
    rows(ITEMS)
}

pub(crate) fn customers() -> io::Result<Vec<Customer>> {
    rows(CUSTOMERS)
}

pub(crate) fn gtins() -> io::Result<Vec<String>> {
    let mut text = String::new();
    GzDecoder::new(GTINS).read_to_string(&mut text)?;
    Ok(text.lines().skip(1).map(str::to_owned).collect())
}

/// Number and name of every vendor.
pub(crate) fn vendors() -> io::Result<Vec<(u32, String)>> {
    table(VENDORS, |row| {
        Some((row.get(0)?.parse().ok()?, row.get(2)?.to_owned()))
    })
}

/// Number, name and code of every AdventureWorks product.
pub(crate) fn products() -> io::Result<Vec<(u32, String, String)>> {
    table(PRODUCTS, |row| {
        Some((
            row.get(0)?.parse().ok()?,
            row.get(1)?.to_owned(),
            row.get(2)?.to_owned(),
        ))
    })
}

/// The same, with whether its sale has ended.
pub(crate) fn products_on_sale() -> io::Result<Vec<(u32, String, String, bool)>> {
    table(PRODUCTS, |row| {
        Some((
            row.get(0)?.parse().ok()?,
            row.get(1)?.to_owned(),
            row.get(2)?.to_owned(),
            !row.get(21)?.is_empty(),
        ))
    })
}

/// Bills of materials, line by line.
pub(crate) fn bills_of_materials() -> io::Result<Vec<BillLine>> {
    rows(BILLS)
}

/// Purchase orders in order of their number.
pub(crate) fn purchases() -> io::Result<Vec<Purchase>> {
    let mut orders = table(PURCHASES, |row| {
        Some(Purchase {
            id: row.get(0)?.parse().ok()?,
            vendor: row.get(4)?.parse().ok()?,
            on: row.get(6)?.get(..10)?.parse().ok()?,
            lines: Vec::new(),
        })
    })?;
    let lines: Vec<(u32, PurchaseLine)> = table(PURCHASE_LINES, |row| {
        let quantity = row.get(3)?.parse().ok()?;
        let product = row.get(4)?.parse().ok()?;
        Some((
            row.get(0)?.parse().ok()?,
            PurchaseLine { product, quantity },
        ))
    })?;
    for (order, line) in lines {
        if let Ok(index) = orders.binary_search_by_key(&order, |order| order.id) {
            orders[index].lines.push(line);
        }
    }
    Ok(orders)
}

fn rows<T: DeserializeOwned>(packed: &[u8]) -> io::Result<Vec<T>> {
    csv::Reader::from_reader(GzDecoder::new(packed))
        .into_deserialize()
        .map(|row| row.map_err(io::Error::other))
        .collect()
}

/// Reads a headerless tab-separated table; a row that does not fit its columns is an error.
fn table<T>(packed: &[u8], row: impl Fn(&csv::StringRecord) -> Option<T>) -> io::Result<Vec<T>> {
    csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .has_headers(false)
        .quoting(false)
        .from_reader(GzDecoder::new(packed))
        .records()
        .map(|record| {
            let record = record.map_err(io::Error::other)?;
            row(&record).ok_or_else(|| io::Error::other(format!("unreadable row {record:?}")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_reads_to_its_known_size() {
        assert_eq!(december().unwrap().len(), 42_481);
        assert_eq!(items().unwrap().len(), 3_783);
        assert_eq!(customers().unwrap().len(), 4_372);
        assert_eq!(gtins().unwrap().len(), 5_000);
        assert_eq!(vendors().unwrap().len(), 104);
        assert_eq!(products().unwrap().len(), 504);
        let ended = products_on_sale().unwrap().into_iter().filter(|row| row.3);
        assert_eq!(ended.count(), 98);
        assert_eq!(bills_of_materials().unwrap().len(), 2_383);
        let purchases = purchases().unwrap();
        assert_eq!(purchases.len(), 4_012);
        assert_eq!(
            purchases
                .iter()
                .map(|order| order.lines.len())
                .sum::<usize>(),
            8_845
        );
    }
}
