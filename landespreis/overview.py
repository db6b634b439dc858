"""The first page of the admin: what each app has to say about where the award stands and what waits for somebody.

An app says it in a module `overview` with a function `part(user, now)`; what the person may not see is not in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from landespreis import chaining, owed, wording
from landespreis.models import RetentionRun

APPS = ("submissions", "jury", "accounts", "portal")
"""In the order in which they are shown."""


@dataclass(frozen=True)
class Figure:
    """A number that stands large: what it counts, and where its rows are listed."""

    number: int
    label: str
    url: str = ""


@dataclass(frozen=True)
class Task:
    """So many things wait for somebody; with none it says that nothing does. `detail` tells since when or what.

    `label` goes with every number but one, for which there is `one`.
    """

    number: int
    label: str
    one: str
    url: str
    detail: str = ""

    @property
    def text(self) -> str:
        return self.one if self.number == 1 else self.label

    @property
    def sign(self) -> str:
        return "error" if self.number else "done"


@dataclass(frozen=True)
class Table:
    """Numbers by row; `rows` are label, address (may be empty) and one number for each further head.

    With `noted` the last column has words instead; a `wide` one takes the whole page.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[str]]]
    noted: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Chart:
    """A picture with the table behind it."""

    title: str
    svg: SafeString
    table: Table


@dataclass(frozen=True)
class Part:
    """What one app says."""

    headline: str = ""
    state: str = ""
    figures: Sequence[Figure] = ()
    tasks: Sequence[Task] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()


class Overview(Protocol):
    def part(self, user: PermissionsMixin, now: datetime) -> Part: ...


@dataclass
class Page:
    """All parts put together."""

    headline: str = "Überblick"
    state: str = ""
    figures: list[Figure] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)


def page(user: PermissionsMixin, now: datetime) -> Page:
    """Return what the person reads first; the number of queries does not depend on how much there is."""
    whole = Page()
    for one in (*_parts(user, now), _ground(user), _chain(user, now), _records(user)):
        whole.headline, whole.state = one.headline or whole.headline, one.state or whole.state
        whole.figures += one.figures
        whole.tasks += one.tasks
        whole.tables += one.tables
        whole.charts += one.charts
    whole.tasks.sort(key=lambda task: not task.number)
    return whole


def _parts(user: PermissionsMixin, now: datetime) -> Iterator[Part]:
    for app in APPS:
        if find_spec(f"{app}.overview"):
            module: Overview = import_module(f"{app}.overview")
            yield module.part(user, now)


def _ground(user: PermissionsMixin) -> Part:
    """Say whether mail and PDFs come; in the machine's time, as they are sent."""
    if not user.has_perm("post_office.view_email"):
        return Part()
    now = timezone.now()
    everything = owed.everything()
    late = [
        Task(1, "", f"{one.kind.name} überfällig", reverse(one.kind.page), f"seit {wording.stretch(now - one.since)}")
        for one in everything
        if one.since and one.is_late(now)
    ]
    failed = next(one.failed for one in everything if one.kind is owed.MAIL)
    url = reverse(owed.MAIL.page) + owed.MAIL.failed_query
    return Part(tasks=[*late, Task(failed, "Mails nicht zustellbar", "Mail nicht zustellbar", url)])


def _chain(user: PermissionsMixin, now: datetime) -> Part:
    """Say until which day the journals are chained, and whether the nightly job has stopped."""
    if not user.has_perm("landespreis.view_link"):
        return Part()
    standing = chaining.standing(now)
    until = f"verkettet bis {wording.day(standing.until)}" if standing.until else "noch kein Tag verkettet"
    overdue = standing.waiting if standing.behind else 0
    url = reverse("admin:landespreis_link_changelist")
    return Part(tasks=[Task(overdue, "Tage im Verlauf nicht verkettet", "Tag im Verlauf nicht verkettet", url, until)])


def _records(user: PermissionsMixin) -> Part:
    """Say what somebody has to do for what is kept: release what another proposed, and what stands still."""
    if not user.has_perm("landespreis.view_retentionrun"):
        return Part()
    runs, listed = RetentionRun.objects.order_by(), reverse("admin:landespreis_retentionrun_changelist")
    state = RetentionRun.Status
    ready = Q(status=state.ANSWERED) | Q(status=state.PROPOSED, is_archived=False)
    release = runs.filter(ready).exclude(proposed_by=user.pk).count()
    offer = runs.filter(status__in=[state.PACKED, state.OFFERED]).count()
    return Part(
        tasks=[
            Task(release, "Aussonderungen freizugeben", "Aussonderung freizugeben", listed),
            Task(offer, "Aussonderungen beim Landesarchiv", "Aussonderung beim Landesarchiv", listed),
        ]
    )
