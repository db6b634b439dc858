"""The texts that messages begin from, and the passages of the portal's own mails that staff may word themselves.

Shipped texts stand in data/wordings.toml; a row of `Wording` with the key of one takes its place until it is deleted.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, Engine

from landespreis import audiences
from landespreis.circulars import placeholders
from landespreis.circulars.placeholders import Placeholder
from landespreis.models import Wording

SHIPPED = Path(settings.BASE_DIR) / "data" / "wordings.toml"
GAP = "[…]"
"""Stands in shipped texts where staff write."""
MAIL = "mail-"
"""How the keys of passages of the portal's own mails begin; the name of the mail follows."""


@dataclass(frozen=True)
class Text:
    """A text as it holds now. `shipped` is what the portal came with, None for a text of staff's own."""

    key: str
    kind: str
    title: str
    subject: str
    text: str
    placeholders: tuple[Placeholder, ...]
    shipped: "Text | None" = None
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def is_mail(self) -> bool:
        """Whether it is a passage of one of the portal's own mails."""
        return self.key.startswith(MAIL)

    @property
    def is_changed(self) -> bool:
        return self.changed_at is not None


@dataclass(frozen=True)
class Passage:
    """The part of a mail that may be worded anew: its placeholders are Django expressions over the mail's context."""

    text: Text
    expressions: Mapping[str, str]


def everything() -> list[Text]:
    """Return every text as it holds now: those for messages first, by title."""
    rows = {row.key: row for row in Wording.objects.select_related("changed_by")}
    own = [_own(row) for key, row in rows.items() if key not in shipped()]
    held = [_held(text, rows.get(key)) for key, text in shipped().items()]
    return sorted([*held, *own], key=lambda text: (text.is_mail, text.title.casefold()))


def find(key: str) -> Text | None:
    """Return the text of that key as it holds now."""
    row = Wording.objects.filter(key=key).select_related("changed_by").first()
    text = shipped().get(key)
    if text is not None:
        return _held(text, row)
    return _own(row) if row else None


def fitting(kind: str) -> list[Text]:
    """Return the texts with which a message to a group of that kind can begin."""
    return [text for text in everything() if text.kind in {"", kind} and not text.is_mail]


def known(kind: str) -> tuple[Placeholder, ...]:
    """Return what may stand in braces in a text for groups of that kind; nothing for an unknown one."""
    found = audiences.kinds().get(kind)
    return found.placeholders if found else ()


def mistakes(offered: Sequence[Placeholder], subject: str, text: str) -> dict[str, list[str]]:
    """Return what is wrong with subject and text, by the name of the field.

    What only the recipient may read does not stand in a subject: staff see it in the list of outgoing mail.
    """
    found = {"subject": placeholders.mistakes(subject, offered), "text": placeholders.mistakes(text, offered)}
    private = [row for row in offered if row.is_private and row.key in placeholders.used(subject)]
    found["subject"] += [
        f"{row} darf nicht im Betreff stehen: Den Betreff sieht auch, wer den Postausgang liest." for row in private
    ]
    return {name: sentences for name, sentences in found.items() if sentences}


def gaps(subject: str, text: str) -> dict[str, list[str]]:
    """Return where staff have not yet put their own words, by the name of the field."""
    fields = {"subject": subject, "text": text}
    return {
        name: [f"Schreiben Sie Ihren Text an die Stelle von {GAP}"] for name, words in fields.items() if GAP in words
    }


def passage(template: str, context: Mapping[str, Any]) -> str | None:
    """Return the passage of the mail of that name, filled; None when it has none that can be worded anew."""
    (only,) = passage_of_each(template, [context])
    return only


def passage_of_each(template: str, contexts: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """Return the `passage` of several mails of one name; what staff have worded is read once."""
    found = passages().get(f"{MAIL}{template}")
    if found is None:
        return [None] * len(contexts)
    own = Wording.objects.filter(key=found.text.key).values_list("text", flat=True).first()
    return [_filled(own or found.text.text, found.expressions, context) for context in contexts]


@cache
def shipped() -> dict[str, Text]:
    """Return every shipped text by its key."""
    kinds = audiences.kinds()
    rows = _data()["circulars"]
    texts = [
        Text(
            row["key"], row["kind"], row["title"], row["subject"], row["text"].strip(), kinds[row["kind"]].placeholders
        )
        for row in rows
    ]
    return {text.key: text for text in [*texts, *(found.text for found in passages().values())]}


@cache
def passages() -> dict[str, Passage]:
    """Return the passages of the portal's own mails by the key of their text."""
    found = {}
    for row in _data()["mails"]:
        key = f"{MAIL}{row['mail']}"
        offered = tuple(Placeholder(word, declared["what"]) for word, declared in row["placeholders"].items())
        expressions = {word: declared["is"] for word, declared in row["placeholders"].items()}
        found[key] = Passage(Text(key, key, row["title"], "", row["text"].strip(), offered), expressions)
    return found


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def _held(text: Text, row: Wording | None) -> Text:
    if row is None:
        return replace(text, shipped=text)
    return replace(
        text,
        subject=row.subject,
        text=row.text,
        shipped=text,
        changed_by=str(row.changed_by),
        changed_at=row.changed_at,
    )


def _own(row: Wording) -> Text:
    offered = known(row.kind)
    return Text(row.key, row.kind, row.title, row.subject, row.text, offered, None, str(row.changed_by), row.changed_at)


def _filled(text: str, expressions: Mapping[str, str], context: Mapping[str, Any]) -> str:
    values = {key: _value(expressions[key], context) for key in placeholders.used(text) if key in expressions}
    return placeholders.fill(text, values).strip()


def _value(expression: str, context: Mapping[str, Any]) -> str:
    template = Engine.get_default().from_string(f"{{% load wording %}}{{{{ {expression} }}}}")
    return template.render(Context(dict(context), autoescape=False))
