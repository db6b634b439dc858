"""Fills a fresh database for the tests of the processes, and says on the last line as JSON who is in it."""

import hashlib
import json
import time
import tomllib
from itertools import count
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from landespreis import clock
from submissions.management.commands import load_round
from submissions.models import Attachment, Editor, Receipt, Round
from tests.accounts.factories import MunicipalityFactory, UserFactory
from tests.submissions import factories

OWED = 3


def fill() -> None:
    """Make two complete drafts, each with an owner and an editor, and two empty ones whose reminder is due."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    round = load_round.load(tomllib.loads(load_round.SHIPPED.read_text(encoding="utf-8")))
    unfinished = [factories.draft(round, created_at=round.opens_at) for _ in range(2)]
    entries = []
    for _ in range(2):
        entry = factories.complete(round)
        people = [entry.owner.email, factories.editor(entry, Editor.Role.EDIT).email]
        entries.append({"path": entry.get_absolute_url(), "people": people})
    print(json.dumps({"entries": entries, "reminded": [draft.owner.email for draft in unfinished]}))  # noqa: T201 - read by who started it


def load(stop: str) -> None:
    """Hand in one entry after another until there is a file `stop`, each with a file that is as its row says.

    While the worker owes three receipts the next one waits.
    """
    for factory in (MunicipalityFactory, UserFactory):
        factory.reset_sequence(1000)  # the database was filled by another process, which counted from 0 as well
    round = Round.objects.get()
    for number in count():
        while Receipt.objects.owed().count() > OWED and not Path(stop).exists():
            time.sleep(0.05)
        if Path(stop).exists():
            break
        entry = factories.complete(round)
        content = f"%PDF-1.7 {number} {entry.pk}".encode()
        name = default_storage.save(f"einreichungen/{entry.pk}/anlage.pdf", ContentFile(content))
        Attachment.objects.create(
            submission=entry, kind=Attachment.Kind.ANNEX, name="anlage.pdf", mimetype="application/pdf", file=name,
            size=len(content), sha256=hashlib.sha256(content).hexdigest(), scan=Attachment.Scan.CLEAN,
            uploaded_at=clock.now(), uploaded_by=entry.owner,
        )  # fmt: skip
        factories.submit(entry)
