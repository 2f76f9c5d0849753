"""Says in a few lines what schemathesis tried and found; fails unless it came to its end and found nothing."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
operations, cases = report["operations"], report["test_cases"]
print(
    f"    {operations['tested']} of {operations['total']} operations, {cases['generated']:,} requests"
    f" in {report['running_time']:.0f} s; {cases['unique_failures']} failures, {len(report['errors'])} errors"
)
phases = ", ".join(f"{name} {phase['status']}" for name, phase in report["phases"].items())
print(f"    phases: {phases}")
for found in [*report["failures"], *report["errors"]]:
    print(f"    found: {found.get('title')} ({found.get('count', 1)})")
whole = report["complete"] and operations["tested"] == operations["selected"]
if not whole:
    print(f"    it did not come to its end: {report['stop_reason']}")
sys.exit(0 if whole and not report["failures"] and not report["errors"] else 1)
