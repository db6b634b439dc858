"""The public pages beside a bare Django, in turns: warm beside a constant page, cold beside a list of twenty rows.

Warm is a page whose edition still holds; foreign is the same, asked for with a parameter that no page reads. Cold is
the first request after the text of a project that it shows was saved, so it is made anew: each has a write of its own
before it, whose time does not count. What a new text leaves as it is (the numbers of the filter, names, which projects
there are and which are alike) the process may remember; after another publication it may not, and that is measured
as well. New are lists that nobody has asked for yet, while nothing is written.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle, product
from statistics import median
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import projects, queries
from bench.client import Browser, Line, Request
from bench.cost import Meter, bare_environment
from bench.figures import Figure, at_least, holds
from bench.server import ROOT, Web
from portal import keeping
from portal.models import Project

SEARCH = "/projekte/?q=Nachbarn"
FILTERED = "/projekte/?kategorie=shared-service&kreis=05382"
"""Both find the very first project already: a page without rows asks less."""
LIST, LIST_ALONE = "bare list of 20 rows", "bare list of 20 rows, one by one"
EVERY_ROW = "first page, all its rows changed"
NEW_SEARCH, NEW_FILTER = "words nobody looked for yet", "values nobody chose yet"
CHANGE = (
    "WITH newest AS (SELECT id FROM portal_project ORDER BY published_at DESC LIMIT {amount}), texts AS ("
    "UPDATE portal_document SET summary = %(text)s WHERE project_id IN (SELECT id FROM newest)) "
    "UPDATE portal_project SET abstract = %(text)s{more} WHERE id IN (SELECT id FROM newest)"
)
"""What saving another text writes, of projects and of what the search reads; each page shows the very newest."""
ONE, TWENTY = CHANGE.format(amount=1, more=""), CHANGE.format(amount=20, more="")
PUBLICATION = CHANGE.format(amount=1, more=", published_at = published_at + interval '1 millisecond'")
"""The same, and when it came out: nothing that a page shows of the directory is as it was."""
TIDY = "VACUUM (ANALYZE) {}"
"""What PostgreSQL does by itself within a minute or so, unless somebody has turned that off or writes all the time."""
OFTEN = 8
"""Times as many requests of what takes a millisecond: fewer are measured too coarsely."""
MOST_COLD, MOST_WARM = 8, 1
"""SQL statements of a page."""


@dataclass(frozen=True)
class Size:
    """Rounds, requests of each kind per round, and the numbers of projects for which queries are counted."""

    rounds: int
    requests: int
    amounts: tuple[int, int, int]


FULL, QUICK = Size(7, 120, (3, 300, 30_000)), Size(2, 40, (3, 30, 300))


def measure(*, quick: bool) -> list[Figure]:
    size = QUICK if quick else FULL
    few, some, many = size.amounts
    _fill(few)
    counted = {few: _queries()}
    _fill(some - few)
    counted[some] = _queries()
    pages = _pages()
    connection.close()
    bare_env = bare_environment()
    _fill_bare(bare_env, some)
    with Web("landespreis.wsgi", processes=1) as portal, Web("bench.bare.wsgi", processes=1, **bare_env) as bare:
        meters = _measure(size, portal, bare, pages)
    for name, meter in meters.items():
        print(f"{name:<44} {median(meter.cpu):7.2f} ms CPU {median(meter.rate):8.1f} per second")
    _fill(many - some)
    counted[many] = _queries()
    return [*_ratios(meters, pages), *_counts(counted)]


def _fill(amount: int) -> None:
    projects.fill(amount)
    with connection.cursor() as cursor:
        cursor.execute(TIDY.format(""))


def _pages() -> dict[str, str]:
    """Return what is measured by name, as far as the portal has it."""
    first = Project.objects.order_by("-published_at").first()
    assert first
    wanted = {
        "first page": "/projekte/", "search": SEARCH, "filtered": FILTERED, "map": "/projekte/karte/",
        "detail": first.get_absolute_url(), "home": "/",
    }  # fmt: skip
    client = Client(headers={"host": "127.0.0.1"})
    return {name: path for name, path in wanted.items() if client.get(path).status_code == 200}


@dataclass
class Kind:
    """A kind of request: where it goes, what is asked, whether one by one, and what is written before each."""

    web: Web
    requests: Sequence[Request]
    alone: bool = False
    change: str = ""
    kept: bool = False
    """Whether the page is there already when the first request is measured."""


def _measure(size: Size, portal: Web, bare: Web, pages: dict[str, str]) -> dict[str, Meter]:
    """Measure every kind of request once a round; round 0 only warms up."""
    line, nobody, fresh = Line(portal.port), Browser(), count()
    lengths = {name: len(line.send(Request(nobody, path)).body.encode()) for name, path in pages.items()}
    searches, meters = cycle(_searches()), dict[str, Meter]()
    connection.close()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as writer:
        for number in range(size.rounds + 1):
            if number <= 1:
                meters = {}
            for name, kind in _kinds(size, portal, bare, pages, lengths, fresh, searches).items():
                meter = meters.setdefault(name, Meter(200))
                if kind.change:
                    writer.execute(TIDY.format("portal_project, portal_document, portal_edition"))
                if kind.alone:
                    _run_alone(meter, kind, writer)
                    continue
                if kind.kept:
                    line.send(kind.requests[0])
                meter.run(kind.web, kind.requests)
    return meters


def _run_alone(meter: Meter, kind: Kind, writer: "psycopg.Connection[Any]") -> None:
    """Ask one after the other, since two at once could share what one of them made, and write before each."""
    line, seconds, cpu = Line(kind.web.port), 0.0, kind.web.cpu()
    for number, request in enumerate(kind.requests):
        if kind.change:
            writer.execute(kind.change, {"text": f"{projects.ABSTRACT} Neu, {number}."})
        answer = line.send(request)
        seconds += answer.seconds
        if answer.status != meter.expected:
            raise RuntimeError(f"{request.path} answered {answer.status}: {answer.body[:300]}")
    meter.cpu.append((kind.web.cpu() - cpu) / len(kind.requests) * 1000)
    meter.rate.append(len(kind.requests) / seconds)


def _kinds(
    size: Size,
    portal: Web,
    bare: Web,
    pages: dict[str, str],
    lengths: dict[str, int],
    fresh: "count[int]",
    searches: Iterator[str],
) -> dict[str, Kind]:
    nobody, many = Browser(), size.requests * OFTEN
    kinds = {
        LIST: Kind(bare, [Request(nobody, "/liste/")] * size.requests),
        LIST_ALONE: Kind(bare, [Request(nobody, "/liste/")] * size.requests, alone=True),
        EVERY_ROW: Kind(portal, [Request(nobody, "/projekte/")] * size.requests, alone=True, change=TWENTY),
    }
    for name, path in pages.items():
        more = f"{path}{'&' if '?' in path else '?'}"
        kinds |= {
            f"bare constant page like {name}": Kind(bare, [Request(nobody, f"/gleich/{lengths[name]}/")] * many),
            f"{name}, warm": Kind(portal, [Request(nobody, path)] * many, kept=True),
            f"{name}, foreign": Kind(
                portal, [Request(nobody, f"{more}neu={next(fresh)}") for _ in range(size.requests)], kept=True
            ),
            f"{name}, cold": Kind(portal, [Request(nobody, path)] * size.requests, alone=True, change=ONE),
            f"{name}, after a publication": Kind(
                portal, [Request(nobody, path)] * size.requests, alone=True, change=PUBLICATION
            ),
        }
    kinds[NEW_SEARCH] = Kind(portal, [Request(nobody, f"/projekte/?{next(searches)}") for _ in range(size.requests)])
    kinds[NEW_FILTER] = Kind(
        portal, [Request(nobody, f"{FILTERED}&thema=bauen&thema=neu-{next(fresh)}") for _ in range(size.requests)]
    )
    return kinds


def _searches() -> Iterator[str]:
    """Return searches that nobody has asked for: the words of each title, in each order."""
    titles = dict.fromkeys(Project.objects.order_by("pk").values_list("title", flat=True))
    for order, title in product(("relevanz", "titel", "neueste"), titles):
        yield urlencode({"q": title, "sortierung": order})


def _ratios(meters: dict[str, Meter], pages: dict[str, str]) -> Iterator[Figure]:
    for name in pages:
        constant = meters[f"bare constant page like {name}"]
        yield _ratio(f"{name}, warm", meters[f"{name}, warm"], "bare constant page", constant, 0.8)
        yield _ratio(f"{name}, foreign", meters[f"{name}, foreign"], "bare constant page", constant, None)
        yield _ratio(f"{name}, cold", meters[f"{name}, cold"], LIST_ALONE, meters[LIST_ALONE], 0.5)
        anew = f"{name}, after a publication"
        yield _ratio(anew, meters[anew], LIST_ALONE, meters[LIST_ALONE], None)
    yield _ratio(EVERY_ROW, meters[EVERY_ROW], LIST_ALONE, meters[LIST_ALONE], None)
    for name in (NEW_SEARCH, NEW_FILTER):
        yield _ratio(name, meters[name], LIST, meters[LIST], None)


def _ratio(name: str, ours: Meter, like: str, bare: Meter, wanted: float | None) -> Figure:
    """Return ours by theirs in requests per second, round by round and then the median: what slows one slows both.

    The CPU of each stands beside, for it minds other work less.
    """
    ratio = median(mine / its for mine, its in zip(ours.rate, bare.rate, strict=True))
    (own, own_cpu), (their, their_cpu) = ((median(meter.rate), median(meter.cpu)) for meter in (ours, bare))
    said = f"{name} ({own:.0f}/s, {own_cpu:.1f} ms CPU) ÷ {like} ({their:.0f}/s, {their_cpu:.1f} ms)"
    return Figure(said, f"{ratio:.2f}") if wanted is None else at_least(said, ratio, wanted)


def _counts(counted: dict[int, dict[str, tuple[int, int]]]) -> Iterator[Figure]:
    amounts = " / ".join(str(amount) for amount in counted)
    for name in next(iter(counted.values())):
        found = [of[name] for of in counted.values()]
        cold, warm = ([pair[which] for pair in found] for which in (0, 1))
        well = len(set(cold)) == 1 and max(cold) <= MOST_COLD and max(warm) <= MOST_WARM
        value = f"{' / '.join(map(str, cold))} cold, {' / '.join(map(str, warm))} warm"
        yield holds(
            f"queries of {name} with {amounts} projects", well, value, f"constant, ≤ {MOST_COLD}, ≤ {MOST_WARM}"
        )


def _queries() -> dict[str, tuple[int, int]]:
    """Return how many SQL statements each page needs, cold, when nothing at all is remembered, and warm."""
    client, found = Client(headers={"host": "127.0.0.1"}), {}
    for name, path in _pages().items():
        keeping.forget()
        numbers = []
        for _ in ("cold", "warm"):
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            numbers.append(queries.number(asked))
        found[name] = (numbers[0], numbers[1])
    return found


def _fill_bare(env: dict[str, str], amount: int) -> None:
    command = [sys.executable, "-m", "bench.bare.fill", str(amount)]
    subprocess.run(command, env=os.environ | env, cwd=ROOT, check=True)
