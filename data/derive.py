#!/usr/bin/env python3
"""Makes the small derived files of this folder from the full sources; see README.md.

usage: derive.py [GTIN_CSV [BILLS_TSV]]
  GTIN_CSV: barcode,gtin14,kind,product_name; skipped when absent or empty
  BILLS_TSV: AdventureWorks' BillOfMaterials.csv; skipped when absent
"""
import collections
import csv
import gzip
import io
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
ITEM_CODE = re.compile(r"\d{5}[A-Z]{0,2}")


def write(path, header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with open(HERE / path, "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def order_lines():
    with gzip.open(HERE / "online-retail/online_retail.csv.gz", "rt", newline="") as source:
        yield from csv.DictReader(source)


def bills(path):
    """The components that are in force: assembly, component, unit and quantity, by code."""
    def table(source):
        return csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE)

    with gzip.open(HERE / "adventureworks/Product.csv.gz", "rt", newline="") as source:
        codes = {row[0]: row[2] for row in table(source)}
    with open(path, newline="") as source:
        rows = [row for row in table(source) if row[1] and not row[4]]
    return sorted((codes[row[1]], codes[row[2]], row[5].strip(), row[7]) for row in rows)


def main():
    titles, customers = collections.defaultdict(collections.Counter), {}
    for line in order_lines():
        code, title = line["StockCode"].upper(), line["Description"].strip()
        # Lower-case descriptions are clerk notes ("damaged", "found"), not titles.
        if ITEM_CODE.fullmatch(code) and title == title.upper() and any(c.isalpha() for c in title):
            titles[code][title] += 1
        if line["CustomerID"]:
            customers[int(float(line["CustomerID"]))] = line["Country"]
    items = ((code, names.most_common(1)[0][0], sum(names.values())) for code, names in sorted(titles.items()))
    write("online-retail/items.csv.gz", ["code", "title", "lines"], items)
    write("online-retail/customers.csv.gz", ["customer", "country"], sorted(customers.items()))
    if len(sys.argv) > 1 and sys.argv[1]:
        with open(sys.argv[1], newline="") as source:
            codes = sorted({row["barcode"] for row in csv.DictReader(source) if row["kind"] == "GTIN-13"})
        write("gtin/gtin13.csv.gz", ["barcode"], ([code] for code in codes[::8]))
    if len(sys.argv) > 2:
        header = ["assembly", "component", "unit", "quantity"]
        write("adventureworks/bill_of_materials.csv.gz", header, bills(sys.argv[2]))


main()
