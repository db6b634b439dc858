"""What the office's pages cost with few entries and with very many: queries, CPU, the time of an export, its memory."""

import gc
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import STATUS, Email

from accounts.models import User
from bench import entries
from bench.entries import Extent
from bench.figures import Figure, at_most, holds
from bench.jury import log_in_with_factor
from landespreis import clock, journal
from landespreis.models import Trace
from submissions.models import Round, Submission

SIZES, QUICK = (100, 10_000), (100, 300)
"""Entries that were handed in; the lists show a hundred on a page."""
ROUNDS = 9
AT_ONCE = 500
EXTENT = Extent(partners=2, files=0, editors=0)
DRAFTS_OF = 9
"""To so many that were handed in comes one draft; a third of them is still to be checked."""
MOST = 1.3
CHOSEN = (5, 25)
"""Entries that are chosen for an action."""
MOST_MEGABYTES = 20
GROWING = {"queue of the formal check", "overview", "search over everything", "list, searched by person"}
"""Pages that look at every entry by their nature; they are measured, and no ratio is wanted."""


@dataclass
class Taken:
    """What one page took: statements, and the median of milliseconds of CPU, ours and PostgreSQL's together."""

    queries: int
    cpu: float


def measure(*, quick: bool) -> list[Figure]:
    round = entries.open_round()
    clock.set_now(round.closes_at + timedelta(days=1))
    office = _office()
    few, many = QUICK if quick else SIZES
    taken, peaks, rates = [], [], []
    for size in (few, many):
        _fill(round, office, size)
        browser = _browser(office)
        taken.append({name: _take(browser, path) for name, path in _pages(round).items()})
        rate, peak = _export(browser)
        rates.append(rate)
        peaks.append(peak)
    return [
        *_figures(few, many, *taken),
        Figure(f"export as CSV, rows per second with {many:,} entries", f"{rates[1]:.0f}"),
        at_most(f"MB more for the export of {many:,} entries than of {few}", peaks[1] - peaks[0], MOST_MEGABYTES),
        *_bulk(_browser(office), round),
    ]


def _figures(few: int, many: int, small: dict[str, Taken], large: dict[str, Taken]) -> Iterator[Figure]:
    for name, before in small.items():
        after = large[name]
        told = f"{before.queries} / {after.queries}"
        label = f"queries of {name} with {few} / {many:,}"
        paged = after.queries - before.queries in {0, 1}
        yield holds(label, paged, told, "constant, but for one where there are pages")
    for name, before in small.items():
        after = large[name]
        label = f"CPU of {name}: {many:,} entries ({after.cpu:.0f} ms) ÷ {few} ({before.cpu:.0f} ms)"
        ratio = after.cpu / before.cpu
        yield Figure(label, f"{ratio:.2f}") if name in GROWING else at_most(label, ratio, MOST)


def _pages(round: Round) -> dict[str, str]:
    listed = reverse("admin:submissions_submission_changelist")
    filtered = f"{listed}?round__id__exact={round.pk}&status__exact=submitted"
    last = Submission.objects.count() // 100  # the last with a hundred entries, as the first one has
    handed_in = Submission.objects.filter(status="submitted").count() // 100
    category = round.categories.order_by("position").values_list("pk", flat=True)[0]
    middle = Submission.objects.filter(number__isnull=False).order_by("number").values_list("number", flat=True)[40]
    waiting = _safe(round)[20]
    return {
        "list of entries": listed,
        "list, filtered": filtered,
        "list, of one category": f"{listed}?round__id__exact={round.pk}&category__id__exact={category}",
        "list, not confirmed": f"{listed}?zugehoerigkeit=offen",
        "list, by category": f"{listed}?o=6",
        "list, searched by number": f"{listed}?q={round.number_prefix}-{middle:04d}",
        "list, searched by person": f"{listed}?q=harmsen",
        "list, last page": f"{listed}?p={last}",
        "list, last page of the filtered": f"{filtered}&p={handed_in}",
        "versions": reverse("admin:submissions_version_changelist"),
        "receipts": reverse("admin:submissions_receipt_changelist"),
        "journal of entries": reverse("admin:submissions_event_changelist"),
        "journal of the portal": reverse("admin:landespreis_trace_changelist"),
        "mail": reverse("admin:post_office_email_changelist"),
        "search over everything": f"{reverse('admin:lookup')}?q=Musterhausen+17",
        "queue of the formal check": reverse("admin:submissions_queue"),
        "queue, second page": f"{reverse('admin:submissions_queue')}?seite=2",
        "entry of the queue": f"{reverse('admin:submissions_review', args=[waiting])}?reihe=alle",
        "overview": reverse("admin:index"),
    }


# Taking ----------------------------------------------------------------------------------------------


