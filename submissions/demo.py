"""The entries of the demo, told through the verbs: each act at its moment, as far as the phase has come."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import Municipality, User
from landespreis import clock
from landespreis.demo import papers
from submissions.actions import editors, entries, files, handing_in, partners, reminders
from submissions.models import Attachment, Round, Submission

SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_entries.toml"
BETWEEN_SECTIONS = timedelta(minutes=4)
"""Sections that one act saves are saved one after the other; the last one at the moment of the act."""
BEAT = timedelta(seconds=40)
"""How long after a reminder falls due the clock's next round sends it."""


@dataclass(frozen=True)
class Act:
    """One thing somebody does; `entry` is the key of its story, `verb` and `what` as in the data file."""

    at: datetime
    entry: str
    by: str
    verb: str
    what: Any


def fill(phase: str) -> None:
    """Play everything that lies before the clock's moment; needs the round, the register and the demo's people."""
    until = clock.now()
    round = Round.objects.get(key="lp2")
    due = [round.closes_at - timedelta(hours=hours) + BEAT for hours in round.reminder_hours]
    story = _Story(round)
    timeline: list[tuple[datetime, Act | None]] = [(act.at, act) for act in _acts()] + [(at, None) for at in due]
    for at, act in sorted(timeline, key=lambda row: row[0]):
        if at > until:
            break
        clock.set_now(at)
        if act:
            story.play(act)
        else:
            reminders.remind_all()


def _acts() -> Iterator[Act]:
    data = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    for entry in data["entries"]:
        for row in entry["acts"]:
            rest = {name: value for name, value in row.items() if name not in {"at", "by"}}
            (verb, what), *more = rest.items()
            if more:
                raise ValueError(f"An act of {entry['owner']} at {row['at']} has more than one verb.")
            yield Act(row["at"], entry["owner"], row.get("by", entry["owner"]), verb, what)


class _Story:
    """Plays acts, one method per verb, and knows the entries begun so far by their story's key."""

    def __init__(self, round: Round) -> None:
        self.round = round
        self.people = {user.email: user for user in User.objects.all()}
        self.categories = {category.key: category for category in round.categories.all()}
        self.begun: dict[str, Submission] = {}

    def play(self, act: Act) -> None:
        by = self.people[act.by]
        if act.verb == "start":
            self.begun[act.entry] = entries.start(self.round, by=by)
        else:
            getattr(self, f"_{act.verb}")(Submission.objects.get(pk=self.begun[act.entry].pk), act, by)

    def _save(self, entry: Submission, act: Act, by: User) -> None:
        early = BETWEEN_SECTIONS * (len(act.what) - 1)
        for place, (key, values) in enumerate(act.what.items()):
            clock.set_now(act.at - early + BETWEEN_SECTIONS * place)
            saved = entry.sections.filter(key=key).first()
            entries.save_section(
                entry, key, self._values(values), by=by, revision=saved.revision if saved else 0, sitting=""
            )

    def _values(self, values: Any) -> dict[str, Any]:
        if isinstance(values, str):
            return {"text": _unwrapped(values)}
        if "category" in values:
            return {**values, "category": self.categories[values["category"]]}
        return {name: _unwrapped(value) if isinstance(value, str) else value for name, value in values.items()}

    def _partners(self, entry: Submission, act: Act, by: User) -> None:
        for row in act.what:
            if "ags" in row:
                partners.add(entry, by=by, municipality=Municipality.objects.get(ags=row["ags"]))
            else:
                partners.add(entry, by=by, **row)

    def _file(self, entry: Submission, act: Act, by: User) -> None:
        row = act.what
        is_image = row["kind"] == Attachment.Kind.IMAGE
        content = papers.gauge() if is_image else papers.sheet(row["title"], _unwrapped(row["text"]))
        files.add(
            entry,
            BytesIO(content),
            name=row["name"],
            size=len(content),
            kind=row["kind"],
            rights=row.get("rights", ""),
            by=by,
        )

    def _describe(self, entry: Submission, act: Act, by: User) -> None:
        attachment = entry.attachments.present().get(name=act.what["name"])
        files.describe(attachment, alt=act.what["alt"], rights=act.what["rights"], by=by)

    def _invite(self, entry: Submission, act: Act, by: User) -> None:
        editors.invite(entry, email=act.what["email"], role=act.what["role"], by=by)

    def _accept(self, entry: Submission, act: Act, by: User) -> None:
        editors.accept(entry.editors.get(email=by.email), by=by)

    def _submit(self, entry: Submission, act: Act, by: User) -> None:
        choice = act.what if isinstance(act.what, dict) else {"publication": True}
        handing_in.submit(entry, by=by, declarations=dict.fromkeys(handing_in.REQUIRED_DECLARATIONS, True) | choice)

    def _withdraw(self, entry: Submission, act: Act, by: User) -> None:
        handing_in.withdraw(entry, by=by, reason=act.what)


def _unwrapped(text: str) -> str:
    """Return a text whose lines are joined and whose paragraphs, parted by an empty line, are lines."""
    return "\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
