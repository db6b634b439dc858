"""Fills a fresh database for the tests of the processes, and says on the last line as JSON who is in it."""

import json
import tomllib

from django.core.management import call_command

from submissions.management.commands.load_round import SHIPPED, load
from submissions.models import Editor
from tests.submissions import factories


def fill() -> None:
    """Make two complete drafts, each with an owner and an editor, and two empty ones whose reminder is due."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    round = load(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    unfinished = [factories.draft(round, created_at=round.opens_at) for _ in range(2)]
    entries = []
    for _ in range(2):
        entry = factories.complete(round)
        people = [entry.owner.email, factories.editor(entry, Editor.Role.EDIT).email]
        entries.append({"path": entry.get_absolute_url(), "people": people})
    print(json.dumps({"entries": entries, "reminded": [draft.owner.email for draft in unfinished]}))  # noqa: T201 - read by who started it