def _take(browser: Client, path: str) -> Taken:
    _get(browser, path)  # what is kept for all requests is there from now on
    _, count = _counted(partial(_get, browser, path))
    times = []
    gc.collect()
    for _ in range(ROUNDS):
        begin = _cpu()
        _get(browser, path)
        times.append((_cpu() - begin) * 1000)
    return Taken(count, median(times))


def _get(browser: Client, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def _cpu() -> float:
    """Return the seconds of CPU of this process and, where it runs on this machine, of the server's for us."""
    raw: Any = connection.connection
    file = Path(f"/proc/{raw.info.backend_pid}/schedstat")
    server = int(file.read_text().split()[0]) / 1e9 if file.exists() and _is_local() else 0.0
    return time.process_time() + server


def _is_local() -> bool:
    return settings.DATABASES["default"]["HOST"] in {"", "localhost", "127.0.0.1", "::1"}


def _export(browser: Client) -> tuple[float, float]:
    """Take the table of entries; return rows per second, and by how many MB the process was larger meanwhile."""
    path = reverse("admin:export", args=["einreichungen", "csv"])
    gc.collect()
    before, peak, lines = _resident(), 0.0, 0
    begin = time.perf_counter()
    for part in browser.post(path).streaming_content:  # type: ignore[attr-defined]  # it is sent while it is read
        lines += part.count(b"\r\n")
        if lines % 50 == 0:
            peak = max(peak, _resident())
    return lines / (time.perf_counter() - begin), max(peak, _resident()) - before


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


# Choosing several --------------------------------------------------------------------------------------


def _bulk(browser: Client, round: Round) -> Iterator[Figure]:
    """Ask about several entries, then admit them; the page that asks is the same for all, each is then one verb."""
    asked, done = [], []
    for number in CHOSEN:
        chosen = [str(key) for key in _safe(round)[:number]]
        listed = reverse("admin:submissions_submission_changelist")
        form = {"action": "admit", "_selected_action": chosen}
        page, count = _counted(partial(browser.post, listed, form))
        asked.append(count)
        marks = re.findall(r'name="entry" value="([^"]+)"', page.content.decode())
        if len(marks) != number:
            raise RuntimeError(f"{len(marks)} of {number} entries can be admitted")
        path, answer = reverse("admin:submissions_admit_many"), {"entry": marks, "confirmed": "1", "tell": "1"}
        _, count = _counted(partial(browser.post, path, answer))
        done.append(count)
    told = f"{asked[0]} / {asked[1]}"
    yield holds(
        f"queries of the page that asks about {CHOSEN[0]} / {CHOSEN[1]}", asked[0] == asked[1], told, "constant"
    )
    each = (done[1] - done[0]) / (CHOSEN[1] - CHOSEN[0])
    yield Figure("queries of admitting, for each entry", f"{each:.1f}")


def _counted(act: Callable[[], Any]) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as queries:
        answer = act()
    return answer, len(queries)


def _safe(round: Round) -> list[Any]:
    rows = Submission.objects.filter(round=round, status="submitted", formal_check="open")
    return list(rows.order_by("number").values_list("pk", flat=True))


# Rows --------------------------------------------------------------------------------------------------


def _office() -> User:
    call_command("load_roles", stdout=StringIO())
    user: User = User.objects.create(
        email="geschaeftsstelle@ministerium.example", name="Insa Folkerts", password=entries.UNUSABLE, is_staff=True
    )
    user.groups.add(Group.objects.get(name="Geschäftsstelle"))
    Authenticator.objects.create(user=user, type="totp", data={"secret": "-"})
    return user


def _browser(user: User) -> Client:
    browser = Client(SERVER_NAME="localhost")
    browser.cookies[settings.SESSION_COOKIE_NAME] = log_in_with_factor(user)
    return browser


def _fill(round: Round, office: User, size: int) -> None:
    """Add entries until `size` are handed in; to each entry come a line of the portal's journal and a mail."""
    begin = Submission.objects.filter(number__isnull=False).count()
    for start in range(begin, size, AT_ONCE):
        count = min(AT_ONCE, size - start)
        more = count // DRAFTS_OF
        made = entries.drafts(round, entries.invented_towns(Submission.objects.count(), count + more), EXTENT)
        entries.hand_in(made[more:], first=start + 1)
        checked = [row.pk for place, row in enumerate(made[more:]) if place % 3]
        Submission.objects.filter(pk__in=checked).update(formal_check="admitted")
        _written(made, office)
    Round.objects.filter(pk=round.pk).update(last_number=size)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _written(made: list[Submission], office: User) -> None:
    at = clock.now()
    Trace.objects.bulk_create(
        Trace(at=at, by=office, verb=journal.Verb.LOGGED_IN, about=row.owner.email) for row in made
    )
    Email.objects.bulk_create(
        Email(
            from_email="portal@ministerium.example", to=[row.owner.email], subject="Eingangsbestätigung",
            message=entries.WORDS * 10, status=STATUS.sent, created=at, last_updated=at,
        )
        for row in made
    )  # fmt: skip
