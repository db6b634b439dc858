"""What a request costs the web process, beside a bare Django on the same server and database, in turns."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median

from django.db import connection
from django.urls import reverse

from bench import client, entries
from bench.client import Browser, Line, Request
from bench.entries import Extent
from bench.figures import Figure, at_least, at_most
from bench.server import ROOT, Web
from landespreis import clock
from submissions.models import Submission

LINES = 4
"""Connections at once; enough to keep the web process busy."""
SECTION = "beschreibung"
TEXT = (entries.WORDS * 40)[:4000]
TICKED = dict.fromkeys(["conditions", "correctness", "bodies", "privacy"], "on")


@dataclass(frozen=True)
class Size:
    """Requests of each kind per round; the bare ones are quick and need more of them to be measured at all."""

    rounds: int
    bare: int
    pages: int
    submits: int


FULL, QUICK = Size(rounds=5, bare=320, pages=80, submits=60), Size(rounds=2, bare=100, pages=20, submits=20)
BARE_ROW, BARE_INSERT, SUBMIT = "bare row", "bare insert, POST", "submit, POST"


@dataclass
class Meter:
    """What one kind of request has cost, a value per round."""

    expected: int
    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)

    def run(self, web: Web, requests: Sequence[Request]) -> None:
        cpu, begin = web.cpu(), time.perf_counter()
        answers = client.at_once(web.port, requests, lines=LINES)
        seconds = time.perf_counter() - begin
        self.cpu.append((web.cpu() - cpu) / len(requests) * 1000)
        self.rate.append(len(requests) / seconds)
        for answer in answers:
            if answer.status != self.expected:
                raise RuntimeError(f"{answer.request.path} answered {answer.status}: {answer.body[:300]}")


def measure(*, quick: bool) -> list[Figure]:
    size = QUICK if quick else FULL
    people = _people(size)
    bare_env = bare_environment()
    with Web("landespreis.wsgi", processes=1) as portal, Web("bench.bare.wsgi", processes=1, **bare_env) as bare:
        meters = _measure(size, portal, bare, people)
    for name, meter in meters.items():
        print(f"{name:<28} {median(meter.cpu):7.2f} ms CPU {median(meter.rate):8.1f} per second")
    return _figures(meters)


def bare_environment() -> dict[str, str]:
    """Make the tables of the bare Django in a database of its own; return what its processes are told."""
    env = {"DATABASE_URL": os.environ["BENCH_BARE_URL"], "DJANGO_SETTINGS_MODULE": "bench.bare.settings"}
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"],
        env=os.environ | env,
        cwd=ROOT,
        check=True,
    )
    return env


def _people(size: Size) -> list[tuple[Browser, Submission]]:
    """Return an entry and its logged-in owner for every submit, and some more to warm up with."""
    round = entries.open_round()
    clock.set_now(round.closes_at - entries.BEFORE_CLOSE)
    leads = entries.towns()[: (size.rounds + 1) * size.submits]
    made = entries.drafts(round, leads, Extent())
    people = [(Browser({"sessionid": entries.log_in(entry.owner)}), entry) for entry in made]
    connection.close()
    return people


def _measure(size: Size, portal: Web, bare: Web, people: list[tuple[Browser, Submission]]) -> dict[str, Meter]:
    """Measure every kind of request once per round, ours and the bare ones in turns; round 0 only warms up."""
    writer = Browser()
    line = Line(bare.port)
    client.open_form(line, writer, "/schreiben/")
    row = line.send(Request(writer, "/schreiben/", {"text": TEXT})).location
    meters = {}
    for number in range(size.rounds + 1):
        group = people[number * size.submits : (number + 1) * size.submits]
        line = Line(portal.port)
        for browser, entry in group:
            client.open_form(line, browser, _url("check", entry))
        kinds = _kinds(size, group, writer, row)
        if number <= 1:
            meters = {name: Meter(302 if name in {BARE_INSERT, SUBMIT} else 200) for name in kinds}
        for name, requests in kinds.items():
            meters[name].run(bare if name.startswith("bare") else portal, requests)
    return meters


def _kinds(size: Size, group: list[tuple[Browser, Submission]], writer: Browser, row: str) -> dict[str, list[Request]]:
    """Return the requests of one round by kind; pages of drafts come before the submits that end them."""

    def each(name: str, *more: str) -> list[Request]:
        pages = cycle([Request(browser, _url(name, entry, *more)) for browser, entry in group])
        return list(islice(pages, size.pages))

    return {
        BARE_ROW: [Request(writer, row)] * size.bare,
        "section": each("section", SECTION),
        "overview, draft": each("overview"),
        "check page": each("check"),
        BARE_INSERT: [Request(writer, "/schreiben/", {"text": TEXT})] * size.bare,
        SUBMIT: [Request(browser, _url("check", entry), TICKED) for browser, entry in group],
        "overview, submitted": each("overview"),
    }


def _url(name: str, entry: Submission, *more: str) -> str:
    return reverse(f"submissions:{name}", args=[entry.pk, *more])


def _figures(meters: dict[str, Meter]) -> list[Figure]:
    cpu = {name: median(meter.cpu) for name, meter in meters.items()}
    rate = {name: median(meter.rate) for name, meter in meters.items()}
    pages = [name for name in meters if name not in {BARE_ROW, BARE_INSERT, SUBMIT}]
    return [
        at_least(f"CPU of a bare insert ({cpu[BARE_INSERT]:.1f} ms) ÷ submit", cpu[BARE_INSERT] / cpu[SUBMIT], 0.2),
        at_least(
            f"submits per second ÷ bare inserts ({rate[BARE_INSERT]:.0f}/s)", rate[SUBMIT] / rate[BARE_INSERT], 0.2
        ),
        *(
            at_most(f"CPU of {page} ÷ bare row ({cpu[BARE_ROW]:.1f} ms)", cpu[page] / cpu[BARE_ROW], 8)
            for page in pages
        ),
    ]
