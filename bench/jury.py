"""What the pages of the jury cost: queries with few and with many entries, and the Session's CPU beside bare Django."""

import random
import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from statistics import median

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from bench import client, cost, entries
from bench.client import Browser, Line, Request
from bench.cost import Meter
from bench.figures import Figure, at_most, holds
from bench.server import Web
from jury.models import Assessment, Clearance, Juror, Score, Seat, Session
from landespreis import clock
from submissions.models import Category, Round, Submission, Version

AMOUNTS = (3, 450)
"""Entries in all; the first three lie in one category, 450 are 75 in each of six."""
FULL, QUICK = (5, 40), (2, 10)
"""Rounds, and requests of each kind per round."""
ROW, PAGE = "bare row of the same size", "Session page"
MOST = 8.0
SEED = 2026


@dataclass
class Panel:
    """The five jurors with the round and the category that is looked at."""

    round: Round
    category: Category
    jurors: list[Juror]
    people: list[User]
    office: User


def measure(*, quick: bool) -> list[Figure]:
    panel = _panel()
    chance = random.Random(SEED)
    scoring: dict[str, list[int]] = {}
    for amount in AMOUNTS:
        _score(panel, amount - Submission.objects.count(), chance)
        for page, count in _counts(panel).items():
            scoring.setdefault(page, []).append(count)
    figures = [
        holds(page, len(set(told)) == 1, " / ".join(map(str, told)), "constant") for page, told in scoring.items()
    ]
    return [*figures, *_cost(panel, *(QUICK if quick else FULL))]


# Queries ---------------------------------------------------------------------------------------------
def _counts(panel: Panel) -> dict[str, int]:
    """Count while scoring goes on, and with the Session open; it is closed again, for more entries to come."""
    slug = panel.category.key
    browser = Client(SERVER_NAME="localhost")
    browser.cookies[settings.SESSION_COOKIE_NAME] = log_in_with_factor(panel.people[0])
    counts = {
        "queries of the start page": _count(browser, reverse("jury:index")),
        "queries of the category": _count(browser, reverse("jury:category", args=[slug])),
    }
    session = _open(panel)
    page = reverse("jury:session", args=[slug])
    counts["queries of the Session page"] = _count(browser, page)
    counts["queries of its refresh"] = _count(browser, reverse("jury:session_state", args=[slug]))
    session.delete()
    return counts


def _count(browser: Client, path: str) -> int:
    browser.get(path)  # what is kept for all requests is there from now on
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len(queries)


# CPU -------------------------------------------------------------------------------------------------
def _cost(panel: Panel, rounds: int, requests: int) -> list[Figure]:
    """Ask for the Session of 75 entries and for a bare page of as many bytes, in turns; the first round warms up."""
    _open(panel)
    member, writer = Browser({settings.SESSION_COOKIE_NAME: log_in_with_factor(panel.people[1])}), Browser()
    page = reverse("jury:session", args=[panel.category.key])
    start = reverse("jury:index")
    bare_env = cost.bare_environment()
    connection.close()
    with Web("landespreis.wsgi", processes=1) as portal, Web("bench.bare.wsgi", processes=1, **bare_env) as bare:
        size = len(Line(portal.port).send(Request(member, page)).body.encode())
        row = _bare_row(bare, writer, size)
        meters = {name: Meter(200) for name in (ROW, PAGE, "start page")}
        for number in range(rounds + 1):
            if number == 1:
                meters = {name: Meter(200) for name in meters}
            meters[ROW].run(bare, [Request(writer, row)] * requests * 4)
            meters[PAGE].run(portal, [Request(member, page)] * requests)
            meters["start page"].run(portal, [Request(member, start)] * requests)
    cpu = {name: median(meter.cpu) for name, meter in meters.items()}
    for name, milliseconds in cpu.items():
        print(f"{name:<28} {milliseconds:7.2f} ms CPU")
    told = f"CPU of the Session page, 75 entries, {size // 1000} kB ({cpu[PAGE]:.1f} ms) ÷ bare row ({cpu[ROW]:.1f} ms)"
    return [
        at_most(told, cpu[PAGE] / cpu[ROW], MOST),
        Figure("CPU of the start page, 450 entries, ms", f"{cpu['start page']:.1f}"),
    ]


