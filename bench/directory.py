"""The public pages beside a bare Django, in turns: warm beside a constant page, cold beside a list of twenty rows."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import projects
from bench.client import Browser, Line, Request
from bench.cost import Meter, bare_environment
from bench.figures import Figure, at_least, holds
from bench.server import ROOT, Web
from portal.models import Project

SEARCH = "/projekte/?q=Nachbarn"
FILTERED = "/projekte/?kategorie=shared-service&kreis=05382"
"""Both find the very first project already: a page without rows asks less."""
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
    projects.fill(few)
    counted = {few: _queries()}
    projects.fill(some - few)
    counted[some] = _queries()
    pages = _pages()
    connection.close()
    bare_env = bare_environment()
    _fill_bare(bare_env, some)
    with Web("landespreis.wsgi", processes=1) as portal, Web("bench.bare.wsgi", processes=1, **bare_env) as bare:
        meters = _measure(size, portal, bare, pages)
    for name, meter in meters.items():
        print(f"{name:<44} {median(meter.cpu):7.2f} ms CPU {median(meter.rate):8.1f} per second")
    projects.fill(many - some)
    counted[many] = _queries()
    return [*_ratios(meters, pages), *_counts(counted)]


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


def _measure(size: Size, portal: Web, bare: Web, pages: dict[str, str]) -> dict[str, Meter]:
    """Measure every kind of request once a round; round 0 only warms up."""
    line, nobody, fresh = Line(portal.port), Browser(), count()
    lengths = {name: len(line.send(Request(nobody, path)).body.encode()) for name, path in pages.items()}
    meters: dict[str, Meter] = {}
    for number in range(size.rounds + 1):
        if number <= 1:
            meters = {}
        for name, web, requests in _kinds(size, portal, bare, pages, lengths, fresh):
            meters.setdefault(name, Meter(200)).run(web, requests)
    return meters


def _kinds(
    size: Size, portal: Web, bare: Web, pages: dict[str, str], lengths: dict[str, int], fresh: "count[int]"
) -> Iterator[tuple[str, Web, Sequence[Request]]]:
    nobody = Browser()
    yield "bare list", bare, [Request(nobody, "/liste/")] * size.requests
    for name, path in pages.items():
        yield f"bare constant page like {name}", bare, [Request(nobody, f"/gleich/{lengths[name]}/")] * size.requests
        yield f"{name}, warm", portal, [Request(nobody, path)] * size.requests
        joined = f"{path}{'&' if '?' in path else '?'}neu="  # a query that no page knows is never kept
        yield f"{name}, cold", portal, [Request(nobody, f"{joined}{next(fresh)}") for _ in range(size.requests)]


def _ratios(meters: dict[str, Meter], pages: dict[str, str]) -> Iterator[Figure]:
    for name in pages:
        warm, constant = meters[f"{name}, warm"], meters[f"bare constant page like {name}"]
        yield _ratio(f"{name}, warm", warm, "bare constant page", constant, 0.8)
        yield _ratio(f"{name}, cold", meters[f"{name}, cold"], "bare list of 20 rows", meters["bare list"], 0.5)


def _ratio(name: str, ours: Meter, like: str, bare: Meter, wanted: float) -> Figure:
    """Return ours by theirs in requests per second; the CPU of each stands beside, for it minds other work less."""
    (own, own_cpu), (their, their_cpu) = ((median(meter.rate), median(meter.cpu)) for meter in (ours, bare))
    said = f"{name} ({own:.0f}/s, {own_cpu:.1f} ms CPU) ÷ {like} ({their:.0f}/s, {their_cpu:.1f} ms)"
    return at_least(said, own / their, wanted)


def _counts(counted: dict[int, dict[str, tuple[int, int]]]) -> Iterator[Figure]:
    amounts = " / ".join(str(amount) for amount in counted)
    for path in next(iter(counted.values())):
        found = [of[path] for of in counted.values()]
        cold, warm = ([pair[which] for pair in found] for which in (0, 1))
        well = len(set(cold)) == 1 and max(cold) <= MOST_COLD and max(warm) <= MOST_WARM
        value = f"{' / '.join(map(str, cold))} cold, {' / '.join(map(str, warm))} warm"
        yield holds(
            f"queries of {path} with {amounts} projects", well, value, f"constant, ≤ {MOST_COLD}, ≤ {MOST_WARM}"
        )


def _queries() -> dict[str, tuple[int, int]]:
    """Return how many SQL statements each list needs, cold and warm."""
    client, found = Client(headers={"host": "127.0.0.1"}), {}
    for path in ("/projekte/", SEARCH, FILTERED, "/projekte/karte/"):
        cache.clear()
        numbers = []
        for _ in ("cold", "warm"):
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            numbers.append(len(asked))
        found[path] = (numbers[0], numbers[1])
    return found


def _fill_bare(env: dict[str, str], amount: int) -> None:
    command = [sys.executable, "-m", "bench.bare.fill", str(amount)]
    subprocess.run(command, env=os.environ | env, cwd=ROOT, check=True)
