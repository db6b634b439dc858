"""What stands in the cells of a table of projects: the text of each value, and the value that a text means.

A text that means nothing raises ValueError with a German sentence that says what to write.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from import_export.fields import Field
from import_export.widgets import Widget

from accounts import register
from accounts.models import Municipality
from landespreis.clock import BERLIN
from portal.models import Picture, Project, ProjectCategory, ProjectPartner, Topic
from submissions.forms.text import UNREADABLE, normalised
from submissions.models import Partner

BETWEEN = "|"
YES, NO = {"1", "ja", "j", "x", "wahr", "true"}, {"", "0", "nein", "n", "falsch", "false"}
FREE = re.compile(r"(?P<name>[^{}]+?)\s*\{\s*(?P<kind>\w+)\s*,\s*(?P<country>[A-Za-z]{2})\s*\}")
"""«Gemeente Venlo {kommune, NL}»: a partner named freely, with kind and country."""


class Known:
    """The rows that cells refer to, read once per table."""

    @cached_property
    def municipalities(self) -> dict[str, Municipality]:
        """AGS, and names reduced to what counts, → row; of the short names those that mean one row only."""
        rows = list(Municipality.objects.all())
        short = [(register.fold(name), row) for row in rows for name in register.aliases(row)]
        often = Counter(name for name, _ in set(short))
        known = {name: row for name, row in short if often[name] == 1}
        known |= {register.fold(name): row for row in rows for name in (row.label, row.name, row.choice)}
        return known | {row.ags: row for row in rows if row.ags}

    @cached_property
    def categories(self) -> dict[str, ProjectCategory]:
        return {row.key: row for row in ProjectCategory.objects.all()}

    @cached_property
    def topics(self) -> dict[str, Topic]:
        return {row.slug: row for row in Topic.objects.all()}

    def municipality(self, text: str) -> Municipality | None:
        key = text.zfill(8) if re.fullmatch(r"\d{7,8}", text) else register.fold(text)
        return self.municipalities.get(key)


class Cell(Widget):  # type: ignore[misc]
    """One value of one row; `known` is set by the table it stands in."""

    known: Known

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self.meaning(str(value).strip())

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else self.text(value)

    def meaning(self, text: str) -> Any:
        """Return the value that `text` means. Raises ValueError."""
        return text

    def text(self, value: Any) -> str:
        return str(value)


class Line(Cell):
    def meaning(self, text: str) -> str:
        if UNREADABLE.search(text) or re.search(r"[\t\n\u2028\u2029]", text):
            raise ValueError("Schreiben Sie nur in eine Zeile, ohne Steuerzeichen.")
        return text


class Words(Cell):
    """A text over several lines."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def meaning(self, text: str) -> str:
        words = normalised(text)
        if UNREADABLE.search(words):
            raise ValueError("Der Text enthält ein Steuerzeichen, das sich nicht speichern lässt. Löschen Sie es.")
        if len(words) > self.most:
            raise ValueError(f"Kürzen Sie den Text auf {self.most} Zeichen; es sind {len(words)}.")
        return words


class Choice(Cell):
    def __init__(self, choices: Iterable[tuple[Any, Any]]) -> None:
        super().__init__()
        self.choices = {str(key): str(label) for key, label in choices}

    def meaning(self, text: str) -> str:
        if text and text not in self.choices:
            raise ValueError(f"„{text[:60]}“ gibt es nicht. Möglich sind: {', '.join(self.choices)}.")
        return text


class YesOrNo(Cell):
    def meaning(self, text: str) -> bool:
        if text.casefold() in YES | NO:
            return text.casefold() in YES
        raise ValueError(f"„{text[:60]}“ ist weder 1 noch 0.")

    def text(self, value: Any) -> str:
        return "1" if value else "0"


class Year(Cell):
    def meaning(self, text: str) -> int | None:
        if text and not re.fullmatch(r"\d{4}", text, re.ASCII):
            raise ValueError(f"„{text[:60]}“ ist kein Jahr. Schreiben Sie es mit vier Ziffern.")
        return int(text) if text else None


class Day(Cell):
    def meaning(self, text: str) -> date | None:
        return _moment(text, "2026-01-31").date() if text else None

    def text(self, value: Any) -> str:
        return str(value.isoformat())


class Moment(Cell):
    """A moment in ISO form; without a zone it is local time."""

    def meaning(self, text: str) -> datetime | None:
        if not text:
            return None
        moment = _moment(text, "2026-01-31T09:00+01:00")
        return moment if moment.tzinfo else moment.replace(tzinfo=BERLIN)

    def text(self, value: Any) -> str:
        return str(value.astimezone(BERLIN).isoformat())


