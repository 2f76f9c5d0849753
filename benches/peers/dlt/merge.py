"""Merges JSON pages from a folder into PostgreSQL with dlt and prints how long it took."""
import json
import os
import pathlib
import sys
import time

import dlt
import psycopg2

pages = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
url = os.environ["BENCH_URL"]


# dlt's own defaults: barcodes, a nested list, become rows of a table, as they are for us.
@dlt.resource(name="items", primary_key="Ident", write_disposition="merge")
def items():
    for page in pages:
        yield json.loads(page.read_bytes())


pipeline = dlt.pipeline(
    pipeline_name="bench",
    destination=dlt.destinations.postgres(credentials=url),
    dataset_name="peer",
)
started = time.monotonic()
pipeline.run(items())
seconds = time.monotonic() - started
with psycopg2.connect(url) as connection, connection.cursor() as cursor:
    cursor.execute("select count(*) from peer.items")
    rows = cursor.fetchone()[0]
print(json.dumps({"seconds": seconds, "rows": rows}))
