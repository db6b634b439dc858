"""Figures that are asked for at the moment somebody reads them: what is owed, entries, the queue, the journals' chain.

An app adds its own in a module `metering` with a function `figures()`.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from landespreis import chaining, clock, owed, sweeping
from landespreis.celery import app as celery_app
from landespreis.models import Trace

log = logging.getLogger(__name__)

QUEUE = "celery"
BACKUPS = timedelta(days=30)
"""How far back the last backup is looked for; the journal is long."""


@dataclass(frozen=True)
class Figure:
    """Values of one name by its labels; `values` are keyed by the values of the labels in that order."""

    name: str
    says: str
    labels: tuple[str, ...]
    values: Mapping[tuple[str, ...], float]

    def metric(self) -> Metric:
        family = GaugeMetricFamily(self.name, self.says, labels=self.labels)
        for labels, value in sorted(self.values.items()):
            family.add_metric(labels, value)
        return family


class Metering(Protocol):
    def figures(self) -> Iterator[Figure]: ...


class Business(Collector):
    """Asks database and broker. Where one does not answer it says so, and the other's figures are there."""

    def collect(self) -> Iterable[Metric]:
        yield from _asked("database", _of_database)
        yield from _asked("broker", _of_broker)
        for figure in _of_storage():
            yield figure.metric()


def _asked(whom: str, ask: Callable[[], Iterable[Figure]]) -> Iterator[Metric]:
    try:
        found = list(ask())
    except Exception as error:  # whatever the client of a broken service raises
        log.error("metrics: %s failed: %s", whom, error)
        found = []
        answers = 0
    else:
        answers = 1
    yield Figure(f"landespreis_{whom}_up", f"1 if the {whom} answers", (), {(): answers}).metric()
    for figure in found:
        yield figure.metric()


def _of_database() -> Iterator[Figure]:
    yield from _owed()
    yield from _chain()
    yield from _backup()
    for app in owed.APPS:
        if find_spec(f"{app}.metering"):
            module: Metering = import_module(f"{app}.metering")
            yield from module.figures()


def _owed() -> Iterator[Figure]:
    now = timezone.now()
    everything = owed.everything()
    ages = {one.kind.key: one.age(now) for one in everything}
    yield Figure(
        "landespreis_owed_age_seconds", "For how long the oldest of a kind has been owed; 0 if none is", ("kind",),
        {(kind,): max(age.total_seconds(), 0.0) if age else 0.0 for kind, age in ages.items()},
    )  # fmt: skip
    yield Figure(
        "landespreis_owed", "How many of a kind are owed", ("kind",),
        {(one.kind.key,): one.number for one in everything},
    )  # fmt: skip
    yield Figure(
        "landespreis_failed", "How many of a kind have failed for good and are still kept", ("kind",),
        {(one.kind.key,): one.failed for one in everything},
    )  # fmt: skip


def _chain() -> Iterator[Figure]:
    standing = chaining.standing(clock.now())
    yield Figure(
        "landespreis_journal_days_waiting", "Finished days that are not chained yet", (), {(): standing.waiting}
    )
    if standing.until:
        until = datetime.combine(standing.until, time(), UTC).timestamp()
        says = "The last day that is chained, as its midnight in UTC"
        yield Figure("landespreis_journal_chained_until_seconds", says, (), {(): until})


def _backup() -> Iterator[Figure]:
    """Tell when `manage.py backup` last succeeded; nothing where that is long ago or other tools do it."""
    lines = Trace.objects.filter(verb=Trace.Verb.BACKED_UP, at__gt=clock.now() - BACKUPS)
    if last := owed.by_machine(lines.order_by("-at").values_list("at", flat=True).first()):
        yield Figure("landespreis_backup_timestamp_seconds", "When the last backup was", (), {(): last.timestamp()})


def _of_storage() -> Iterator[Figure]:
    """Tell what the last look through the storage found; asking the storage itself would take too long."""
    if last := sweeping.last():
        yield Figure(
            "landespreis_files", "Private files at the last look through the storage: all, without row, without file",
            ("state",), {(kind,): number for kind, number in last.counts.items()},
        )  # fmt: skip
        yield Figure("landespreis_files_looked_timestamp_seconds", "When that look was", (), {(): last.at.timestamp()})


def _of_broker() -> Iterator[Figure]:
    with celery_app.connection_for_read(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0)
        waiting = broker.default_channel.queue_declare(queue=QUEUE, durable=True).message_count
    yield Figure("landespreis_queue_messages", "Messages that no worker has taken yet", (), {(): waiting})
