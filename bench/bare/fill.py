"""Fills the list of the bare Django: `python -m bench.bare.fill 300`."""

import sys
from datetime import UTC, datetime, timedelta

import django

django.setup()

from bench.bare.models import Article  # noqa: E402 - models need the set-up

TEXT = "Vier Städte und Gemeinden führen die Aufgabe in einer Stelle zusammen und vertreten sich gegenseitig. " * 2
START = datetime(2026, 1, 1, tzinfo=UTC)

Article.objects.bulk_create(
    Article(
        key=f"gemeinsame-vergabestelle-{number}",
        title=f"Gemeinsame Vergabestelle {number}",
        kind="Pflichtaufgaben & Verwaltung",
        text=TEXT,
        places="Soest, Werl, Welver und Lippetal",
        published_at=START + timedelta(minutes=number),
    )
    for number in range(int(sys.argv[1]))
)
