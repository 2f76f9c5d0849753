"""What scripts/fuzz-api does besides starting things.

    prepare BASE FOLDER   signs in, makes rows that later requests can name, prints the token
    summary REPORT        says in a few lines what was tried and found; fails unless it is whole and clean
"""

import json
import sys
import time
import urllib.request
from pathlib import Path


def call(base, token, path, body=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{base}/api/v1/{path}", data, headers)) as answer:
        return json.load(answer)


def prepare(base, folder):
    token = call(base, None, "auth/token", {"login": "ana", "password": "demo-crossdock"})["access_token"]
    deliveries = []
    for number in range(1, 6):
        webhook = call(base, token, "webhooks", {
            "name": f"Shop {number}", "url": f"https://shop{number}.example.com/hook", "active": number > 2,
            "events": ["document.finished"], "secret": "a secret of twenty-four characters",
        })
        for _ in range(2):
            deliveries.append(call(base, token, f"webhooks/{webhook['id']}/test", {})["delivery_id"])
    (folder / "deliveries.txt").write_text("".join(f'"{one}"\n' for one in deliveries), encoding="utf-8")
    for path in ["catalog", "subjects", "issue"]:
        run = call(base, token, f"sync/{path}", {"mode": "delta", "dry": True})
        while run["state"] in ("queued", "running"):
            time.sleep(0.3)
            run = call(base, token, f"sync-runs/{run['id']}")
    print(token)


def summary(file):
    if not file.exists():
        print("    it did not begin")
        return 1
    report = json.loads(file.read_text(encoding="utf-8"))
    operations, cases = report["operations"], report["test_cases"]
    failures, errors = report["failures"], report["errors"]
    print(
        f"    {operations['tested']} of {operations['total']} operations, {cases['generated']:,} requests"
        f" in {report['running_time']:.0f} s: {cases['unique_failures']} failures, {len(errors)} errors"
    )
    for found in [*failures, *errors]:
        print(f"    found: {found['title']} ({found.get('count', 1)})")
    phases = [name for name, phase in report["phases"].items() if phase["status"] != "success"]
    if not report["complete"]:
        print(f"    it did not come to its end: {report['stop_reason']}")
    elif phases:
        print(f"    not clean: {', '.join(phases)}")
    whole = report["complete"] and operations["tested"] == operations["total"] or "--include" in report["command"]
    return 0 if whole and not failures and not errors and not phases else 1


if sys.argv[1] == "prepare":
    prepare(sys.argv[2], Path(sys.argv[3]))
else:
    sys.exit(summary(Path(sys.argv[2])))