class Town(Cell):
    def meaning(self, text: str) -> Municipality | None:
        if not text:
            return None
        found = self.known.municipality(text)
        if found is None:
            raise ValueError(f"„{text[:60]}“ steht nicht eindeutig im Verzeichnis der Kommunen. Schreiben Sie den AGS.")
        return found

    def text(self, value: Any) -> str:
        return str(value.ags or value.label)


class Category(Cell):
    def meaning(self, text: str) -> ProjectCategory | None:
        if text and text not in self.known.categories:
            raise ValueError(f"„{text[:60]}“ gibt es nicht. Möglich sind: {', '.join(self.known.categories)}.")
        return self.known.categories.get(text)

    def text(self, value: Any) -> str:
        return str(value.key)


class Shown(Cell):
    """A picture by the number it has in the admin."""

    def meaning(self, text: str) -> Picture | None:
        number = text.removeprefix("bild:")
        if not text:
            return None
        found = Picture.objects.filter(pk=number).first() if re.fullmatch(r"[1-9][0-9]{0,8}", number) else None
        if found is None:
            raise ValueError(f"Ein Bild mit der Nummer „{text[:60]}“ gibt es nicht.")
        return found

    def text(self, value: Any) -> str:
        return f"bild:{value.pk}"


class Topics(Cell):
    def meaning(self, text: str) -> list[Topic]:
        slugs = _parts(text)
        unknown = [slug for slug in slugs if slug not in self.known.topics]
        if unknown:
            raise ValueError(f"„{unknown[0][:60]}“ gibt es nicht. Möglich sind: {', '.join(self.known.topics)}.")
        return [self.known.topics[slug] for slug in slugs]

    def text(self, value: Any) -> str:
        return BETWEEN.join(sorted(topic.slug for topic in value))


class Partners(Cell):
    """AGS of those in the register, others by name with kind and country in braces."""

    def meaning(self, text: str) -> list[ProjectPartner]:
        return [self._partner(part) for part in _parts(text)]

    def text(self, value: Any) -> str:
        return BETWEEN.join(map(_called, value))

    def _partner(self, part: str) -> ProjectPartner:
        if named := FREE.fullmatch(part):
            return _named(**named.groupdict())
        found = self.known.municipality(part)
        if found:
            return ProjectPartner(municipality=found)
        raise ValueError(
            f"„{part[:60]}“ steht nicht eindeutig im Verzeichnis der Kommunen. Schreiben Sie den AGS, oder hinter dem "
            "Namen Art und Land: Gemeente Venlo {kommune, NL}."
        )


class Many(Field):  # type: ignore[misc]
    """A column with several values, which the verb stores; `given` collects what the row says."""

    given: dict[str, Any]

    def save(self, instance: Project, row: Mapping[str, Any], is_m2m: bool = False, **kwargs: Any) -> None:
        self.given[self.column_name] = self.clean(row, **kwargs)

    def get_value(self, instance: Project) -> list[Model]:
        return list(getattr(instance, self.attribute).all()) if instance.pk else []


class Entry(Field):  # type: ignore[misc]
    """The number of the entry a copy was made of: written down, and never changed by a table."""

    def save(self, instance: Project, row: Mapping[str, Any], is_m2m: bool = False, **kwargs: Any) -> None:
        if str(row[self.column_name]).strip() != self.export(instance):
            raise ValueError(
                "Zu welcher Einreichung ein Projekt gehört, steht fest. Lassen Sie die Spalte, wie sie war."
            )

    def export(self, instance: Project, **kwargs: Any) -> str:
        return instance.submission.label if instance.submission else ""


def _named(name: str, kind: str, country: str) -> ProjectPartner:
    partner = ProjectPartner(name=" ".join(name.split()), kind=kind.lower(), country=country.upper())
    if partner.kind == Partner.Kind.REGISTER:
        raise ValueError(f"„{name[:60]}“: Für Kommunen aus dem Verzeichnis schreiben Sie den AGS.")
    try:
        partner.clean_fields(exclude=["project"])
    except ValidationError as error:
        kinds = ", ".join(key for key in Partner.Kind.values if key != Partner.Kind.REGISTER)
        raise ValueError(
            f"„{name[:60]}“: Möglich sind die Arten {kinds} und die Länder {', '.join(Partner.Country.values)}."
        ) from error
    return partner


def _called(partner: ProjectPartner) -> str:
    if partner.municipality:
        return partner.municipality.ags or partner.municipality.label
    name = re.sub(r"[|{}]", " ", partner.name)
    return f"{name} {{{partner.kind}, {partner.country}}}"


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(BETWEEN)))))


def _moment(text: str, example: str) -> datetime:
    for form in ("%d.%m.%Y", "%d.%m.%Y %H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=BERLIN)
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"„{text[:60]}“ ist kein Datum. Schreiben Sie es so: {example}.") from None
