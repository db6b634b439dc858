"""427 municipalities submit within the last ten seconds, some too late; then everything is counted."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max
from django.urls import reverse
from post_office.models import Email

from bench import client, entries
from bench.client import Answer, Browser, Line, Request
from bench.entries import Extent
from bench.figures import Figure, holds
from bench.server import Process, Web
from landespreis import clock
from submissions.models import Receipt, Round, Submission, Version

PROCESSES = int(os.environ.get("BENCH_WEB", "2"))
WINDOW, LEAD_TIME, LATE = float(os.environ.get("BENCH_RUSH_SECONDS", "10")), 2.0, 3.0
"""Seconds: how long the rush lasts, how long before it the clock is set, over how long the late ones come."""
LATE_PEOPLE, QUICK_PEOPLE = 40, 60
RENDERING = 150
"""Seconds that the worker gets for the receipts."""
TICKED = dict.fromkeys(["conditions", "correctness", "bodies", "privacy"], "on")
SEED = 2026


@dataclass(frozen=True)
class Sent:
    """A submit: when it was sent, in seconds from the closing instant, and what came back."""

    entry: UUID
    at: float
    answer: Answer
    followed: Answer | None
    """The page of the version, to which a success leads."""

    @property
    def accepted(self) -> bool:
        return self.answer.status == 302


def measure(*, quick: bool) -> list[Figure]:
    """Prepare, let them rush, count, then let the worker render what is owed and count again."""
    round = entries.open_round()
    clock.set_now(round.closes_at - timedelta(hours=1))
    towns = entries.towns()[: QUICK_PEOPLE if quick else None]
    late = min(LATE_PEOPLE, len(towns) // 10)
    people = _people(round, towns, late)
    with Web("landespreis.wsgi", processes=PROCESSES) as web:
        line = Line(web.port)
        for browser, entry in people:
            client.open_form(line, browser, _check(entry))
        closes = _set_clock(round)
        cpu, own = web.cpu(), time.process_time()
        sent = _rush(web.port, people, late, closes)
        cpu, own = web.cpu() - cpu, time.process_time() - own
    figures = [Figure("s of CPU, web processes / those who press", f"{cpu:.1f} / {own:.1f}")]
    figures += [*_times(sent), *_counts(round, sent)]
    return [*figures, *_receipts(sent)]


def _people(round: Round, towns: Sequence[object], late: int) -> list[tuple[Browser, Submission]]:
    """Return everybody with their entry; the last `late` of them are second entries of towns and come after closing."""
    made = entries.drafts(round, towns, Extent()) + entries.drafts(round, towns[:late], Extent())
    return [(Browser({"sessionid": entries.log_in(entry.owner)}), entry) for entry in made]


def _set_clock(round: Round) -> float:
    """Set the award's clock shortly before closing; return the closing instant on the machine's monotonic clock."""
    clock.set_now(round.closes_at - timedelta(seconds=LEAD_TIME + WINDOW))
    return time.monotonic() + (round.closes_at - clock.now()).total_seconds()


def _rush(port: int, people: Sequence[tuple[Browser, Submission]], late: int, closes: float) -> list[Sent]:
    """Let everybody press the button at a random moment of the window, the late ones after it, each on a new line."""
    chance = random.Random(SEED)
    connection.close()
    in_time = len(people) - late
    moments = [chance.uniform(-WINDOW, 0) for _ in range(in_time)] + [chance.uniform(0, LATE) for _ in range(late)]
    sent: list[Sent] = []

    def press(browser: Browser, entry: Submission, moment: float) -> None:
        line = Line(port)
        time.sleep(max(closes + moment - time.monotonic(), 0))
        at = time.monotonic() - closes
        answer = line.send(Request(browser, _check(entry), TICKED))
        followed = line.send(Request(browser, answer.location)) if answer.status == 302 else None
        line.connection.close()
        sent.append(Sent(entry.pk, at, answer, followed))

    threads = [
        threading.Thread(target=press, args=(browser, entry, moment))
        for (browser, entry), moment in zip(people, moments, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sent


def _times(sent: Sequence[Sent]) -> list[Figure]:
    in_time = [one.answer.seconds for one in sent if one.at < 0]
    cuts = quantiles(in_time, n=100, method="inclusive")
    shown = " / ".join(f"{value * 1000:.0f}" for value in (cuts[49], cuts[94], cuts[98], max(in_time)))
    pages = [one.followed.seconds for one in sent if one.followed]
    return [
        Figure(f"{PROCESSES} web processes: submits a minute at that rate", f"{len(in_time) / WINDOW * 60:,.0f}"),
        Figure(f"ms of {len(in_time)} submits in {WINDOW:g} s, p50 / p95 / p99 / max", shown),
        Figure("ms of the page that follows, p99", f"{quantiles(pages, n=100, method='inclusive')[98] * 1000:.0f}"),
    ]


def _counts(round: Round, sent: Sequence[Sent]) -> list[Figure]:
    """Compare what people were told with what the database holds."""
    versions = Version.objects.all()
    held = Counter(versions.values_list("submission_id", flat=True))
    told = {one.entry for one in sent if one.accepted}
    in_time = [one for one in sent if one.at < 0]
    late = [one for one in sent if one.at >= 0]
    refused = [one for one in in_time if one.answer.status == 409]
    told_why = all("Die Frist endete am" in one.answer.body for one in sent if one.answer.status == 409)
    other = Counter(one.answer.status for one in sent if one.answer.status not in {302, 409})
    pages = Counter(one.followed.status for one in sent if one.followed)
    numbers = sorted(Submission.objects.exclude(number=None).values_list("number", flat=True))
    owed = Receipt.objects.values("version").annotate(rows=Count("pk")).filter(rows=1).count()
    newest: datetime | None = versions.aggregate(last=Max("submitted_at"))["last"]
    margin = (round.closes_at - newest).total_seconds() if newest else 0
    accepted = sum(one.accepted for one in in_time)
    early = max((-one.at for one in refused), default=0)
    return [
        holds("other answers than accepted or too late", not other, str(dict(other) or 0), "0"),
        holds("told «eingereicht» = has a version, exactly one", held == Counter(told), f"{len(held)}", f"{len(told)}"),
        holds(
            "numbers gapless and unique",
            numbers == list(range(1, len(told) + 1)),
            f"1–{len(numbers)}",
            f"1–{len(told)}",
        ),
        holds("versions with one owed receipt", owed == len(told), f"{owed}", f"{len(told)}"),
        holds("last version before closing", margin > 0, f"{margin * 1000:.0f} ms", "> 0 ms"),
        Figure(
            "sent before closing and accepted",
            f"{accepted} of {len(in_time)}",
            f"{len(in_time)}",
            accepted == len(in_time),
        ),
        Figure("sent before closing and refused: the earliest of them", f"{early * 1000:.0f} ms before"),
        holds(
            "sent after closing and accepted",
            not any(one.accepted for one in late),
            f"{sum(one.accepted for one in late)} of {len(late)}",
            "0",
        ),
        holds("refusals name the deadline", told_why, "yes" if told_why else "no", "yes"),
        holds("pages after a success", set(pages) == {200}, str(dict(pages)), "all 200"),
    ]


def _receipts(sent: Sequence[Sent]) -> list[Figure]:
    """Start the worker, which had been stopped, and wait until nothing is owed."""
    accepted = sum(one.accepted for one in sent)
    owed = Receipt.objects.owed()
    begin = time.monotonic()
    with Process(["celery", "--app", "landespreis.worker", "worker", "--concurrency", str(PROCESSES)]):
        while owed.exists() and time.monotonic() - begin < RENDERING:
            time.sleep(0.5)
    seconds = time.monotonic() - begin
    rendered = Receipt.objects.exclude(file="").filter(attempts=1)
    files = set(rendered.values_list("file", flat=True))
    mails = Email.objects.filter(subject__startswith="Eingangsbestätigung").count()
    expected = sum(len(people) for people in rendered.values_list("recipients", flat=True))
    kept = len(files) + owed.count()
    return [
        Figure(f"receipts rendered in {seconds:.0f} s", f"{len(files)}", f"{accepted}", len(files) == accepted),
        holds("receipts rendered in one attempt or still owed", kept == accepted, f"{kept}", f"{accepted}"),
        holds("mails with a receipt, one per recipient", mails == expected, f"{mails}", f"{expected}"),
    ]


def _check(entry: Submission) -> str:
    return reverse("submissions:check", args=[entry.pk])