def _bare_row(bare: Web, writer: Browser, size: int) -> str:
    """Write a note that makes a page of `size` bytes, and return its address."""
    line = Line(bare.port)
    client.open_form(line, writer, "/schreiben/")
    empty = line.send(Request(writer, line.send(Request(writer, "/schreiben/", {"text": "x"})).location))
    text = re.sub(r"\W", "x", entries.WORDS).encode("ascii", "replace").decode().replace("?", "x")
    wanted = size - len(empty.body.encode()) + 1
    return line.send(Request(writer, "/schreiben/", {"text": (text * (wanted // len(text) + 1))[:wanted]})).location


# Rows ------------------------------------------------------------------------------------------------
def _panel() -> Panel:
    round = entries.open_round()
    assert round.scoring_opens_at
    clock.set_now(round.scoring_opens_at + timedelta(days=3))
    office, *people = entries.people(6, "jury")
    now = clock.now()
    jurors = Juror.objects.bulk_create(
        Juror(
            seat=seat, user=user, name=user.name, email=user.email, since=now.date(), invited_at=now,
            confirmed_at=now, notice_accepted_at=now,
        )
        for seat, user in zip(Seat.objects.filter(round=round), people, strict=True)
    )  # fmt: skip
    Authenticator.objects.bulk_create(Authenticator(user=user, type="totp", data={"secret": "-"}) for user in people)
    return Panel(round, round.categories.all()[0], jurors, people, office)


def _score(panel: Panel, more: int, chance: random.Random) -> None:
    """Add so many admitted entries, cleared by all; each juror has judged them, the first one two of three."""
    made = _entries(panel, more)
    versions = {row.submission_id: row for row in Version.objects.filter(submission__in=made)}
    now = clock.now()
    Clearance.objects.bulk_create(
        Clearance(juror=juror, submission=row, at=now) for row in made for juror in panel.jurors
    )
    sheets = Assessment.objects.bulk_create(
        Assessment(
            seat=juror.seat, juror=juror, submission=row, version=versions[row.pk], status=_status(place, juror, panel),
            saved_at=now, finalised_at=now, first_finalised_at=now,
        )
        for place, row in enumerate(made)
        for juror in panel.jurors
    )  # fmt: skip
    Score.objects.bulk_create(
        Score(assessment=sheet, criterion=criterion, points=chance.randint(3, 10), comment=entries.WORDS)
        for sheet in sheets
        for criterion in panel.round.criteria.all()
    )


def _status(place: int, juror: Juror, panel: Panel) -> str:
    return Assessment.Status.DRAFT if place % 3 == 1 and juror == panel.jurors[0] else Assessment.Status.FINAL


def _entries(panel: Panel, more: int) -> list[Submission]:
    """Return new admitted entries with a version each, of towns that exist nowhere."""
    start = Submission.objects.count()
    towns = entries.invented_towns(start, more)
    categories = list(panel.round.categories.all())
    made = entries.drafts(panel.round, towns, entries.Extent(partners=0, files=0, editors=0))
    at = panel.round.closes_at - entries.BEFORE_CLOSE
    Version.objects.bulk_create(_version(row, at=at, number=start + place) for place, row in enumerate(made, start=1))
    versions = {row.submission_id: row for row in Version.objects.filter(submission__in=made)}
    for place, row in enumerate(made, start=start):
        row.number, row.status, row.current = place + 1, Submission.Status.SUBMITTED, versions[row.pk]
        row.submitted_lead, row.submitted_title = row.lead, row.title
        row.submitted_category = categories[0 if place < AMOUNTS[0] else place // (AMOUNTS[1] // len(categories))]
        row.formal_check = Submission.Check.ADMITTED
    fields = ["number", "status", "current", "submitted_lead", "submitted_title", "submitted_category", "formal_check"]
    Submission.objects.bulk_update(made, fields, batch_size=100)
    return made


def _version(entry: Submission, *, at: object, number: int) -> Version:
    text = f'{{"number": "{number}"}}'
    digest = sha256(text.encode()).hexdigest()
    return Version(submission=entry, number=1, canonical=text, sha256=digest, submitted_at=at, submitted_by=entry.owner)


def _open(panel: Panel) -> Session:
    return Session.objects.create(category=panel.category, opened_at=clock.now(), opened_by=panel.office)


def log_in_with_factor(user: User) -> str:
    """Return the key of a session that has shown the second factor."""
    key = entries.log_in(user)
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    session["accounts_second_factor_shown_by"] = user.pk
    session.save()
    return key
