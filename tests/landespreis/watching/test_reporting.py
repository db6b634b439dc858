"""Reports to a Sentry: nothing without an address, and with one what broke and where, but nothing about people."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

DSN = "http://public@127.0.0.1:1/1"
PROBE = """
import json, logging, os
import django
from sentry_sdk.transport import Transport

class Kept(Transport):
    envelopes = []
    def capture_envelope(self, envelope):
        self.envelopes.append(envelope)

django.setup()
from landespreis.watching import reporting
reporting.begin(os.environ["SENTRY_DSN"], transport=Kept)
from django.test import Client
client = Client(headers={"host": "localhost", "user-agent": "Adas Browser", "cookie": "merkzettel=geheim-3"})
client.raise_request_exception = False
answer = client.post(
    "/termine/kaputt/geheim-1/?von=ada@stadt.example", {"name": "Ada Lovelace", "email": "ada@stadt.example"},
    headers={"referer": "http://localhost/jury/einladung/geheim-2/"},
)
from landespreis.celery import app
@app.task(name="probe.fails")
def fails(who):
    secret_of = who
    raise ValueError(f"no mailbox {secret_of}@stadt.example")
fails.apply(args=("Ada Lovelace",))
logging.getLogger("landespreis.probe").error("mail to %s failed", "ada@stadt.example")
items = [(item.headers.get("type"), item.payload.json) for one in Kept.envelopes for item in one.items]
print(json.dumps({"status": answer.status_code, "id": answer.headers["X-Request-ID"], "items": items}))
"""


def run(code: str, var: Path, **more: str) -> str:
    """Run Python in a process of its own: what reports errors reaches into Django and Celery for good."""
    environ = {
        "PATH": os.environ["PATH"], "LANDESPREIS_MODE": "demo", "LANDESPREIS_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "tests.landespreis.watching.reported", "PYTHONPATH": str(settings.BASE_DIR),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environ | more, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_an_address_nothing_that_reports_is_even_loaded(tmp_path: Path) -> None:
    loaded = run("import sys, django; django.setup(); print('sentry_sdk' in sys.modules)", tmp_path)

    assert loaded.strip() == "False"


def test_with_an_address_reporting_begins_with_the_portal(tmp_path: Path) -> None:
    ask = "import django; django.setup(); import sentry_sdk; print(sentry_sdk.get_client().dsn)"

    assert run(ask, tmp_path, SENTRY_DSN=DSN).strip() == DSN


def test_report_says_what_broke_and_where_and_nothing_about_people(tmp_path: Path) -> None:
    told = json.loads(run(PROBE, tmp_path, SENTRY_DSN=DSN).splitlines()[-1])

    events: list[dict[str, Any]] = [payload for kind, payload in told["items"] if kind == "event"]
    assert (told["status"], [kind for kind, _ in told["items"]]) == (500, ["event"] * 3)
    errors = [event["exception"]["values"][-1] for event in events if "exception" in event]
    assert [error["type"] for error in errors] == ["RuntimeError", "ValueError"]
    assert errors[0]["stacktrace"]["frames"][-1]["function"] == "broken"
    assert events[0]["tags"]["request_id"] == told["id"]
    assert events[1]["tags"]["task"] == "probe.fails"
    assert events[2]["logentry"] == {"formatted": "mail to [address] failed"}
    assert {key for event in events for key in event} & {"request", "user", "breadcrumbs", "extra", "contexts"} == set()
    said = json.dumps(events)
    assert [word for word in ("geheim", "Lovelace", "ada@", "Adas", "merkzettel", "vars") if word in said] == []
