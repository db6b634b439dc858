"""How many SQL queries a page takes, with 1, 3 and 30 of everything that can be many."""

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import entries
from bench.entries import Extent
from bench.figures import Figure, holds
from landespreis import clock, drift
from submissions.models import Submission

AMOUNTS = (1, 3, 30)
MOST_TO_SUBMIT = 20
SECTION = "beschreibung"
TICKED = dict.fromkeys(["conditions", "correctness", "bodies", "privacy"], "on")


def measure(*, quick: bool) -> list[Figure]:
    """Count for every amount of entries, partners, files and editors on a draft, and after two submits."""
    round = entries.open_round()
    clock.set_now(round.closes_at - entries.BEFORE_CLOSE)
    counts: dict[str, list[int]] = {}
    leads = iter(entries.towns())
    for amount in AMOUNTS:
        owner = entries.people(1, f"viele{amount}")[0]
        extent = Extent(partners=amount, files=amount, editors=amount)
        entry, *_ = entries.drafts(round, [next(leads) for _ in range(amount)], extent, owner=owner)
        client = Client(SERVER_NAME="localhost")
        client.force_login(owner)
        for page, count in _pages(client, entry).items():
            counts.setdefault(page, []).append(count)
    return [_figure(page, numbers) for page, numbers in counts.items()]


def _pages(client: Client, entry: Submission) -> dict[str, int]:
    overview, check = entry.get_absolute_url(), reverse("submissions:check", args=[entry.pk])
    counts = {
        "list of the own entries": _count(client, reverse("submissions:index")),
        "overview, draft": _count(client, overview),
        "section": _count(client, reverse("submissions:section", args=[entry.pk, SECTION])),
        "check page": _count(client, check),
        "submit": _submit(client, check),
        "page of the version": _count(client, reverse("submissions:version", args=[entry.pk, 1])),
    }
    Submission.objects.filter(pk=entry.pk).update(title="Ein anderer Titel")
    return counts | {"overview, changed since": _count(client, overview), "submit again": _submit(client, check)}


def _count(client: Client, path: str) -> int:
    client.get(path)  # what is kept for all requests is there from now on
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return number(queries)


def _submit(client: Client, path: str) -> int:
    """Submit and return the number of statements, BEGIN and COMMIT among them."""
    seen = re.search(r'name="seen" value="(\w+)"', client.get(path).content.decode())
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, TICKED | {"seen": seen[1] if seen else ""})
    if answer.status_code != 302:
        raise RuntimeError(f"submit answered {answer.status_code}")
    return number(queries)


def number(queries: CaptureQueriesContext) -> int:
    """Leave out what a process asks once in half a minute, whatever page it makes."""
    return sum(query["sql"] != drift.QUESTION for query in queries)


def _figure(page: str, counts: list[int]) -> Figure:
    constant = len(set(counts)) == 1
    shown = " / ".join(map(str, counts))
    if page.startswith("submit"):
        return holds(page, constant and counts[0] <= MOST_TO_SUBMIT, shown, f"constant, ≤ {MOST_TO_SUBMIT}")
    return holds(page, constant, shown, "constant")
